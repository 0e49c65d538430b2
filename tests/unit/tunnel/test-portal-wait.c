/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which failures may be a portal's, who says that there is one, and for how long it is waited. */
#include <glib.h>

#include "tunnel/portal-wait.h"

#define SECOND G_USEC_PER_SEC

static void
test_suspects (void)
{
  static const struct {
    VisitorError code;
    bool not_reached, lost;
  } cases[] = {
    { VISITOR_ERROR_TLS_WRONG_NAME, true, false },
    { VISITOR_ERROR_TLS_UNTRUSTED, true, false },
    { VISITOR_ERROR_TLS_EXPIRED, true, false },
    { VISITOR_ERROR_TLS, true, false },
    { VISITOR_ERROR_STREAM_CLOSED, true, false },
    { VISITOR_ERROR_REFUSED, true, false },
    { VISITOR_ERROR_TIMED_OUT, true, false },
    { VISITOR_ERROR_UNREACHABLE, true, false },
    { VISITOR_ERROR_NAME_NOT_FOUND, true, false },
    { VISITOR_ERROR_NOT_VISITOR_MODE, true, true },
    { VISITOR_ERROR_PEER_SILENT, true, false },
    { VISITOR_ERROR_PROXY_UNREACHABLE, true, false },
    { VISITOR_ERROR_PROXY_TLS, true, false },
    { VISITOR_ERROR_PROXY_PROTOCOL, true, false },
    { VISITOR_ERROR_PROXY_AUTH_REQUIRED, false, false },
    { VISITOR_ERROR_PROXY_REFUSED, false, false },
    { VISITOR_ERROR_CERTIFICATE_REVOKED, false, false },
    { VISITOR_ERROR_PASSWORD_REFUSED, false, false },
    { VISITOR_ERROR_PROTOCOL, false, false },
    { VISITOR_ERROR_CANCELLED, false, false },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", visitor_error_name (cases[i].code));
    g_assert_cmpint (portal_wait_suspects (cases[i].code, false), ==, cases[i].not_reached);
    g_assert_cmpint (portal_wait_suspects (cases[i].code, true), ==, cases[i].lost);
  }
}

static void
test_witnesses (void)
{
  static const struct {
    PortalVerdict verdict;
    Connectivity connectivity;
    bool found;
  } cases[] = {
    { PORTAL_FOUND, CONNECTIVITY_UNKNOWN, true },
    { PORTAL_FOUND, CONNECTIVITY_FULL, true }, /* it asks seldom */
    { PORTAL_FOUND, CONNECTIVITY_PORTAL, true },
    { PORTAL_UNKNOWN, CONNECTIVITY_PORTAL, true },
    { PORTAL_NONE, CONNECTIVITY_PORTAL, false },
    { PORTAL_UNKNOWN, CONNECTIVITY_UNKNOWN, false },
    { PORTAL_UNKNOWN, CONNECTIVITY_NONE, false },
    { PORTAL_UNKNOWN, CONNECTIVITY_LIMITED, false },
    { PORTAL_UNKNOWN, CONNECTIVITY_FULL, false },
    { PORTAL_NONE, CONNECTIVITY_FULL, false },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    PortalWait w;
    portal_wait_init (&w, cases[i].connectivity);
    g_assert_true (portal_wait_is_over (&w, 0));
    g_assert_cmpint (portal_wait_found (&w, cases[i].verdict, 0), ==, cases[i].found);
    g_assert_cmpint (portal_wait_is_over (&w, 60 * SECOND), ==, !cases[i].found);
    g_assert_true (portal_wait_is_over (&w, 60 * SECOND + 1));
  }
}

static void
test_pace (void)
{
  PortalWait w;
  int64_t now = 7, last = 0;
  portal_wait_init (&w, CONNECTIVITY_UNKNOWN);
  g_assert_cmpint (portal_wait_next (&w, now), ==, now + 3 * SECOND);
  for (unsigned int i = 0; i < 20; i++) {
    int64_t step = portal_wait_next (&w, now) - now;
    g_assert_cmpint (step, >=, last);
    g_assert_cmpint (step, <=, 30 * SECOND);
    last = step;
  }
  g_assert_cmpint (last, ==, 30 * SECOND);
  portal_wait_restart (&w);
  g_assert_cmpint (portal_wait_next (&w, now), ==, now + 3 * SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/portal-wait/suspects", test_suspects);
  g_test_add_func ("/tunnel/portal-wait/witnesses", test_witnesses);
  g_test_add_func ("/tunnel/portal-wait/pace", test_pace);
  return g_test_run ();
}
