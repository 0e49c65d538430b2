/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A profile of snx-rs from anywhere, with no file beside it. */
#include <string.h>

#include "client/import-draft.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (VisitorImportDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strndup ((const char *) data, size);
  if (strlen (text) != size || !g_utf8_validate (text, -1, NULL))
    return 0; /* never comes this far */
  (void) visitor_import_snx_is (text);
  if (!visitor_import_snx (text, NULL, &draft, &error)) {
    g_assert (error != NULL && draft == NULL);
    return 0;
  }
  gboolean is_complete;
  g_autoptr (Secret) key = NULL;
  g_auto (GStrv) notes = NULL;
  g_autoptr (Site) site = visitor_import_draft_finish (draft, &is_complete, &key, &notes, &error);
  g_assert ((site == NULL) == (error != NULL));
  g_assert (key == NULL); /* which is in a file */
  if (site == NULL)
    return 0;
  g_autofree char *made = site_to_text (site);
  g_autoptr (Site) again = site_parse (made, -1, NULL, NULL, NULL);
  g_assert (!is_complete || again != NULL || strlen (made) > SITE_TEXT_MAX);
  return 0;
}
