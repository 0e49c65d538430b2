/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Header, chain and notifications: what is read, what is left out, what is refused. */
#include <string.h>

#include "support/golden.h"
#include "support/hex.h"
#include "wire/legality.h"
#include "wire/message.h"

#define SPIS "1112131415161718 2122232425262728 "

static const struct {
  const char *what;
  const char *hex;
  bool good;
} headers[] = {
  { "good", SPIS "21 20 22 20 00000000 0000001c", true },
  { "minor version 5", SPIS "21 25 22 20 00000000 0000001c", true },
  { "major version 1", SPIS "21 10 22 20 00000000 0000001c", true },
  { "reserved flags", SPIS "21 20 22 ff 00000000 0000001c", true },
  { "octets behind", SPIS "21 20 22 20 00000000 0000001c 00", false },
  { "length too long", SPIS "21 20 22 20 00000000 0000001d", false },
  { "length too short", SPIS "21 20 22 20 00000000 0000001b", false },
  { "length 0", SPIS "21 20 22 20 00000000 00000000", false },
  { "length 2^32 - 1", SPIS "21 20 22 20 00000000 ffffffff", false },
  { "cut", SPIS "21 20 22 20 00000000 000000", false },
  { "empty", "", false },
};

static void
test_header (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (headers); i++) {
    IkeHeader header;
    g_test_message ("%s", headers[i].what);
    g_assert_true (ike_header_parse (hex_slice (headers[i].hex), &header) == headers[i].good);
    if (headers[i].good) {
      g_assert_cmphex (header.spi_i, ==, 0x1112131415161718u);
      g_assert_cmphex (header.spi_r, ==, 0x2122232425262728u);
      g_assert_cmpuint (header.first_payload, ==, 33);
      g_assert_cmpuint (header.exchange, ==, 34);
      g_assert_true (header.is_response);
    }
  }
}

/* What comes of a chain, in words: the types that were kept, or what is wrong. */
static char *
words (IkeParse parse, const IkePayloads *payloads, uint8_t critical)
{
  GString *said = g_string_new (NULL);
  switch (parse) {
  case IKE_PARSE_SYNTAX: g_string_append (said, "syntax"); break;
  case IKE_PARSE_CRITICAL: g_string_append_printf (said, "critical %u", critical); break;
  case IKE_PARSE_OK:
    for (size_t i = 0; i < payloads->n; i++)
      g_string_append_printf (said, "%u:%zu ", payloads->at[i].type, payloads->at[i].body.len);
    break;
  }
  return g_string_free (said, FALSE);
}

static const struct {
  const char *what;
  uint8_t first;
  const char *hex;
  const char *said;
} chains[] = {
  { "nothing", 0, "", "" },
  { "nothing, but octets", 0, "00", "syntax" },
  { "a payload, but no octets", 40, "", "syntax" },
  { "one", 40, "00000006 aabb", "40:2 " },
  { "empty body", 40, "00000004", "40:0 " },
  { "two", 40, "29000005 aa 00000004", "40:1 41:0 " },
  { "length 0", 40, "00000000", "syntax" },
  { "length 3", 40, "00000003", "syntax" },
  { "length past the end", 40, "00000005", "syntax" },
  { "length 65535", 40, "0000ffff aa", "syntax" },
  { "header cut", 40, "000000", "syntax" },
  { "octets behind", 40, "00000004 00", "syntax" },
  { "next payload is missing", 40, "28000004", "syntax" },
  { "known one, critical", 40, "00800004", "40:0 " },
  { "known one, reserved bits", 40, "007f0004", "40:0 " },
  { "unknown, not critical", 200, "00000006 aabb", "" },
  { "unknown between known", 40, "c8000004 28000006 aabb 00000004", "40:0 40:0 " },
  { "unknown, critical", 200, "00800004", "critical 200" },
  { "unknown, critical, behind known", 40, "c8000004 00800004", "critical 200" },
  { "unknown, critical, but its length is wrong", 200, "00800003", "syntax" },
  { "fragment inside", 53, "00000008 00010001", "syntax" },
  { "fragment inside, critical", 53, "00800008 00010001", "syntax" },
  { "Encrypted inside", 46, "00000008 aabbccdd", "syntax" },
  { "Encrypted behind", 41, "2e000004 00000008 aabbccdd", "syntax" },
};

