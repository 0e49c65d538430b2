/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a diagnosis has found, as the host takes it from a worker. */
#include "host/finding.h"

#include <string.h>

#define ATTEMPT \
  "'attempt': <{'number': <uint32 1>, 'host': <'gw'>, 'port': <uint16 443>, 'transport': <'TLS'>," \
  " 'stage': <'tls'>, 'stages': <{'tcp': uint32 3}>, 'ms': <uint32 3>, 'error': <'Tls'>," \
  " 'detail': <''>}>"
#define NAME "'kind': <'name'>, 'host': <'gw'>, 'source': <'dns'>, 'ms': <uint32 3>"

static const struct {
  const char *what;
  const char *text;
  gboolean ok;
} rows[] = {
  { "a name", "{" NAME ", 'result': <'found'>, 'family': <uint32 4>, 'addresses': <['192.0.2.1']>}",
      TRUE },
  { "one that nobody knows", "{" NAME ", 'result': <'no-name'>, 'server': <'::1'>}", TRUE },
  { "a name without a result", "{" NAME "}", FALSE },
  { "another result", "{" NAME ", 'result': <'maybe'>}", FALSE },
  { "another source", "{'kind': <'name'>, 'host': <'gw'>, 'source': <'nis'>, 'result': <'found'>}",
      FALSE },
  { "an address that is none", "{" NAME ", 'result': <'found'>, 'addresses': <['gw']>}", FALSE },
  { "a server that is a name", "{" NAME ", 'result': <'found'>, 'server': <'ns.example'>}", FALSE },
  { "a key of a way", "{" NAME ", 'result': <'found'>, " ATTEMPT "}", FALSE },
  { "an unknown key", "{" NAME ", 'result': <'found'>, 'secret': <'x'>}", FALSE },
  { "a number for text", "{'kind': <'name'>, 'host': <1>, 'result': <'found'>}", FALSE },
  { "a way", "{'kind': <'way'>, " ATTEMPT "}", TRUE },
  { "a way with all of it",
      "{'kind': <'way'>, " ATTEMPT ", 'tls': <{'subject': <'CN=a'>, 'not-before': <int64 1>,"
      " 'trusted': <true>}>, 'ike': <{'error': <'ProposalRefused'>, 'vendors': <['x']>,"
      " 'nat-before-us': <true>}>}",
      TRUE },
  { "a way without an attempt", "{'kind': <'way'>}", FALSE },
  { "an attempt that is none", "{'kind': <'way'>, 'attempt': <{'number': <uint32 1>}>}", FALSE },
  { "TLS that is a text", "{'kind': <'way'>, " ATTEMPT ", 'tls': <'all is well'>}", FALSE },
  { "an unknown key in TLS", "{'kind': <'way'>, " ATTEMPT ", 'tls': <{'key': <'x'>}>}", FALSE },
  { "a date that is a text", "{'kind': <'way'>, " ATTEMPT ", 'tls': <{'not-after': <'x'>}>}",
      FALSE },
  { "an error that there is none of",
      "{'kind': <'way'>, " ATTEMPT ", 'ike': <{'error': <'Boredom'>}>}", FALSE },
  { "a dictionary in a dictionary",
      "{'kind': <'way'>, " ATTEMPT ", 'ike': <{'vendors': <{'a': <'b'>}>}>}", FALSE },
  { "a portal", "{'kind': <'portal'>, 'result': <'found'>, 'url': <'http://portal/'>}", TRUE },
  { "a portal that nobody asked for", "{'kind': <'portal'>, 'result': <'not-asked'>}", TRUE },
  { "a portal of another kind", "{'kind': <'portal'>, 'result': <'open'>}", FALSE },
  { "no kind", "{'result': <'found'>}", FALSE },
  { "another kind", "{'kind': <'weather'>, 'result': <'found'>}", FALSE },
  { "nothing", "@a{sv} {}", FALSE },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_parsed (rows[i].text));
    g_autoptr (GVariant) finding = host_finding_parse (body);
    g_test_message ("%s", rows[i].what);
    g_assert_cmpint (finding != NULL, ==, rows[i].ok);
    if (finding != NULL)
      g_assert_cmpuint (g_variant_n_children (finding), ==, g_variant_n_children (body));
  }
}

/* Strangers' words are shown escaped, however deep they stand. */
static void
test_escaped (void)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_parsed (
      "{'kind': <'way'>, " ATTEMPT ", 'tls': <{'issuer': <'CN=a\\u001b[2J'>}>,"
      " 'ike': <{'vendors': <['b\\nc']>}>}"));
  g_autoptr (GVariant) finding = host_finding_parse (body);
  g_autofree char *text = g_variant_print (finding, FALSE);
  g_assert_nonnull (strstr (text, "CN=a\\\\u{1b}[2J"));
  g_assert_nonnull (strstr (text, "b\\\\u{a}c"));
}

/* A list has an end. */
static void
test_limits (void)
{
  for (guint n = 64; n <= 65; n++) {
    GVariantBuilder list;
    g_variant_builder_init (&list, G_VARIANT_TYPE_STRING_ARRAY);
    for (guint i = 0; i < n; i++)
      g_variant_builder_add (&list, "s", "192.0.2.1");
    g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_parsed (
        "{" NAME ", 'result': <'found'>, 'addresses': <%@as>}", g_variant_builder_end (&list)));
    g_autoptr (GVariant) finding = host_finding_parse (body);
    g_assert_cmpint (finding != NULL, ==, n == 64);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/finding/rows", test_rows);
  g_test_add_func ("/host/finding/escaped", test_escaped);
  g_test_add_func ("/host/finding/limits", test_limits);
  return g_test_run ();
}
