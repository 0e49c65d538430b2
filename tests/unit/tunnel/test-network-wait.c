/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a first connect fails, waits for a network, or looks again because one has just come. */
#include <glib.h>

#include "tunnel/network-wait.h"

#define NOW (1000 * G_USEC_PER_SEC)

/* How it comes to the moment of the failure: what the host said before, and how long ago it said the last. */
static const struct {
  const char *what;
  bool none_at_first;
  const char *said; /* n = none, s = some */
  int64_t ago;
  NetworkWaitVerdict verdict; /* of a failure that leads nowhere */
} rows[] = {
  { "there is one", false, "", 0, NETWORK_WAIT_FAILS },
  { "there is one, and it changes", false, "ss", 1, NETWORK_WAIT_FAILS },
  { "there is none", true, "", 0, NETWORK_WAIT_WAITS },
  { "there is none, and that is said again", true, "nn", 1, NETWORK_WAIT_WAITS },
  { "it goes", false, "n", 1, NETWORK_WAIT_WAITS },
  { "it comes", true, "s", 1, NETWORK_WAIT_RETRIES },
  { "it goes and comes", false, "ns", 1, NETWORK_WAIT_RETRIES },
  { "it comes and goes", true, "sn", 1, NETWORK_WAIT_WAITS },
  { "it comes, as long ago as is borne with", true, "s", NETWORK_WAIT_GRACE_US,
      NETWORK_WAIT_RETRIES },
  { "it came long ago", true, "s", NETWORK_WAIT_GRACE_US + 1, NETWORK_WAIT_FAILS },
};

static void
test_verdicts (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    NetworkWait w;
    g_test_message ("%s", rows[i].what);
    network_wait_init (&w, rows[i].none_at_first);
    for (const char *said = rows[i].said; *said != '\0'; said++)
      network_wait_note (&w, *said == 'n', NOW - rows[i].ago);
    g_assert_cmpint (network_wait_judge (&w, VISITOR_ERROR_UNREACHABLE, NOW), ==, rows[i].verdict);
  }
}

/* A second change does not let it be borne with for longer. */
static void
test_grace_is_once (void)
{
  NetworkWait w;
  network_wait_init (&w, true);
  network_wait_note (&w, false, NOW);
  network_wait_note (&w, false, NOW + NETWORK_WAIT_GRACE_US);
  g_assert_cmpint (
      network_wait_judge (&w, VISITOR_ERROR_NAME_NOT_FOUND, NOW + NETWORK_WAIT_GRACE_US + 1), ==,
      NETWORK_WAIT_FAILS);
}

static void
test_codes (void)
{
  static const struct {
    VisitorError code;
    bool waits;
  } cases[] = {
    { VISITOR_ERROR_NAME_NOT_FOUND, true },
    { VISITOR_ERROR_UNREACHABLE, true },
    { VISITOR_ERROR_TIMED_OUT, true },
    { VISITOR_ERROR_PROXY_UNREACHABLE, true },
    { VISITOR_ERROR_REFUSED, false },
    { VISITOR_ERROR_TLS_UNTRUSTED, false },
    { VISITOR_ERROR_PROXY_REFUSED, false },
    { VISITOR_ERROR_PASSWORD_REFUSED, false },
    { VISITOR_ERROR_PROTOCOL, false },
  };
  NetworkWait none, back;
  network_wait_init (&none, true);
  network_wait_init (&back, true);
  network_wait_note (&back, false, NOW);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", visitor_error_name (cases[i].code));
    g_assert_cmpint (network_wait_judge (&none, cases[i].code, NOW), ==,
        cases[i].waits ? NETWORK_WAIT_WAITS : NETWORK_WAIT_FAILS);
    g_assert_cmpint (network_wait_judge (&back, cases[i].code, NOW), ==,
        cases[i].waits ? NETWORK_WAIT_RETRIES : NETWORK_WAIT_FAILS);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/network-wait/verdicts", test_verdicts);
  g_test_add_func ("/tunnel/network-wait/grace-is-once", test_grace_is_once);
  g_test_add_func ("/tunnel/network-wait/codes", test_codes);
  return g_test_run ();
}
