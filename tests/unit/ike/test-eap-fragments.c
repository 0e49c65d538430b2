/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fragments of TLS in EAP, and attributes in the tunnel: every length in them is the peer's (reference
 * rows: CVE-2026-25075). */
#include "ike/eap-fragments.h"

#include <string.h>

#include "ike/ttls-avp.h"
#include "ike/ttls-input.h"
#include "support/hex.h"

/* S: started, M: more wanted, W: whole, X: broken; one for each packet. */
static const struct {
  const char *what;
  const char *packets[5];
  const char *ends;
  const char *message; /* of the last W */
} rows[] = {
  { "start", { "20" }, "S", NULL },
  { "start with a length", { "a000000000" }, "S", NULL },
  { "no start", { "00" }, "X", NULL },
  { "nothing", { "" }, "X", NULL },
  { "version 1", { "21" }, "X", NULL },
  { "second start", { "20", "20" }, "SX", NULL },
  { "whole", { "20", "00aabb" }, "SW", "aabb" },
  { "whole with length", { "20", "8000000002aabb" }, "SW", "aabb" },
  { "empty", { "20", "00" }, "SW", "" },
  { "two parts", { "20", "c000000004aabb", "00ccdd" }, "SMW", "aabbccdd" },
  { "two parts, both with length", { "20", "c000000004aabb", "8000000004ccdd" }, "SMW",
      "aabbccdd" },
  { "two parts without length", { "20", "40aabb", "00ccdd" }, "SMW", "aabbccdd" },
  { "the next message", { "20", "00aabb", "00cc" }, "SWW", "cc" },
  { "shorter than announced", { "20", "8000000003aabb" }, "SX", NULL },
  { "longer than announced", { "20", "8000000001aabb" }, "SX", NULL },
  { "more after the announced end", { "20", "c000000002aabb" }, "SX", NULL },
  { "another length in the middle", { "20", "c000000004aabb", "8000000005ccdd" }, "SMX", NULL },
  { "a length of 4 GiB", { "20", "c0ffffffffaabb" }, "SX", NULL },
  { "a length of 64 KiB and 1", { "20", "c000010001aabb" }, "SX", NULL },
  { "a length of 64 KiB", { "20", "c000010000aabb" }, "SM", NULL },
  { "length cut", { "20", "80000000" }, "SX", NULL },
  { "an empty fragment", { "20", "c000000004" }, "SX", NULL },
};

static char
letter (EapFragmentsResult result)
{
  return "SMWX"[result];
}

static void
test_receive (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    EapFragments f;
    eap_fragments_init (&f);
    g_test_message ("%s", rows[i].what);
    for (size_t k = 0; rows[i].packets[k] != NULL; k++) {
      Slice packet = hex_slice (rows[i].packets[k]);
      g_autofree uint8_t *copy = g_memdup2 (packet.data, packet.len);
      char end = letter (eap_fragments_receive (&f, SLICE (copy, packet.len)));
      g_assert_cmpint (end, ==, rows[i].ends[k]);
      if (end == 'W' && rows[i].ends[k + 1] == '\0')
        assert_slice_is_hex (SLICE (f.in->data, f.in->len), rows[i].message);
    }
    eap_fragments_clear (&f);
  }
}

/* A peer that goes on for ever is stopped at 64 KiB. */
static void
test_endless (void)
{
  EapFragments f;
  uint8_t packet[1001] = { 0x40 };
  EapFragmentsResult result = EAP_FRAGMENTS_MORE;
  unsigned int n = 0;
  eap_fragments_init (&f);
  eap_fragments_receive (&f, hex_slice ("20"));
  for (; result == EAP_FRAGMENTS_MORE && n < 1000; n++)
    result = eap_fragments_receive (&f, SLICE (packet, sizeof packet));
  g_assert_cmpint (result, ==, EAP_FRAGMENTS_BROKEN);
  g_assert_cmpuint (n, ==, 66);
  eap_fragments_clear (&f);
}

static void
test_send (void)
{
  EapFragments f;
  g_autofree uint8_t *message = g_malloc0 (2500);
  eap_fragments_init (&f);
  eap_fragments_receive (&f, hex_slice ("20"));
  g_byte_array_append (f.out, message, 2500);
  g_autoptr (GBytes) first = eap_fragments_next (&f, 7, 13);
  g_assert_cmpuint (g_bytes_get_size (first), ==, 1010);
  assert_slice_is_hex (SLICE (g_bytes_get_data (first, NULL), 10), "020703f20dc0000009c4");
  /* only an acknowledgement is in order now */
  EapFragments other = f;
  g_assert_cmpint (eap_fragments_receive (&other, hex_slice ("00aa")), ==, EAP_FRAGMENTS_BROKEN);
  g_assert_cmpint (eap_fragments_receive (&other, hex_slice ("40")), ==, EAP_FRAGMENTS_BROKEN);
  g_assert_cmpint (eap_fragments_receive (&f, hex_slice ("00")), ==, EAP_FRAGMENTS_MORE);
  g_autoptr (GBytes) second = eap_fragments_next (&f, 8, 13);
  assert_slice_is_hex (SLICE (g_bytes_get_data (second, NULL), 6), "020803ee0d40");
  g_assert_cmpint (eap_fragments_receive (&f, hex_slice ("00")), ==, EAP_FRAGMENTS_MORE);
  g_autoptr (GBytes) third = eap_fragments_next (&f, 9, 13);
  assert_slice_is_hex (SLICE (g_bytes_get_data (third, NULL), 6), "020901fa0d00");
  g_autoptr (GBytes) empty = eap_fragments_next (&f, 10, 21);
  assert_slice_is_hex (slice_of_bytes (empty), "020a00061500");
  eap_fragments_clear (&f);
}

