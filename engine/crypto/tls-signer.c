/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TlsSigner: a client's certificate in TLS, whose key is elsewhere.
 *
 * The library gives a hash to be signed. The CryptoSigner gets the octets themselves (the transcript in TLS
 * 1.2, RFC 8446 section 4.4.3 in TLS 1.3), which are kept here while the handshake goes on, so that whoever
 * has the key sees what it signs and signs no hash of who knows what. */
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <string.h>

#include "crypto/tls-private.h"

struct _TlsSigner {
  gnutls_session_t session; /* borrowed */
  const CryptoSigner *signer; /* borrowed */
  gnutls_privkey_t key;
  gnutls_pcert_st chain[CHAIN_MAX_CERTS];
  unsigned int n_certs;
  GByteArray *transcript; /* what both sides have said, for the octets that are signed */
};

static const struct {
  gnutls_sign_algorithm_t algorithm;
  SignatureScheme scheme;
} algorithms[] = {
  { GNUTLS_SIGN_RSA_PSS_SHA256, SIGNATURE_RSA_PSS_SHA256 },
  { GNUTLS_SIGN_RSA_PSS_SHA384, SIGNATURE_RSA_PSS_SHA384 },
  { GNUTLS_SIGN_RSA_PSS_SHA512, SIGNATURE_RSA_PSS_SHA512 },
  { GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, SIGNATURE_RSA_PSS_SHA256 },
  { GNUTLS_SIGN_RSA_PSS_RSAE_SHA384, SIGNATURE_RSA_PSS_SHA384 },
  { GNUTLS_SIGN_RSA_PSS_RSAE_SHA512, SIGNATURE_RSA_PSS_SHA512 },
  { GNUTLS_SIGN_RSA_SHA256, SIGNATURE_RSA_PKCS1_SHA256 },
  { GNUTLS_SIGN_RSA_SHA384, SIGNATURE_RSA_PKCS1_SHA384 },
  { GNUTLS_SIGN_RSA_SHA512, SIGNATURE_RSA_PKCS1_SHA512 },
  { GNUTLS_SIGN_ECDSA_SHA256, SIGNATURE_ECDSA_SHA256 },
  { GNUTLS_SIGN_ECDSA_SHA384, SIGNATURE_ECDSA_SHA384 },
  { GNUTLS_SIGN_ECDSA_SHA512, SIGNATURE_ECDSA_SHA512 },
  { GNUTLS_SIGN_ECDSA_SECP256R1_SHA256, SIGNATURE_ECDSA_SHA256 },
  { GNUTLS_SIGN_ECDSA_SECP384R1_SHA384, SIGNATURE_ECDSA_SHA384 },
  { GNUTLS_SIGN_ECDSA_SECP521R1_SHA512, SIGNATURE_ECDSA_SHA512 },
  { GNUTLS_SIGN_EDDSA_ED25519, SIGNATURE_ED25519 },
};

static SignatureScheme
scheme_of (gnutls_sign_algorithm_t algorithm)
{
  for (size_t i = 0; i < G_N_ELEMENTS (algorithms); i++) {
    if (algorithms[i].algorithm == algorithm)
      return algorithms[i].scheme;
  }
  return SIGNATURE_NONE;
}

static bool
can (const CryptoSigner *signer, SignatureScheme scheme)
{
  size_t n;
  const SignatureScheme *schemes = crypto_signer_schemes (signer, &n);
  for (size_t i = 0; i < n; i++) {
    if (schemes[i] == scheme && scheme != SIGNATURE_NONE)
      return true;
  }
  return false;
}

/* Our signature over octets, verified, as the library takes it. */
static int
sign_octets (
    const TlsSigner *self, SignatureScheme scheme, Slice octets, gnutls_datum_t *ret_signature)
{
  g_autoptr (GBytes) made = crypto_signer_sign (self->signer, scheme, octets);
  if (made == NULL || !crypto_signer_made (self->signer, scheme, &octets, 1, slice_of_bytes (made)))
    return GNUTLS_E_PK_SIGN_FAILED;
  Slice slice = slice_of_bytes (made);
  ret_signature->data = gnutls_malloc (slice.len);
  if (ret_signature->data == NULL)
    return GNUTLS_E_MEMORY_ERROR;
  memcpy (ret_signature->data, slice.data, slice.len);
  ret_signature->size = (unsigned int) slice.len;
  return 0;
}

