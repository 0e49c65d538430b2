/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One CHILD_SA: recorded packets open, what we seal opens at the other end, and nothing else does. */
#include <string.h>

#include "crypto/cipher.h"
#include "esp/esp.h"
#include "esp/sa-private.h"
#include "support/golden.h"
#include "support/hex.h"

#define SPI_OURS 0x11223344u
#define SPI_THEIRS 0xaabbccddu
#define MAX_PACKET 2048

/* 10.3.0.1 -> 10.1.0.10, UDP 53 -> 54321, four octets of data */
#define V4 "45000020 00000000 40110000 0a030001 0a01000a 0035d431 000c0000 61626364"
#define V4_BACK "45000020 00000000 40110000 0a01000a 0a030001 d4310035 000c0000 61626364"
#define V6_BACK \
  "60000000 00081140 fd010000000000000000000000000010 fd030000000000000000000000000001" \
  "0035d431 00080000"

typedef struct {
  const char *name;
  EncrId encr;
  unsigned int key_bits;
  IntegId integ;
} Suite;

static const Suite suites[] = {
  { "gcm-128", ENCR_AES_GCM_16, 128, INTEG_NONE },
  { "gcm-256", ENCR_AES_GCM_16, 256, INTEG_NONE },
  { "cbc-128", ENCR_AES_CBC, 128, INTEG_HMAC_SHA2_256_128 },
  { "cbc-256", ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_256_128 },
  { "cbc-256-sha384", ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_384_192 },
  { "cbc-256-sha512", ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_512_256 },
  { "chacha20-poly1305", ENCR_CHACHA20_POLY1305, 0, INTEG_NONE },
};

static Secret *
key_of (size_t len, uint8_t fill)
{
  if (len == 0)
    return NULL;
  uint8_t *octets;
  Secret *key = secret_new_empty (len, &octets);
  memset (octets, fill, len);
  return key;
}

static TrafficSelector
selector_of (const char *prefix)
{
  InetPrefix parsed;
  g_assert_true (inet_prefix_parse (prefix, &parsed));
  return traffic_selector_from_prefix (&parsed);
}

/* One end: ours if `client`, else the gateway's, with the same keys and selectors seen from there. */
static EspSa *
sa_new (const Suite *suite, bool client)
{
  TrafficSelector ours[] = { selector_of ("10.3.0.1/32"), selector_of ("fd03::1/128") };
  TrafficSelector theirs[] = { selector_of ("10.1.0.0/24"), selector_of ("fd01::/64") };
  size_t encr_len = crypto_cipher_encr_key_len (suite->encr, suite->key_bits);
  size_t integ_len = crypto_cipher_integ_key_len (suite->integ);
  g_autoptr (Secret) encr_c = key_of (encr_len, 0x11), encr_g = key_of (encr_len, 0x22);
  g_autoptr (Secret) integ_c = key_of (integ_len, 0x33), integ_g = key_of (integ_len, 0x44);
  EspSaParams params = { .encr = suite->encr,
    .key_bits = suite->key_bits,
    .integ = suite->integ,
    .spi_in = client ? SPI_OURS : SPI_THEIRS,
    .spi_out = client ? SPI_THEIRS : SPI_OURS,
    .encr_in = client ? encr_g : encr_c,
    .encr_out = client ? encr_c : encr_g,
    .integ_in = client ? integ_g : integ_c,
    .integ_out = client ? integ_c : integ_g,
    .local_ts = client ? ours : theirs,
    .remote_ts = client ? theirs : ours,
    .n_local_ts = 2,
    .n_remote_ts = 2 };
  g_autoptr (GError) error = NULL;
  EspSa *sa = esp_sa_new (&params, &error);
  g_assert_no_error (error);
  return sa;
}

/* Seals an inner packet into buf of MAX_PACKET octets. */
static EspVerdict
seal (EspSa *sa, Slice inner, uint8_t *buf, Slice *ret_packet)
{
  if (inner.len > 0)
    memcpy (buf + esp_sa_headroom (sa), inner.data, inner.len);
  return esp_seal (sa, buf, MAX_PACKET, inner.len, ret_packet);
}

/* An authentic packet with any contents, as a hostile or strange gateway could send it. The plain text
 * is taken as it is, trailer included. */
