/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <stdbool.h>
#include <time.h>

#include "base/slice.h"

/* A moment in 2027 that all the certificates made here are valid at, if nothing else is said. */
#define CERTIFICATE_NOW ((time_t) 1800000000)
#define CERTIFICATE_DAY (24 * 60 * 60)

typedef enum {
  CERTIFICATE_ECDSA_P256,
  CERTIFICATE_ECDSA_P384,
  CERTIFICATE_ED25519,
  CERTIFICATE_RSA_2048,
  CERTIFICATE_RSA_1024,
} CertificateKey;

typedef struct {
  const char *cn;
  CertificateKey key;
  bool is_ca;
  bool has_path_length; /* of 0 */
  const char *dns[3], *email, *ip;
  const char *raw_names; /* DER of a SubjectAltName instead of these, raw_len octets */
  size_t raw_len;
  const char *purposes[2]; /* OIDs */
  unsigned int usage; /* GNUTLS_KEY_*; 0 = no extension */
  int from_day, to_day; /* relative to now; both 0 = a year on either side */
  gnutls_digest_algorithm_t hash; /* 0 = SHA-256 */
  const char *permitted_dns; /* a name constraint */
} CertificateSpec;

typedef struct _Certificate Certificate;

typedef struct {
  const Certificate *listed; /* as revoked; NULL for nobody */
  int from_day, to_day; /* relative to now */
} CertificateCrl;

Certificate *certificate_new (const CertificateSpec *spec, const Certificate *issuer);
Certificate *certificate_new_with_key (
    const CertificateSpec *spec, const Certificate *issuer, const Certificate *key_of);
void certificate_free (Certificate *certificate);

Slice certificate_der (const Certificate *certificate);
char *certificate_pem (const Certificate *certificate);
char *certificate_key_pem (const Certificate *certificate);
gnutls_privkey_t certificate_key (const Certificate *certificate);
GBytes *certificate_crl (const Certificate *issuer, const CertificateCrl *spec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Certificate, certificate_free)
