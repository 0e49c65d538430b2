/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The payloads with a structure of their own: SA, TS, CP and Delete. */
#include <string.h>

#include "support/hex.h"
#include "wire/cp.h"
#include "wire/delete.h"
#include "wire/sa.h"
#include "wire/ts.h"

/* The body of the only payload in a chain. */
static Slice
body_of (const IkeChain *chain)
{
  Slice all = builder_result (&chain->b);
  g_assert_cmpuint (all.len, >, 4);
  return SLICE (all.data + 4, all.len - 4);
}

/* transforms: ENCR AES-CBC with Key Length 256, and PRF SHA-256 */
#define T_AES "0300000c 0100000c 800e0100"
#define T_PRF_LAST "00000008 02000005"

static const struct {
  const char *what;
  const char *hex;
  bool good;
} sas[] = {
  { "one proposal", "0000001c 01010002" T_AES T_PRF_LAST, true },
  { "two proposals", "02000010 01010001 00000008 02000005 00000010 02030001 00000008 05000000",
      true },
  { "with SPI", "00000014 01030401 11223344 00000008 05000000", true },
  { "unknown transform type", "00000010 01010001 00000008 ff00ffff", true },
  { "attribute that we do not know", "00000014 01010001 0000000c 0100000c 80010001", true },
  { "long attribute", "00000018 01010001 00000010 0100000c 00010004 aabbccdd", true },
  { "empty", "", false },
  { "cut", "0000001c 0101", false },
  { "proposal length 0", "00000000 01010000", false },
  { "proposal length 7", "00000007 010100", false },
  { "proposal length past the end", "0000001d 01010002" T_AES T_PRF_LAST, false },
  { "proposal length short", "0000001b 01010002" T_AES T_PRF_LAST, false },
  { "no transform", "00000008 01010000", false },
  { "fewer transforms than said", "0000001c 01010003" T_AES T_PRF_LAST, false },
  { "more transforms than said", "0000001c 01010001" T_AES T_PRF_LAST, false },
  { "last transform says more", "00000010 01010001 03000008 02000005", false },
  { "transform marked wrong", "00000010 01010001 02000008 02000005", false },
  { "proposal marked wrong", "03000010 01010001 00000008 02000005", false },
  { "last proposal says more", "02000010 01010001 00000008 02000005", false },
  { "octets behind", "00000010 01010001 00000008 02000005 00", false },
  { "SPI longer than the proposal", "00000010 0103ff01 00000008 05000000", false },
  { "transform length 0", "00000010 01010001 00000000 02000005", false },
  { "transform length 7", "0000000f 01010001 00000007 020000", false },
  { "transform past the proposal", "00000010 01010001 00000009 02000005", false },
  { "attribute cut", "00000012 01010001 0000000a 0100000c 800e", false },
  { "long attribute past the transform", "00000018 01010001 00000010 0100000c 00010005 aabbccdd",
      false },
};

static void
test_sa (void)
{
  g_autofree IkeSaPayload *sa = g_new (IkeSaPayload, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (sas); i++) {
    g_test_message ("%s", sas[i].what);
    g_assert_true (ike_sa_payload_parse (hex_slice (sas[i].hex), sa) == sas[i].good);
  }
  g_assert_true (ike_sa_payload_parse (hex_slice (sas[0].hex), sa));
  g_assert_cmpuint (sa->n, ==, 1);
  g_assert_cmpuint (sa->proposals[0].n, ==, 2);
  g_assert_cmpuint (sa->proposals[0].transforms[0].id, ==, 12);
  g_assert_cmpuint (sa->proposals[0].transforms[0].key_bits, ==, 256);
  g_assert_cmpuint (sa->proposals[0].transforms[1].key_bits, ==, 0);
  for (size_t i = 4; i < 6; i++) {
    g_assert_true (ike_sa_payload_parse (hex_slice (sas[i].hex), sa));
    g_assert_true (sa->proposals[0].transforms[0].has_unknown);
  }
}

