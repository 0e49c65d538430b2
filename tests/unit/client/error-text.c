/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/error-text.h"

#include <string.h>

#include "client/connection.h"

/* Every error has a sentence and advice of its own; only FAILED may sound like an unknown one. */
static void
test_none_missing (void)
{
  const char *unknown = visitor_error_sentence (VISITOR_ERROR_N_CODES);
  g_assert_cmpstr (visitor_error_sentence (VISITOR_ERROR_FAILED), ==, unknown);
  for (unsigned int i = VISITOR_ERROR_FAILED + 1; i < VISITOR_ERROR_N_CODES; i++) {
    const char *sentence = visitor_error_sentence ((VisitorError) i);
    const char *advice = visitor_error_advice ((VisitorError) i);
    g_test_message ("%s: %s %s", visitor_error_name ((VisitorError) i), sentence, advice);
    g_assert_cmpstr (sentence, !=, unknown);
    g_assert_true (g_str_has_suffix (sentence, "."));
    g_assert_true (g_str_has_suffix (advice, "."));
    g_assert_null (strchr (sentence, '!'));
    for (unsigned int j = 0; j < i; j++)
      g_assert_cmpstr (sentence, !=, visitor_error_sentence ((VisitorError) j));
  }
}

static void
test_states (void)
{
  for (unsigned int i = 0; i < VISITOR_N_STATES; i++) {
    VisitorState state = (VisitorState) i;
    g_assert_nonnull (visitor_state_words (state));
    g_assert_cmpint (visitor_state_from_string (visitor_state_to_string (state)), ==, state);
  }
  g_assert_cmpint (visitor_state_from_string ("dancing"), ==, VISITOR_STATE_UNKNOWN);
  g_assert_cmpint (visitor_state_from_string (NULL), ==, VISITOR_STATE_UNKNOWN);
  g_assert_true (visitor_state_is_over (VISITOR_STATE_FAILED));
  g_assert_false (visitor_state_is_over (VISITOR_STATE_RECONNECTING));
}

/* visitor-refusals(7) has an entry for each reason that lies at the gateway or on the way to it. */
static void
test_manual (void)
{
  g_autofree char *manual = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (REFUSALS, &manual, NULL, &error);
  g_assert_no_error (error);
  for (int code = VISITOR_ERROR_NAME_NOT_FOUND; code <= VISITOR_ERROR_DELETED_BY_GATEWAY; code++) {
    g_autofree char *entry =
        g_strdup_printf ("\\.B [A-Za-z, ]*\\b%s\\b", visitor_error_name ((VisitorError) code));
    g_test_message ("%s", entry);
    g_assert_true (g_regex_match_simple (entry, manual, 0, 0));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/error-text/none-missing", test_none_missing);
  g_test_add_func ("/client/state/words", test_states);
  g_test_add_func ("/client/error-text/manual", test_manual);
  return g_test_run ();
}
