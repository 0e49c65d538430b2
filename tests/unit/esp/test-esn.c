/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended sequence numbers (RFC 4304): packets that another implementation made, and the way over
 * 2^32 and over the window's edges there. */
#include <string.h>

#include "crypto/cipher.h"
#include "esp/esp.h"
#include "esp/sa-private.h"
#include "support/hex.h"

#define SPI 0xaabbccddu
#define MAX_PACKET 2048
#define EPOCH (UINT64_C (1) << 32)

/* 10.3.0.1 -> 10.1.0.10, UDP */
#define INNER "45000020 00000000 40110000 0a030001 0a01000a 0035d431 000c0000 61626364"

typedef struct {
  const char *name;
  EncrId encr;
  unsigned int key_bits;
  IntegId integ;
} Suite;

static const Suite suites[] = {
  { "gcm-128", ENCR_AES_GCM_16, 128, INTEG_NONE },
  { "gcm-256", ENCR_AES_GCM_16, 256, INTEG_NONE },
  { "chacha20-poly1305", ENCR_CHACHA20_POLY1305, 0, INTEG_NONE },
  { "cbc-256-sha256", ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_256_128 },
  { "cbc-128-sha384", ENCR_AES_CBC, 128, INTEG_HMAC_SHA2_384_192 },
  { "cbc-256-sha512", ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_512_256 },
};

/* INNER as scapy 2.5.0 (layers.ipsec, esn_en) seals it; it leaves the high half out of a MAC, so that
 * the ICVs of CBC are HMACs of Python over what scapy wrote and the high half. The keys count up
 * from 0x11 and 0x81, the IV is that which crypto_cipher_make_iv () makes of the number. */
