/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pseudo-random functions of IKEv2: HMAC with SHA-2 (RFC 4868) and prf+ (RFC 7296 section
 * 2.13). */
#include "crypto/prf.h"

#include <gnutls/crypto.h>
#include <string.h>

static gnutls_mac_algorithm_t
mac_of (PrfId prf)
{
  switch (prf) {
  case PRF_HMAC_SHA2_256: return GNUTLS_MAC_SHA256;
  case PRF_HMAC_SHA2_384: return GNUTLS_MAC_SHA384;
  case PRF_HMAC_SHA2_512: return GNUTLS_MAC_SHA512;
  case PRF_NONE: break;
  }
  return GNUTLS_MAC_UNKNOWN;
}

/* Octets of output, which is also the preferred key length; 0 for one that we cannot do. */
size_t
crypto_prf_len (PrfId prf)
{
  gnutls_mac_algorithm_t mac = mac_of (prf);
  return mac == GNUTLS_MAC_UNKNOWN ? 0 : gnutls_hmac_get_len (mac);
}

/* prf (key, parts one after the other) into crypto_prf_len () octets at ret_mac. The prf must be one
 * that we can do; the key may have any length. */
void
crypto_prf (PrfId prf, Slice key, const Slice *parts, size_t n_parts, uint8_t *ret_mac)
{
  gnutls_hmac_hd_t hmac;
  int rc =
      gnutls_hmac_init (&hmac, mac_of (prf), key.len > 0 ? key.data : (const void *) "", key.len);
  for (size_t i = 0; rc == 0 && i < n_parts; i++) {
    if (parts[i].len > 0)
      rc = gnutls_hmac (hmac, parts[i].data, parts[i].len);
  }
  if (rc != 0)
    g_error ("HMAC: %s", gnutls_strerror (rc));
  gnutls_hmac_deinit (hmac, ret_mac);
}

/* As crypto_prf (), the result as a secret. Transfer: full. */
Secret *
crypto_prf_secret (PrfId prf, Slice key, const Slice *parts, size_t n_parts)
{
  uint8_t *to;
  Secret *secret = secret_new_empty (crypto_prf_len (prf), &to);
  crypto_prf (prf, key, parts, n_parts, to);
  return secret;
}

/* The first len octets of prf+ (key, parts): RFC 7296 section 2.13. The round's counter is one octet,
 * so len is at most 255 times the prf's length. Transfer: full. */
Secret *
crypto_prf_plus (PrfId prf, Slice key, const Slice *parts, size_t n_parts, size_t len)
{
  size_t block = crypto_prf_len (prf), done = 0;
  g_assert (block > 0 && len <= 255 * block && n_parts <= 8);
  uint8_t *to, t[CRYPTO_PRF_MAX_LEN], round = 0;
  Secret *secret = secret_new_empty (len, &to);
  while (done < len) {
    Slice input[10];
    size_t n = 0;
    if (round++ > 0)
      input[n++] = SLICE (t, block);
    for (size_t i = 0; i < n_parts; i++)
      input[n++] = parts[i];
    input[n++] = SLICE (&round, 1);
    crypto_prf (prf, key, input, n, t);
    size_t take = MIN (block, len - done);
    memcpy (to + done, t, take);
    done += take;
  }
  bytes_wipe (t, sizeof t);
  return secret;
}
