/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "site/site.h"

typedef struct {
  const char *text;
  const char *host; /* NULL: refused */
  unsigned int port;
} Row;

#define LABEL_63 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0"

static const Row rows[] = {
  /* names */
  { "vpn.example.com", "vpn.example.com", 443 }, { "vpn.example.com:443", "vpn.example.com", 443 },
  { "vpn.example.com:8443", "vpn.example.com", 8443 },
  { "VPN.Example.COM:1", "vpn.example.com", 1 }, { "vpn.example.com.", "vpn.example.com", 443 },
  { "vpn.example.com.:65535", "vpn.example.com", 65535 }, { "gw", "gw", 443 },
  { "gw:0443", "gw", 443 }, { " gw:443 ", "gw", 443 }, { "4chan.example", "4chan.example", 443 },
  { "1.2.3.example", "1.2.3.example", 443 }, { "a-b.c--d.example", "a-b.c--d.example", 443 },
  { LABEL_63 ".example", LABEL_63 ".example", 443 }, { LABEL_63 "1.example", NULL },
  { LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63, NULL }, { "", NULL }, { " ", NULL },
  { ".", NULL }, { "a..b", NULL }, { ".example.com", NULL }, { "-a.example", NULL },
  { "a-.example", NULL }, { "a_b.example", NULL }, { "a b.example", NULL }, { "a\tb", NULL },
  { "a\nb", NULL }, { "vpn.example.com\n[sign-in]", NULL }, { "a\\b", NULL }, { "a;b", NULL },
  { "$(id).example", NULL }, { "../../etc", NULL }, { "user@vpn.example.com", NULL },
  { "https://vpn.example.com", NULL }, { "https://vpn.example.com:443/", NULL },
  { "vpn.example.com/path", NULL }, { "vpn.example.com?x", NULL }, { "vpn.example.com#x", NULL },
  /* ports */
  { "gw:", NULL }, { "gw:0", NULL }, { "gw:65536", NULL }, { "gw:-1", NULL }, { "gw:+443", NULL },
  { "gw:443x", NULL }, { "gw: 443", NULL }, { "gw:https", NULL },
  { "gw:443443443443443443443", NULL }, { "gw:443:443", NULL }, { ":443", NULL }, { ":", NULL },
  /* IPv4 */
  { "192.0.2.1", "192.0.2.1", 443 }, { "192.0.2.1:4443", "192.0.2.1", 4443 },
  { "127.0.0.1:4443", "127.0.0.1", 4443 }, { "192.0.2.256", NULL }, { "192.0.2", NULL },
  { "192.0.2.1.5", NULL }, { "3221225985", NULL }, { "0x7f000001", NULL }, { "0300.0.2.1", NULL },
  { "0.0.0.0", NULL }, { "255.255.255.255", NULL }, { "224.0.0.1", NULL },
  { "\xef\xbc\x91.\xef\xbc\x92.\xef\xbc\x93.\xef\xbc\x94", NULL }, /* full-width digits */
  /* IPv6 */
  { "2001:db8::1", "2001:db8::1", 443 }, { "2001:DB8:0:0:0:0:0:1", "2001:db8::1", 443 },
  { "[2001:db8::1]", "2001:db8::1", 443 }, { "[2001:db8::1]:8443", "2001:db8::1", 8443 },
  { "2001:db8::1:443", "2001:db8::1:443", 443 }, { "::1", "::1", 443 },
  { "[::ffff:192.0.2.1]:443", "::ffff:192.0.2.1", 443 }, { "fe80::1%eth0", NULL },
  { "[fe80::1%eth0]:443", NULL }, { "::", NULL }, { "ff02::1", NULL }, { "[2001:db8::1", NULL },
  { "[2001:db8::1]443", NULL }, { "[2001:db8::1]:", NULL }, { "[2001:db8::1]:0", NULL },
  { "[192.0.2.1]:443", NULL }, { "[gw]:443", NULL }, { "[]", NULL }, { "2001:db8::1::2", NULL },
  { "2001:db8:::1", NULL },
  /* IDN */
  { "b\xc3\xbc"
    "cher.example",
      "xn--bcher-kva.example", 443 },
  { "B\xc3\x9c"
    "CHER.example:8443",
      "xn--bcher-kva.example", 8443 },
  { "stra\xc3\x9f"
    "e.example",
      "xn--strae-oqa.example", 443 },
  { "xn--bcher-kva.example", "xn--bcher-kva.example", 443 },
  { "\xe4\xbe\x8b\xe3\x81\x88.example", "xn--r8jz45g.example", 443 },
  { "b\xc3\xbc"
    "cher\xe3\x80\x82"
    "example",
      "xn--bcher-kva.example", 443 }, /* ideographic dot */
  { "a\xe2\x80\xae"
    "b.example",
      NULL }, /* right-to-left override */
  { "\xef\xbb\xbf", NULL }, /* maps to nothing */
  { "a.\xc2\xad.example", NULL }, { "\xef\xb7\xba.example", NULL }, /* maps to a blank */
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    SiteAddress address = { 0 };
    g_autoptr (GError) error = NULL;
    bool ok = site_address_parse (row->text, &address, &error);
    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, row->text);
    if (row->host == NULL) {
      g_assert_false (ok);
      g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
      g_assert_null (address.host);
      continue;
    }
    g_assert_no_error (error);
    g_assert_cmpstr (address.host, ==, row->host);
    g_assert_cmpuint (address.port, ==, row->port);
    site_address_clear (&address);
  }
}

/* What is written can be read again, and is the same. */
static void
test_round_trip (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].host == NULL)
      continue;
    SiteAddress address, again;
    g_assert_true (site_address_parse (rows[i].text, &address, NULL));
    g_autofree char *text = site_address_format (&address);
    g_assert_true (site_address_parse (text, &again, NULL));
    g_assert_cmpstr (again.host, ==, address.host);
    g_assert_cmpuint (again.port, ==, address.port);
    g_assert_cmpint (again.port_is_default, ==, address.port_is_default);
    site_address_clear (&address);
    site_address_clear (&again);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site/address/table", test_table);
  g_test_add_func ("/site/address/round-trip", test_round_trip);
  return g_test_run ();
}
