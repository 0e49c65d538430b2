/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CryptoCipher: what protects one direction of an SA, in one face for both kinds. An AEAD (AES-GCM, RFC
 * 4106 and RFC 5282; ChaCha20-Poly1305, RFC 7634) takes the additional data as AEAD does; AES-CBC with
 * HMAC puts it in front of IV and ciphertext under the MAC, which for both ESP and IKE is just what
 * their RFCs authenticate. The MAC is verified before anything is decrypted. Nothing is allocated per
 * packet. */
#include "crypto/cipher.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/uio.h>

#include "base/builder.h"
#include "base/error.h"
#include "base/secret.h"

/* The same for all AEADs. */
#define SALT_LEN 4u
#define AEAD_IV_LEN 8u
#define AEAD_ICV_LEN 16u
#define CBC_BLOCK_LEN 16u
#define MAX_MAC_LEN 64u

typedef struct {
  EncrId encr;
  unsigned int key_bits; /* as the Key Length attribute says; 0 = there is none */
  gnutls_cipher_algorithm_t algorithm;
  unsigned int key_len;
  bool is_aead;
} Encryption;

typedef struct {
  IntegId integ;
  gnutls_mac_algorithm_t algorithm;
  size_t key_len, icv_len;
} Integrity;

static const Encryption encryptions[] = {
  { ENCR_AES_GCM_16, 128, GNUTLS_CIPHER_AES_128_GCM, 16, true },
  { ENCR_AES_GCM_16, 256, GNUTLS_CIPHER_AES_256_GCM, 32, true },
  { ENCR_CHACHA20_POLY1305, 0, GNUTLS_CIPHER_CHACHA20_POLY1305, 32, true },
  { ENCR_AES_CBC, 128, GNUTLS_CIPHER_AES_128_CBC, 16, false },
  { ENCR_AES_CBC, 256, GNUTLS_CIPHER_AES_256_CBC, 32, false },
};

/* RFC 4868. */
static const Integrity integrities[] = {
  { INTEG_HMAC_SHA2_256_128, GNUTLS_MAC_SHA256, 32, 16 },
  { INTEG_HMAC_SHA2_384_192, GNUTLS_MAC_SHA384, 48, 24 },
  { INTEG_HMAC_SHA2_512_256, GNUTLS_MAC_SHA512, 64, 32 },
};

struct _CryptoCipher {
  gnutls_aead_cipher_hd_t aead;
  uint8_t nonce[SALT_LEN + AEAD_IV_LEN]; /* the salt stands in front for good */
  gnutls_cipher_hd_t cbc; /* where aead is NULL */
  gnutls_hmac_hd_t hmac;
  size_t icv_len;
};

static const Encryption *
find_encryption (EncrId encr, unsigned int key_bits)
{
  for (size_t i = 0; i < G_N_ELEMENTS (encryptions); i++) {
    if (encryptions[i].encr == encr && encryptions[i].key_bits == key_bits)
      return &encryptions[i];
  }
  return NULL;
}

static const Integrity *
find_integrity (IntegId integ)
{
  for (size_t i = 0; i < G_N_ELEMENTS (integrities); i++) {
    if (integrities[i].integ == integ)
      return &integrities[i];
  }
  return NULL;
}

/* True if this combination can be done: AEAD alone, or CBC with a MAC. */
bool
crypto_cipher_supported (EncrId encr, unsigned int key_bits, IntegId integ)
{
  const Encryption *encryption = find_encryption (encr, key_bits);
  if (encryption == NULL)
    return false;
  return encryption->is_aead ? integ == INTEG_NONE : find_integrity (integ) != NULL;
}

/* Octets of keying material for encryption, an AEAD's salt included; 0 if unknown. */
size_t
crypto_cipher_encr_key_len (EncrId encr, unsigned int key_bits)
{
  const Encryption *encryption = find_encryption (encr, key_bits);
  if (encryption == NULL)
    return 0;
  return encryption->key_len + (encryption->is_aead ? SALT_LEN : 0);
}

/* Octets of keying material for integrity; 0 for none. */
size_t
crypto_cipher_integ_key_len (IntegId integ)
{
  const Integrity *integrity = find_integrity (integ);
  return integrity != NULL ? integrity->key_len : 0;
}

static int
init_aead (CryptoCipher *cipher, const Encryption *encryption, Slice key)
{
  gnutls_datum_t datum = { .data = (uint8_t *) key.data, .size = encryption->key_len };
  memcpy (cipher->nonce, key.data + encryption->key_len, SALT_LEN);
  cipher->icv_len = AEAD_ICV_LEN;
  return gnutls_aead_cipher_init (&cipher->aead, encryption->algorithm, &datum);
}

