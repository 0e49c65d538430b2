/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a disk may give back for a journal, and for the original of resolv.conf. A journal's changes
 * written anew read the same. */
#include <string.h>

#include "fuzz.h"
#include "host/journal.h"
#include "host/resolv-state.h"

static void
check_journal (const uint8_t *data, size_t size)
{
  g_autoptr (GArray) changes = journal_parse (0, (const char *) data, size, NULL);
  if (changes == NULL)
    return;
  const JournalChange heading = { .step = NETCFG_STEP_JOURNAL };
  g_autofree char *first = journal_format (0, 0, &heading);
  g_autoptr (GString) text = g_string_new (first);
  for (guint i = 0; i < changes->len; i++) {
    g_autofree char *line = journal_format (0, i + 1, &g_array_index (changes, JournalChange, i));
    g_string_append (text, line);
  }
  g_autoptr (GArray) again = journal_parse (0, text->str, text->len, NULL);
  g_assert_nonnull (again);
  g_assert_cmpuint (again->len, ==, changes->len);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  check_journal (data, size);
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (ResolvState) state = resolv_state_parse (bytes, NULL);
  if (state != NULL) {
    g_autoptr (GBytes) text = resolv_state_render (state);
    g_assert_cmpuint (g_bytes_get_size (text), >, 0);
  }
  return 0;
}