static void
test_chain (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (chains); i++) {
    IkePayloads payloads = { .n = 0 };
    uint8_t critical = 0;
    g_test_message ("%s", chains[i].what);
    IkeParse parse =
        ike_payloads_parse (chains[i].first, hex_slice (chains[i].hex), &payloads, &critical);
    g_autofree char *said = words (parse, &payloads, critical);
    g_assert_cmpstr (said, ==, chains[i].said);
  }
}

/* The payload types of IKEv1, 1 to 13, mean nothing in IKEv2 (CVE-2015-3991), and no type that we do
 * not know ever reaches the code behind. */
static void
test_every_type (void)
{
  for (unsigned int type = 1; type <= 255; type++) {
    for (int critical = 0; critical < 2; critical++) {
      const uint8_t chain[] = { 0, critical ? 0x80 : 0, 0, 8, 1, 2, 3, 4 };
      IkePayloads payloads = { .n = 0 };
      uint8_t which = 0;
      IkeParse parse =
          ike_payloads_parse ((uint8_t) type, SLICE (chain, sizeof chain), &payloads, &which);
      bool known = type >= 33 && type <= 48;
      if (type == IKE_PAYLOAD_SK || type == IKE_PAYLOAD_SKF)
        g_assert_cmpint (parse, ==, IKE_PARSE_SYNTAX);
      else if (known || !critical)
        g_assert_cmpint (parse, ==, IKE_PARSE_OK);
      else
        g_assert_cmpint (parse, ==, IKE_PARSE_CRITICAL);
      g_assert_cmpuint (payloads.n, ==, known && type != IKE_PAYLOAD_SK ? 1 : 0);
      g_assert_cmpuint (which, ==, parse == IKE_PARSE_CRITICAL ? type : 0);
    }
  }
}

/* 64 payloads are taken, 65 are not, whether we know them or not (CVE-2026-12413). */
static void
test_count (void)
{
  for (int unknown = 0; unknown < 2; unknown++) {
    uint8_t type = unknown ? 200 : IKE_PAYLOAD_NOTIFY, chain[4 * 70];
    for (size_t n = 1; n <= 70; n++) {
      for (size_t i = 0; i < n; i++) {
        const uint8_t header[] = { i + 1 < n ? type : 0, 0, 0, 4 };
        memcpy (chain + 4 * i, header, 4);
      }
      IkePayloads payloads;
      uint8_t critical;
      IkeParse parse = ike_payloads_parse (type, SLICE (chain, 4 * n), &payloads, &critical);
      g_assert_cmpint (parse, ==, n <= IKE_MAX_PAYLOADS ? IKE_PARSE_OK : IKE_PARSE_SYNTAX);
    }
  }
}

static const struct {
  const char *what;
  const char *hex;
  bool good;
  unsigned int protocol, type;
  size_t spi_len, data_len;
} notifies[] = {
  { "plain", "0000 4000", true, 0, 16384, 0, 0 },
  { "with data", "0000 4006 aabb", true, 0, 16390, 0, 2 },
  { "REKEY_SA", "0304 4009 11223344", true, 3, 16393, 4, 0 },
  { "SPI of 255 octets, not there", "03ff 4009 11223344", false },
  { "SPI cut", "0304 4009 112233", false },
  { "cut", "0000 40", false },
  { "empty", "", false },
};

static void
test_notify (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (notifies); i++) {
    IkeNotify notify = { 0 };
    g_test_message ("%s", notifies[i].what);
    g_assert_true (ike_notify_parse (hex_slice (notifies[i].hex), &notify) == notifies[i].good);
    g_assert_cmpuint (notify.protocol, ==, notifies[i].protocol);
    g_assert_cmpuint (notify.type, ==, notifies[i].type);
    g_assert_cmpuint (notify.spi.len, ==, notifies[i].spi_len);
    g_assert_cmpuint (notify.data.len, ==, notifies[i].data_len);
  }
}

