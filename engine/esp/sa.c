/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EspSa: both directions of one CHILD_SA in tunnel mode (RFC 4303), with sequence numbers of 32 bits, or
 * of 64 (ESN, RFC 4304) of which the packet carries the low half.
 *
 * A packet is sealed and opened where it lies. On the way in, the order of RFC 4303 section 3.4 is
 * kept: the window is asked, the packet authenticated, only then the window moved and the contents
 * looked at. Not thread-safe; one thread owns an SA. */
#include "esp/esp.h"

#include "base/builder.h"
#include "base/cursor.h"
#include "esp/inner.h"
#include "esp/sa-private.h"

#define TRAILER_LEN 2u
#define NEXT_HEADER_IPV4 4
#define NEXT_HEADER_IPV6 41
#define NEXT_HEADER_NONE 59

G_STATIC_ASSERT (ESP_REPLAY_WINDOW == REPLAY_WINDOW);

static Slice
slice_or_empty (const Secret *secret)
{
  return secret != NULL ? secret_slice (secret) : SLICE (NULL, 0);
}

static GArray *
copy_selectors (const TrafficSelector *ts, size_t n)
{
  GArray *copy = g_array_sized_new (FALSE, FALSE, sizeof *ts, (guint) n);
  return g_array_append_vals (copy, ts, (guint) n);
}

/* Makes an SA from params, which it copies. Errors: VISITOR_ERROR_PROTOCOL where the cipher does not
 * take the keys. Transfer: full. */
EspSa *
esp_sa_new (const EspSaParams *params, GError **error)
{
  g_autoptr (CryptoCipher) in = crypto_cipher_new (params->encr, params->key_bits, params->integ,
      secret_slice (params->encr_in), slice_or_empty (params->integ_in), error);
  if (in == NULL)
    return NULL;
  g_autoptr (CryptoCipher) out = crypto_cipher_new (params->encr, params->key_bits, params->integ,
      secret_slice (params->encr_out), slice_or_empty (params->integ_out), error);
  if (out == NULL)
    return NULL;

  EspSa *sa = g_new0 (EspSa, 1);
  sa->spi_in = params->spi_in;
  sa->spi_out = params->spi_out;
  sa->in = g_steal_pointer (&in);
  sa->out = g_steal_pointer (&out);
  sa->iv_len = crypto_cipher_iv_len (sa->in);
  sa->icv_len = crypto_cipher_icv_len (sa->in);
  sa->has_esn = params->esn == ESN_YES;
  sa->alignment = MAX (4, crypto_cipher_block_len (sa->in));
  sa->local_ts = copy_selectors (params->local_ts, params->n_local_ts);
  sa->remote_ts = copy_selectors (params->remote_ts, params->n_remote_ts);
  return sa;
}

/* NULL is allowed. */
void
esp_sa_free (EspSa *sa)
{
  if (sa == NULL)
    return;
  crypto_cipher_free (sa->in);
  crypto_cipher_free (sa->out);
  g_array_unref (sa->local_ts);
  g_array_unref (sa->remote_ts);
  g_free (sa);
}

uint32_t
esp_sa_spi_in (const EspSa *sa)
{
  return sa->spi_in;
}

uint32_t
esp_sa_spi_out (const EspSa *sa)
{
  return sa->spi_out;
}

/* What the CHILD_SA takes on our side (local) or the gateway's; borrowed, *ret_n of them. */
const TrafficSelector *
esp_sa_selectors (const EspSa *sa, bool local, size_t *ret_n)
{
  const GArray *ts = local ? sa->local_ts : sa->remote_ts;
  *ret_n = ts->len;
  return (const TrafficSelector *) (const void *) ts->data;
}

/* True once so many packets were sent or seen that the SA should be replaced: before its sequence
 * numbers end, or before its keys have done too much. */
bool
esp_sa_wants_rekey (const EspSa *sa)
{
  uint64_t limit = sa->has_esn ? ESP_ESN_SOFT_LIMIT : ESP_SEQ_SOFT_LIMIT;
  return sa->sent >= limit || sa->window.highest >= limit;
}

/* Sends with sequence numbers that are n higher (RFC 6311 section 4.3); where there are not so many left
 * the SA has sent its last packet. */
