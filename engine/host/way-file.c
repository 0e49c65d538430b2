/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of WayMemory, in the state directory of whoever runs workers. Without it they work as well, so that what
 * goes wrong with it is said and no more. */
#include "host/way-file.h"

#define MAX_LEN (64 * 1024)

/* Transfer: full; empty where there is none. */
WayMemory *
way_file_load (const char *path)
{
  g_autofree char *text = NULL;
  gsize len = 0;
  if (!g_file_get_contents (path, &text, &len, NULL) || len > MAX_LEN)
    return way_memory_new (NULL);
  return way_memory_new (text);
}

/* Whole or not at all. */
void
way_file_save (const char *path, const WayMemory *memory)
{
  g_autofree char *text = way_memory_to_text (memory);
  g_autoptr (GError) error = NULL;
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_info ("What worked in which network is not kept: %s", error->message);
}