/* Every protocol and every SPI size in a proposal (CVE-2023-38710): the SPI is what is there. */
static void
test_sa_spi_sizes (void)
{
  g_autofree IkeSaPayload *sa = g_new (IkeSaPayload, 1);
  for (unsigned int size = 0; size <= 255; size++) {
    uint8_t body[16 + 255] = { 0 };
    body[2] = (uint8_t) ((16 + size) >> 8);
    body[3] = (uint8_t) (16 + size);
    body[4] = 1;
    body[5] = (uint8_t) size; /* protocol as well: all of them */
    body[6] = (uint8_t) size;
    body[7] = 1;
    body[8 + size + 3] = 8;
    body[8 + size + 4] = 5;
    g_assert_true (ike_sa_payload_parse (SLICE (body, 16 + size), sa));
    g_assert_cmpuint (sa->proposals[0].spi.len, ==, size);
    g_assert_cmpuint (sa->proposals[0].protocol, ==, size);
    g_assert_false (ike_sa_payload_parse (SLICE (body, 15 + size), sa));
  }
}

/* However many there are, they are read; what is more than we keep is left out. */
static void
test_sa_counts (void)
{
  g_autofree IkeSaPayload *sa = g_new (IkeSaPayload, 1);
  g_autofree uint8_t *body = g_malloc (16 * 256);
  for (size_t n = 1; n < 256; n++) {
    for (size_t i = 0; i < n; i++) {
      const uint8_t proposal[] = { i + 1 < n ? 2 : 0, 0, 0, 16, 1, 3, 0, 1, 0, 0, 0, 8, 5, 0, 0,
        0 };
      memcpy (body + 16 * i, proposal, sizeof proposal);
    }
    g_assert_true (ike_sa_payload_parse (SLICE (body, 16 * n), sa));
    g_assert_cmpuint (sa->n, ==, MIN (n, IKE_MAX_PROPOSALS));
    const uint8_t one[] = { 0, 0, (uint8_t) ((8 + 8 * n) >> 8), (uint8_t) (8 + 8 * n), 1, 1, 0,
      (uint8_t) n };
    memcpy (body, one, sizeof one);
    for (size_t i = 0; i < n; i++) {
      const uint8_t transform[] = { i + 1 < n ? 3 : 0, 0, 0, 8, 4, 0, 0, 31 };
      memcpy (body + 8 + 8 * i, transform, sizeof transform);
    }
    g_assert_true (ike_sa_payload_parse (SLICE (body, 8 + 8 * n), sa));
    g_assert_cmpuint (sa->n, ==, n <= IKE_MAX_TRANSFORMS ? 1 : 0);
  }
}

static void
test_sa_write (void)
{
  uint8_t buf[200];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  const IkeProposal proposals[] = {
    { .number = 1,
        .protocol = IKE_PROTOCOL_ESP,
        .spi = hex_slice ("11223344"),
        .n = 2,
        .transforms = { { .type = IKE_TRANSFORM_ENCR, .id = 20, .key_bits = 256 },
            { .type = IKE_TRANSFORM_ESN } } },
    { .number = 2,
        .protocol = IKE_PROTOCOL_IKE,
        .n = 1,
        .transforms = { { .type = 4, .id = 31 } } },
  };
  ike_sa_payload_write (&chain, proposals, 2);
  assert_slice_is_hex (body_of (&chain),
      "02000020 01030402 11223344 0300000c 01000014 800e0100"
      "00000008 05000000 00000010 02010001 00000008 0400001f");
}

#define TS4 "0700 0010 0000ffff 0a000000 0a0000ff"
#define TS6 "0800 0028 0000ffff fd010000000000000000000000000000 fd01000000000000ffffffffffffffff"

