/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GatewayKey: an ECDSA P-256 certificate that a throw-away CA made, and its signatures in the form of
 * RFC 7427. */
#include "gateway-key.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <string.h>

#include "base/builder.h"

struct _GatewayKey {
  gnutls_privkey_t key;
  GBytes *cert;
  char *ca_pem;
};

#define CHECK(call) g_assert_cmpint ((call), >=, 0)

static gnutls_x509_privkey_t
new_private_key (void)
{
  gnutls_x509_privkey_t key;
  CHECK (gnutls_x509_privkey_init (&key));
  CHECK (gnutls_x509_privkey_generate (
      key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  return key;
}

static gnutls_x509_crt_t
new_certificate (gnutls_x509_privkey_t key, const char *common_name, uint8_t serial)
{
  gnutls_x509_crt_t cert;
  CHECK (gnutls_x509_crt_init (&cert));
  CHECK (gnutls_x509_crt_set_version (cert, 3));
  CHECK (gnutls_x509_crt_set_key (cert, key));
  CHECK (gnutls_x509_crt_set_serial (cert, &serial, 1));
  CHECK (gnutls_x509_crt_set_dn_by_oid (
      cert, GNUTLS_OID_X520_COMMON_NAME, 0, common_name, (unsigned int) strlen (common_name)));
  return cert;
}

static char *
export_pem (gnutls_x509_crt_t cert)
{
  gnutls_datum_t pem;
  CHECK (gnutls_x509_crt_export2 (cert, GNUTLS_X509_FMT_PEM, &pem));
  char *text = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);
  return text;
}

/* Where a certificate says that more is to be had. Nobody may look (CVE-2022-40617): what looks is seen
 * by a scene's capture. */
static void
name_places (gnutls_x509_crt_t cert)
{
  static const char place[] = "http://198.51.100.1/rogue";
  const gnutls_datum_t uri = { .data = (uint8_t *) place, .size = sizeof place - 1 };
  CHECK (gnutls_x509_crt_set_crl_dist_points2 (
      cert, GNUTLS_SAN_URI, uri.data, uri.size, GNUTLS_CRL_REASON_UNSPECIFIED));
  CHECK (gnutls_x509_crt_set_authority_info_access (cert, GNUTLS_IA_OCSP_URI, (void *) &uri));
  CHECK (gnutls_x509_crt_set_authority_info_access (cert, GNUTLS_IA_CAISSUERS_URI, (void *) &uri));
}

/* A gateway certificate for that DNS name, its CA with it. Transfer: full. */
GatewayKey *
gateway_key_new (const char *name, time_t not_before, time_t not_after)
{
  GatewayKey *self = g_new0 (GatewayKey, 1);
  gnutls_x509_privkey_t ca_key = new_private_key (), key = new_private_key ();
  static unsigned int n_cas;
  g_autofree char *ca_name = g_strdup_printf ("Test CA %u", ++n_cas);
  gnutls_x509_crt_t ca = new_certificate (ca_key, ca_name, 1);
  CHECK (gnutls_x509_crt_set_activation_time (ca, 1000000000));
  CHECK (gnutls_x509_crt_set_expiration_time (ca, 4000000000));
  CHECK (gnutls_x509_crt_set_basic_constraints (ca, 1, 0));
  CHECK (gnutls_x509_crt_set_key_usage (ca, GNUTLS_KEY_KEY_CERT_SIGN));
  CHECK (gnutls_x509_crt_sign2 (ca, ca, ca_key, GNUTLS_DIG_SHA256, 0));

  gnutls_x509_crt_t cert = new_certificate (key, "gateway", 2);
  CHECK (gnutls_x509_crt_set_activation_time (cert, not_before));
  CHECK (gnutls_x509_crt_set_expiration_time (cert, not_after));
  CHECK (gnutls_x509_crt_set_basic_constraints (cert, 0, -1));
  CHECK (gnutls_x509_crt_set_key_usage (cert, GNUTLS_KEY_DIGITAL_SIGNATURE));
  CHECK (gnutls_x509_crt_set_key_purpose_oid (cert, GNUTLS_KP_TLS_WWW_SERVER, 0));
  CHECK (gnutls_x509_crt_set_subject_alt_name (
      cert, GNUTLS_SAN_DNSNAME, name, (unsigned int) strlen (name), GNUTLS_FSAN_SET));
  name_places (cert);
  CHECK (gnutls_x509_crt_sign2 (cert, ca, ca_key, GNUTLS_DIG_SHA256, 0));

  gnutls_datum_t der;
  CHECK (gnutls_x509_crt_export2 (cert, GNUTLS_X509_FMT_DER, &der));
  self->cert = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  self->ca_pem = export_pem (ca);
  CHECK (gnutls_privkey_init (&self->key));
  CHECK (gnutls_privkey_import_x509 (self->key, key, GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE));
  gnutls_x509_privkey_deinit (ca_key);
  gnutls_x509_crt_deinit (ca);
  gnutls_x509_crt_deinit (cert);
  return self;
}

void
gateway_key_free (GatewayKey *key)
{
  if (key == NULL)
    return;
  gnutls_privkey_deinit (key->key);
  g_bytes_unref (key->cert);
  g_free (key->ca_pem);
  g_free (key);
}

/* The certificate in DER, borrowed. */
Slice
gateway_key_cert (const GatewayKey *key)
{
  return SLICE (g_bytes_get_data (key->cert, NULL), g_bytes_get_size (key->cert));
}

/* The CA's certificate in PEM, borrowed. */
const char *
gateway_key_ca_pem (const GatewayKey *key)
{
  return key->ca_pem;
}

/* The data of an AUTH payload of method 14 over octets. Transfer: full. */
GBytes *
gateway_key_sign (const GatewayKey *key, Slice octets)
{
  static const uint8_t ecdsa_with_sha256[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
    0x04, 0x03, 0x02 };
  gnutls_datum_t data = { .data = (uint8_t *) octets.data, .size = (unsigned int) octets.len };
  gnutls_datum_t signature;
  uint8_t buf[256];
  Builder b = builder_init (buf, sizeof buf);
  CHECK (gnutls_privkey_sign_data2 (key->key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &signature));
  builder_u8 (&b, sizeof ecdsa_with_sha256);
  builder_bytes (&b, ecdsa_with_sha256, sizeof ecdsa_with_sha256);
  builder_bytes (&b, signature.data, signature.size);
  gnutls_free (signature.data);
  g_assert_true (builder_ok (&b));
  return g_bytes_new (buf, b.len);
}