/* gnutls_privkey_sign_data_func: keys that hash by themselves. */
static int
sign_data (gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *user_data,
    unsigned int flags, const gnutls_datum_t *data, gnutls_datum_t *signature)
{
  const TlsSigner *self = user_data;
  SignatureScheme scheme = scheme_of (algorithm);
  if (!can (self->signer, scheme))
    return GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM;
  return sign_octets (self, scheme, SLICE (data->data, data->size), signature);
}

/* What a client signs in TLS 1.3 (RFC 8446 section 4.4.3). */
static void
write_context (const TlsSigner *self, GByteArray *octets)
{
  static const char context[] = "TLS 1.3, client CertificateVerify"; /* with its zero */
  gnutls_digest_algorithm_t hash = gnutls_prf_hash_get (self->session);
  uint8_t digest[64], blanks[64];
  memset (blanks, ' ', sizeof blanks);
  g_byte_array_append (octets, blanks, sizeof blanks);
  g_byte_array_append (octets, (const uint8_t *) context, sizeof context);
  if (gnutls_hash_fast (hash, self->transcript->data, self->transcript->len, digest) == 0)
    g_byte_array_append (octets, digest, gnutls_hash_get_len (hash));
}

/* For PKCS#1 v1.5 the library says RSA_RAW and gives a DigestInfo, 19 octets before the hash. */
static gnutls_sign_algorithm_t
algorithm_of_digest_info (unsigned int len)
{
  enum { PREFIX_LEN = 19 };
  switch (len) {
  case PREFIX_LEN + 32: return GNUTLS_SIGN_RSA_SHA256;
  case PREFIX_LEN + 48: return GNUTLS_SIGN_RSA_SHA384;
  case PREFIX_LEN + 64: return GNUTLS_SIGN_RSA_SHA512;
  default: return GNUTLS_SIGN_UNKNOWN;
  }
}

/* gnutls_privkey_sign_hash_func: the library has hashed already, and the octets are made anew from what
 * was said. Where they are not those, as the hash shows, nothing is signed. */
static int
sign_hash (gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *user_data,
    unsigned int flags, const gnutls_datum_t *hash, gnutls_datum_t *signature)
{
  const TlsSigner *self = user_data;
  if (algorithm == GNUTLS_SIGN_RSA_RAW)
    algorithm = algorithm_of_digest_info (hash->size);
  SignatureScheme scheme = scheme_of (algorithm);
  gnutls_digest_algorithm_t digest_of = gnutls_sign_get_hash_algorithm (algorithm);
  uint8_t digest[64];
  unsigned int len = gnutls_hash_get_len (digest_of);
  if (!can (self->signer, scheme) || len == 0 || hash->size < len)
    return GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM;
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  if (gnutls_protocol_get_version (self->session) == GNUTLS_TLS1_3)
    write_context (self, octets);
  else
    g_byte_array_append (octets, self->transcript->data, self->transcript->len);
  if (gnutls_hash_fast (digest_of, octets->data, octets->len, digest) != 0 ||
      memcmp (digest, hash->data + hash->size - len, len) != 0)
    return GNUTLS_E_PK_SIGN_FAILED;
  return sign_octets (self, scheme, SLICE (octets->data, octets->len), signature);
}

/* gnutls_privkey_info_func. */
static int
tell (gnutls_privkey_t key, unsigned int flags, void *user_data)
{
  const CryptoSigner *signer = ((const TlsSigner *) user_data)->signer;
  unsigned int bits = 0;
  if ((flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO) != 0)
    return can (signer, scheme_of ((gnutls_sign_algorithm_t) GNUTLS_FLAGS_TO_SIGN_ALGO (flags)));
  int algorithm = crypto_signer_key (signer, &bits);
  if ((flags & GNUTLS_PRIVKEY_INFO_PK_ALGO) != 0)
    return algorithm;
  return (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS) != 0 ? (int) bits : -1;
}