void
esp_sa_skip (EspSa *sa, uint64_t n)
{
  uint64_t last = sa->has_esn ? UINT64_MAX : UINT32_MAX;
  sa->sent = n < last - sa->sent ? sa->sent + n : last;
}

/* Octets in front of the inner packet: ESP header and IV. */
size_t
esp_sa_headroom (const EspSa *sa)
{
  return ESP_HEADER_LEN + sa->iv_len;
}

/* Octets behind the inner packet at most: padding, trailer and ICV. */
size_t
esp_sa_tailroom (const EspSa *sa)
{
  return sa->alignment - 1 + TRAILER_LEN + sa->icv_len;
}

static size_t
padding_for (const EspSa *sa, size_t inner_len)
{
  size_t over = (inner_len + TRAILER_LEN) % sa->alignment;
  return over == 0 ? 0 : sa->alignment - over;
}

/* Octets of the whole ESP packet around an inner packet of that length. */
size_t
esp_sa_sealed_len (const EspSa *sa, size_t inner_len)
{
  return esp_sa_headroom (sa) + inner_len + padding_for (sa, inner_len) + TRAILER_LEN + sa->icv_len;
}

static bool
any_matches (const GArray *selectors, const TrafficEnd *end)
{
  for (guint i = 0; i < selectors->len; i++) {
    if (traffic_selector_matches (&g_array_index (selectors, TrafficSelector, i), end))
      return true;
  }
  return false;
}

/* Padding octets are 1, 2, 3, ... (RFC 4303 section 2.4). */
static void
write_trailer (Builder *b, size_t padding, InetFamily family)
{
  for (size_t i = 1; i <= padding; i++)
    builder_u8 (b, (uint8_t) i);
  builder_u8 (b, (uint8_t) padding);
  builder_u8 (b, family == INET_V4 ? NEXT_HEADER_IPV4 : NEXT_HEADER_IPV6);
}

/* What is authenticated besides IV and ciphertext: the ESP header, and with ESN the high half of the
 * sequence number, which an AEAD has before the low one (RFC 4106 section 5) and a MAC behind everything
 * (RFC 4303 section 2.2.1). Borrowed from header and octets. */
static void
additional_data (const EspSa *sa, const uint8_t *header, uint64_t seq, uint8_t octets[static 12],
    Slice *ret_aad, Slice *ret_tail)
{
  Builder b = builder_init (octets, 12);
  *ret_aad = SLICE (header, ESP_HEADER_LEN);
  *ret_tail = SLICE (NULL, 0);
  if (!sa->has_esn)
    return;
  if (crypto_cipher_is_aead (sa->in)) {
    builder_bytes (&b, header, 4);
    builder_u64 (&b, seq);
    *ret_aad = builder_result (&b);
  } else {
    builder_u32 (&b, (uint32_t) (seq >> 32));
    *ret_tail = builder_result (&b);
  }
}

/* Seals the inner packet of inner_len octets that stands at buf + esp_sa_headroom (), in a buffer of
 * size octets. On ESP_PASS *ret_packet is the ESP packet, which begins at buf; otherwise nothing was
 * sent and no sequence number used, but the buffer's contents are undefined. */
EspVerdict
esp_seal (EspSa *sa, uint8_t *buf, size_t size, size_t inner_len, Slice *ret_packet)
{
  size_t headroom = esp_sa_headroom (sa);
  if (inner_len > size || esp_sa_sealed_len (sa, inner_len) > size)
    return ESP_DROP_TOO_LARGE;
  InnerPacket inner;
  if (!inner_packet_parse (SLICE (buf + headroom, inner_len), &inner) || inner.len != inner_len)
    return ESP_DROP_INNER_MALFORMED;
  if (!any_matches (sa->local_ts, &inner.source) ||
      !any_matches (sa->remote_ts, &inner.destination))
    return ESP_DROP_INNER_SELECTOR;
  if (sa->sent == (sa->has_esn ? UINT64_MAX : UINT32_MAX))
    return ESP_DROP_EXHAUSTED;

  sa->sent++;
  Builder b = builder_init (buf, size);
  builder_u32 (&b, sa->spi_out);
  builder_u32 (&b, (uint32_t) sa->sent);
  uint8_t *iv = builder_space (&b, sa->iv_len);
  crypto_cipher_make_iv (sa->out, sa->sent, iv);
  uint8_t *data = builder_space (&b, inner_len);
  write_trailer (&b, padding_for (sa, inner_len), inner.family);
  size_t data_len = b.len - headroom;
  uint8_t *icv = builder_space (&b, sa->icv_len);
  if (!builder_ok (&b))
    return ESP_DROP_TOO_LARGE;
  uint8_t octets[12];
  Slice aad, tail;
  additional_data (sa, buf, sa->sent, octets, &aad, &tail);
  if (!crypto_cipher_seal_with_tail (sa->out, aad, tail, iv, data, data_len, icv))
    return ESP_DROP_TOO_LARGE;
  *ret_packet = builder_result (&b);
  return ESP_PASS;
}

