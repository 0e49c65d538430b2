/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an agent signs, and all that it does not. */
#include "client/sign-form.h"

#include <glib.h>
#include <string.h>

#include "base/builder.h"
#include "support/hex.h"

enum { SA = 33, KE = 34, NONCE = 40, NOTIFY = 41, VENDOR = 43, ROOM = 20000 };

typedef struct {
  guint8 type;
  gsize len; /* without its generic header */
} Part;

static const Part ordinary[] = { { SA, 44 }, { KE, 72 }, { NONCE, 32 }, { NOTIFY, 24 },
  { NOTIFY, 12 }, { VENDOR, 11 }, { 0, 0 } };

/* The octets that an initiator with such a message would sign; behind: how many follow it. */
static Slice
signed_octets (const Part *parts, gsize behind, guint8 room[static ROOM])
{
  Builder b = builder_init (room, ROOM);
  builder_u64 (&b, 0x0123456789abcdef);
  builder_u64 (&b, 0);
  builder_u8 (&b, parts[0].type);
  builder_u8 (&b, 0x20);
  builder_u8 (&b, 34);
  builder_u8 (&b, 0x08);
  builder_u32 (&b, 0);
  gsize length_at = b.len;
  builder_u32 (&b, 0);
  for (const Part *part = parts; part->type != 0; part++) {
    builder_u8 (&b, part[1].type);
    builder_u8 (&b, 0);
    builder_u16 (&b, (guint16) (part->len + 4));
    builder_zeros (&b, part->len);
  }
  builder_patch_u32 (&b, length_at, (guint32) b.len);
  builder_zeros (&b, behind);
  g_assert_true (builder_ok (&b));
  return builder_result (&b);
}

static const struct {
  const char *what;
  Part parts[8];
  gsize behind;
  gboolean good;
} rows[] = {
  { "an ordinary one", { { SA, 44 }, { KE, 72 }, { NONCE, 32 } }, 64, TRUE },
  { "with a cookie", { { NOTIFY, 72 }, { SA, 44 }, { KE, 72 }, { NONCE, 32 } }, 64, TRUE },
  { "sent on by a gateway with an IPv6 address",
      { { SA, 44 }, { KE, 72 }, { NONCE, 32 }, { NOTIFY, 22 } }, 64, TRUE },
  { "large groups", { { SA, 1000 }, { KE, 1188 }, { NONCE, 256 } }, 452, TRUE },
  { "the least behind", { { SA, 44 }, { KE, 72 }, { NONCE, 16 } }, 48, TRUE },
  { "less behind", { { SA, 44 }, { KE, 72 }, { NONCE, 32 } }, 47, FALSE },
  { "more behind", { { SA, 44 }, { KE, 72 }, { NONCE, 32 } }, 453, FALSE },
  { "nothing behind", { { SA, 44 }, { KE, 72 }, { NONCE, 32 } }, 0, FALSE },
  { "no nonce", { { SA, 44 }, { KE, 72 } }, 64, FALSE },
  { "no SA", { { KE, 72 }, { NONCE, 32 } }, 64, FALSE },
  { "out of order", { { KE, 72 }, { SA, 44 }, { NONCE, 32 } }, 64, FALSE },
  { "two nonces", { { SA, 44 }, { KE, 72 }, { NONCE, 32 }, { NONCE, 32 } }, 64, FALSE },
  { "a short nonce", { { SA, 44 }, { KE, 72 }, { NONCE, 15 } }, 64, FALSE },
  { "a long nonce", { { SA, 44 }, { KE, 72 }, { NONCE, 257 } }, 64, FALSE },
  { "a long notification", { { SA, 44 }, { KE, 72 }, { NONCE, 32 }, { NOTIFY, 129 } }, 64, FALSE },
  { "a long vendor ID", { { SA, 44 }, { KE, 72 }, { NONCE, 32 }, { VENDOR, 129 } }, 64, FALSE },
  { "an unknown payload", { { SA, 44 }, { KE, 72 }, { NONCE, 32 }, { 200, 8 } }, 64, FALSE },
  { "a long message", { { SA, 8100 }, { KE, 72 }, { NONCE, 32 } }, 64, FALSE },
};