static int
init_cbc (CryptoCipher *cipher, const Encryption *encryption, const Integrity *integrity, Slice key,
    Slice integ_key)
{
  gnutls_datum_t datum = { .data = (uint8_t *) key.data, .size = encryption->key_len };
  cipher->icv_len = integrity->icv_len;
  int rc = gnutls_cipher_init (&cipher->cbc, encryption->algorithm, &datum, NULL);
  if (rc != 0)
    return rc;
  return gnutls_hmac_init (&cipher->hmac, integrity->algorithm, integ_key.data, integ_key.len);
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
  const Encryption *encryption = find_encryption (encr, key_bits);
  int rc = encryption->is_aead
      ? init_aead (cipher, encryption, encr_key)
      : init_cbc (cipher, encryption, find_integrity (integ), encr_key, integ_key);
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

/* True if it authenticates by itself. */
bool
crypto_cipher_is_aead (const CryptoCipher *cipher)
{
  return cipher->aead != NULL;
}

/* Octets of IV that stand in the packet. */
size_t
crypto_cipher_iv_len (const CryptoCipher *cipher)
{
  return cipher->aead != NULL ? AEAD_IV_LEN : CBC_BLOCK_LEN;
}

size_t
crypto_cipher_icv_len (const CryptoCipher *cipher)
{
  return cipher->icv_len;
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
aead_nonce (CryptoCipher *cipher, const uint8_t *iv)
{
  memcpy (cipher->nonce + SALT_LEN, iv, AEAD_IV_LEN);
  return cipher->nonce;
}

static bool
mac (CryptoCipher *cipher, Slice aad, const uint8_t *iv, const uint8_t *data, size_t len,
    Slice tail, uint8_t ret_mac[static MAX_MAC_LEN])
{
  bool ok = gnutls_hmac (cipher->hmac, aad.data, aad.len) == 0 &&
      gnutls_hmac (cipher->hmac, iv, CBC_BLOCK_LEN) == 0 &&
      gnutls_hmac (cipher->hmac, data, len) == 0 &&
      (tail.len == 0 || gnutls_hmac (cipher->hmac, tail.data, tail.len) == 0);
  gnutls_hmac_output (cipher->hmac, ret_mac);
  return ok;
}

static bool
seal_cbc (CryptoCipher *cipher, Slice aad, Slice tail, const uint8_t *iv, uint8_t *data, size_t len,
    uint8_t *ret_icv)
{
  uint8_t full[MAX_MAC_LEN];
  gnutls_cipher_set_iv (cipher->cbc, (void *) iv, CBC_BLOCK_LEN);
  if (len == 0 || len % CBC_BLOCK_LEN != 0 ||
      gnutls_cipher_encrypt2 (cipher->cbc, data, len, data, len) != 0 ||
      !mac (cipher, aad, iv, data, len, tail, full))
    return false;
  memcpy (ret_icv, full, cipher->icv_len);
  return true;
}

static bool
open_cbc (CryptoCipher *cipher, Slice aad, Slice tail, const uint8_t *iv, uint8_t *data, size_t len,
    const uint8_t *icv)
{
  uint8_t full[MAX_MAC_LEN];
  if (len == 0 || len % CBC_BLOCK_LEN != 0 || !mac (cipher, aad, iv, data, len, tail, full) ||
      !bytes_equal_secret (full, icv, cipher->icv_len))
    return false;
  gnutls_cipher_set_iv (cipher->cbc, (void *) iv, CBC_BLOCK_LEN);
  return gnutls_cipher_decrypt2 (cipher->cbc, data, len, data, len) == 0;
}

/* Encrypts len octets at data where they stand and writes crypto_cipher_icv_len () octets to ret_icv.
 * iv has crypto_cipher_iv_len () octets and is used once. tail comes under the MAC behind the
 * ciphertext and is empty with an AEAD. False only if len does not fit the block: CBC takes whole
 * ones, and not none. */
bool
crypto_cipher_seal_with_tail (CryptoCipher *cipher, Slice aad, Slice tail, const uint8_t *iv,
    uint8_t *data, size_t len, uint8_t *ret_icv)
{
  if (cipher->aead == NULL)
    return seal_cbc (cipher, aad, tail, iv, data, len, ret_icv);
  giovec_t auth = { .iov_base = (void *) aad.data, .iov_len = aad.len };
  giovec_t text = { .iov_base = data, .iov_len = len };
  size_t icv_len = AEAD_ICV_LEN;
  return tail.len == 0 &&
      gnutls_aead_cipher_encryptv2 (cipher->aead, aead_nonce (cipher, iv), sizeof cipher->nonce,
          &auth, 1, &text, 1, ret_icv, &icv_len) == 0;
}

/* Authenticates, then decrypts len octets at data where they stand. False if the ICV is not right:
 * then the contents of data are of no use. */
bool
crypto_cipher_open_with_tail (CryptoCipher *cipher, Slice aad, Slice tail, const uint8_t *iv,
    uint8_t *data, size_t len, const uint8_t *icv)
{
  if (cipher->aead == NULL)
    return open_cbc (cipher, aad, tail, iv, data, len, icv);
  giovec_t auth = { .iov_base = (void *) aad.data, .iov_len = aad.len };
  giovec_t text = { .iov_base = data, .iov_len = len };
  return tail.len == 0 &&
      gnutls_aead_cipher_decryptv2 (cipher->aead, aead_nonce (cipher, iv), sizeof cipher->nonce,
          &auth, 1, &text, 1, (void *) icv, AEAD_ICV_LEN) == 0;
}

/* The two without a tail. */
bool
crypto_cipher_seal (
    CryptoCipher *cipher, Slice aad, const uint8_t *iv, uint8_t *data, size_t len, uint8_t *ret_icv)
{
  return crypto_cipher_seal_with_tail (cipher, aad, SLICE (NULL, 0), iv, data, len, ret_icv);
}

bool
crypto_cipher_open (CryptoCipher *cipher, Slice aad, const uint8_t *iv, uint8_t *data, size_t len,
    const uint8_t *icv)
{
  return crypto_cipher_open_with_tail (cipher, aad, SLICE (NULL, 0), iv, data, len, icv);
}