static const struct {
  const char *what;
  const char *hex;
  bool good;
  size_t n;
} tss[] = {
  { "IPv4", "01000000" TS4, true, 1 },
  { "IPv6", "01000000" TS6, true, 1 },
  { "both", "02000000" TS6 TS4, true, 2 },
  { "reserved octets", "01ffffff" TS4, true, 1 },
  { "unknown type is left out", "02000000 0900 0008 0000ffff" TS4, true, 1 },
  { "only unknown types", "01000000 0900 0008 0000ffff", true, 0 },
  { "backwards is left out", "01000000 0700 0010 0000ffff 0a0000ff 0a000000", true, 0 },
  { "ports backwards", "01000000 0706 0010 00500001 0a000000 0a0000ff", true, 0 },
  { "OPAQUE ports", "01000000 0700 0010 ffff0000 0a000000 0a0000ff", true, 0 },
  { "none", "00000000", false },
  { "none, but octets", "00000000" TS4, false },
  { "fewer than said", "02000000" TS4, false },
  { "more than said", "01000000" TS4 TS4, false },
  { "255 of them, said only", "ff000000" TS4, false },
  { "length 0", "01000000 0700 0000 0000ffff 0a000000 0a0000ff", false },
  { "length 7", "01000000 0700 0007 0000ff", false },
  { "IPv4 with the length of IPv6", "01000000 0700 0028 0000ffff 0a000000 0a0000ff", false },
  { "IPv6 with the length of IPv4", "01000000 0800 0010 0000ffff 0a000000 0a0000ff", false },
  { "IPv4, one octet more", "01000000 0700 0011 0000ffff 0a000000 0a0000ff 00", false },
  { "length past the end", "01000000 0700 0011 0000ffff 0a000000 0a0000ff", false },
  { "length 65535", "01000000 0700 ffff 0000ffff 0a000000 0a0000ff", false },
  { "cut", "010000", false },
  { "empty", "", false },
};

/* CVE-2023-23009: count against length, sizes, types, ranges. */
static void
test_ts (void)
{
  TrafficSelector ts[IKE_MAX_SELECTORS];
  for (size_t i = 0; i < G_N_ELEMENTS (tss); i++) {
    size_t n = 99;
    g_test_message ("%s", tss[i].what);
    g_assert_true (ike_ts_payload_parse (hex_slice (tss[i].hex), ts, &n) == tss[i].good);
    if (tss[i].good)
      g_assert_cmpuint (n, ==, tss[i].n);
  }
}

/* As many as there can be; what is read is written again as it was. */
static void
test_ts_count_and_write (void)
{
  Slice one = hex_slice (TS4);
  for (size_t n = 1; n <= 255; n++) {
    g_autofree uint8_t *body = g_malloc0 (4 + n * one.len);
    body[0] = (uint8_t) n;
    for (size_t i = 0; i < n; i++)
      memcpy (body + 4 + i * one.len, one.data, one.len);
    TrafficSelector ts[IKE_MAX_SELECTORS];
    size_t got = 0;
    g_assert_true (ike_ts_payload_parse (SLICE (body, 4 + n * one.len), ts, &got));
    g_assert_cmpuint (got, ==, n);
    uint8_t buf[8192];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    ike_ts_payload_write (&chain, IKE_PAYLOAD_TSI, ts, got);
    Slice written = body_of (&chain);
    g_assert_cmpmem (written.data, written.len, body, 4 + n * one.len);
  }
}

static const struct {
  const char *what;
  const char *hex;
  bool good;
  size_t n;
} cps[] = {
  { "empty reply", "02000000", true, 0 },
  { "address and DNS", "02000000 0001 0004 0a030001 0003 0004 0a010001", true, 2 },
  { "empty value", "01000000 0001 0000", true, 1 },
  { "reserved bit of the type", "02000000 8001 0004 0a030001", true, 1 },
  { "value past the end", "02000000 0001 0005 0a030001", false },
  { "value of 65535", "02000000 0001 ffff 0a030001", false },
  { "header cut", "02000000 0001 00", false },
  { "cut", "020000", false },
  { "empty", "", false },
};

static void
test_cp (void)
{
  g_autofree IkeCpPayload *cp = g_new (IkeCpPayload, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (cps); i++) {
    g_test_message ("%s", cps[i].what);
    g_assert_true (ike_cp_payload_parse (hex_slice (cps[i].hex), cp) == cps[i].good);
    if (cps[i].good)
      g_assert_cmpuint (cp->n, ==, cps[i].n);
  }
  g_assert_true (ike_cp_payload_parse (hex_slice (cps[3].hex), cp));
  g_assert_cmpuint (cp->attributes[0].type, ==, IKE_ATTR_IP4_ADDRESS);
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  ike_cp_payload_write (&chain, cp);
  assert_slice_is_hex (body_of (&chain), "02000000 0001 0004 0a030001");
}