static size_t
forge (const Suite *suite, uint32_t seq, Slice plain, uint8_t *packet)
{
  g_autoptr (Secret) encr =
      key_of (crypto_cipher_encr_key_len (suite->encr, suite->key_bits), 0x22);
  g_autoptr (Secret) integ = key_of (crypto_cipher_integ_key_len (suite->integ), 0x44);
  g_autoptr (CryptoCipher) cipher = crypto_cipher_new (suite->encr, suite->key_bits, suite->integ,
      secret_slice (encr), integ != NULL ? secret_slice (integ) : SLICE (NULL, 0), NULL);
  size_t headroom = ESP_HEADER_LEN + crypto_cipher_iv_len (cipher);
  const uint32_t header[] = { GUINT32_TO_BE (SPI_OURS), GUINT32_TO_BE (seq) };
  memcpy (packet, header, ESP_HEADER_LEN);
  memset (packet + ESP_HEADER_LEN, 0, headroom - ESP_HEADER_LEN);
  memcpy (packet + headroom, plain.data, plain.len);
  g_assert_true (crypto_cipher_seal (cipher, SLICE (packet, ESP_HEADER_LEN),
      packet + ESP_HEADER_LEN, packet + headroom, plain.len, packet + headroom + plain.len));
  return headroom + plain.len + crypto_cipher_icv_len (cipher);
}

/* Every length of inner packet is sealed to the length that was foretold and opens to the same. */
static void
test_round_trip (const void *data)
{
  const Suite *suite = data;
  g_autoptr (EspSa) client = sa_new (suite, true);
  g_autoptr (EspSa) gateway = sa_new (suite, false);
  uint8_t inner[300], buf[MAX_PACKET];
  memset (inner, 0xa5, sizeof inner);
  memcpy (inner, hex_slice (V4).data, hex_slice (V4).len);
  for (size_t len = 28; len <= sizeof inner; len++) {
    Slice packet, opened;
    inner[2] = (uint8_t) (len >> 8);
    inner[3] = (uint8_t) len;
    g_assert_cmpint (seal (client, SLICE (inner, len), buf, &packet), ==, ESP_PASS);
    g_assert_cmpuint (packet.len, ==, esp_sa_sealed_len (client, len));
    g_assert_cmpuint (packet.len, <=, len + esp_sa_headroom (client) + esp_sa_tailroom (client));
    g_assert_cmpuint (packet.len - len, <=, ESP_MAX_OVERHEAD);
    g_assert_cmpuint (packet.len % 4, ==, 0);
    uint32_t spi;
    g_assert_true (esp_spi_of (packet, &spi));
    g_assert_cmphex (spi, ==, SPI_THEIRS);
    g_assert_cmpint (esp_open (gateway, buf, packet.len, &opened), ==, ESP_PASS);
    g_assert_cmpmem (opened.data, opened.len, inner, len);
  }
}

/* A buffer that is too small by one octet is not written past, and uses no sequence number. */
static void
test_buffer_size (const void *data)
{
  const Suite *suite = data;
  g_autoptr (EspSa) client = sa_new (suite, true);
  Slice inner = hex_slice (V4), packet;
  size_t need = esp_sa_sealed_len (client, inner.len);
  for (size_t size = inner.len; size <= need; size++) {
    g_autofree uint8_t *buf = g_malloc (need);
    memcpy (buf + esp_sa_headroom (client), inner.data, inner.len);
    EspVerdict verdict = esp_seal (client, buf, size, inner.len, &packet);
    g_assert_cmpint (verdict, ==, size < need ? ESP_DROP_TOO_LARGE : ESP_PASS);
  }
  g_assert_cmpuint (client->sent, ==, 1);
  g_assert_cmpint (
      esp_seal (client, (uint8_t[1]){ 0 }, 1, SIZE_MAX, &packet), ==, ESP_DROP_TOO_LARGE);
}

/* Any bit that is turned keeps the packet out, and does not keep the good one out afterwards: the
 * window only moves for what is authentic. */