static const struct {
  const char *what;
  IkeExchange exchange;
  bool is_response;
  uint8_t types[6];
  const char *said;
} legalities[] = {
  { "IKE_SA_INIT", IKE_EXCHANGE_SA_INIT, true, { 33, 34, 40, 41, 41 },
      "33:0 34:0 40:0 41:0 41:0 " },
  { "two KE", IKE_EXCHANGE_SA_INIT, true, { 33, 34, 34, 40 }, "syntax" },
  { "two nonces", IKE_EXCHANGE_SA_INIT, true, { 40, 33, 34, 40 }, "syntax" },
  { "AUTH in the clear", IKE_EXCHANGE_SA_INIT, true, { 33, 39, 36, 48, 47, 42 }, "33:0 " },
  { "IKE_AUTH", IKE_EXCHANGE_AUTH, true, { 36, 37, 37, 39, 48 }, "36:0 37:0 37:0 39:0 48:0 " },
  { "IDi in an answer", IKE_EXCHANGE_AUTH, true, { 35, 36, 39 }, "36:0 39:0 " },
  { "IDi in a request", IKE_EXCHANGE_AUTH, false, { 35, 36, 39 }, "35:0 36:0 39:0 " },
  { "two AUTH", IKE_EXCHANGE_AUTH, true, { 36, 39, 39 }, "syntax" },
  { "two EAP", IKE_EXCHANGE_AUTH, true, { 48, 48 }, "syntax" },
  { "two SA", IKE_EXCHANGE_AUTH, true, { 39, 33, 33, 44, 45 }, "syntax" },
  { "two CP", IKE_EXCHANGE_AUTH, true, { 39, 47, 47 }, "syntax" },
  { "KE in IKE_AUTH", IKE_EXCHANGE_AUTH, true, { 39, 34, 40, 42 }, "39:0 " },
  { "rekey", IKE_EXCHANGE_CREATE_CHILD_SA, false, { 41, 33, 40, 34, 44, 45 },
      "41:0 33:0 40:0 34:0 44:0 45:0 " },
  { "AUTH in a rekey", IKE_EXCHANGE_CREATE_CHILD_SA, false, { 33, 39, 36, 48, 42, 47 }, "33:0 " },
  { "two TSi", IKE_EXCHANGE_CREATE_CHILD_SA, true, { 44, 45, 44 }, "syntax" },
  { "INFORMATIONAL", IKE_EXCHANGE_INFORMATIONAL, false, { 42, 42, 41, 47 },
      "42:0 42:0 41:0 47:0 " },
  { "SA in INFORMATIONAL", IKE_EXCHANGE_INFORMATIONAL, false, { 33, 34, 40, 39, 48 }, "" },
  { "an exchange nobody knows", (IkeExchange) 99, false, { 41, 33 }, "" },
  { "IKE_INTERMEDIATE", IKE_EXCHANGE_INTERMEDIATE, true, { 41, 34, 39, 36, 33, 48 }, "41:0 34:0 " },
  { "two KE in IKE_INTERMEDIATE", IKE_EXCHANGE_INTERMEDIATE, true, { 34, 34 }, "syntax" },
  { "IKE_FOLLOWUP_KE", IKE_EXCHANGE_FOLLOWUP_KE, true, { 34, 41, 33, 40, 44, 42 }, "34:0 41:0 " },
};

static void
test_legality (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (legalities); i++) {
    uint8_t buf[64];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    for (size_t t = 0; t < G_N_ELEMENTS (legalities[i].types) && legalities[i].types[t] != 0; t++)
      ike_chain_payload (&chain, (IkePayloadType) legalities[i].types[t], SLICE (NULL, 0));
    const IkeHeader header = { .exchange = (uint8_t) legalities[i].exchange,
      .is_response = legalities[i].is_response };
    IkePayloads payloads;
    uint8_t critical = 0;
    IkeParse parse =
        ike_message_parse (&header, chain.first, builder_result (&chain.b), &payloads, &critical);
    g_autofree char *said = words (parse, &payloads, critical);
    g_test_message ("%s", legalities[i].what);
    g_assert_cmpstr (said, ==, legalities[i].said);
  }
}

