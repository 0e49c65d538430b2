/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CryptoCipher: what protects one direction of an SA, in one face for both kinds. AES-GCM takes the
 * additional data as AEAD does (RFC 4106, RFC 5282); AES-CBC with HMAC puts it in front of IV and
 * ciphertext under the MAC, which for both ESP and IKE is just what their RFCs authenticate. The MAC
 * is verified before anything is decrypted. Nothing is allocated per packet. */
#include "crypto/cipher.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/uio.h>

#include "base/builder.h"
#include "base/error.h"
#include "base/secret.h"

#define GCM_SALT_LEN 4u
#define GCM_IV_LEN 8u
#define GCM_ICV_LEN 16u
#define CBC_BLOCK_LEN 16u
#define SHA256_LEN 32u
#define SHA256_128_ICV_LEN 16u

struct _CryptoCipher {
  EncrId encr;
  gnutls_aead_cipher_hd_t aead; /* ENCR_AES_GCM_16 */
  uint8_t nonce[GCM_SALT_LEN + GCM_IV_LEN]; /* the salt stands in front for good */
  gnutls_cipher_hd_t cbc; /* ENCR_AES_CBC */
  gnutls_hmac_hd_t hmac;
};

static bool
key_bits_ok (unsigned int key_bits)
{
  return key_bits == 128 || key_bits == 256;
}

/* True if this combination can be done: AEAD alone, or CBC with a MAC. */
bool
crypto_cipher_supported (EncrId encr, unsigned int key_bits, IntegId integ)
{
  switch (encr) {
  case ENCR_AES_GCM_16: return key_bits_ok (key_bits) && integ == INTEG_NONE;
  case ENCR_AES_CBC: return key_bits_ok (key_bits) && integ == INTEG_HMAC_SHA2_256_128;
  case ENCR_NONE: break;
  }
  return false;
}

/* Octets of keying material for encryption, an AEAD's salt included; 0 if unknown. */
size_t
crypto_cipher_encr_key_len (EncrId encr, unsigned int key_bits)
{
  switch (encr) {
  case ENCR_AES_GCM_16: return key_bits / 8 + GCM_SALT_LEN;
  case ENCR_AES_CBC: return key_bits / 8;
  case ENCR_NONE: break;
  }
  return 0;
}

/* Octets of keying material for integrity; 0 for none. */
size_t
crypto_cipher_integ_key_len (IntegId integ)
{
  switch (integ) {
  case INTEG_HMAC_SHA2_256_128: return SHA256_LEN;
  case INTEG_NONE: break;
  }
  return 0;
}

static int
init_gcm (CryptoCipher *cipher, unsigned int key_bits, Slice key)
{
  gnutls_cipher_algorithm_t algorithm =
      key_bits == 256 ? GNUTLS_CIPHER_AES_256_GCM : GNUTLS_CIPHER_AES_128_GCM;
  gnutls_datum_t datum = { .data = (uint8_t *) key.data, .size = key_bits / 8 };
  memcpy (cipher->nonce, key.data + key_bits / 8, GCM_SALT_LEN);
  return gnutls_aead_cipher_init (&cipher->aead, algorithm, &datum);
}

static int
init_cbc (CryptoCipher *cipher, unsigned int key_bits, Slice key, Slice integ_key)
{
  gnutls_cipher_algorithm_t algorithm =
      key_bits == 256 ? GNUTLS_CIPHER_AES_256_CBC : GNUTLS_CIPHER_AES_128_CBC;
  gnutls_datum_t datum = { .data = (uint8_t *) key.data, .size = key_bits / 8 };
  int rc = gnutls_cipher_init (&cipher->cbc, algorithm, &datum, NULL);
  if (rc != 0)
    return rc;
  return gnutls_hmac_init (&cipher->hmac, GNUTLS_MAC_SHA256, integ_key.data, integ_key.len);
}

/* Makes the protection of one direction from keying material of crypto_cipher_encr_key_len () and
 * crypto_cipher_integ_key_len () octets (integ_key empty with an AEAD). The keys are copied. Errors:
 * VISITOR_ERROR_PROTOCOL for a combination or length that does not exist. Transfer: full. */
CryptoCipher *
crypto_cipher_new (EncrId encr, unsigned int key_bits, IntegId integ, Slice encr_key,
    Slice integ_key, GError **error)
{
  if (!crypto_cipher_supported (encr, key_bits, integ) ||
      encr_key.len != crypto_cipher_encr_key_len (encr, key_bits) ||
      integ_key.len != crypto_cipher_integ_key_len (integ)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "No cipher %u/%u with integrity %u",
        encr, key_bits, integ);
    return NULL;
  }
  g_autoptr (CryptoCipher) cipher = g_new0 (CryptoCipher, 1);
  cipher->encr = encr;
  int rc = encr == ENCR_AES_GCM_16 ? init_gcm (cipher, key_bits, encr_key)
                                   : init_cbc (cipher, key_bits, encr_key, integ_key);
  if (rc != 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_FAILED, "Cipher: %s", gnutls_strerror (rc));
    return NULL;
  }
  return g_steal_pointer (&cipher);
}

/* Frees and wipes; NULL is allowed. */
void
crypto_cipher_free (CryptoCipher *cipher)
{
  if (cipher == NULL)
    return;
  g_clear_pointer (&cipher->aead, gnutls_aead_cipher_deinit);
  g_clear_pointer (&cipher->cbc, gnutls_cipher_deinit);
  if (cipher->hmac != NULL)
    gnutls_hmac_deinit (cipher->hmac, NULL);
  bytes_wipe (cipher, sizeof *cipher);
  g_free (cipher);
}

