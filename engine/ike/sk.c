/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Encrypted payload (RFC 7296 section 3.14; RFC 5282 with an AEAD).
 *
 * With an AEAD the associated data is the IKE header and the payload's generic header; with CBC the
 * MAC covers the same and the ciphertext behind it. Both are what crypto_cipher_seal () does. */
#include "ike/sk.h"

#include "base/cursor.h"
#include "base/secret.h"

#define SK_AAD_LEN (IKE_HEADER_LEN + 4)

/* Pads to the cipher's block; the last octet says how many were added before it. */
static size_t
padding_for (const CryptoCipher *cipher, size_t len)
{
  size_t block = crypto_cipher_block_len (cipher);
  return block <= 1 ? 0 : (block - (len + 1) % block) % block;
}

/* The whole message with the chain inside an Encrypted payload; NULL if it does not fit into 64 KiB.
 * The counter must be new for this key. The header's first_payload is set here. Transfer: full. */
GBytes *
ike_sk_seal (CryptoCipher *cipher, uint64_t counter, IkeHeader *header, const IkeChain *chain)
{
  if (!builder_ok (&chain->b))
    return NULL;
  size_t padding = padding_for (cipher, chain->b.len);
  size_t inner_len = chain->b.len + padding + 1;
  size_t total =
      SK_AAD_LEN + crypto_cipher_iv_len (cipher) + inner_len + crypto_cipher_icv_len (cipher);
  g_autofree uint8_t *message = g_malloc (total);
  Builder b = builder_init (message, total);
  Reserved header_length;
  header->first_payload = IKE_PAYLOAD_SK;
  ike_header_write (&b, header, &header_length);
  builder_u8 (&b, chain->first);
  builder_u8 (&b, 0);
  Reserved sk_length = builder_reserve_u16_from (&b, IKE_HEADER_LEN);
  uint8_t *iv = builder_space (&b, crypto_cipher_iv_len (cipher));
  uint8_t *inner = builder_space (&b, 0);
  builder_bytes (&b, chain->b.data, chain->b.len);
  builder_zeros (&b, padding);
  builder_u8 (&b, (uint8_t) padding);
  uint8_t *icv = builder_space (&b, crypto_cipher_icv_len (cipher));
  builder_fill (&b, sk_length);
  builder_fill (&b, header_length);
  if (!builder_ok (&b))
    return NULL;
  crypto_cipher_make_iv (cipher, counter, iv);
  if (!crypto_cipher_seal (cipher, SLICE (message, SK_AAD_LEN), iv, inner, inner_len, icv))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&message), total);
}

/* Decrypts in place a message whose only payload is an Encrypted one. False, and nothing to look at,
 * unless it is authentic. *ret_chain points into message. */
bool
ike_sk_open (CryptoCipher *cipher, const IkeHeader *header, uint8_t *message, size_t len,
    uint8_t *ret_first, Slice *ret_chain)
{
  size_t iv_len = crypto_cipher_iv_len (cipher), icv_len = crypto_cipher_icv_len (cipher);
  Cursor c = cursor_init (message, len);
  cursor_skip (&c, IKE_HEADER_LEN);
  uint8_t first = cursor_u8 (&c);
  cursor_skip (&c, 1);
  uint16_t length = cursor_u16 (&c);
  if (c.failed || header->first_payload != IKE_PAYLOAD_SK || length != len - IKE_HEADER_LEN ||
      len < SK_AAD_LEN + iv_len + 1 + icv_len)
    return false;
  uint8_t *iv = message + SK_AAD_LEN, *inner = iv + iv_len;
  size_t inner_len = len - SK_AAD_LEN - iv_len - icv_len;
  if (inner_len % MAX (crypto_cipher_block_len (cipher), 1) != 0)
    return false;
  if (!crypto_cipher_open (
          cipher, SLICE (message, SK_AAD_LEN), iv, inner, inner_len, inner + inner_len))
    return false;
  size_t padding = inner[inner_len - 1];
  if (padding + 1 > inner_len)
    return false;
  *ret_first = first;
  *ret_chain = SLICE (inner, inner_len - padding - 1);
  return true;
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