static void
test_every_bit (const void *data)
{
  const Suite *suite = data;
  g_autoptr (EspSa) client = sa_new (suite, true);
  g_autoptr (EspSa) gateway = sa_new (suite, false);
  uint8_t buf[MAX_PACKET], copy[MAX_PACKET];
  Slice packet, opened;
  g_assert_cmpint (seal (client, hex_slice (V4), buf, &packet), ==, ESP_PASS);
  for (size_t bit = 0; bit < 8 * packet.len; bit++) {
    memcpy (copy, buf, packet.len);
    copy[bit / 8] ^= (uint8_t) (1u << bit % 8);
    EspVerdict verdict = esp_open (gateway, copy, packet.len, &opened);
    if (bit < 32)
      g_assert_cmpint (verdict, ==, ESP_DROP_UNKNOWN_SPI);
    else if (verdict != ESP_DROP_REPLAY) /* sequence number 0 */
      g_assert_cmpint (verdict, ==, ESP_DROP_AUTH);
  }
  for (size_t len = 0; len < packet.len; len++) {
    memcpy (copy, buf, len);
    EspVerdict verdict = esp_open (gateway, copy, len, &opened);
    g_assert_true (verdict == ESP_DROP_SHORT || verdict == ESP_DROP_AUTH);
  }
  g_assert_cmpint (esp_open (gateway, buf, packet.len, &opened), ==, ESP_PASS);
}

typedef struct {
  const char *what;
  const char *plain; /* padded to a block of CBC where the row is for it */
  EspVerdict verdict;
} PlainRow;

static const PlainRow plain_rows[] = {
  { "good, no padding", V4_BACK "00 04", ESP_PASS },
  { "good, padding 1 2", V4_BACK "0102 02 04", ESP_PASS },
  { "good, TFC padding", V4_BACK "00000000 000000000000 00 04", ESP_PASS },
  { "good, IPv6", V6_BACK "00 29", ESP_PASS },
  { "padding not 1 2 3", V4_BACK "0103 02 04", ESP_DROP_PADDING },
  { "padding of zeros", V4_BACK "0000 02 04", ESP_DROP_PADDING },
  { "padding longer than the packet", V4_BACK "ff 04", ESP_DROP_PADDING },
  { "padding longer than everything", "ff 04", ESP_DROP_PADDING },
  { "padding is the packet", "0102 02 04", ESP_DROP_INNER_MALFORMED },
  { "nothing", "00 04", ESP_DROP_INNER_MALFORMED },
  { "dummy", "00 3b", ESP_DROP_DUMMY },
  { "dummy with contents", V4_BACK "00 3b", ESP_DROP_DUMMY },
  { "next header of IPv6, IPv4 inside", V4_BACK "00 29", ESP_DROP_NEXT_HEADER },
  { "next header of IPv4, IPv6 inside", V6_BACK "00 04", ESP_DROP_NEXT_HEADER },
  { "transport mode", V4_BACK "00 11", ESP_DROP_NEXT_HEADER },
  { "next header 0", V4_BACK "00 00", ESP_DROP_NEXT_HEADER },
  { "ESP in ESP", V4_BACK "00 32", ESP_DROP_NEXT_HEADER },
  { "inner longer than the packet",
      "45000021 00000000 40110000 0a01000a 0a030001 0035d431 000c0000 61626364 00 04",
      ESP_DROP_INNER_MALFORMED },
  { "inner version 0", "05000014 00000000 40110000 0a01000a 0a030001 00 04",
      ESP_DROP_INNER_MALFORMED },
  { "from outside TSr", "45000014 00000000 40060000 0a02000a 0a030001 00 04",
      ESP_DROP_INNER_SELECTOR },
  { "from our own address", "45000014 00000000 40060000 0a030001 0a030001 00 04",
      ESP_DROP_INNER_SELECTOR },
  { "to another than us", "45000014 00000000 40060000 0a01000a 0a030002 00 04",
      ESP_DROP_INNER_SELECTOR },
  { "to loopback", "45000014 00000000 40060000 0a01000a 7f000001 00 04", ESP_DROP_INNER_SELECTOR },
  { "from IPv6 outside TSr",
      "60000000 00003b40 fd020000000000000000000000000010 fd030000000000000000000000000001 00 29",
      ESP_DROP_INNER_SELECTOR },
};

