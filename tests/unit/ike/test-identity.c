/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ike/identity.h"

#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "support/hex.h"

static const struct {
  const char *text;
  int type; /* 0 = refused */
  const char *hex; /* NULL = the text itself */
} parse_rows[] = {
  { "gw.example.test", IKE_ID_FQDN, NULL },
  { "alice", IKE_ID_FQDN, NULL },
  { "alice@example.test", IKE_ID_RFC822_ADDR, NULL },
  { "192.0.2.1", IKE_ID_IPV4_ADDR, "c0000201" },
  { "2001:db8::1", IKE_ID_IPV6_ADDR, "20010db8000000000000000000000001" },
  { "", 0, NULL },
  { "two\nlines", 0, NULL },
  { "\xff\xfe", 0, NULL },
};

static void
test_parse (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (parse_rows); i++) {
    g_autoptr (GError) error = NULL;
    IkeIdentity identity;
    bool good = ike_identity_parse (parse_rows[i].text, &identity, &error);
    g_assert_cmpint (good, ==, parse_rows[i].type != 0);
    if (!good) {
      g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
      continue;
    }
    g_assert_cmpint (identity.type, ==, parse_rows[i].type);
    if (parse_rows[i].hex != NULL)
      assert_slice_is_hex (ike_identity_slice (&identity), parse_rows[i].hex);
    else
      g_assert_cmpmem (
          identity.data, identity.len, parse_rows[i].text, strlen (parse_rows[i].text));
  }
  g_autofree char *longest = g_strnfill (IKE_ID_MAX_LEN, 'a'), *over = g_strnfill (256, 'a');
  IkeIdentity identity;
  g_assert_true (ike_identity_parse (longest, &identity, NULL));
  g_assert_false (ike_identity_parse (over, &identity, NULL));
  g_assert_false (ike_identity_parse (NULL, &identity, NULL));
}

static void
test_matches (void)
{
  IkeIdentity identity;
  const uint8_t name[] = "GW.Example.Test", shorter[] = "gw.example.tes";
  g_assert_true (ike_identity_parse ("gw.example.test", &identity, NULL));
  g_assert_true (ike_identity_matches (&identity, IKE_ID_FQDN, SLICE (name, 15)));
  g_assert_false (ike_identity_matches (&identity, IKE_ID_RFC822_ADDR, SLICE (name, 15)));
  g_assert_false (ike_identity_matches (&identity, IKE_ID_FQDN, SLICE (shorter, 14)));
  g_assert_false (ike_identity_matches (&identity, IKE_ID_FQDN, SLICE (name, 16)));
  g_assert_false (ike_identity_matches (&identity, IKE_ID_FQDN, SLICE (NULL, 0)));
}

/* Empty and tiny identities of every type must only ever become text. */
static void
test_describe (void)
{
  static const uint8_t octets[300] = { 0x30, 0x81, '\n', 0xff };
  for (unsigned int type = 0; type < 256; type++) {
    for (size_t len = 0; len < sizeof octets; len += len < 20 ? 1 : 93) {
      g_autofree char *text = ike_identity_describe ((uint8_t) type, SLICE (octets, len));
      g_assert_true (g_utf8_validate (text, -1, NULL));
      g_assert_null (strchr (text, '\n'));
      g_assert_cmpuint (strlen (text), >, 0);
      g_assert_cmpuint (strlen (text), <, 128);
      g_assert_false (g_str_has_suffix (text, " "));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/identity/parse", test_parse);
  g_test_add_func ("/ike/identity/matches", test_matches);
  g_test_add_func ("/ike/identity/describe", test_describe);
  return g_test_run ();
}
