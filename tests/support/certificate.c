/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates for tests, good and bad, made when the test runs: none of them ever expires in the
 * tree, and none of their keys is anywhere to be found. */
#include "support/certificate.h"

#include <string.h>

#include "base/inet.h"

struct _Certificate {
  gnutls_x509_privkey_t key;
  gnutls_privkey_t signer;
  gnutls_x509_crt_t crt;
  gnutls_datum_t der;
};

static void
must (int rc)
{
  if (rc < 0)
    g_error ("GnuTLS: %s", gnutls_strerror (rc));
}

static gnutls_x509_privkey_t
key_new (CertificateKey kind)
{
  static const struct {
    gnutls_pk_algorithm_t algorithm;
    unsigned int bits;
  } kinds[] = {
    [CERTIFICATE_ECDSA_P256] = { GNUTLS_PK_ECDSA,
        GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1) },
    [CERTIFICATE_ECDSA_P384] = { GNUTLS_PK_ECDSA,
        GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP384R1) },
    [CERTIFICATE_ED25519] = { GNUTLS_PK_EDDSA_ED25519, 0 },
    [CERTIFICATE_RSA_2048] = { GNUTLS_PK_RSA, 2048 },
    [CERTIFICATE_RSA_1024] = { GNUTLS_PK_RSA, 1024 },
  };
  gnutls_x509_privkey_t key;
  must (gnutls_x509_privkey_init (&key));
  must (gnutls_x509_privkey_generate (key, kinds[kind].algorithm, kinds[kind].bits, 0));
  return key;
}

static void
add_names (gnutls_x509_crt_t crt, const CertificateSpec *spec)
{
  if (spec->cn != NULL)
    must (gnutls_x509_crt_set_dn_by_oid (
        crt, GNUTLS_OID_X520_COMMON_NAME, 0, spec->cn, (unsigned int) strlen (spec->cn)));
  for (size_t i = 0; i < G_N_ELEMENTS (spec->dns) && spec->dns[i] != NULL; i++) {
    size_t len = strlen (spec->dns[i]);
    must (gnutls_x509_crt_set_subject_alt_name (
        crt, GNUTLS_SAN_DNSNAME, spec->dns[i], (unsigned int) len, GNUTLS_FSAN_APPEND));
  }
  if (spec->email != NULL)
    must (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_RFC822NAME, spec->email,
        (unsigned int) strlen (spec->email), GNUTLS_FSAN_APPEND));
  if (spec->raw_names != NULL)
    must (
        gnutls_x509_crt_set_extension_by_oid (crt, "2.5.29.17", spec->raw_names, spec->raw_len, 0));
  InetAddr addr;
  if (spec->ip != NULL && inet_addr_parse (spec->ip, &addr))
    must (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, addr.bytes,
        (unsigned int) inet_family_len (addr.family), GNUTLS_FSAN_APPEND));
}

static void
add_constraint (gnutls_x509_crt_t crt, const char *permitted_dns)
{
  gnutls_x509_name_constraints_t constraints;
  gnutls_datum_t name = { .data = (unsigned char *) permitted_dns,
    .size = (unsigned int) strlen (permitted_dns) };
  must (gnutls_x509_name_constraints_init (&constraints));
  must (gnutls_x509_name_constraints_add_permitted (constraints, GNUTLS_SAN_DNSNAME, &name));
  must (gnutls_x509_crt_set_name_constraints (crt, constraints, 1));
  gnutls_x509_name_constraints_deinit (constraints);
}

static void
fill (gnutls_x509_crt_t crt, const CertificateSpec *spec)
{
  static uint32_t serial = 1;
  const uint32_t number = GUINT32_TO_BE (serial);
  serial++;
  bool dated = spec->from_day != 0 || spec->to_day != 0;
  must (gnutls_x509_crt_set_version (crt, 3));
  must (gnutls_x509_crt_set_serial (crt, &number, sizeof number));
  must (gnutls_x509_crt_set_activation_time (
      crt, CERTIFICATE_NOW + (time_t) CERTIFICATE_DAY * (dated ? spec->from_day : -365)));
  must (gnutls_x509_crt_set_expiration_time (
      crt, CERTIFICATE_NOW + (time_t) CERTIFICATE_DAY * (dated ? spec->to_day : 365)));
  add_names (crt, spec);
  if (spec->is_ca)
    must (gnutls_x509_crt_set_basic_constraints (crt, 1, spec->has_path_length ? 0 : -1));
  unsigned int usage = spec->usage;
  if (spec->is_ca && usage == 0)
    usage = GNUTLS_KEY_KEY_CERT_SIGN;
  if (usage != 0)
    must (gnutls_x509_crt_set_key_usage (crt, usage));
  for (size_t i = 0; i < G_N_ELEMENTS (spec->purposes) && spec->purposes[i] != NULL; i++)
    must (gnutls_x509_crt_set_key_purpose_oid (crt, spec->purposes[i], 0));
  if (spec->permitted_dns != NULL)
    add_constraint (crt, spec->permitted_dns);
}