static const struct {
  size_t suite;
  uint64_t seq;
  const char *packet;
} vectors[] = {
  { 0, UINT64_C (0xffffffff),
      "aabbccddffffffff00000000ffffffff3ec2fc5de6911f50f4d319a555a63ea948c8603bf9774224d2048ff7"
      "db983be821992377c7e30430c14428c2f20af296c1214f8b" },
  { 0, UINT64_C (0x100000000),
      "aabbccdd0000000000000001000000000dc8414e360bf2e5ec73b9928a13cc6dc6f60fad8a5b3f27ecd6e7b9"
      "33709a9e84abeb7f00ab4f7d193efe1b8fe953b9d934628d" },
  { 0, UINT64_C (0x7fffffff9),
      "aabbccddfffffff900000007fffffff9c46c13a1d7fa4226b191c5f907050dbc6935ced2ba8968da57c9c5bf"
      "64ee004fcbf477abb644081c236c0d0071ff876a5fc51e83" },
  { 1, UINT64_C (0xffffffff),
      "aabbccddffffffff00000000ffffffffa0e6963e939d70b150ab1eabda3a72e3ea9a8bbb103cba04a48ebcf8"
      "26e257ae29ff55b24324dc1a486c01f91d8b010475b206ad" },
  { 1, UINT64_C (0x100000000),
      "aabbccdd0000000000000001000000006423a1bb6e50686adcd1d4e45b0078c0f0c2a8f80cecf32a4ed9823d"
      "1c23655c2210affe96eca7801ac9bac6285669c5b1b674dd" },
  { 1, UINT64_C (0x7fffffff9),
      "aabbccddfffffff900000007fffffff97ade5c7fc48b4c9d095cf3de83d96cdf95af978adcd2fd2aa9a43190"
      "aba9c2f853f5d0bb01f88d42f133a71b31c4788e2bfbec12" },
  { 2, UINT64_C (0xffffffff),
      "aabbccddffffffff00000000fffffffff4ca9bbd8fe15d79ff0091cad5a40075da71817fabd7a8ed68fe7eaa"
      "8da69e4c2b31fa58d6b76f1fd442b9a8a907a6c572cf7ed4" },
  { 2, UINT64_C (0x100000000),
      "aabbccdd000000000000000100000000a03090ec938c12a859b842d98f73bfcddf8d617af385667b436ccbdb"
      "dd9c2c47ec965cd0fc82566ad819a9b93f300c96610d0a5c" },
  { 2, UINT64_C (0x7fffffff9),
      "aabbccddfffffff900000007fffffff98b700d5b14290bb2e428d36e9cf6460bbe83efba8e2bc1dce1b27442"
      "1e6169eb61414d0f7dfee26bf4e8e8e401aeb8e59e48bd79" },
  { 3, UINT64_C (0xffffffff),
      "aabbccddffffffff93f1439471959c2e13840e0d3140703f550607027e4af0310945b22f522119dd4d1b12de"
      "cc327d473b5285d8487a5d3a8215249974dfa8731db80db47718c061d3f3408d96647f099b0f9fa0905ad684" },
  { 3, UINT64_C (0x100000000),
      "aabbccdd000000001fd342aa1454e878627ef9ea1f7e08f0b9aa0a91176201234e0e1d814c38753da3c5a8f5"
      "0b77e9c1a312246cfed55c9181955e210deca803d946baa7d9a565da3833c039174f9631e14d7dcf1d8e986a" },
  { 3, UINT64_C (0x7fffffff9),
      "aabbccddfffffff93ea1e905d2948f7275938ee9da93914ad73906f71192ca03b5de2f35a1356904e5722ef1"
      "674e167ed879269e063a3ca80c8cc4df41a3f24b0ebd2acab69a7f2472940035a62917754693085ac2a8eb02" },
  { 4, UINT64_C (0xffffffff),
      "aabbccddffffffffcd955bab6d3beb0cd28d42f88c4f1ad8904d45573c3de136f166d6ecfb0e021d2e75f275"
      "6568930f1ea6d05ff10843558eb4d3e88b37753862c35357b6f11c61362efa21bfcfd1b2f904ee5e74856e07"
      "0098bdc49bddd610" },
  { 4, UINT64_C (0x100000000),
      "aabbccdd000000007fe6bf2cc99f68038a457e4d5dce70dcdf2e98790f9fc28300e1529a96521adede35cddf"
      "2e9261bb12470b504533fa6de11fb762bfffd93898b7012217f60cd0f82c1b90b4898df7f6a564fbf879a5c9"
      "430ba2d89662106c" },
  { 4, UINT64_C (0x7fffffff9),
      "aabbccddfffffff9ecccf003d1e5199b1270a88043d0d01114d1745342d5e456fe48909305f98fb472ead77d"
      "e322f46e592513016bffe1b1e3fc971954e57f29b14d47a7b7fd0e9418056a928a7e73a00249a765dfefd5d4"
      "3d1ffd1ea822e5dc" },
  { 5, UINT64_C (0xffffffff),
      "aabbccddffffffff93f1439471959c2e13840e0d3140703f550607027e4af0310945b22f522119dd4d1b12de"
      "cc327d473b5285d8487a5d3a8215249974dfa8731db80db47718c061cae787226e059f390f066f04c8fdffc3"
      "0abd826cba983b1ff997ffdeafc15a85" },
  { 5, UINT64_C (0x100000000),
      "aabbccdd000000001fd342aa1454e878627ef9ea1f7e08f0b9aa0a91176201234e0e1d814c38753da3c5a8f5"
      "0b77e9c1a312246cfed55c9181955e210deca803d946baa7d9a565da11e01014a27ca12b0c7f74a2a0e6991a"
      "d940b97246b05ef6c76d909e9cf2918c" },
  { 5, UINT64_C (0x7fffffff9),
      "aabbccddfffffff93ea1e905d2948f7275938ee9da93914ad73906f71192ca03b5de2f35a1356904e5722ef1"
      "674e167ed879269e063a3ca80c8cc4df41a3f24b0ebd2acab69a7f24cdeb5d5c24e7c2e517d0acebd8bf0507"
      "93957f1028a27d45935be38c9693bf72" },
};

static Secret *
key_of (size_t len, uint8_t from)
{
  if (len == 0)
    return NULL;
  uint8_t *octets;
  Secret *key = secret_new_empty (len, &octets);
  for (size_t i = 0; i < len; i++)
    octets[i] = (uint8_t) (from + i);
  return key;
}

