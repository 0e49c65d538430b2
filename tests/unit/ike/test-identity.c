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
  { "CN=gw", IKE_ID_DER_ASN1_DN, "300d310b3009060355040313026777" },
  { "CN=gw, C=XX", IKE_ID_DER_ASN1_DN,
      "301a310b300906035504061302585831"
      "0b3009060355040313026777" },
  { "a=b@example.test", IKE_ID_RFC822_ADDR, NULL }, /* no attribute is called a */
  { "=gw", IKE_ID_FQDN, NULL },
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
  g_autofree char *longest = g_strnfill (IKE_ID_TEXT_MAX_LEN, 'a'), *over = g_strnfill (256, 'a');
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

/* A distinguished name is the same in whatever type of string it is written, and in no other way. */
static const struct {
  const char *hex; /* as received */
  bool same; /* as CN=gw */
} dn_rows[] = {
  { "300d310b3009060355040313026777", true }, /* PrintableString */
  { "300d310b300906035504030c026777", true }, /* UTF8String */
  { "300d310b3009060355040313024757", false }, /* GW */
  { "300d310b3009060355040a13026777", false }, /* O=gw */
  { "300e310c300a060355040313036777 00", false }, /* a NUL behind it */
  { "301a310b3009060355040313026777310b3009060355040313026777", false }, /* twice */
  { "3000", false },
  { "300d310b30090603550403130267", false }, /* cut */
  { "300d310b300906035504031302677700", false }, /* an octet behind it */
  { "", false },
};

static void
test_matches_dn (void)
{
  IkeIdentity identity;
  g_assert_true (ike_identity_parse ("CN=gw", &identity, NULL));
  for (size_t i = 0; i < G_N_ELEMENTS (dn_rows); i++) {
    Slice dn = hex_slice (dn_rows[i].hex);
    g_test_message ("%s", dn_rows[i].hex);
    g_assert_cmpint (ike_identity_matches (&identity, IKE_ID_DER_ASN1_DN, dn), ==, dn_rows[i].same);
    g_assert_false (ike_identity_matches (&identity, IKE_ID_FQDN, dn));
  }
  static const uint8_t zeros[5000];
  g_assert_false (ike_identity_matches (&identity, IKE_ID_DER_ASN1_DN, SLICE (zeros, 5000)));
  g_autofree char *text =
      ike_identity_describe (IKE_ID_DER_ASN1_DN, ike_identity_slice (&identity));
  g_assert_cmpstr (text, ==, "CN=gw");
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
  g_test_add_func ("/ike/identity/matches-dn", test_matches_dn);
  g_test_add_func ("/ike/identity/describe", test_describe);
  return g_test_run ();
}
