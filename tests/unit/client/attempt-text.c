/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ways that were tried a person is told of, and in which words. */
#include "client/attempt-text.h"

#include <string.h>

/* One letter an attempt: Worked, Failed, Overtaken, Refused, which began before all others; a bar where those of
 * the last connect begin. */
static void
test_last_connect (void)
{
  static const char *const rows[] = { "|", "|W", "|F", "|FFW", "W|W", "FW|FFW", "W|FF", "|FWO",
    "|OWO", "WW|FW", "W|OWO", "|WR", "FW|FWR", "W|WRO", "W|ORF" };
  const Proxy none = { .kind = PROXY_DIRECT };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GArray) attempts = g_array_new (FALSE, FALSE, sizeof (Attempt));
    for (const char *p = rows[i]; *p != '\0'; p++) {
      Attempt attempt;
      attempt_init (&attempt, &none, "gw", 443);
      attempt.worked = *p == 'W';
      attempt.number = *p == 'R' ? 0 : attempts->len + 1;
      attempt.code = *p == 'O' ? VISITOR_ERROR_CANCELLED : VISITOR_ERROR_REFUSED;
      if (*p != '|')
        g_array_append_val (attempts, attempt);
    }
    g_test_message ("%s", rows[i]);
    g_assert_cmpuint (visitor_attempts_last_connect (attempts), ==, (guint) strcspn (rows[i], "|"));
  }
}

/* What an engine of another version says is left out, and the rest is told. */
static void
test_read (void)
{
  g_autoptr (GVariant) status = g_variant_ref_sink (g_variant_new_parsed (
      "{'attempts': <[{'number': <uint32 1>, 'host': <'gw'>, 'port': <uint16 443>,"
      " 'transport': <'pigeon'>, 'stage': <'tcp'>, 'stages': <{'tcp': uint32 3}>, 'ms': <uint32 "
      "3>},"
      " {'number': <uint32 2>, 'host': <'gw'>, 'port': <uint16 443>, 'transport': <'TLS'>,"
      " 'stage': <'ike'>, 'stages': <{'tcp': uint32 3, 'ike': uint32 7}>, 'ms': <uint32 "
      "1530>}]>}"));
  g_autoptr (GArray) attempts = visitor_attempts_read (status);
  g_assert_cmpuint (attempts->len, ==, 1);
  const Attempt *attempt = &g_array_index (attempts, Attempt, 0);
  g_autofree char *stages = visitor_attempt_stages (attempt);
  g_assert_cmpstr (stages, ==, "TCP 3 ms, IKE 7 ms");
  g_autofree char *line = visitor_attempt_line (attempt);
  g_assert_cmpstr (line, ==, "gw:443 over TLS, 1.53 s: The gateway answered.");

  g_autoptr (GVariant) other =
      g_variant_ref_sink (g_variant_new_parsed ("{'attempts': <['a', 'b']>}"));
  g_autoptr (GArray) none = visitor_attempts_read (other);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_words (void)
{
  Proxy proxy;
  Attempt attempt;
  g_assert_cmpint (proxy_parse ("http://proxy:3128", &proxy), ==, PROXY_URI_OK);
  attempt_init (&attempt, &proxy, "2001:db8::1", 443);
  attempt.code = VISITOR_ERROR_PROXY_REFUSED;
  g_autofree char *line = visitor_attempt_line (&attempt);
  g_assert_cmpstr (line, ==,
      "[2001:db8::1]:443 over TLS through http://proxy:3128, 0.00 s: "
      "The proxy does not let you through to the gateway's port.");
  attempt.code = VISITOR_ERROR_CANCELLED;
  g_assert_cmpstr (visitor_attempt_outcome (&attempt), ==, "Another way was faster.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/attempt-text/last-connect", test_last_connect);
  g_test_add_func ("/client/attempt-text/read", test_read);
  g_test_add_func ("/client/attempt-text/words", test_words);
  return g_test_run ();
}
