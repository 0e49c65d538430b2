/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one process tells another of a way that was tried. */
#include "base/attempt.h"

#include <string.h>

#define BEGIN "{'number': <uint32 7>, "
#define WAY "'host': <'gw.example.test'>, 'port': <uint16 443>, 'transport': <'TLS'>, "
#define STAGES "'stage': <'tls'>, 'stages': <{'tcp': uint32 3, 'tls': uint32 20}>, "
#define FAILED "'ms': <uint32 24>, 'error': <'TimedOut'>, 'detail': <'no answer'>}"

static const struct {
  const char *what;
  const char *text;
  bool ok;
} rows[] = {
  { "one that failed", BEGIN WAY STAGES FAILED, true },
  { "one that worked", BEGIN WAY STAGES "'ms': <uint32 24>}", true },
  { "with a proxy and an address",
      BEGIN WAY STAGES "'proxy': <'http://proxy:3128'>, 'address': <'2001:db8::1'>, " FAILED,
      true },
  { "with a key that is none of it", BEGIN WAY STAGES "'secret': <'x'>, " FAILED, true },
  { "without a stage that has ended",
      BEGIN WAY "'stage': <'lookup'>, 'stages': <@a{su} {}>, " FAILED, true },
  { "nothing", "@a{sv} {}", false },
  { "no number", "{" WAY STAGES FAILED, false },
  { "number 0", "{'number': <uint32 0>, " WAY STAGES FAILED, false },
  { "a number of another kind", "{'number': <7>, " WAY STAGES FAILED, false },
  { "no host", BEGIN "'port': <uint16 443>, 'transport': <'TLS'>, " STAGES FAILED, false },
  { "an empty host",
      BEGIN "'host': <''>, 'port': <uint16 443>, 'transport': <'TLS'>, " STAGES FAILED, false },
  { "a host of two lines",
      BEGIN "'host': <'a\\nb'>, 'port': <uint16 443>, 'transport': <'TLS'>, " STAGES FAILED,
      false },
  { "port 0", BEGIN "'host': <'a'>, 'port': <uint16 0>, 'transport': <'TLS'>, " STAGES FAILED,
      false },
  { "another transport",
      BEGIN "'host': <'a'>, 'port': <uint16 443>, 'transport': <'SCTP'>, " STAGES FAILED, false },
  { "a proxy that is none", BEGIN WAY STAGES "'proxy': <'file:///etc/passwd'>, " FAILED, false },
  { "a proxy with a password in it", BEGIN WAY STAGES "'proxy': <'http://a:b@proxy:1'>, " FAILED,
      false },
  { "no proxy as one", BEGIN WAY STAGES "'proxy': <'direct://'>, " FAILED, false },
  { "a proxy that is a number", BEGIN WAY STAGES "'proxy': <1>, " FAILED, false },
  { "an address that is a name", BEGIN WAY STAGES "'address': <'gw.example.test'>, " FAILED,
      false },
  { "an address that is a number", BEGIN WAY STAGES "'address': <1>, " FAILED, false },
  { "no stages", BEGIN WAY "'stage': <'tls'>, " FAILED, false },
  { "a stage that there is none of", BEGIN WAY "'stage': <'udp'>, 'stages': <@a{su} {}>, " FAILED,
      false },
  { "a time of one that there is none of",
      BEGIN WAY "'stage': <'tls'>, 'stages': <{'udp': uint32 3}>, " FAILED, false },
  { "a time of one that was not begun",
      BEGIN WAY "'stage': <'tcp'>, 'stages': <{'ike': uint32 3}>, " FAILED, false },
  { "no time", BEGIN WAY STAGES "'error': <'TimedOut'>, 'detail': <''>}", false },
  { "an error that there is none of",
      BEGIN WAY STAGES "'ms': <uint32 24>, 'error': <'Boredom'>, 'detail': <''>}", false },
  { "an error that is a number",
      BEGIN WAY STAGES "'ms': <uint32 24>, 'error': <1>, 'detail': <''>}", false },
  { "an error without a detail", BEGIN WAY STAGES "'ms': <uint32 24>, 'error': <'TimedOut'>}",
      false },
};

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    Attempt attempt = { .number = 99 };
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) body =
        g_variant_parse (G_VARIANT_TYPE ("a{sv}"), rows[i].text, NULL, NULL, &error);
    g_assert_no_error (error);
    g_test_message ("%s", rows[i].what);
    g_assert_true (attempt_from_variant (body, &attempt) == rows[i].ok);
    g_assert_cmpuint (attempt.number, ==, rows[i].ok ? 7 : 99);
  }
}

/* What was read is written again as it was. */
static void
test_round_trip (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    Attempt attempt, again;
    g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_parsed (rows[i].text));
    if (!rows[i].ok)
      continue;
    g_assert_true (attempt_from_variant (body, &attempt));
    g_autoptr (GVariant) written = g_variant_ref_sink (attempt_to_variant (&attempt));
    g_assert_true (attempt_from_variant (written, &again));
    g_autoptr (GVariant) rewritten = g_variant_ref_sink (attempt_to_variant (&again));
    g_assert_true (g_variant_equal (written, rewritten));
    g_assert_null (g_variant_lookup_value (written, "secret", NULL));
  }
}

/* Whatever a name or an error of others holds, what is told is one plain line that has an end. */
static void
test_cleaned (void)
{
  const Proxy none = { .kind = PROXY_DIRECT };
  g_autofree char *long_text = g_strnfill (4000, 'x');
  Attempt attempt;
  attempt_init (&attempt, &none, "a b\nc", 443);
  g_assert_cmpstr (attempt.host, ==, "a?b?c");
  attempt_init (&attempt, &none, long_text, 443);
  g_assert_cmpuint (strlen (attempt.host), ==, ATTEMPT_HOST_MAX);
  attempt_set_detail (&attempt, "one\ntwo\033[2J");
  g_assert_cmpstr (attempt.detail, ==, "one two [2J");
  attempt_set_detail (&attempt, long_text);
  g_assert_cmpuint (strlen (attempt.detail), ==, ATTEMPT_DETAIL_MAX);
  attempt_set_detail (&attempt, "");
  g_assert_cmpstr (attempt.detail, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/attempt/rows", test_rows);
  g_test_add_func ("/base/attempt/round-trip", test_round_trip);
  g_test_add_func ("/base/attempt/cleaned", test_cleaned);
  return g_test_run ();
}
