/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "desktop/notice.h"

#include "base/error.h"

#define NO_FAILURE -1

/* What is told of a change; title NULL where nothing is. */
static const struct {
  const char *name;
  VisitorState before;
  VisitorState now;
  int failure;
  const char *title;
  const char *button;
  const char *action;
  gboolean is_urgent;
} rows[] = {
  { "connected", VISITOR_STATE_SETTING_UP, VISITOR_STATE_CONNECTED, NO_FAILURE,
      "Connected to Office", NULL, NULL, FALSE },
  { "connected from the first word on", VISITOR_STATE_LOOKING_FOR_GATEWAY, VISITOR_STATE_CONNECTED,
      NO_FAILURE, "Connected to Office", NULL, NULL, FALSE },
  { "was there when we came", VISITOR_STATE_DISCONNECTED, VISITOR_STATE_CONNECTED, NO_FAILURE, NULL,
      NULL, NULL, FALSE },
  { "came back", VISITOR_STATE_RECONNECTING, VISITOR_STATE_CONNECTED, NO_FAILURE, NULL, NULL, NULL,
      FALSE },
  { "the user's end", VISITOR_STATE_DISCONNECTING, VISITOR_STATE_DISCONNECTED, NO_FAILURE, NULL,
      NULL, NULL, FALSE },
  { "the user's cancel", VISITOR_STATE_SIGNING_IN, VISITOR_STATE_FAILED, VISITOR_ERROR_CANCELLED,
      NULL, NULL, NULL, FALSE },
  { "refused", VISITOR_STATE_SIGNING_IN, VISITOR_STATE_FAILED, VISITOR_ERROR_PASSWORD_REFUSED,
      "Office could not be connected", "Try again", "app.connect", FALSE },
  { "fell silent", VISITOR_STATE_CONNECTED, VISITOR_STATE_FAILED, VISITOR_ERROR_PEER_SILENT,
      "The connection to Office has ended", "Connect again", "app.connect", TRUE },
  { "fell silent on the way back", VISITOR_STATE_RECONNECTING, VISITOR_STATE_FAILED,
      VISITOR_ERROR_UNREACHABLE, "The connection to Office has ended", "Connect again",
      "app.connect", TRUE },
  { "expired", VISITOR_STATE_CONNECTED, VISITOR_STATE_FAILED, VISITOR_ERROR_SIGN_IN_EXPIRED,
      "Your sign-in to Office has run out", "Connect again", "app.connect", TRUE },
  { "had failed before", VISITOR_STATE_FAILED, VISITOR_STATE_FAILED, VISITOR_ERROR_REFUSED, NULL,
      NULL, NULL, FALSE },
  { "lost the way", VISITOR_STATE_CONNECTED, VISITOR_STATE_RECONNECTING, NO_FAILURE, NULL, NULL,
      NULL, FALSE },
};

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) failure = rows[i].failure == NO_FAILURE
        ? NULL
        : g_error_new_literal (VISITOR_ERROR, rows[i].failure, "details");
    g_autoptr (VisitorNotice) notice =
        visitor_notice_for_change ("Office", rows[i].before, rows[i].now, failure);
    g_test_message ("%s", rows[i].name);
    g_assert_cmpstr (notice != NULL ? notice->title : NULL, ==, rows[i].title);
    if (notice == NULL)
      continue;
    g_assert_cmpstr (notice->button, ==, rows[i].button);
    g_assert_cmpstr (notice->action, ==, rows[i].action);
    g_assert_cmpint (notice->is_urgent, ==, rows[i].is_urgent);
    g_assert_true ((notice->body != NULL) == (failure != NULL));
  }
}

/* The engine's own words are for the details, not for a notification that others may see. */
static void
test_no_details (void)
{
  g_autoptr (GError) failure =
      g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_PEER_SILENT, "alice at vpn.example.com");
  g_autoptr (VisitorNotice) notice =
      visitor_notice_for_change ("Office", VISITOR_STATE_CONNECTED, VISITOR_STATE_FAILED, failure);
  g_assert_null (strstr (notice->body, "alice"));
}

static void
test_questions (void)
{
  g_autoptr (VisitorNotice) at_first =
      visitor_notice_for_question ("Office", VISITOR_STATE_SIGNING_IN);
  g_assert_cmpstr (at_first->title, ==, "Office has a question for you");
  g_autoptr (VisitorNotice) again = visitor_notice_for_question ("Office", VISITOR_STATE_CONNECTED);
  g_assert_cmpstr (again->title, ==, "Your sign-in to Office runs out");
  g_assert_true (again->is_urgent);
}

static void
test_portal (void)
{
  g_autoptr (VisitorNotice) notice = visitor_notice_for_portal ("Office", NULL);
  g_assert_cmpstr (notice->title, ==, "Office waits for this network");
  g_assert_nonnull (strstr (notice->body, "sign in on a web page"));
  g_assert_cmpstr (notice->button, ==, "Open sign-in page");
  g_assert_cmpstr (notice->action, ==, "app.open-portal");
  g_assert_true (notice->is_urgent);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desktop/notice/rows", test_rows);
  g_test_add_func ("/desktop/notice/no-details", test_no_details);
  g_test_add_func ("/desktop/notice/questions", test_questions);
  g_test_add_func ("/desktop/notice/portal", test_portal);
  return g_test_run ();
}