/* All of these are authentic: the gateway itself, or who holds its keys, sends them. */
static void
test_plain (void)
{
  const Suite *gcm = &suites[1];
  g_autoptr (EspSa) client = sa_new (gcm, true);
  uint8_t packet[MAX_PACKET];
  for (uint32_t i = 0; i < G_N_ELEMENTS (plain_rows); i++) {
    const PlainRow *row = &plain_rows[i];
    Slice opened = SLICE (NULL, 0);
    size_t len = forge (gcm, i + 1, hex_slice (row->plain), packet);
    g_test_message ("%s", row->what);
    g_assert_cmpstr (esp_verdict_to_string (esp_open (client, packet, len, &opened)), ==,
        esp_verdict_to_string (row->verdict));
    if (row->verdict == ESP_PASS)
      g_assert_cmpuint (opened.len, ==, opened.data[0] >> 4 == 4 ? 32 : 48);
    /* Whatever was in it, its number is used up. */
    len = forge (gcm, i + 1, hex_slice (row->plain), packet);
    g_assert_cmpint (esp_open (client, packet, len, &opened), ==, ESP_DROP_REPLAY);
  }
}

/* What we send is held to the selectors the other way round. */
static void
test_seal_refuses (void)
{
  static const struct {
    const char *inner;
    EspVerdict verdict;
  } rows[] = {
    { V4, ESP_PASS },
    { V4_BACK, ESP_DROP_INNER_SELECTOR },
    { "45000014 00000000 40060000 0a030002 0a01000a", ESP_DROP_INNER_SELECTOR },
    { "45000014 00000000 40060000 0a030001 0a02000a", ESP_DROP_INNER_SELECTOR },
    { "45000014 00000000 40060000 c0a80001 0a01000a", ESP_DROP_INNER_SELECTOR },
    { "60000000 00003b40 fe800000000000000000000000000001 ff020000000000000000000000000002",
        ESP_DROP_INNER_SELECTOR },
    { "45000015 00000000 40060000 0a030001 0a01000a", ESP_DROP_INNER_MALFORMED },
    { "45000014 00000000 40060000 0a030001 0a01000a 00", ESP_DROP_INNER_MALFORMED },
    { "", ESP_DROP_INNER_MALFORMED },
    { "00", ESP_DROP_INNER_MALFORMED },
  };
  g_autoptr (EspSa) client = sa_new (&suites[1], true);
  uint8_t buf[MAX_PACKET];
  Slice packet;
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (seal (client, hex_slice (rows[i].inner), buf, &packet), ==, rows[i].verdict);
  g_assert_cmpuint (client->sent, ==, 1);
}

static EspVerdict
open_seq (EspSa *sa, uint32_t seq)
{
  uint8_t packet[MAX_PACKET];
  Slice opened;
  size_t len = forge (&suites[1], seq, hex_slice (V4_BACK "00 04"), packet);
  return esp_open (sa, packet, len, &opened);
}

/* Number 0, both edges of the window, a jump over all of it and the very last number. */
static void
test_replay (void)
{
  static const struct {
    uint32_t seq;
    EspVerdict verdict;
  } rows[] = {
    { 0, ESP_DROP_REPLAY },
    { 5, ESP_PASS },
    { 5, ESP_DROP_REPLAY },
    { 1, ESP_PASS },
    { 4100, ESP_PASS },
    { 4, ESP_DROP_REPLAY }, /* just behind the window of 4096 */
    { 5, ESP_DROP_REPLAY }, /* at its edge, seen */
    { 6, ESP_PASS },
    { 4099, ESP_PASS },
    { 1000000, ESP_PASS },
    { 4101, ESP_DROP_REPLAY },
    { 1000000 - 4096, ESP_DROP_REPLAY },
    { 1000000 - 4095, ESP_PASS },
    { UINT32_MAX, ESP_PASS },
    { UINT32_MAX, ESP_DROP_REPLAY },
    { 0, ESP_DROP_REPLAY }, /* no wrap */
    { 1, ESP_DROP_REPLAY },
    { UINT32_MAX - 4095, ESP_PASS },
    { UINT32_MAX - 4096, ESP_DROP_REPLAY },
  };
  g_autoptr (EspSa) client = sa_new (&suites[1], true);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (open_seq (client, rows[i].seq), ==, rows[i].verdict);
  g_assert_true (esp_sa_wants_rekey (client));
}

/* A forged packet far ahead must not push the window over the packets that are on their way. */
static void
test_forged_ahead (void)
{
  g_autoptr (EspSa) client = sa_new (&suites[1], true);
  uint8_t packet[MAX_PACKET];
  Slice opened;
  size_t len = forge (&suites[1], UINT32_MAX, hex_slice (V4_BACK "00 04"), packet);
  packet[len - 1] ^= 1;
  g_assert_cmpint (esp_open (client, packet, len, &opened), ==, ESP_DROP_AUTH);
  g_assert_cmpint (open_seq (client, 1), ==, ESP_PASS);
}