/* A thousand attributes fill the table and no more. */
static void
test_cp_count (void)
{
  g_autofree IkeCpPayload *cp = g_new (IkeCpPayload, 1);
  g_autofree uint8_t *body = g_malloc0 (4 + 8 * 1000);
  body[0] = IKE_CFG_REPLY;
  for (size_t i = 0; i < 1000; i++) {
    const uint8_t attribute[] = { 0, 3, 0, 4, 10, 0, (uint8_t) (i >> 8), (uint8_t) i };
    memcpy (body + 4 + 8 * i, attribute, sizeof attribute);
  }
  g_assert_true (ike_cp_payload_parse (SLICE (body, 4 + 8 * 1000), cp));
  g_assert_cmpuint (cp->n, ==, IKE_MAX_ATTRIBUTES);
  g_assert_cmpuint (
      cp->attributes[IKE_MAX_ATTRIBUTES - 1].value.data[3], ==, IKE_MAX_ATTRIBUTES - 1);
}

static const struct {
  const char *what;
  const char *hex;
  bool good;
} deletes[] = {
  { "IKE", "01000000", true },
  { "ESP", "03040001 11223344", true },
  { "ESP, none", "03040000", true },
  { "AH", "02040001 11223344", true },
  { "IKE with SPI size", "01040000", false },
  { "IKE with count", "01000001", false },
  { "IKE with SPI", "01080001 1122334455667788", false },
  { "ESP with SPI size 0", "03000001", false },
  { "ESP with SPI size 8", "03080001 1122334455667788", false },
  { "fewer than said", "03040002 11223344", false },
  { "more than said", "03040001 11223344 55667788", false },
  { "65535 said", "0304ffff 11223344", false },
  { "cut", "030400", false },
  { "empty", "", false },
};

static void
test_delete (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (deletes); i++) {
    IkeDelete delete;
    g_test_message ("%s", deletes[i].what);
    g_assert_true (ike_delete_parse (hex_slice (deletes[i].hex), &delete) == deletes[i].good);
    if (!deletes[i].good)
      continue;
    uint8_t buf[64];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    ike_delete_write (&chain, &delete);
    assert_slice_is_hex (body_of (&chain), deletes[i].hex);
  }
}

/* Every protocol with every SPI size, and every count up to the cap. */
static void
test_delete_sizes (void)
{
  IkeDelete delete;
  for (unsigned int protocol = 0; protocol <= 255; protocol++) {
    for (unsigned int size = 0; size <= 255; size++) {
      const uint8_t body[4 + 255] = { (uint8_t) protocol, (uint8_t) size, 0, 1 };
      bool good = ike_delete_parse (SLICE (body, 4 + size), &delete);
      g_assert_true (good == (protocol != IKE_PROTOCOL_IKE && size == 4));
    }
  }
  for (size_t n = 0; n < 200; n++) {
    const uint8_t body[4 + 4 * 200] = { IKE_PROTOCOL_ESP, 4, 0, (uint8_t) n };
    g_assert_true (ike_delete_parse (SLICE (body, 4 + 4 * n), &delete) == (n <= IKE_MAX_DELETED));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/payloads/sa", test_sa);
  g_test_add_func ("/payloads/sa-spi-sizes", test_sa_spi_sizes);
  g_test_add_func ("/payloads/sa-counts", test_sa_counts);
  g_test_add_func ("/payloads/sa-write", test_sa_write);
  g_test_add_func ("/payloads/ts", test_ts);
  g_test_add_func ("/payloads/ts-count-and-write", test_ts_count_and_write);
  g_test_add_func ("/payloads/cp", test_cp);
  g_test_add_func ("/payloads/cp-count", test_cp_count);
  g_test_add_func ("/payloads/delete", test_delete);
  g_test_add_func ("/payloads/delete-sizes", test_delete_sizes);
  return g_test_run ();
}
