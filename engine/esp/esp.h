/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/algorithm.h"
#include "base/secret.h"
#include "base/slice.h"
#include "base/traffic-selector.h"

/* Why a packet was not passed on. Every dropped packet is counted under one of these. */
typedef enum {
  ESP_PASS,
  ESP_DROP_SHORT,
  ESP_DROP_UNKNOWN_SPI,
  ESP_DROP_REPLAY,
  ESP_DROP_AUTH,
  ESP_DROP_PADDING,
  ESP_DROP_NEXT_HEADER,
  ESP_DROP_DUMMY,
  ESP_DROP_INNER_MALFORMED,
  ESP_DROP_INNER_SELECTOR,
  ESP_DROP_EXHAUSTED,
  ESP_DROP_NO_SA,
  ESP_DROP_TOO_LARGE,
  ESP_DROP_STREAM_FULL,
  ESP_DROP_CONGESTION,
  ESP_N_VERDICTS,
} EspVerdict;

const char *esp_verdict_to_string (EspVerdict verdict);

#define ESP_HEADER_LEN 8
#define ESP_MAX_OVERHEAD 128
#define ESP_REPLAY_WINDOW 4096
/* Rekey is due long before the sequence number would wrap. With ESN it never would; there the limit is
 * of how much one key should encipher: 2^36 packets of 1500 octets leave the block cipher's bound
 * for telling AES-GCM from random at 2^-43. */
#define ESP_SEQ_SOFT_LIMIT UINT64_C (0xe0000000)
#define ESP_ESN_SOFT_LIMIT (UINT64_C (1) << 36)

typedef struct {
  EncrId encr;
  unsigned int key_bits;
  IntegId integ;
  EsnId esn;
  uint32_t spi_in; /* ours: the gateway writes it */
  uint32_t spi_out; /* the gateway's: we write it */
  Secret *encr_in, *integ_in, *encr_out, *integ_out; /* integ_* NULL with an AEAD */
  const TrafficSelector *local_ts, *remote_ts;
  size_t n_local_ts, n_remote_ts;
} EspSaParams;

/* Both directions of one CHILD_SA. */
typedef struct _EspSa EspSa;

EspSa *esp_sa_new (const EspSaParams *params, GError **error);
void esp_sa_free (EspSa *sa);
uint32_t esp_sa_spi_in (const EspSa *sa);
uint32_t esp_sa_spi_out (const EspSa *sa);
const TrafficSelector *esp_sa_selectors (const EspSa *sa, bool local, size_t *ret_n);
bool esp_sa_wants_rekey (const EspSa *sa);
void esp_sa_skip (EspSa *sa, uint64_t n);

/* The inner packet stands at buf + esp_sa_headroom () with room for esp_sa_tailroom () behind it. */
size_t esp_sa_headroom (const EspSa *sa);
size_t esp_sa_tailroom (const EspSa *sa);
size_t esp_sa_sealed_len (const EspSa *sa, size_t inner_len);
EspVerdict esp_seal (EspSa *sa, uint8_t *buf, size_t size, size_t inner_len, Slice *ret_packet);
EspVerdict esp_open (EspSa *sa, uint8_t *packet, size_t len, Slice *ret_inner);
bool esp_spi_of (Slice packet, uint32_t *ret_spi);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EspSa, esp_sa_free)