/* Finds the inner packet in the authenticated, decrypted data: padding, next header, TFC padding. */
static EspVerdict
strip (const EspSa *sa, Slice data, Slice *ret_inner)
{
  uint8_t next_header = data.data[data.len - 1];
  size_t padding = data.data[data.len - 2];
  if (padding > data.len - TRAILER_LEN)
    return ESP_DROP_PADDING;
  size_t inner_len = data.len - TRAILER_LEN - padding;
  for (size_t i = 0; i < padding; i++) {
    if (data.data[inner_len + i] != i + 1)
      return ESP_DROP_PADDING;
  }
  if (next_header == NEXT_HEADER_NONE)
    return ESP_DROP_DUMMY;
  if (next_header != NEXT_HEADER_IPV4 && next_header != NEXT_HEADER_IPV6)
    return ESP_DROP_NEXT_HEADER;

  InnerPacket inner;
  if (!inner_packet_parse (SLICE (data.data, inner_len), &inner))
    return ESP_DROP_INNER_MALFORMED;
  if ((inner.family == INET_V4) != (next_header == NEXT_HEADER_IPV4))
    return ESP_DROP_NEXT_HEADER;
  if (!any_matches (sa->remote_ts, &inner.source) ||
      !any_matches (sa->local_ts, &inner.destination))
    return ESP_DROP_INNER_SELECTOR;
  *ret_inner = SLICE (data.data, inner.len);
  return ESP_PASS;
}

/* Opens the ESP packet of len octets at packet, whose SPI must be esp_sa_spi_in (). On ESP_PASS
 * *ret_inner is the inner IP packet, within packet. */
EspVerdict
esp_open (EspSa *sa, uint8_t *packet, size_t len, Slice *ret_inner)
{
  Cursor c = cursor_init (packet, len);
  uint32_t spi = cursor_u32 (&c), low = cursor_u32 (&c);
  const uint8_t *iv = cursor_slice (&c, sa->iv_len).data;
  if (c.failed || cursor_left (&c) < sa->icv_len + TRAILER_LEN)
    return ESP_DROP_SHORT;
  size_t data_len = cursor_left (&c) - sa->icv_len;
  if (data_len % crypto_cipher_block_len (sa->in) != 0)
    return ESP_DROP_SHORT;
  if (spi != sa->spi_in)
    return ESP_DROP_UNKNOWN_SPI;
  uint64_t seq = sa->has_esn ? replay_infer (&sa->window, low) : low;
  if (!replay_check (&sa->window, seq))
    return ESP_DROP_REPLAY;

  uint8_t *data = packet + esp_sa_headroom (sa);
  uint8_t octets[12];
  Slice aad, tail;
  additional_data (sa, packet, seq, octets, &aad, &tail);
  if (!crypto_cipher_open_with_tail (sa->in, aad, tail, iv, data, data_len, data + data_len))
    return ESP_DROP_AUTH;
  replay_commit (&sa->window, seq);
  return strip (sa, SLICE (data, data_len), ret_inner);
}

/* The SPI that an ESP packet begins with; false if it is too short to have one. */
bool
esp_spi_of (Slice packet, uint32_t *ret_spi)
{
  Cursor c = cursor_of (packet);
  uint32_t spi = cursor_u32 (&c);
  if (c.failed)
    return false;
  *ret_spi = spi;
  return true;
}