/* Both directions have the same keys and SPI, so that one end's packets are the other's. */
static EspSa *
sa_new (const Suite *suite, EsnId esn)
{
  const TrafficSelector any = traffic_selector_any (INET_V4);
  g_autoptr (Secret) encr =
      key_of (crypto_cipher_encr_key_len (suite->encr, suite->key_bits), 0x11);
  g_autoptr (Secret) integ = key_of (crypto_cipher_integ_key_len (suite->integ), 0x81);
  const EspSaParams params = { .encr = suite->encr,
    .key_bits = suite->key_bits,
    .integ = suite->integ,
    .esn = esn,
    .spi_in = SPI,
    .spi_out = SPI,
    .encr_in = encr,
    .encr_out = encr,
    .integ_in = integ,
    .integ_out = integ,
    .local_ts = &any,
    .remote_ts = &any,
    .n_local_ts = 1,
    .n_remote_ts = 1 };
  g_autoptr (GError) error = NULL;
  EspSa *sa = esp_sa_new (&params, &error);
  g_assert_no_error (error);
  return sa;
}

/* An SA that has seen that number, and nothing close behind it. */
static EspSa *
sa_at (const Suite *suite, uint64_t highest)
{
  EspSa *sa = sa_new (suite, ESN_YES);
  sa->window.highest = highest;
  return sa;
}

/* Seals INNER under that number. */
static Slice
seal_as (EspSa *sa, uint64_t seq, uint8_t buf[static MAX_PACKET])
{
  Slice inner = hex_slice (INNER), packet;
  sa->sent = seq - 1;
  memcpy (buf + esp_sa_headroom (sa), inner.data, inner.len);
  g_assert_cmpint (esp_seal (sa, buf, MAX_PACKET, inner.len, &packet), ==, ESP_PASS);
  return packet;
}

static EspVerdict
open_copy (EspSa *sa, Slice packet)
{
  uint8_t copy[MAX_PACKET];
  Slice inner;
  memcpy (copy, packet.data, packet.len);
  EspVerdict verdict = esp_open (sa, copy, packet.len, &inner);
  if (verdict == ESP_PASS)
    assert_slice_is_hex (inner, INNER);
  return verdict;
}

/* The same octets, both ways; and with another high half, or with none, it is not authentic. */
static void
test_vectors (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++) {
    const Suite *suite = &suites[vectors[i].suite];
    uint64_t seq = vectors[i].seq;
    uint8_t buf[MAX_PACKET];
    g_autoptr (EspSa) sender = sa_new (suite, ESN_YES);
    g_test_message ("%s, %" G_GINT64_MODIFIER "x", suite->name, seq);
    assert_slice_is_hex (seal_as (sender, seq, buf), vectors[i].packet);

    Slice packet = hex_slice (vectors[i].packet);
    g_autoptr (EspSa) receiver = sa_at (suite, seq - 1);
    g_assert_cmpint (open_copy (receiver, packet), ==, ESP_PASS);
    g_assert_cmpint (open_copy (receiver, packet), ==, ESP_DROP_REPLAY);
    g_autoptr (EspSa) ahead = sa_at (suite, seq - 1 + EPOCH);
    g_assert_cmpint (open_copy (ahead, packet), ==, ESP_DROP_AUTH);
    g_autoptr (EspSa) plain = sa_new (suite, ESN_NO);
    EspVerdict verdict = open_copy (plain, packet);
    g_assert_cmpint (verdict, ==, (uint32_t) seq == 0 ? ESP_DROP_REPLAY : ESP_DROP_AUTH);
  }
}