/* Octets of IV that stand in the packet. */
size_t
crypto_cipher_iv_len (const CryptoCipher *cipher)
{
  return cipher->aead != NULL ? GCM_IV_LEN : CBC_BLOCK_LEN;
}

size_t
crypto_cipher_icv_len (const CryptoCipher *cipher)
{
  return cipher->aead != NULL ? GCM_ICV_LEN : SHA256_128_ICV_LEN;
}

/* The plaintext's length must be a multiple of this: 1 for an AEAD. */
size_t
crypto_cipher_block_len (const CryptoCipher *cipher)
{
  return cipher->aead != NULL ? 1 : CBC_BLOCK_LEN;
}

/* Derives the IV for a counter that the caller never uses twice with this key. An AEAD takes the
 * counter itself; for CBC it is enciphered under the key, so that nobody can predict it (NIST SP
 * 800-38A appendix C). Writes crypto_cipher_iv_len () octets. */
void
crypto_cipher_make_iv (CryptoCipher *cipher, uint64_t counter, uint8_t *ret_iv)
{
  Builder b = builder_init (ret_iv, crypto_cipher_iv_len (cipher));
  builder_u64 (&b, counter);
  if (cipher->aead != NULL)
    return;
  builder_u64 (&b, 0);
  uint8_t zero[CBC_BLOCK_LEN] = { 0 };
  gnutls_cipher_set_iv (cipher->cbc, zero, sizeof zero);
  int rc = gnutls_cipher_encrypt2 (cipher->cbc, ret_iv, CBC_BLOCK_LEN, ret_iv, CBC_BLOCK_LEN);
  if (rc != 0)
    g_error ("AES: %s", gnutls_strerror (rc));
}

static const uint8_t *
gcm_nonce (CryptoCipher *cipher, const uint8_t *iv)
{
  memcpy (cipher->nonce + GCM_SALT_LEN, iv, GCM_IV_LEN);
  return cipher->nonce;
}

static bool
mac (CryptoCipher *cipher, Slice aad, const uint8_t *iv, const uint8_t *data, size_t len,
    uint8_t ret_mac[static SHA256_LEN])
{
  bool ok = gnutls_hmac (cipher->hmac, aad.data, aad.len) == 0 &&
      gnutls_hmac (cipher->hmac, iv, CBC_BLOCK_LEN) == 0 &&
      gnutls_hmac (cipher->hmac, data, len) == 0;
  gnutls_hmac_output (cipher->hmac, ret_mac);
  return ok;
}

static bool
seal_cbc (
    CryptoCipher *cipher, Slice aad, const uint8_t *iv, uint8_t *data, size_t len, uint8_t *ret_icv)
{
  uint8_t full[SHA256_LEN];
  gnutls_cipher_set_iv (cipher->cbc, (void *) iv, CBC_BLOCK_LEN);
  if (len == 0 || len % CBC_BLOCK_LEN != 0 ||
      gnutls_cipher_encrypt2 (cipher->cbc, data, len, data, len) != 0 ||
      !mac (cipher, aad, iv, data, len, full))
    return false;
  memcpy (ret_icv, full, SHA256_128_ICV_LEN);
  return true;
}

static bool
open_cbc (CryptoCipher *cipher, Slice aad, const uint8_t *iv, uint8_t *data, size_t len,
    const uint8_t *icv)
{
  uint8_t full[SHA256_LEN];
  if (len == 0 || len % CBC_BLOCK_LEN != 0 || !mac (cipher, aad, iv, data, len, full) ||
      !bytes_equal_secret (full, icv, SHA256_128_ICV_LEN))
    return false;
  gnutls_cipher_set_iv (cipher->cbc, (void *) iv, CBC_BLOCK_LEN);
  return gnutls_cipher_decrypt2 (cipher->cbc, data, len, data, len) == 0;
}

/* Encrypts len octets at data where they stand and writes crypto_cipher_icv_len () octets to ret_icv.
 * iv has crypto_cipher_iv_len () octets and is used once. False only if len does not fit the
 * block: CBC takes whole ones, and not none. */
bool
crypto_cipher_seal (
    CryptoCipher *cipher, Slice aad, const uint8_t *iv, uint8_t *data, size_t len, uint8_t *ret_icv)
{
  if (cipher->aead == NULL)
    return seal_cbc (cipher, aad, iv, data, len, ret_icv);
  giovec_t auth = { .iov_base = (void *) aad.data, .iov_len = aad.len };
  giovec_t text = { .iov_base = data, .iov_len = len };
  size_t icv_len = GCM_ICV_LEN;
  return gnutls_aead_cipher_encryptv2 (cipher->aead, gcm_nonce (cipher, iv), sizeof cipher->nonce,
             &auth, 1, &text, 1, ret_icv, &icv_len) == 0;
}

/* Authenticates, then decrypts len octets at data where they stand. False if the ICV is not right:
 * then the contents of data are of no use. */
bool
crypto_cipher_open (CryptoCipher *cipher, Slice aad, const uint8_t *iv, uint8_t *data, size_t len,
    const uint8_t *icv)
{
  if (cipher->aead == NULL)
    return open_cbc (cipher, aad, iv, data, len, icv);
  giovec_t auth = { .iov_base = (void *) aad.data, .iov_len = aad.len };
  giovec_t text = { .iov_base = data, .iov_len = len };
  return gnutls_aead_cipher_decryptv2 (cipher->aead, gcm_nonce (cipher, iv), sizeof cipher->nonce,
             &auth, 1, &text, 1, (void *) icv, GCM_ICV_LEN) == 0;
}