/* A cluster asks for higher numbers (RFC 6311): the next packet has one; where there are none left none is
 * sent. */
static void
test_skip (void)
{
  g_autoptr (EspSa) client = sa_new (&suites[1], true);
  g_autoptr (EspSa) gateway = sa_new (&suites[1], false);
  uint8_t buf[MAX_PACKET];
  Slice packet, opened;
  esp_sa_skip (client, 0x1233);
  g_assert_cmpint (seal (client, hex_slice (V4), buf, &packet), ==, ESP_PASS);
  assert_slice_is_hex (SLICE (packet.data + 4, 4), "00001234");
  g_assert_cmpint (esp_open (gateway, buf, packet.len, &opened), ==, ESP_PASS);
  esp_sa_skip (client, UINT32_MAX - 0x1235);
  g_assert_true (esp_sa_wants_rekey (client));
  g_assert_cmpint (seal (client, hex_slice (V4), buf, &packet), ==, ESP_PASS);
  assert_slice_is_hex (SLICE (packet.data + 4, 4), "ffffffff");
  for (int i = 0; i < 2; i++) {
    g_assert_cmpint (seal (client, hex_slice (V4), buf, &packet), ==, ESP_DROP_EXHAUSTED);
    esp_sa_skip (client, UINT64_MAX);
  }
}

/* The number never wraps: the last one is sent, then no more (RFC 4303 section 3.3.3), and a rekey
 * was asked for long before. */
static void
test_exhausted (void)
{
  g_autoptr (EspSa) client = sa_new (&suites[1], true);
  g_autoptr (EspSa) gateway = sa_new (&suites[1], false);
  uint8_t buf[MAX_PACKET];
  Slice packet, opened;
  g_assert_false (esp_sa_wants_rekey (client));
  client->sent = ESP_SEQ_SOFT_LIMIT;
  g_assert_true (esp_sa_wants_rekey (client));
  client->sent = UINT32_MAX - 1;
  g_assert_cmpint (seal (client, hex_slice (V4), buf, &packet), ==, ESP_PASS);
  assert_slice_is_hex (SLICE (packet.data + 4, 12), "ffffffff 00000000ffffffff");
  g_assert_cmpint (esp_open (gateway, buf, packet.len, &opened), ==, ESP_PASS);
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (seal (client, hex_slice (V4), buf, &packet), ==, ESP_DROP_EXHAUSTED);
}

/* No IV is used twice. */
static void
test_iv (const void *data)
{
  const Suite *suite = data;
  g_autoptr (EspSa) client = sa_new (suite, true);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  uint8_t buf[MAX_PACKET];
  Slice packet;
  for (int i = 0; i < 500; i++) {
    g_assert_cmpint (seal (client, hex_slice (V4), buf, &packet), ==, ESP_PASS);
    Slice iv = SLICE (packet.data + ESP_HEADER_LEN, esp_sa_headroom (client) - ESP_HEADER_LEN);
    g_assert_true (g_hash_table_add (seen, hex_from (iv)));
  }
}

/* Every packet of the recorded sessions, both directions, before and after the rekey, by charon's
 * keys: each holds a whole ICMP or ICMPv6 packet. */