static Certificate *
make (const CertificateSpec *spec, const Certificate *issuer, gnutls_x509_privkey_t key)
{
  Certificate *certificate = g_new0 (Certificate, 1);
  uint8_t id[20];
  size_t id_len = sizeof id;
  certificate->key = key;
  must (gnutls_privkey_init (&certificate->signer));
  must (gnutls_privkey_import_x509 (certificate->signer, key, 0));
  must (gnutls_x509_crt_init (&certificate->crt));
  must (gnutls_x509_crt_set_key (certificate->crt, key));
  fill (certificate->crt, spec);
  must (gnutls_x509_crt_get_key_id (certificate->crt, 0, id, &id_len));
  must (gnutls_x509_crt_set_subject_key_id (certificate->crt, id, id_len));
  const Certificate *by = issuer != NULL ? issuer : certificate;
  gnutls_digest_algorithm_t hash = spec->hash != 0 ? spec->hash : GNUTLS_DIG_SHA256;
  /* Ed25519 brings its own hash. */
  if (gnutls_privkey_get_pk_algorithm (by->signer, NULL) == GNUTLS_PK_EDDSA_ED25519)
    hash = GNUTLS_DIG_SHA512;
  must (gnutls_x509_crt_privkey_sign (certificate->crt, by->crt, by->signer, hash, 0));
  must (gnutls_x509_crt_export2 (certificate->crt, GNUTLS_X509_FMT_DER, &certificate->der));
  return certificate;
}

/* A certificate with a fresh key, signed by the issuer or, with NULL, by itself. Transfer: full. */
Certificate *
certificate_new (const CertificateSpec *spec, const Certificate *issuer)
{
  return make (spec, issuer, key_new (spec->key));
}

/* The same with the key of another certificate. Transfer: full. */
Certificate *
certificate_new_with_key (
    const CertificateSpec *spec, const Certificate *issuer, const Certificate *key_of)
{
  gnutls_x509_privkey_t key;
  must (gnutls_x509_privkey_init (&key));
  must (gnutls_x509_privkey_cpy (key, key_of->key));
  return make (spec, issuer, key);
}

void
certificate_free (Certificate *certificate)
{
  if (certificate == NULL)
    return;
  gnutls_free (certificate->der.data);
  gnutls_x509_crt_deinit (certificate->crt);
  gnutls_privkey_deinit (certificate->signer);
  gnutls_x509_privkey_deinit (certificate->key);
  g_free (certificate);
}

/* Borrowed. */
Slice
certificate_der (const Certificate *certificate)
{
  return SLICE (certificate->der.data, certificate->der.size);
}

/* Transfer: full. */
char *
certificate_pem (const Certificate *certificate)
{
  gnutls_datum_t pem;
  must (gnutls_x509_crt_export2 (certificate->crt, GNUTLS_X509_FMT_PEM, &pem));
  char *copy = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);
  return copy;
}

/* Its key. Transfer: full. */
char *
certificate_key_pem (const Certificate *certificate)
{
  gnutls_x509_privkey_t key;
  gnutls_datum_t pem;
  must (gnutls_privkey_export_x509 (certificate->signer, &key));
  must (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &pem));
  char *copy = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);
  gnutls_x509_privkey_deinit (key);
  return copy;
}

/* Borrowed. */
gnutls_privkey_t
certificate_key (const Certificate *certificate)
{
  return certificate->signer;
}

/* A list of what the issuer has revoked, as DER. Transfer: full. */
GBytes *
certificate_crl (const Certificate *issuer, const CertificateCrl *spec)
{
  static uint32_t serial = 1;
  const uint32_t number = GUINT32_TO_BE (serial);
  serial++;
  gnutls_x509_crl_t crl;
  gnutls_datum_t der;
  must (gnutls_x509_crl_init (&crl));
  must (gnutls_x509_crl_set_version (crl, 2));
  must (gnutls_x509_crl_set_number (crl, &number, sizeof number));
  must (gnutls_x509_crl_set_this_update (
      crl, CERTIFICATE_NOW + (time_t) CERTIFICATE_DAY * spec->from_day));
  must (gnutls_x509_crl_set_next_update (
      crl, CERTIFICATE_NOW + (time_t) CERTIFICATE_DAY * spec->to_day));
  if (spec->listed != NULL)
    must (gnutls_x509_crl_set_crt (
        crl, spec->listed->crt, CERTIFICATE_NOW - (time_t) CERTIFICATE_DAY * 30));
  must (gnutls_x509_crl_privkey_sign (crl, issuer->crt, issuer->signer, GNUTLS_DIG_SHA256, 0));
  must (gnutls_x509_crl_export2 (crl, GNUTLS_X509_FMT_DER, &der));
  gnutls_x509_crl_deinit (crl);
  GBytes *bytes = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  return bytes;
}
