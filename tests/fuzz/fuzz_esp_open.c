/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ESP, both ways. The first octet says with which cipher, with or without ESN, and how:
 *   the packet as it comes off the stream, which nearly never is authentic;
 *   what an authentic packet holds: padding, next header, inner packet;
 *   an inner packet as it comes off the TUN, which is then opened at the other end. */
#include "fuzz.h"

#include <string.h>

#include "crypto/cipher.h"
#include "esp/ecn.h"
#include "esp/esp.h"

#define SPI 0x11223344u
#define MAX_OCTETS 4096
#define MODE_PLAIN 1
#define MODE_SEAL 2

static const struct {
  EncrId encr;
  unsigned int key_bits;
  IntegId integ;
} suites[] = {
  { ENCR_AES_GCM_16, 256, INTEG_NONE },
  { ENCR_AES_CBC, 128, INTEG_HMAC_SHA2_256_128 },
  { ENCR_CHACHA20_POLY1305, 0, INTEG_NONE },
  { ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_512_256 },
};

static Secret *
key_of (size_t len)
{
  uint8_t *octets;
  Secret *key = secret_new_empty (len, &octets);
  memset (octets, 0x42, len);
  return key;
}

/* Both directions have the same keys, so that an SA opens what it sealed. */
static EspSa *
sa_new (size_t suite, EsnId esn, Secret *encr, Secret *integ)
{
  const TrafficSelector any[] = { traffic_selector_any (INET_V4), traffic_selector_any (INET_V6) };
  const EspSaParams params = { .encr = suites[suite].encr,
    .key_bits = suites[suite].key_bits,
    .integ = suites[suite].integ,
    .esn = esn,
    .spi_in = SPI,
    .spi_out = SPI,
    .encr_in = encr,
    .encr_out = encr,
    .integ_in = integ,
    .integ_out = integ,
    .local_ts = any,
    .remote_ts = any,
    .n_local_ts = 2,
    .n_remote_ts = 2 };
  EspSa *sa = esp_sa_new (&params, NULL);
  g_assert (sa != NULL);
  return sa;
}

/* An authentic packet around the input. With ESN the high half of its number, 0, is authenticated too. */
static size_t
forge (size_t suite, EsnId esn, Secret *encr, Secret *integ, const uint8_t *data, size_t len,
    uint8_t *packet)
{
  static const uint8_t header[ESP_HEADER_LEN] = { 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 1 };
  static const uint8_t extended[] = { 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 0, 0, 0, 0, 1 };
  g_autoptr (CryptoCipher) cipher = crypto_cipher_new (suites[suite].encr, suites[suite].key_bits,
      suites[suite].integ, secret_slice (encr), secret_slice (integ), NULL);
  size_t from = ESP_HEADER_LEN + crypto_cipher_iv_len (cipher);
  len -= len % crypto_cipher_block_len (cipher);
  memcpy (packet, header, ESP_HEADER_LEN);
  crypto_cipher_make_iv (cipher, 1, packet + ESP_HEADER_LEN);
  memcpy (packet + from, data, len);
  bool is_aead = crypto_cipher_is_aead (cipher), is_extended = esn == ESN_YES;
  Slice aad =
      is_extended && is_aead ? SLICE (extended, sizeof extended) : SLICE (packet, ESP_HEADER_LEN);
  Slice tail = is_extended && !is_aead ? SLICE (extended + 4, 4) : SLICE (NULL, 0);
  if (!crypto_cipher_seal_with_tail (
          cipher, aad, tail, packet + ESP_HEADER_LEN, packet + from, len, packet + from + len))
    return 0;
  return from + len + crypto_cipher_icv_len (cipher);
}

static void
open_packet (EspSa *sa, uint8_t *packet, size_t len)
{
  Slice inner;
  EspVerdict verdict = esp_open (sa, packet, len, &inner);
  g_assert (verdict < ESP_N_VERDICTS);
  if (verdict != ESP_PASS)
    return;
  g_assert (inner.data >= packet && inner.data + inner.len <= packet + len && inner.len >= 20);
  g_assert (inner.data[0] >> 4 == 4 || inner.data[0] >> 4 == 6);
  uint8_t *again = g_memdup2 (packet, len);
  g_assert (esp_open (sa, again, len, &(Slice){ NULL, 0 }) == ESP_DROP_REPLAY);
  g_free (again);
  /* What a router has marked is marked once. */
  uint8_t *marked = g_memdup2 (inner.data, inner.len);
  if (ecn_carry_over (marked, inner.len)) {
    uint8_t *twice = g_memdup2 (marked, inner.len);
    g_assert (ecn_carry_over (twice, inner.len) && memcmp (twice, marked, inner.len) == 0);
    g_free (twice);
  }
  g_free (marked);
}

static void
seal_packet (EspSa *sa, const uint8_t *data, size_t len, uint8_t *buf)
{
  Slice packet, inner;
  size_t size = esp_sa_sealed_len (sa, len);
  memcpy (buf + esp_sa_headroom (sa), data, len);
  if (esp_seal (sa, buf, size, len, &packet) != ESP_PASS)
    return;
  g_assert (packet.data == buf && packet.len == size);
  g_assert (esp_open (sa, buf, size, &inner) == ESP_PASS);
  g_assert (inner.len == len && memcmp (inner.data, data, len) == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static Secret *encr[G_N_ELEMENTS (suites)], *integ[G_N_ELEMENTS (suites)];
  if (size == 0 || size > MAX_OCTETS)
    return 0;
  size_t suite = (data[0] & 1) + (data[0] >> 3 & 1) * 2u, len = size - 1;
  unsigned int mode = data[0] >> 1 & 3;
  EsnId esn = (EsnId) (data[0] >> 4 & 1);
  if (encr[suite] == NULL) {
    encr[suite] = key_of (crypto_cipher_encr_key_len (suites[suite].encr, suites[suite].key_bits));
    integ[suite] = key_of (crypto_cipher_integ_key_len (suites[suite].integ));
  }
  g_autoptr (EspSa) sa = sa_new (suite, esn, encr[suite], integ[suite]);
  g_autofree uint8_t *buf = g_malloc (MAX_OCTETS + ESP_MAX_OVERHEAD);
  if (mode == MODE_SEAL) {
    seal_packet (sa, data + 1, len, buf);
  } else if (mode == MODE_PLAIN) {
    size_t packet_len = forge (suite, esn, encr[suite], integ[suite], data + 1, len, buf);
    if (packet_len > 0)
      open_packet (sa, buf, packet_len);
  } else {
    memcpy (buf, data + 1, len);
    open_packet (sa, buf, len);
  }
  return 0;
}