/* What is written is what is read, and a chain that does not fit is no chain. */
static void
test_write (void)
{
  static const uint8_t body[] = { 1, 2, 3 };
  for (size_t size = 0; size <= 80; size++) {
    uint8_t buf[80];
    Builder b = builder_init (buf, size);
    Reserved length;
    IkeHeader header = { .spi_i = 1,
      .spi_r = 2,
      .first_payload = IKE_PAYLOAD_NONCE,
      .exchange = IKE_EXCHANGE_INFORMATIONAL,
      .is_initiator = true,
      .message_id = 0x01020304 };
    ike_header_write (&b, &header, &length);
    uint8_t chain_buf[40];
    IkeChain chain = ike_chain_init (chain_buf, sizeof chain_buf);
    ike_chain_payload (&chain, IKE_PAYLOAD_NONCE, SLICE (body, 3));
    ike_chain_notify (
        &chain, IKE_PROTOCOL_ESP, SLICE (body, 2), IKE_NOTIFY_REKEY_SA, SLICE (body, 1));
    builder_slice (&b, builder_result (&chain.b));
    builder_fill (&b, length);
    g_assert_true (builder_ok (&b) == (size >= 28 + 7 + 11));
    if (!builder_ok (&b))
      continue;
    IkeHeader read;
    IkePayloads payloads;
    IkeNotify notify;
    uint8_t critical;
    Slice message = builder_result (&b);
    g_assert_true (ike_header_parse (message, &read));
    g_assert_true (read.is_initiator && !read.is_response);
    g_assert_cmphex (read.message_id, ==, 0x01020304);
    g_assert_cmpint (ike_payloads_parse (read.first_payload,
                         SLICE (message.data + 28, message.len - 28), &payloads, &critical),
        ==, IKE_PARSE_OK);
    g_assert_cmpuint (payloads.n, ==, 2);
    g_assert_true (ike_payloads_notify (&payloads, IKE_NOTIFY_REKEY_SA, &notify));
    g_assert_cmpmem (notify.spi.data, notify.spi.len, body, 2);
    g_assert_cmpmem (notify.data.data, notify.data.len, body, 1);
    g_assert_false (ike_payloads_error (&payloads, &notify));
  }
}

/* IKE_SA_INIT of the recorded sessions, both ways: SA, KE and a nonce each, and nothing is left out. */
static void
test_recorded (void)
{
  static const char *const names[] = { "psk", "cert", "eap" };
  for (size_t i = 0; i < 2 * G_N_ELEMENTS (names); i++) {
    g_autoptr (Golden) golden = golden_open (names[i / 2]);
    Slice message = golden_ike (golden, i % 2 == 0, IKE_EXCHANGE_SA_INIT, 0).body;
    IkeHeader header;
    IkePayloads all, legal;
    uint8_t critical;
    Slice chain = SLICE (message.data + IKE_HEADER_LEN, message.len - IKE_HEADER_LEN);
    g_assert_true (ike_header_parse (message, &header));
    g_assert_cmpint (
        ike_payloads_parse (header.first_payload, chain, &all, &critical), ==, IKE_PARSE_OK);
    g_assert_cmpint (ike_message_parse (&header, header.first_payload, chain, &legal, &critical),
        ==, IKE_PARSE_OK);
    g_assert_cmpuint (all.n, ==, legal.n);
    g_assert_cmpuint (ike_payloads_count (&all, IKE_PAYLOAD_SA), ==, 1);
    g_assert_cmpuint (ike_payloads_count (&all, IKE_PAYLOAD_KE), ==, 1);
    g_assert_cmpuint (ike_payloads_count (&all, IKE_PAYLOAD_NONCE), ==, 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/header", test_header);
  g_test_add_func ("/message/chain", test_chain);
  g_test_add_func ("/message/every-type", test_every_type);
  g_test_add_func ("/message/count", test_count);
  g_test_add_func ("/message/notify", test_notify);
  g_test_add_func ("/message/legality", test_legality);
  g_test_add_func ("/message/write", test_write);
  g_test_add_func ("/message/recorded", test_recorded);
  return g_test_run ();
}