static int
import_chain (TlsSigner *self)
{
  for (size_t i = 0; i < crypto_signer_n_certs (self->signer); i++) {
    Slice cert = crypto_signer_cert (self->signer, i);
    const gnutls_datum_t der = { (unsigned char *) cert.data, (unsigned int) cert.len };
    int code = gnutls_pcert_import_x509_raw (&self->chain[i], &der, GNUTLS_X509_FMT_DER, 0);
    if (code < 0)
      return code;
    self->n_certs++;
  }
  return 0;
}

/* For a client's session; signer must outlive it, and the session what is returned. *ret_code is the
 * library's. Not NULL; transfer: full. */
TlsSigner *
tls_signer_new (gnutls_session_t session, const CryptoSigner *signer, int *ret_code)
{
  TlsSigner *self = g_new0 (TlsSigner, 1);
  self->session = session;
  self->signer = signer;
  self->transcript = g_byte_array_new ();
  *ret_code = gnutls_privkey_init (&self->key);
  if (*ret_code >= 0)
    *ret_code =
        gnutls_privkey_import_ext4 (self->key, self, sign_data, sign_hash, NULL, NULL, tell, 0);
  if (*ret_code >= 0)
    *ret_code = import_chain (self);
  return self;
}

/* NULL is allowed. */
void
tls_signer_free (TlsSigner *self)
{
  if (self == NULL)
    return;
  for (unsigned int i = 0; i < self->n_certs; i++)
    gnutls_pcert_deinit (&self->chain[i]);
  if (self->key != NULL)
    gnutls_privkey_deinit (self->key);
  g_byte_array_unref (self->transcript);
  g_free (self);
}

/* What a server that wants a certificate gets: ours, borrowed, if it takes keys of that kind. It is not
 * asked whom the server says it trusts, as the library would by itself: one that knows the issuer of our
 * issuer may not name it (RFC 5246 section 7.4.6, RFC 8446 section 4.2.4), and one that refuses ours
 * then says so. */
void
tls_signer_show (const TlsSigner *self, const struct gnutls_cert_retr_st *wanted,
    gnutls_pcert_st **ret_chain, unsigned int *ret_n, gnutls_privkey_t *ret_key)
{
  unsigned int bits = 0;
  int algorithm = crypto_signer_key (self->signer, &bits);
  *ret_n = 0;
  for (size_t i = 0; i < (size_t) wanted->pk_algos_length; i++) {
    if ((int) wanted->pk_algos[i] != algorithm)
      continue;
    *ret_chain = (gnutls_pcert_st *) self->chain;
    *ret_n = self->n_certs;
    *ret_key = self->key;
    return;
  }
}

/* A second ClientHello: of the first one only its hash counts (RFC 8446 section 4.4.1). */
static void
fold_first_hello (TlsSigner *self)
{
  enum { MESSAGE_HASH = 254 };
  gnutls_digest_algorithm_t hash = gnutls_prf_hash_get (self->session);
  uint8_t folded[4 + 64] = { MESSAGE_HASH, 0, 0, (uint8_t) gnutls_hash_get_len (hash) };
  if (gnutls_hash_fast (hash, self->transcript->data, self->transcript->len, folded + 4) != 0)
    return;
  g_byte_array_set_size (self->transcript, 0);
  g_byte_array_append (self->transcript, folded, 4u + folded[3]);
}

/* Notes one message of the handshake, of either side, without its header. */
void
tls_signer_note (TlsSigner *self, unsigned int type, const gnutls_datum_t *message)
{
  if (type == GNUTLS_HANDSHAKE_HELLO_RETRY_REQUEST) {
    fold_first_hello (self);
    type = GNUTLS_HANDSHAKE_SERVER_HELLO;
  }
  if (type > UINT8_MAX || self->transcript->len + message->size > SIGNATURE_MAX_OCTETS)
    return; /* and then no hash will fit */
  const uint8_t header[] = { (uint8_t) type, (uint8_t) (message->size >> 16),
    (uint8_t) (message->size >> 8), (uint8_t) message->size };
  g_byte_array_append (self->transcript, header, sizeof header);
  g_byte_array_append (self->transcript, message->data, message->size);
}
