/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Encrypted payload (RFC 7296 section 3.14; RFC 5282 with an AEAD) and the Encrypted Fragment
 * payload (RFC 7383 section 2.5), which says in the clear which part of the whole it is.
 *
 * With an AEAD the associated data is the message up to the IV; with CBC the MAC covers the same and
 * the ciphertext behind it. Both are what crypto_cipher_seal () does. */
#include "ike/sk.h"

#include "base/cursor.h"
#include "base/secret.h"

#define GENERIC_HEADER_LEN 4

/* Looks for the Encrypted or Encrypted Fragment payload, which must be the last one. Payloads in the
 * clear before it are passed over: nobody acts on them. False if there is none, or if it says of
 * itself what no fragment can be. Nothing is authentic yet. */
bool
ike_sealed_parse (const IkeHeader *header, Slice message, IkeSealed *ret_sealed)
{
  Cursor c = cursor_of (message);
  uint8_t type = header->first_payload;
  cursor_skip (&c, IKE_HEADER_LEN);
  for (size_t i = 0; i < IKE_MAX_PAYLOADS; i++) {
    uint8_t next = cursor_u8 (&c);
    cursor_skip (&c, 1);
    uint16_t length = cursor_u16 (&c);
    bool is_sealed = type == IKE_PAYLOAD_SK || type == IKE_PAYLOAD_SKF;
    if (c.failed || length < GENERIC_HEADER_LEN || type == IKE_PAYLOAD_NONE)
      return false;
    if (!is_sealed) {
      cursor_skip (&c, (size_t) length - GENERIC_HEADER_LEN);
      type = next;
      continue;
    }
    IkeSealed sealed = { .first = next, .number = 1, .total = 1 };
    if (length != GENERIC_HEADER_LEN + cursor_left (&c))
      return false;
    if (type == IKE_PAYLOAD_SKF) {
      sealed.is_fragment = true;
      sealed.number = cursor_u16 (&c);
      sealed.total = cursor_u16 (&c);
    }
    sealed.content_at = c.pos;
    *ret_sealed = sealed;
    return !c.failed && sealed.number >= 1 && sealed.number <= sealed.total;
  }
  return false;
}

/* Decrypts in place what ike_sealed_parse () has found. False, and nothing to look at, unless it is
 * authentic. *ret_content, a chain of payloads or a part of one, points into message. */
bool
ike_sealed_open (
    CryptoCipher *cipher, const IkeSealed *sealed, uint8_t *message, size_t len, Slice *ret_content)
{
  size_t aad_len = sealed->content_at;
  size_t iv_len = crypto_cipher_iv_len (cipher), icv_len = crypto_cipher_icv_len (cipher);
  if (len < aad_len + iv_len + 1 + icv_len)
    return false;
  uint8_t *iv = message + aad_len, *inner = iv + iv_len;
  size_t inner_len = len - aad_len - iv_len - icv_len;
  if (inner_len % MAX (crypto_cipher_block_len (cipher), 1) != 0)
    return false;
  if (!crypto_cipher_open (
          cipher, SLICE (message, aad_len), iv, inner, inner_len, inner + inner_len))
    return false;
  size_t padding = inner[inner_len - 1];
  if (padding + 1 > inner_len)
    return false;
  *ret_content = SLICE (inner, inner_len - padding - 1);
  return true;
}

/* Pads to the cipher's block; the last octet says how many were added before it. */
static size_t
padding_for (const CryptoCipher *cipher, size_t len)
{
  size_t block = crypto_cipher_block_len (cipher);
  return block <= 1 ? 0 : (block - (len + 1) % block) % block;
}

static GBytes *
seal (CryptoCipher *cipher, uint64_t counter, IkeHeader *header, const IkeSealed *sealed,
    Slice content)
{
  size_t padding = padding_for (cipher, content.len);
  size_t inner_len = content.len + padding + 1;
  size_t aad_len = IKE_HEADER_LEN + GENERIC_HEADER_LEN + (sealed->is_fragment ? 4 : 0);
  size_t total =
      aad_len + crypto_cipher_iv_len (cipher) + inner_len + crypto_cipher_icv_len (cipher);
  g_autofree uint8_t *message = g_malloc (total);
  Builder b = builder_init (message, total);
  Reserved header_length;
  header->first_payload = sealed->is_fragment ? IKE_PAYLOAD_SKF : IKE_PAYLOAD_SK;
  ike_header_write (&b, header, &header_length);
  builder_u8 (&b, sealed->first);
  builder_u8 (&b, 0);
  Reserved sealed_length = builder_reserve_u16_from (&b, IKE_HEADER_LEN);
  if (sealed->is_fragment) {
    builder_u16 (&b, sealed->number);
    builder_u16 (&b, sealed->total);
  }
  uint8_t *iv = builder_space (&b, crypto_cipher_iv_len (cipher));
  uint8_t *inner = builder_space (&b, 0);
  builder_slice (&b, content);
  builder_zeros (&b, padding);
  builder_u8 (&b, (uint8_t) padding);
  uint8_t *icv = builder_space (&b, crypto_cipher_icv_len (cipher));
  builder_fill (&b, sealed_length);
  builder_fill (&b, header_length);
  if (!builder_ok (&b))
    return NULL;
  crypto_cipher_make_iv (cipher, counter, iv);
  if (!crypto_cipher_seal (cipher, SLICE (message, aad_len), iv, inner, inner_len, icv))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&message), total);
}

/* The whole message with the chain inside an Encrypted payload; NULL if it does not fit into 64 KiB.
 * The counter must be new for this key. The header's first_payload is set here. Transfer: full. */
GBytes *
ike_sk_seal (CryptoCipher *cipher, uint64_t counter, IkeHeader *header, const IkeChain *chain)
{
  const IkeSealed whole = { .first = chain->first };
  return builder_ok (&chain->b) ? seal (cipher, counter, header, &whole, builder_result (&chain->b))
                                : NULL;
}

/* How many octets of a chain fit into a fragment of at most max_len octets; 0 if none. */
size_t
ike_skf_room (const CryptoCipher *cipher, size_t max_len)
{
  size_t overhead = IKE_HEADER_LEN + GENERIC_HEADER_LEN + 4 + crypto_cipher_iv_len (cipher) +
      MAX (crypto_cipher_block_len (cipher), 1) + crypto_cipher_icv_len (cipher);
  return max_len > overhead ? max_len - overhead : 0;
}

/* One fragment: content is its part of the chain. As ike_sk_seal (). */
GBytes *
ike_skf_seal (CryptoCipher *cipher, uint64_t counter, IkeHeader *header, const IkeSealed *fragment,
    Slice content)
{
  return seal (cipher, counter, header, fragment, content);
}

/* A message without encryption: IKE_SA_INIT. The header's first_payload is set here. Transfer: full. */
GBytes *
ike_clear_write (IkeHeader *header, const IkeChain *chain)
{
  if (!builder_ok (&chain->b))
    return NULL;
  size_t total = IKE_HEADER_LEN + chain->b.len;
  g_autofree uint8_t *message = g_malloc (total);
  Builder b = builder_init (message, total);
  Reserved length;
  header->first_payload = chain->first;
  ike_header_write (&b, header, &length);
  builder_bytes (&b, chain->b.data, chain->b.len);
  builder_fill (&b, length);
  return builder_ok (&b) ? g_bytes_new_take (g_steal_pointer (&message), total) : NULL;
}
