/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOCKS, octet by octet: what we ask, and how every reply is read, also cut off and with the tunnel's
 * first octets glued on. */
#include <glib.h>
#include <string.h>

#include "support/hex.h"
#include "wire/socks.h"

typedef SocksVerdict (*ParseFunc) (Slice octets, SocksReply *ret_reply);

typedef struct {
  const char *name;
  ParseFunc parse;
  const char *hex;
  SocksVerdict verdict;
  uint8_t code;
  size_t len;
} Case;

static const Case cases[] = {
  { "4: granted", socks4a_reply_parse, "00 5a 0000 00000000", SOCKS_GRANTED, 0x5a, 8 },
  { "4: and the tunnel", socks4a_reply_parse, "00 5a 0000 00000000 1603", SOCKS_GRANTED, 0x5a, 8 },
  { "4: refused", socks4a_reply_parse, "00 5b 0000 00000000", SOCKS_REFUSED, 0x5b, 8 },
  { "4: another version", socks4a_reply_parse, "04", SOCKS_BAD },
  { "4: HTTP", socks4a_reply_parse, "48545450", SOCKS_BAD },
  { "5: nothing is asked for", socks5_method_parse, "05 00", SOCKS_GRANTED, 0, 2 },
  { "5: a password is", socks5_method_parse, "05 02", SOCKS_GRANTED, 2, 2 },
  { "5: no method will do", socks5_method_parse, "05 ff", SOCKS_REFUSED, 0xff, 2 },
  { "5: GSSAPI, which was not offered", socks5_method_parse, "05 01", SOCKS_BAD, 1, 2 },
  { "5: version 4", socks5_method_parse, "04 00", SOCKS_BAD },
  { "5: the password is right", socks5_password_reply_parse, "01 00", SOCKS_GRANTED, 0, 2 },
  { "5: the password is wrong", socks5_password_reply_parse, "01 01", SOCKS_REFUSED, 1, 2 },
  { "5: in the wrong version", socks5_password_reply_parse, "05 00", SOCKS_BAD },
  { "5: granted, at IPv4", socks5_reply_parse, "05 00 00 01 c0000201 1234", SOCKS_GRANTED, 0, 10 },
  { "5: at IPv6", socks5_reply_parse, "05 00 00 04 20010db8000000000000000000000001 1234",
      SOCKS_GRANTED, 0, 22 },
  { "5: at a name", socks5_reply_parse, "05 00 00 03 03 612e62 1234", SOCKS_GRANTED, 0, 10 },
  { "5: at a name of nothing", socks5_reply_parse, "05 00 00 03 00 1234", SOCKS_GRANTED, 0, 7 },
  { "5: and the tunnel", socks5_reply_parse, "05 00 00 01 c0000201 1234 16", SOCKS_GRANTED, 0, 10 },
  { "5: refused", socks5_reply_parse, "05 02 00 01 00000000 0000", SOCKS_REFUSED, 2, 10 },
  { "5: refused for no reason", socks5_reply_parse, "05 99 00 01 00000000 0000", SOCKS_REFUSED,
      0x99, 10 },
  { "5: at an address of no form", socks5_reply_parse, "05 00 00 02", SOCKS_BAD },
  { "5: version 0", socks5_reply_parse, "00", SOCKS_BAD },
};

static void
test_replies (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    Slice octets = hex_slice (c->hex);
    SocksReply reply = { 0 };
    g_test_message ("%s", c->name);
    g_assert_cmpint (c->parse (octets, &reply), ==, c->verdict);
    if (c->verdict == SOCKS_BAD)
      continue;
    g_assert_cmpuint (reply.code, ==, c->code);
    g_assert_cmpuint (reply.len, ==, c->len);
    for (size_t n = 0; n < c->len; n++) {
      g_autofree uint8_t *copy = g_memdup2 (octets.data, MAX (n, 1));
      g_assert_cmpint (c->parse (SLICE (copy, n), &reply), ==, SOCKS_MORE);
    }
    g_assert_nonnull (socks4_code_to_string (c->code));
    g_assert_nonnull (socks5_code_to_string (c->code));
  }
}

static void
test_requests (void)
{
  static const struct {
    const char *host;
    const char *v4a;
    const char *v5;
  } rows[] = {
    { "192.0.2.1", "04 01 01bb c0000201 00", "05 01 00 01 c0000201 01bb" },
    { "gw", "04 01 01bb 00000001 00 677700", "05 01 00 03 02 6777 01bb" },
    { "2001:db8::1", "04 01 01bb 00000001 00 323030313a6462383a3a3100",
        "05 01 00 04 20010db8000000000000000000000001 01bb" },
  };
  uint8_t buf[SOCKS_MESSAGE_MAX];
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    size_t n = socks4a_request_write (rows[i].host, 443, buf, sizeof buf);
    assert_slice_is_hex (SLICE (buf, n), rows[i].v4a);
    n = socks5_request_write (rows[i].host, 443, buf, sizeof buf);
    assert_slice_is_hex (SLICE (buf, n), rows[i].v5);
  }
  assert_slice_is_hex (SLICE (buf, socks5_greeting_write (false, buf, sizeof buf)), "050100");
  assert_slice_is_hex (SLICE (buf, socks5_greeting_write (true, buf, sizeof buf)), "05020002");
}

/* RFC 1929 has room for 1 to 255 octets of each; a name that is longer has none at all. */
static void
test_limits (void)
{
  uint8_t buf[SOCKS_MESSAGE_MAX], octets[300] = { 'x' };
  g_autofree char *host = g_strnfill (SOCKS_HOST_MAX + 1, 'a');
  Slice one = SLICE (octets, 1), most = SLICE (octets, 255), over = SLICE (octets, 256);
  Slice none = SLICE (octets, 0);
  assert_slice_is_hex (
      SLICE (buf, socks5_password_write (one, one, buf, sizeof buf)), "0101780178");
  g_assert_cmpuint (socks5_password_write (most, most, buf, sizeof buf), ==, 513);
  g_assert_cmpuint (socks5_password_write (over, one, buf, sizeof buf), ==, 0);
  g_assert_cmpuint (socks5_password_write (one, over, buf, sizeof buf), ==, 0);
  g_assert_cmpuint (socks5_password_write (none, one, buf, sizeof buf), ==, 0);
  g_assert_cmpuint (socks5_password_write (one, none, buf, sizeof buf), ==, 0);
  g_assert_cmpuint (socks5_request_write (host, 1, buf, sizeof buf), ==, 0);
  g_assert_cmpuint (socks5_request_write (host + 1, 1, buf, sizeof buf), >, 0);
  g_assert_cmpuint (socks4a_request_write ("gw", 1, buf, 10), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/socks/replies", test_replies);
  g_test_add_func ("/wire/socks/requests", test_requests);
  g_test_add_func ("/wire/socks/limits", test_limits);
  return g_test_run ();
}
