/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/error-text.h"

#include <string.h>

#include "client/connection.h"
#include "client/error-action.h"

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

/* A window has no command line, and shows no key of a site.conf; a terminal has both. */
static void
test_advice (void)
{
  static const char *const of_terminals[] = { "--", "“", "(5)", "[", "p11tool", "terminal" };
  guint apart = 0;
  for (unsigned int i = 0; i < VISITOR_ERROR_N_CODES; i++) {
    const char *window = visitor_error_advice ((VisitorError) i);
    const char *terminal = visitor_error_advice_on_terminal ((VisitorError) i);
    for (guint j = 0; j < G_N_ELEMENTS (of_terminals); j++)
      g_assert_null (strstr (window, of_terminals[j]));
    g_assert_true (g_str_has_suffix (terminal, "."));
    apart += !g_str_equal (window, terminal);
  }
  g_assert_cmpuint (apart, ==, 17);
  g_assert_nonnull (
      strstr (visitor_error_advice_on_terminal (VISITOR_ERROR_SITE_NOT_FOUND), "“visitor list”"));
}

static const VisitorError without_action[] = { VISITOR_ERROR_SITE_NOT_FOUND,
  VISITOR_ERROR_SITE_EXISTS };

/* Every failure has a button, but two that no connection ends with. */
static void
test_actions (void)
{
  guint without = 0;
  for (unsigned int i = 0; i < VISITOR_ERROR_N_CODES; i++) {
    VisitorErrorAction action = visitor_error_action ((VisitorError) i, FALSE);
    g_test_message (
        "%s: %s", visitor_error_name ((VisitorError) i), visitor_error_action_name (action));
    if (action != VISITOR_ERROR_ACTION_NONE)
      continue;
    g_assert_cmpint (without_action[without], ==, i);
    without++;
  }
  g_assert_cmpuint (without, ==, G_N_ELEMENTS (without_action));
  for (unsigned int i = 0; i < VISITOR_ERROR_N_ACTIONS; i++) {
    VisitorErrorAction action = (VisitorErrorAction) i;
    const char *label = visitor_error_action_label (action);
    g_assert_nonnull (visitor_error_action_name (action));
    g_assert_cmpint (*label == '\0', ==, action == VISITOR_ERROR_ACTION_NONE);
  }
}

/* Only what the way to the gateway says may come from a network that wants a sign-in first. */
static void
test_portal (void)
{
  VisitorErrorAction portal = VISITOR_ERROR_ACTION_OPEN_PORTAL;
  g_assert_cmpint (visitor_error_action (VISITOR_ERROR_UNREACHABLE, TRUE), ==, portal);
  g_assert_cmpint (visitor_error_action (VISITOR_ERROR_TLS_WRONG_NAME, TRUE), ==, portal);
  g_assert_cmpint (visitor_error_action (VISITOR_ERROR_PASSWORD_REFUSED, TRUE), ==,
      VISITOR_ERROR_ACTION_SIGN_IN_AGAIN);
  g_assert_cmpint (
      visitor_error_action (VISITOR_ERROR_UNREACHABLE, FALSE), ==, VISITOR_ERROR_ACTION_TRY_AGAIN);
  g_assert_cmpint (
      visitor_error_action (VISITOR_ERROR_N_CODES, FALSE), ==, VISITOR_ERROR_ACTION_TRY_AGAIN);
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
  g_test_add_func ("/client/error-text/advice", test_advice);
  g_test_add_func ("/client/error-action/complete", test_actions);
  g_test_add_func ("/client/error-action/portal", test_portal);
  g_test_add_func ("/client/state/words", test_states);
  g_test_add_func ("/client/error-text/manual", test_manual);
  return g_test_run ();
}
