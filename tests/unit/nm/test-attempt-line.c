/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the log says of an attempt, for whoever reads it: all but names and addresses. */
#include "nm/attempt-line.h"

#include "base/names.h"

static const Proxy direct = { .kind = PROXY_DIRECT };
static const Proxy http = { .kind = PROXY_HTTP, .host = "proxy.secret.example", .port = 3128 };

static const struct {
  const Proxy *proxy;
  AttemptTransport transport;
  AttemptStage stage;
  guint32 ms;
  gboolean worked;
  VisitorError code;
  guint entry;
  const char *line;
} rows[] = {
  { &direct, ATTEMPT_OVER_TLS, ATTEMPT_IKE, 87, TRUE, 0, 1,
      "Attempt 7 over TLS to entry point 1 worked after 0.08 s" },
  { &direct, ATTEMPT_OVER_TLS, ATTEMPT_TCP, 5023, FALSE, VISITOR_ERROR_TIMED_OUT, 2,
      "Attempt 7 over TLS to entry point 2 failed after 5.02 s at the step tcp: TimedOut" },
  { &direct, ATTEMPT_OVER_UDP, ATTEMPT_IKE, 400, FALSE, VISITOR_ERROR_CANCELLED, 1,
      "Attempt 7 over UDP to entry point 1 was not needed after 0.40 s at the step ike: "
      "Cancelled" },
  { &http, ATTEMPT_OVER_TLS, ATTEMPT_PROXY, 1000, FALSE, VISITOR_ERROR_PROXY_REFUSED, 1,
      "Attempt 7 over TLS to entry point 1 through a proxy failed after 1.00 s at the step proxy: "
      "ProxyRefused" },
  { &direct, ATTEMPT_OVER_TCP, ATTEMPT_LOOKUP, 0, FALSE, VISITOR_ERROR_NAME_NOT_FOUND, 0,
      "Attempt 7 over TCP to where the gateway has sent us failed after 0.00 s at the step lookup: "
      "NameNotFound" },
};

static void
lines (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    Attempt attempt;
    attempt_init (&attempt, rows[i].proxy, "gateway.secret.example", VISITOR_DEFAULT_PORT);
    attempt_set_detail (&attempt, "203.0.113.1 is secret");
    attempt.number = 7;
    attempt.transport = rows[i].transport;
    attempt.stage = rows[i].stage;
    attempt.ms = rows[i].ms;
    attempt.worked = rows[i].worked;
    attempt.code = rows[i].code;
    g_autofree char *line = attempt_line (&attempt, rows[i].entry);
    g_assert_cmpstr (line, ==, rows[i].line);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attempt-line/lines", lines);
  return g_test_run ();
}
