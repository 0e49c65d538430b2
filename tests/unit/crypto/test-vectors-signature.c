/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wycheproof's signatures as a gateway would send them: the key in a certificate, the parameters in the
 * AlgorithmIdentifier of RFC 7427. */
#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <string.h>

#include "crypto/signature.h"
#include "support/certificate.h"
#include "support/hex.h"
#include "support/vectors.h"

static const struct {
  const char *name;
  size_t len;
  const char *identifier, *rsa_pkcs1, *ecdsa; /* DER; NULL where RFC 7427 has none */
} hashes[] = {
  { "SHA-1", 20, "300906052b0e03021a0500", NULL, NULL },
  { "SHA-224", 28, "300d06096086480165030402040500", NULL, NULL },
  { "SHA-256", 32, "300d06096086480165030402010500", "300d06092a864886f70d01010b0500",
      "300a06082a8648ce3d040302" },
  { "SHA-384", 48, "300d06096086480165030402020500", "300d06092a864886f70d01010c0500",
      "300a06082a8648ce3d040303" },
  { "SHA-512", 64, "300d06096086480165030402030500", "300d06092a864886f70d01010d0500",
      "300a06082a8648ce3d040304" },
};

static size_t
hash_of (const Vector *vector, const char *field)
{
  for (size_t i = 0; i < G_N_ELEMENTS (hashes); i++) {
    if (strcmp (vector_text (vector, field), hashes[i].name) == 0)
      return i;
  }
  g_error ("%s: no hash %s", vector->file, vector_text (vector, field));
}

/* A certificate for the public key of the group; NULL if that cannot be put into one. */
static GBytes *
certificate_for (const Vector *vector)
{
  const CertificateSpec issuer_spec = { .cn = "issuer", .is_ca = true };
  g_autoptr (Certificate) issuer = certificate_new (&issuer_spec, NULL);
  Slice issuer_der = certificate_der (issuer), key_der = vector_octets (vector, "publicKeyDer");
  gnutls_datum_t spki = { .data = (uint8_t *) key_der.data, .size = (unsigned int) key_der.len };
  gnutls_datum_t from = { .data = (uint8_t *) issuer_der.data,
    .size = (unsigned int) issuer_der.len };
  gnutls_datum_t der = { 0 };
  gnutls_pubkey_t key;
  gnutls_x509_crt_t cert, issuer_cert;
  g_assert_cmpint (gnutls_pubkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&cert), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&issuer_cert), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_import (issuer_cert, &from, GNUTLS_X509_FMT_DER), ==, 0);
  GBytes *bytes = NULL;
  if (gnutls_pubkey_import (key, &spki, GNUTLS_X509_FMT_DER) == 0) {
    g_assert_cmpint (gnutls_x509_crt_set_version (cert, 3), ==, 0);
    g_assert_cmpint (gnutls_x509_crt_set_serial (cert, "\x01", 1), ==, 0);
    g_assert_cmpint (
        gnutls_x509_crt_set_activation_time (cert, CERTIFICATE_NOW - CERTIFICATE_DAY), ==, 0);
    g_assert_cmpint (
        gnutls_x509_crt_set_expiration_time (cert, CERTIFICATE_NOW + CERTIFICATE_DAY), ==, 0);
    g_assert_cmpint (gnutls_x509_crt_set_pubkey (cert, key), ==, 0);
    g_assert_cmpint (gnutls_x509_crt_privkey_sign (
                         cert, issuer_cert, certificate_key (issuer), GNUTLS_DIG_SHA256, 0),
        ==, 0);
    g_assert_cmpint (gnutls_x509_crt_export2 (cert, GNUTLS_X509_FMT_DER, &der), ==, 0);
    bytes = g_bytes_new (der.data, der.size);
    gnutls_free (der.data);
  }
  gnutls_x509_crt_deinit (issuer_cert);
  gnutls_x509_crt_deinit (cert);
  gnutls_pubkey_deinit (key);
  return bytes;
}

/* Verifies with the group's key, whose certificate is made once: octets of a vector stay where they are. */
static bool
verify_signature (const Vector *vector, const char *identifier, Slice signature)
{
  static const uint8_t *made_for;
  static GBytes *certificate;
  const uint8_t *key = vector_octets (vector, "publicKeyDer").data;
  if (made_for != key) {
    g_clear_pointer (&certificate, g_bytes_unref);
    made_for = key;
    certificate = certificate_for (vector);
  }
  if (certificate == NULL)
    return false;
  Slice msg = vector_octets (vector, "msg");
  return crypto_signature_verify (
      slice_of_bytes (certificate), hex_slice (identifier), &msg, 1, signature, NULL);
}

static bool
verify (const Vector *vector, const char *identifier)
{
  return verify_signature (vector, identifier, vector_octets (vector, "sig"));
}

static bool
ecdsa (const Vector *vector)
{
  return verify (vector, hashes[hash_of (vector, "sha")].ecdsa);
}

static bool
ed25519 (const Vector *vector)
{
  return verify (vector, "300506032b6570");
}