/* One receiver, and numbers as they come in, by rows: what passes and how far the window is then. */
static const struct {
  uint64_t seq;
  EspVerdict verdict;
} rows[] = {
  { 1, ESP_PASS }, { 1, ESP_DROP_REPLAY },
  { UINT32_MAX - 10, ESP_PASS }, /* nearly all of the first 2^32 */
  { UINT32_MAX, ESP_PASS }, { EPOCH, ESP_PASS }, /* the low half is 0, and that is good here */
  { EPOCH, ESP_DROP_REPLAY }, { EPOCH + 1, ESP_PASS },
  { UINT32_MAX, ESP_DROP_REPLAY }, /* behind 2^32, seen */
  { UINT32_MAX - 1, ESP_PASS }, /* behind 2^32, not seen */
  { UINT32_MAX - 10, ESP_DROP_REPLAY },
  { EPOCH + 1 - REPLAY_WINDOW + 1, ESP_PASS }, /* the window's last */
  { EPOCH + 1 - REPLAY_WINDOW + 1, ESP_DROP_REPLAY },
  { EPOCH + 1 - REPLAY_WINDOW, ESP_DROP_AUTH }, /* one before: taken for one of the next 2^32 */
  { 2, ESP_DROP_AUTH }, /* long gone: the same */
  { EPOCH + REPLAY_WINDOW - 2, ESP_PASS }, /* the window begins at 2^32 - 1 */
  { UINT32_MAX, ESP_DROP_REPLAY }, { UINT32_MAX - 2, ESP_DROP_AUTH },
  { EPOCH + REPLAY_WINDOW - 1, ESP_PASS }, /* the window begins at 2^32 */
  { EPOCH, ESP_DROP_REPLAY }, { UINT32_MAX, ESP_DROP_AUTH }, { EPOCH + 2, ESP_PASS },
  { 2 * EPOCH - 1, ESP_PASS }, { 2 * EPOCH + 5, ESP_PASS }, { 2 * EPOCH - 1, ESP_DROP_REPLAY },
  { 2 * EPOCH - 2, ESP_PASS },
  { 7 * EPOCH, ESP_DROP_AUTH }, /* more than 2^32 ahead: cannot be found */
  { 3 * EPOCH - 2 * REPLAY_WINDOW, ESP_PASS }, /* nearly all of them lost */
};

static void
test_rows (void)
{
  for (size_t s = 0; s < G_N_ELEMENTS (suites); s++) {
    g_autoptr (EspSa) sender = sa_new (&suites[s], ESN_YES);
    g_autoptr (EspSa) receiver = sa_new (&suites[s], ESN_YES);
    uint64_t highest = 0;
    for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
      uint8_t buf[MAX_PACKET];
      g_test_message ("%s, row %zu", suites[s].name, i);
      Slice packet = seal_as (sender, rows[i].seq, buf);
      g_assert_cmpstr (esp_verdict_to_string (open_copy (receiver, packet)), ==,
          esp_verdict_to_string (rows[i].verdict));
      if (rows[i].verdict == ESP_PASS)
        highest = MAX (highest, rows[i].seq);
      g_assert_cmpuint (receiver->window.highest, ==, highest);
    }
  }
}

/* A stream over 2^32 that comes in disorder within the window: each packet passes, once. */
static void
test_disorder (void)
{
  g_autoptr (EspSa) sender = sa_new (&suites[1], ESN_YES);
  g_autoptr (EspSa) receiver = sa_at (&suites[1], EPOCH - 6001);
  for (uint64_t block = EPOCH - 6000; block < EPOCH + 6000; block += 100) {
    uint8_t buf[MAX_PACKET];
    for (uint64_t i = 0; i < 100; i++) {
      Slice packet = seal_as (sender, block + (i * 37 + 11) % 100, buf);
      g_assert_cmpint (open_copy (receiver, packet), ==, ESP_PASS);
      g_assert_cmpint (open_copy (receiver, packet), ==, ESP_DROP_REPLAY);
    }
  }
}

/* Past 2^32 it goes on; a rekey is asked for long before the end; at the end nothing is sent. */
static void
test_never_wraps (void)
{
  g_autoptr (EspSa) sa = sa_new (&suites[1], ESN_YES);
  uint8_t buf[MAX_PACKET];
  Slice inner = hex_slice (INNER), packet = seal_as (sa, EPOCH, buf);
  assert_slice_is_hex (SLICE (packet.data + 4, 12), "00000000 0000000100000000");
  g_assert_false (esp_sa_wants_rekey (sa));
  sa->sent = ESP_ESN_SOFT_LIMIT;
  g_assert_true (esp_sa_wants_rekey (sa));
  sa->sent = 0;
  sa->window.highest = ESP_ESN_SOFT_LIMIT;
  g_assert_true (esp_sa_wants_rekey (sa));
  (void) seal_as (sa, UINT64_MAX, buf);
  for (int i = 0; i < 3; i++) {
    memcpy (buf + esp_sa_headroom (sa), inner.data, inner.len);
    g_assert_cmpint (esp_seal (sa, buf, sizeof buf, inner.len, &packet), ==, ESP_DROP_EXHAUSTED);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/esp/esn/vectors", test_vectors);
  g_test_add_func ("/esp/esn/rows", test_rows);
  g_test_add_func ("/esp/esn/disorder", test_disorder);
  g_test_add_func ("/esp/esn/never-wraps", test_never_wraps);
  return g_test_run ();
}
