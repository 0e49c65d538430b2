/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plays the files of a corpus through a fuzz target once, for builds without libFuzzer. */
#include "fuzz.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

static gboolean
play_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize len = 0;
  if (!g_file_get_contents (path, &data, &len, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  /* a copy of the exact size, so that a sanitizer sees a read past the end */
  g_autofree uint8_t *copy = g_malloc (MAX (len, 1));
  if (len > 0)
    memcpy (copy, data, len);
  LLVMFuzzerTestOneInput (copy, len);
  return TRUE;
}

/* The number of files played, or -1. */
static int
play_folder (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &error);
  if (!folder) {
    g_printerr ("%s\n", error->message);
    return -1;
  }
  int n = 0;
  for (const char *name = g_dir_read_name (folder); name; name = g_dir_read_name (folder)) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    if (!play_file (file))
      return -1;
    n++;
  }
  return n;
}

int
main (int argc, char **argv)
{
  int total = 0;
  for (int i = 1; i < argc; i++) {
    int n = play_folder (argv[i]);
    if (n < 0)
      return EXIT_FAILURE;
    total += n;
  }
  g_print ("%d inputs\n", total);
  return total > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
