/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digital signatures of IKE_AUTH (RFC 7427): the AlgorithmIdentifier in front of the signature is
 * parsed to the last octet, and only what it may be is what GnuTLS is asked to verify. */
#include "crypto/signature.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "base/cursor.h"
#include "base/error.h"

#define RSA_MIN_BITS 2048u
#define EC_MIN_BITS 256u
#define ED448_LEN 114u

enum {
  DER_INTEGER = 0x02,
  DER_NULL = 0x05,
  DER_OID = 0x06,
  DER_SEQUENCE = 0x30,
  DER_CONTEXT_0 = 0xa0,
};

typedef struct {
  const char *oid; /* contents octets */
  size_t oid_len;
} Oid;

#define OID(contents) \
  { \
    contents, sizeof contents - 1 \
  }

static const Oid oid_pss = OID ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a");
static const Oid oid_mgf1 = OID ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08");

/* Whether parameters are absent, NULL, or either: RFC 7427 appendix A and RFC 8410. */
static const struct {
  Oid oid;
  bool null_parameters;
  gnutls_sign_algorithm_t algorithm;
} simple[] = {
  { OID ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), true, GNUTLS_SIGN_RSA_SHA256 },
  { OID ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c"), true, GNUTLS_SIGN_RSA_SHA384 },
  { OID ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d"), true, GNUTLS_SIGN_RSA_SHA512 },
  { OID ("\x2a\x86\x48\xce\x3d\x04\x03\x02"), false, GNUTLS_SIGN_ECDSA_SHA256 },
  { OID ("\x2a\x86\x48\xce\x3d\x04\x03\x03"), false, GNUTLS_SIGN_ECDSA_SHA384 },
  { OID ("\x2a\x86\x48\xce\x3d\x04\x03\x04"), false, GNUTLS_SIGN_ECDSA_SHA512 },
  { OID ("\x2b\x65\x70"), false, GNUTLS_SIGN_EDDSA_ED25519 },
  { OID ("\x2b\x65\x71"), false, GNUTLS_SIGN_EDDSA_ED448 },
};

static const struct {
  Oid oid;
  uint8_t hash_len;
  gnutls_sign_algorithm_t rsa_key, pss_key;
} hashes[] = {
  { OID ("\x60\x86\x48\x01\x65\x03\x04\x02\x01"), 32, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256,
      GNUTLS_SIGN_RSA_PSS_SHA256 },
  { OID ("\x60\x86\x48\x01\x65\x03\x04\x02\x02"), 48, GNUTLS_SIGN_RSA_PSS_RSAE_SHA384,
      GNUTLS_SIGN_RSA_PSS_SHA384 },
  { OID ("\x60\x86\x48\x01\x65\x03\x04\x02\x03"), 64, GNUTLS_SIGN_RSA_PSS_RSAE_SHA512,
      GNUTLS_SIGN_RSA_PSS_SHA512 },
};

/* The contents of the next DER value, which must have that tag and a length in the short form or of
 * one further octet: nothing here is longer. */
static Cursor
der_enter (Cursor *c, uint8_t tag)
{
  if (cursor_u8 (c) != tag)
    cursor_fail (c);
  size_t len = cursor_u8 (c);
  if (len == 0x81) {
    len = cursor_u8 (c);
    if (len < 0x80)
      cursor_fail (c);
  } else if (len > 0x7f) {
    cursor_fail (c);
  }
  return cursor_sub (c, len);
}

static bool
der_oid_is (Slice contents, const Oid *oid)
{
  return contents.len == oid->oid_len && memcmp (contents.data, oid->oid, oid->oid_len) == 0;
}

static Slice
der_oid (Cursor *c)
{
  Cursor oid = der_enter (c, DER_OID);
  return cursor_rest (&oid);
}

static bool
der_small_integer (Cursor *c, uint8_t expected)
{
  Cursor integer = der_enter (c, DER_INTEGER);
  return cursor_u8 (&integer) == expected && cursor_done (&integer);
}

/* Reads a hash's AlgorithmIdentifier, whose parameters are NULL or absent; -1 if it is none of ours. */
static int
der_hash (Cursor *c)
{
  Cursor id = der_enter (c, DER_SEQUENCE);
  Slice oid = der_oid (&id);
  if (cursor_left (&id) > 0) {
    Cursor null = der_enter (&id, DER_NULL);
    if (!cursor_done (&null))
      cursor_fail (&id);
  }
  if (!cursor_done (&id))
    return -1;
  for (size_t i = 0; i < G_N_ELEMENTS (hashes); i++) {
    if (der_oid_is (oid, &hashes[i].oid))
      return (int) i;
  }
  return -1;
}

/* RSASSA-PSS-params (RFC 4055): every field must be there, MGF1 with the same hash, a salt as long as
 * the hash, and the one trailer there is. Defaults are SHA-1 and refused. */
static int
parse_pss (Cursor *c)
{
  Cursor params = der_enter (c, DER_SEQUENCE);
  Cursor field = der_enter (&params, DER_CONTEXT_0);
  int hash = der_hash (&field);
  if (hash < 0 || !cursor_done (&field))
    return -1;
  field = der_enter (&params, DER_CONTEXT_0 + 1);
  Cursor mgf = der_enter (&field, DER_SEQUENCE);
  if (!der_oid_is (der_oid (&mgf), &oid_mgf1) || der_hash (&mgf) != hash || !cursor_done (&mgf) ||
      !cursor_done (&field))
    return -1;
  field = der_enter (&params, DER_CONTEXT_0 + 2);
  if (!der_small_integer (&field, hashes[hash].hash_len) || !cursor_done (&field))
    return -1;
  if (cursor_left (&params) > 0) {
    field = der_enter (&params, DER_CONTEXT_0 + 3);
    if (!der_small_integer (&field, 1) || !cursor_done (&field))
      return -1;
  }
  return cursor_done (&params) ? hash : -1;
}

static gnutls_sign_algorithm_t
parse_simple (Slice oid, Cursor *c)
{
  for (size_t i = 0; i < G_N_ELEMENTS (simple); i++) {
    if (!der_oid_is (oid, &simple[i].oid))
      continue;
    if (simple[i].null_parameters) {
      Cursor null = der_enter (c, DER_NULL);
      if (!cursor_done (&null))
        return GNUTLS_SIGN_UNKNOWN;
    }
    return simple[i].algorithm;
  }
  return GNUTLS_SIGN_UNKNOWN;
}

static gnutls_sign_algorithm_t
parse_algorithm (Slice identifier, gnutls_pk_algorithm_t key)
{
  gnutls_sign_algorithm_t algorithm = GNUTLS_SIGN_UNKNOWN;
  Cursor c = cursor_of (identifier);
  Cursor body = der_enter (&c, DER_SEQUENCE);
  Slice oid = der_oid (&body);
  if (der_oid_is (oid, &oid_pss)) {
    int hash = parse_pss (&body);
    if (hash >= 0)
      algorithm = key == GNUTLS_PK_RSA_PSS ? hashes[hash].pss_key : hashes[hash].rsa_key;
  } else {
    algorithm = parse_simple (oid, &body);
  }
  return cursor_done (&body) && cursor_done (&c) ? algorithm : GNUTLS_SIGN_UNKNOWN;
}

/* A positive INTEGER in as few octets as it needs. */
static void
der_skip_positive (Cursor *c)
{
  Cursor integer = der_enter (c, DER_INTEGER);
  uint8_t first = cursor_u8 (&integer);
  bool negative = first >= 0x80;
  bool too_long = first == 0 && cursor_u8 (&integer) < 0x80;
  if (integer.failed || negative || too_long)
    cursor_fail (c);
}

/* False for a signature that says the same in other octets than its algorithm writes, which GnuTLS lets
 * pass: an ECDSA-Sig-Value (RFC 3279 section 2.2.3) that is BER but no DER, an Ed448 whose S goes
 * beyond the octets of the group's order (RFC 8032 section 5.2.7). */
static bool
is_canonical (gnutls_sign_algorithm_t algorithm, Slice signature)
{
  gnutls_pk_algorithm_t pk = gnutls_sign_get_pk_algorithm (algorithm);
  if (pk == GNUTLS_PK_ECDSA) {
    Cursor c = cursor_of (signature);
    Cursor body = der_enter (&c, DER_SEQUENCE);
    der_skip_positive (&body);
    der_skip_positive (&body);
    return cursor_done (&body) && cursor_done (&c);
  }
  return pk != GNUTLS_PK_EDDSA_ED448 ||
      (signature.len == ED448_LEN && signature.data[ED448_LEN - 1] == 0);
}

static gnutls_pubkey_t
public_key_of (Slice cert_der)
{
  gnutls_datum_t der = { .data = (uint8_t *) cert_der.data, .size = (unsigned int) cert_der.len };
  gnutls_x509_crt_t cert;
  gnutls_pubkey_t key;
  if (gnutls_x509_crt_init (&cert) != 0)
    return NULL;
  if (gnutls_x509_crt_import (cert, &der, GNUTLS_X509_FMT_DER) != 0 ||
      gnutls_pubkey_init (&key) != 0)
    key = NULL;
  else if (gnutls_pubkey_import_x509 (key, cert, 0) != 0)
    g_clear_pointer (&key, gnutls_pubkey_deinit);
  gnutls_x509_crt_deinit (cert);
  return key;
}

static const char *
verify (gnutls_pubkey_t key, Slice identifier, const Slice *parts, size_t n_parts, Slice signature)
{
  unsigned int bits = 0;
  int pk = gnutls_pubkey_get_pk_algorithm (key, &bits);
  if ((pk == GNUTLS_PK_RSA || pk == GNUTLS_PK_RSA_PSS) && bits < RSA_MIN_BITS)
    return "the RSA key is shorter than 2048 bits";
  if (pk == GNUTLS_PK_ECDSA && bits < EC_MIN_BITS)
    return "the elliptic curve is shorter than 256 bits";
  gnutls_sign_algorithm_t algorithm = parse_algorithm (identifier, (gnutls_pk_algorithm_t) pk);
  if (algorithm == GNUTLS_SIGN_UNKNOWN)
    return "the signature algorithm is not one we take";
  if (gnutls_sign_supports_pk_algorithm (algorithm, (gnutls_pk_algorithm_t) pk) == 0)
    return "the signature algorithm does not fit the certificate's key";

  g_autoptr (GByteArray) octets = g_byte_array_new ();
  for (size_t i = 0; i < n_parts; i++)
    g_byte_array_append (octets, parts[i].data, (guint) parts[i].len);
  gnutls_datum_t data = { .data = octets->data, .size = octets->len };
  gnutls_datum_t sig = { .data = (uint8_t *) signature.data, .size = (unsigned int) signature.len };
  if (signature.len == 0 || signature.len > G_MAXUINT16 || !is_canonical (algorithm, signature) ||
      gnutls_pubkey_verify_data2 (key, algorithm, 0, &data, &sig) < 0)
    return "the signature does not verify";
  return NULL;
}

/* Verifies signature over the parts, one after the other, with the key of the DER certificate.
 * algorithm_identifier is the DER AlgorithmIdentifier of RFC 7427 section 3. TRUE only on a good
 * signature; otherwise VISITOR_ERROR_GATEWAY_SIGNATURE says why. Thread-safe. */
bool
crypto_signature_verify (Slice cert_der, Slice algorithm_identifier, const Slice *signed_parts,
    size_t n_parts, Slice signature, GError **error)
{
  gnutls_pubkey_t key = public_key_of (cert_der);
  const char *problem = "the certificate's key cannot be read";
  if (key != NULL) {
    problem = verify (key, algorithm_identifier, signed_parts, n_parts, signature);
    gnutls_pubkey_deinit (key);
  }
  if (problem == NULL)
    return true;
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_GATEWAY_SIGNATURE,
      "The gateway's signature was refused: %s", problem);
  return false;
}