static const struct {
  const char *what;
  const char *hex;
  bool good;
  const char *eap, *success, *error;
} avps[] = {
  { "nothing", "", true, "", "", "" },
  { "EAP", "0000004f4000000daabbccddee000000", true, "aabbccddee", "", "" },
  { "EAP in two", "0000004f4000000aaabb0000 0000004f40000009cc000000", true, "aabbcc", "", "" },
  { "success", "0000001ac00000100000013705533d41", true, "", "533d41", "" },
  { "error", "00000002c000000f0000013705453d00", true, "", "", "453d" },
  { "Reply-Message", "000000124000000a68690000", true, "", "", "" },
  { "unknown, optional", "000003e70000000a68690000", true, "", "", "" },
  { "unknown, mandatory", "000003e74000000a68690000", false, NULL, NULL, NULL },
  { "unknown of Microsoft, mandatory", "00000063c00000100000013705533d41", false, NULL, NULL,
      NULL },
  { "length 0", "0000004f40000000", false, NULL, NULL, NULL },
  { "length 1", "0000004f40000001", false, NULL, NULL, NULL },
  { "length 4", "0000004f40000004", false, NULL, NULL, NULL },
  { "length 7", "0000004f40000007", false, NULL, NULL, NULL },
  { "length 8", "0000004f40000008", true, "", "", "" },
  { "vendor, length 8", "0000001ac000000800000137", false, NULL, NULL, NULL },
  { "vendor, length 11", "0000001ac000000b00000137", false, NULL, NULL, NULL },
  { "vendor cut", "0000001ac000000c0000", false, NULL, NULL, NULL },
  { "length past the end", "0000004f4000000daabbcc", false, NULL, NULL, NULL },
  { "length 16 MiB", "0000004f40ffffffaabbcc", false, NULL, NULL, NULL },
  { "padding past the end", "0000004f4000000daabbccddee0000", false, NULL, NULL, NULL },
  { "half a header", "0000004f40", false, NULL, NULL, NULL },
  { "a good one, then length 3", "0000004f40000008 0000004f40000003", false, NULL, NULL, NULL },
};

static void
test_attributes (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (avps); i++) {
    uint8_t buf[64];
    Builder packet = builder_init (buf, sizeof buf);
    TtlsInput input;
    Slice plain = hex_slice (avps[i].hex);
    g_autofree uint8_t *copy = g_memdup2 (plain.data, plain.len);
    g_test_message ("%s", avps[i].what);
    g_assert_true (ttls_input_parse (SLICE (copy, plain.len), &packet, &input) == avps[i].good);
    if (!avps[i].good)
      continue;
    assert_slice_is_hex (input.eap, avps[i].eap);
    assert_slice_is_hex (input.mschap_success, avps[i].success);
    assert_slice_is_hex (input.mschap_error, avps[i].error);
  }
}

/* What is written is what is read. */
static void
test_write (void)
{
  for (size_t len = 0; len < 9; len++) {
    uint8_t buf[64];
    Builder b = builder_init (buf, sizeof buf);
    TtlsAvp avp;
    ttls_avp_write (&b, 0, AVP_USER_NAME, SLICE ((const uint8_t *) "ABCDEFGHI", len));
    ttls_avp_write (&b, 311, 25, SLICE ((const uint8_t *) "ABCDEFGHI", len));
    g_assert_cmpuint (b.len % 4, ==, 0);
    Cursor c = cursor_of (builder_result (&b));
    g_assert_true (ttls_avp_read (&c, &avp));
    g_assert_cmpuint (avp.code, ==, AVP_USER_NAME);
    g_assert_true (avp.mandatory);
    g_assert_cmpmem (avp.data.data, avp.data.len, "ABCDEFGHI", len);
    g_assert_true (ttls_avp_read (&c, &avp));
    g_assert_cmpuint (avp.vendor, ==, 311);
    g_assert_cmpmem (avp.data.data, avp.data.len, "ABCDEFGHI", len);
    g_assert_true (cursor_done (&c));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/eap-fragments/receive", test_receive);
  g_test_add_func ("/ike/eap-fragments/endless", test_endless);
  g_test_add_func ("/ike/eap-fragments/send", test_send);
  g_test_add_func ("/ike/eap-fragments/attributes", test_attributes);
  g_test_add_func ("/ike/eap-fragments/write", test_write);
  return g_test_run ();
}
