/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Post-quantum preshared keys (RFC 8784): a secret that both have known before is mixed into the keys of
 * the IKE SA, so that whoever breaks its key exchange one day still lacks that. */
#include "ike/ppk.h"

#include <string.h>

#include "base/cursor.h"
#include "crypto/prf.h"

/* Types of PPK_ID (RFC 8784 section 5.1). */
#define PPK_ID_FIXED 2

static bool
decode_hex (Slice digits, uint8_t *ret_octets, size_t *ret_len)
{
  if (digits.len == 0 || digits.len % 2 != 0)
    return false;
  for (size_t i = 0; i < digits.len / 2; i++) {
    int high = g_ascii_xdigit_value ((char) digits.data[2 * i]);
    int low = g_ascii_xdigit_value ((char) digits.data[2 * i + 1]);
    if (high < 0 || low < 0)
      return false;
    ret_octets[i] = (uint8_t) (high << 4 | low);
  }
  *ret_len = digits.len / 2;
  return true;
}

static int
base64_value (uint8_t c)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *at = c != '\0' ? strchr (digits, c) : NULL;
  return at != NULL ? (int) (at - digits) : -1;
}

static bool
decode_base64 (Slice digits, uint8_t *ret_octets, size_t *ret_len)
{
  uint32_t bits = 0;
  unsigned int n_bits = 0;
  size_t len = 0;
  while (digits.len > 0 && digits.data[digits.len - 1] == '=')
    digits.len--;
  if (digits.len == 0 || digits.len % 4 == 1)
    return false;
  for (size_t i = 0; i < digits.len; i++) {
    int value = base64_value (digits.data[i]);
    if (value < 0)
      return false;
    bits = bits << 6 | (uint32_t) value;
    n_bits += 6;
    if (n_bits >= 8) {
      n_bits -= 8;
      ret_octets[len++] = (uint8_t) (bits >> n_bits);
    }
  }
  *ret_len = len;
  return true;
}

/* The key that a text stands for: 0x and hexadecimal digits, 0s and base64, or the text's own octets,
 * as strongSwan reads it. A line break at the end does not count. NULL if it is empty or no such
 * number. Transfer: full. */
Secret *
ike_ppk_decode (const Secret *text)
{
  Slice t = secret_slice (text);
  if (t.len > 0 && t.data[t.len - 1] == '\n')
    t.len--;
  Slice digits = SLICE (t.data + 2, t.len - 2);
  bool is_hex = t.len >= 2 && memcmp (t.data, "0x", 2) == 0;
  bool is_base64 = t.len >= 2 && memcmp (t.data, "0s", 2) == 0;
  if (!is_hex && !is_base64)
    return t.len > 0 ? secret_new (t.data, t.len) : NULL;
  uint8_t *octets;
  size_t len;
  g_autoptr (Secret) room = secret_new_empty (t.len, &octets);
  bool good = is_hex ? decode_hex (digits, octets, &len) : decode_base64 (digits, octets, &len);
  return good ? secret_new (octets, len) : NULL;
}

/* prf+ (PPK, key), as long as the key was (RFC 8784 section 3). */
static Secret *
mix (const IkeSession *session, const Secret *key)
{
  const Slice seed = secret_slice (key);
  return crypto_prf_plus (
      session->sa->keys.prf, secret_slice (session->ppk), &seed, 1, secret_len (key));
}

static bool
refuse_without (IkeSession *session)
{
  if (!session->ppk_required)
    return true;
  ike_session_fail_with (session, VISITOR_ERROR_PPK_UNUSED,
      "The gateway does not use the post-quantum preshared key that the site requires.");
  return false;
}

/* Before IKE_AUTH, with the keys that are final but for the PPK. False, and the session ends, where the
 * gateway does not know PPKs and the site requires one. */
bool
ike_ppk_begin (IkeSession *session)
{
  g_clear_pointer (&session->ppk_sk_pi, secret_unref);
  if (session->ppk_identity == NULL)
    return true;
  if (!session->has_ppk || session->ppk == NULL)
    return refuse_without (session);
  session->ppk_sk_pi = mix (session, session->sa->keys.sk_pi);
  return true;
}

/* PPK_IDENTITY, beside our AUTH: by which of its keys the gateway will know us. */
void
ike_ppk_write_identity (const IkeSession *session, IkeChain *chain)
{
  uint8_t data[1 + IKE_PPK_IDENTITY_MAX_LEN];
  Builder b = builder_init (data, sizeof data);
  builder_u8 (&b, PPK_ID_FIXED);
  builder_bytes (&b, session->ppk_identity, strlen (session->ppk_identity));
  ike_chain_notify (
      chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_PPK_IDENTITY, builder_result (&b));
}

static void
replace (const IkeSession *session, Secret **key)
{
  Secret *mixed = mix (session, *key);
  secret_unref (*key);
  *key = mixed;
}

/* The answer to our AUTH, whose own AUTH is made with the keys that it speaks for: where it has
 * PPK_IDENTITY, SK_d, SK_pi and SK_pr are those with the PPK from now on. False, and the session ends,
 * where it has none and the site requires the PPK. */
bool
ike_ppk_settle (IkeSession *session, const IkePayloads *response)
{
  IkeNotify notify;
  IkeKeys *keys = &session->sa->keys;
  if (session->ppk_sk_pi == NULL)
    return true;
  g_clear_pointer (&session->ppk_sk_pi, secret_unref);
  if (!ike_payloads_notify (response, IKE_NOTIFY_PPK_IDENTITY, &notify)) {
    g_debug ("IKE: the gateway does without the post-quantum preshared key");
    return refuse_without (session);
  }
  g_debug ("IKE: the post-quantum preshared key is mixed in");
  replace (session, &keys->sk_d);
  replace (session, &keys->sk_pi);
  replace (session, &keys->sk_pr);
  return true;
}