static void
test_recorded (const void *data)
{
  const char *name = data;
  g_autoptr (Golden) golden = golden_open (name);
  bool cbc = golden_n_secrets (golden, "child-integ-i") > 0;
  TrafficSelector any[] = { traffic_selector_any (INET_V4), traffic_selector_any (INET_V6) };
  EspSa *sas[2] = { NULL, NULL };
  size_t opened = 0, child[2] = { 0, 0 };
  for (size_t i = 0; i < golden_n_messages (golden); i++) {
    GoldenMessage message = golden_message (golden, i);
    if (message.is_ike)
      continue;
    size_t direction = message.from_initiator ? 0 : 1;
    uint32_t spi;
    g_assert_true (esp_spi_of (message.body, &spi));
    if (sas[direction] == NULL || esp_sa_spi_in (sas[direction]) != spi) {
      const char *encr = direction == 0 ? "child-encr-i" : "child-encr-r";
      const char *integ = direction == 0 ? "child-integ-i" : "child-integ-r";
      Slice key = golden_secret (golden, encr, child[direction]);
      g_autoptr (Secret) encr_key = secret_new (key.data, key.len);
      g_autoptr (Secret) integ_key = NULL;
      if (cbc) {
        Slice mac = golden_secret (golden, integ, child[direction]);
        integ_key = secret_new (mac.data, mac.len);
      }
      EspSaParams params = { .encr = cbc ? ENCR_AES_CBC : ENCR_AES_GCM_16,
        .key_bits = 256,
        .integ = cbc ? INTEG_HMAC_SHA2_256_128 : INTEG_NONE,
        .spi_in = spi,
        .encr_in = encr_key,
        .encr_out = encr_key,
        .integ_in = integ_key,
        .integ_out = integ_key,
        .local_ts = any,
        .remote_ts = any,
        .n_local_ts = 2,
        .n_remote_ts = 2 };
      g_autoptr (GError) error = NULL;
      g_clear_pointer (&sas[direction], esp_sa_free);
      sas[direction] = esp_sa_new (&params, &error);
      g_assert_no_error (error);
      child[direction]++;
    }
    uint8_t packet[MAX_PACKET];
    Slice inner;
    memcpy (packet, message.body.data, message.body.len);
    g_assert_cmpint (esp_open (sas[direction], packet, message.body.len, &inner), ==, ESP_PASS);
    uint8_t protocol = inner.data[0] >> 4 == 4 ? inner.data[9] : inner.data[6];
    g_assert_cmpint (protocol, ==, inner.data[0] >> 4 == 4 ? 1 : 58);
    opened++;
  }
  g_assert_cmpuint (opened, ==, 16);
  g_assert_cmpuint (child[0], ==, 2);
  g_assert_cmpuint (child[1], ==, 2);
  esp_sa_free (sas[0]);
  esp_sa_free (sas[1]);
}

/* Keys of the wrong length, and a cipher without integrity. */
static void
test_bad_params (void)
{
  g_autoptr (Secret) key = key_of (32, 1);
  TrafficSelector any = traffic_selector_any (INET_V4);
  static const struct {
    EncrId encr;
    unsigned int key_bits;
    IntegId integ;
  } rows[] = {
    { ENCR_AES_GCM_16, 256, INTEG_NONE },
    { ENCR_AES_CBC, 256, INTEG_NONE },
    { ENCR_NONE, 0, INTEG_HMAC_SHA2_256_128 },
    { (EncrId) 11, 0, INTEG_HMAC_SHA2_256_128 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    EspSaParams params = { .encr = rows[i].encr,
      .key_bits = rows[i].key_bits,
      .integ = rows[i].integ,
      .encr_in = key,
      .encr_out = key,
      .local_ts = &any,
      .remote_ts = &any,
      .n_local_ts = 1,
      .n_remote_ts = 1 };
    g_autoptr (GError) error = NULL;
    g_assert_null (esp_sa_new (&params, &error));
    g_assert_nonnull (error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (suites); i++) {
    static const struct {
      const char *name;
      void (*test) (const void *data);
    } each[] = { { "round-trip", test_round_trip }, { "buffer-size", test_buffer_size },
      { "every-bit", test_every_bit }, { "iv", test_iv } };
    for (size_t t = 0; t < G_N_ELEMENTS (each); t++) {
      g_autofree char *path = g_strdup_printf ("/esp/%s/%s", each[t].name, suites[i].name);
      g_test_add_data_func (path, &suites[i], each[t].test);
    }
  }
  g_test_add_func ("/esp/plain", test_plain);
  g_test_add_func ("/esp/seal-refuses", test_seal_refuses);
  g_test_add_func ("/esp/replay", test_replay);
  g_test_add_func ("/esp/forged-ahead", test_forged_ahead);
  g_test_add_func ("/esp/exhausted", test_exhausted);
  g_test_add_func ("/esp/skip", test_skip);
  g_test_add_func ("/esp/bad-params", test_bad_params);
  g_test_add_data_func ("/esp/recorded/psk", "psk", test_recorded);
  g_test_add_data_func ("/esp/recorded/cert", "cert", test_recorded);
  g_test_add_data_func ("/esp/recorded/eap", "eap", test_recorded);
  return g_test_run ();
}