static void
test_rows (void)
{
  guint8 room[ROOM];
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].what);
    Slice octets = signed_octets (rows[i].parts, rows[i].behind, room);
    g_assert_cmpint (visitor_sign_form_is_ike_auth (octets), ==, rows[i].good);
  }
}

/* Of the header every bit that is fixed counts; the SPI may be anything but zero. */
static void
test_header (void)
{
  guint8 room[ROOM];
  Slice octets = signed_octets (ordinary, 64, room);
  g_assert_true (visitor_sign_form_is_ike_auth (octets));
  for (unsigned int i = 8; i < 28; i++) {
    for (unsigned int bit = 0; bit < 8; bit++) {
      room[i] ^= (guint8) (1u << bit);
      g_assert_false (visitor_sign_form_is_ike_auth (octets));
      room[i] ^= (guint8) (1u << bit);
    }
  }
  memset (room, 0, 8);
  g_assert_false (visitor_sign_form_is_ike_auth (octets));
  for (gsize len = 0; len < octets.len - 16; len++)
    g_assert_false (visitor_sign_form_is_ike_auth (SLICE (room, len)));
}

/* What others have signed: the beginnings say enough. */
static const char *const others[] = {
  "3082012aa0030201020201010a", /* a certificate */
  "3082012a02010030", /* a request for one */
  "3169301806092a864886f70d010903", /* signed attributes of a CMS message */
  "010000fc0303", /* TLS 1.2: a handshake from its ClientHello on */
  "202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
  "20"
  "202020202020202020202020202020544c5320312e332c20636c69656e7420", /* TLS 1.3 */
  "0000002012345678", /* SSH: a session's id */
  "65794a68624763694f694a", /* a JSON web token */
};

static void
test_others (void)
{
  guint8 room[1024];
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++) {
    Slice start = hex_slice (others[i]);
    memset (room, 0, sizeof room);
    memcpy (room, start.data, start.len);
    g_assert_false (visitor_sign_form_is_ike_auth (SLICE (room, sizeof room)));
    g_assert_false (visitor_sign_form_is_ike_auth (start));
  }
}

/* Proofs of TLS are told from everything else, and are no proofs of IKE. */
static void
test_tls (void)
{
  static const char context[] = "TLS 1.3, client CertificateVerify";
  guint8 room[200];
  memset (room, ' ', 64);
  memcpy (room + 64, context, sizeof context);
  memset (room + 64 + sizeof context, 7, 48);
  gsize before = 64 + sizeof context;
  for (gsize len = 0; len <= before + 48; len++)
    g_assert_cmpint (visitor_sign_form_is_tls_client (SLICE (room, len)), ==,
        len == before + 32 || len == before + 48);
  g_assert_false (visitor_sign_form_is_ike_auth (SLICE (room, before + 32)));
  room[63] = '!';
  g_assert_false (visitor_sign_form_is_tls_client (SLICE (room, before + 32)));
  room[63] = ' ';
  memcpy (room + 64, "TLS 1.3, server", 15);
  g_assert_false (visitor_sign_form_is_tls_client (SLICE (room, before + 32)));

  static const struct {
    const char *hex;
    gboolean good;
  } transcripts[] = {
    { "01000002aaaa"
      "02000001bb"
      "0b000000"
      "0e000000"
      "0b000000"
      "1000000100",
        TRUE },
    { "01000002aaaa"
      "02000001bb"
      "0b000000"
      "0e000000"
      "0b000000",
        FALSE },
    { "02000001bb"
      "01000002aaaa"
      "1000000100",
        FALSE },
    { "01000002aaaa"
      "02000001bb"
      "01000002aaaa"
      "1000000100",
        FALSE },
    { "01000002aaaa"
      "02000001bb"
      "10000002ff",
        FALSE },
    { "01000002aaaa"
      "02000001bb"
      "1000000100"
      "00",
        FALSE },
    { "", FALSE },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (transcripts); i++)
    g_assert_cmpint (
        visitor_sign_form_is_tls_client (hex_slice (transcripts[i].hex)), ==, transcripts[i].good);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/sign-form/rows", test_rows);
  g_test_add_func ("/client/sign-form/header", test_header);
  g_test_add_func ("/client/sign-form/others", test_others);
  g_test_add_func ("/client/sign-form/tls", test_tls);
  return g_test_run ();
}