/* The last octet of S is no part of the number that GnuTLS looks at. */
static bool
ed448 (const Vector *vector)
{
  static const char identifier[] = "300506032b6571";
  if (!verify (vector, identifier))
    return false;
  Slice sig = vector_octets (vector, "sig");
  g_autofree uint8_t *other = g_memdup2 (sig.data, sig.len);
  other[sig.len - 1] = 1;
  g_assert_false (verify_signature (vector, identifier, SLICE (other, sig.len)));
  return true;
}

static bool
rsa_pkcs1 (const Vector *vector)
{
  return verify (vector, hashes[hash_of (vector, "sha")].rsa_pkcs1);
}

/* A DER value of less than 128 octets; transfer: full. */
static char *
der (unsigned int tag, const char *contents)
{
  return g_strdup_printf ("%02x%02zx%s", tag, strlen (contents) / 2, contents);
}

/* RSASSA-PSS with the parameters of the group, all of them written out (RFC 4055 section 3.1). */
static bool
rsa_pss (const Vector *vector)
{
  const char *hash = hashes[hash_of (vector, "sha")].identifier;
  g_autofree char *mgf_contents =
      g_strconcat ("06092a864886f70d010108", hashes[hash_of (vector, "mgfSha")].identifier, NULL);
  g_autofree char *mgf = der (0x30, mgf_contents), *hash_field = der (0xa0, hash);
  g_autofree char *mgf_field = der (0xa1, mgf);
  g_autofree char *params_contents = g_strdup_printf (
      "%s%sa2030201%02x", hash_field, mgf_field, (unsigned int) vector_number (vector, "sLen"));
  g_autofree char *params = der (0x30, params_contents);
  g_autofree char *contents = g_strconcat ("06092a864886f70d01010a", params, NULL);
  g_autofree char *identifier = der (0x30, contents);
  return verify (vector, identifier);
}

/* nettle 3.8 adds a point to itself only where it doubles on purpose, and refuses the signature that is
 * made to need it by chance. Nobody's key and signature do. */
static VectorVerdict
ecdsa_exception (const Vector *vector)
{
  bool valid = strcmp (vector->result, "valid") == 0;
  return valid && vector_has_flag (vector, "PointDuplication") ? VECTOR_EITHER
                                                               : VECTOR_AS_THE_FILE_SAYS;
}

/* An RSA key of less than 2048 bits, and a DigestInfo without NULL (RFC 8017 section 9.2). */
static VectorVerdict
rsa_pkcs1_exception (const Vector *vector)
{
  return vector_has_flag (vector, "SmallModulus") || vector_has_flag (vector, "MissingNull")
      ? VECTOR_MUST_BE_REFUSED
      : VECTOR_AS_THE_FILE_SAYS;
}

/* Only one hash, and a salt as long as it, is taken. */
static VectorVerdict
rsa_pss_exception (const Vector *vector)
{
  size_t hash = hash_of (vector, "sha");
  bool ours = hashes[hash].ecdsa != NULL && hash_of (vector, "mgfSha") == hash &&
      vector_number (vector, "sLen") == (gint64) hashes[hash].len;
  return ours ? VECTOR_AS_THE_FILE_SAYS : VECTOR_MUST_BE_REFUSED;
}

typedef struct {
  const char *file;
  VectorFunc accepts;
  VectorExceptionFunc exception;
} File;

static const File files[] = {
  { "ecdsa_secp256r1_sha256", ecdsa, ecdsa_exception },
  { "ecdsa_secp256r1_sha512", ecdsa, ecdsa_exception },
  { "ecdsa_secp384r1_sha384", ecdsa, ecdsa_exception },
  { "ecdsa_secp384r1_sha512", ecdsa, ecdsa_exception },
  { "ecdsa_secp521r1_sha512", ecdsa, ecdsa_exception },
  { "eddsa", ed25519, NULL },
  { "ed448", ed448, NULL },
  { "rsa_pss_2048_sha256_mgf1_32", rsa_pss, rsa_pss_exception },
  { "rsa_pss_3072_sha256_mgf1_32", rsa_pss, rsa_pss_exception },
  { "rsa_pss_4096_sha256_mgf1_32", rsa_pss, rsa_pss_exception },
  { "rsa_pss_misc", rsa_pss, rsa_pss_exception },
  { "rsa_signature", rsa_pkcs1, rsa_pkcs1_exception },
  { "rsa_signature_2048_sha256", rsa_pkcs1, rsa_pkcs1_exception },
  { "rsa_signature_2048_sha384", rsa_pkcs1, rsa_pkcs1_exception },
  { "rsa_signature_2048_sha512", rsa_pkcs1, rsa_pkcs1_exception },
  { "rsa_signature_3072_sha256", rsa_pkcs1, rsa_pkcs1_exception },
  { "rsa_signature_4096_sha512", rsa_pkcs1, rsa_pkcs1_exception },
};

static void
test_file (const void *data)
{
  const File *file = data;
  vectors_run (file->file, file->accepts, file->exception);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_strdup_printf ("/crypto/vectors-signature/%s", files[i].file);
    g_test_add_data_func (path, &files[i], test_file);
  }
  return g_test_run ();
}
