/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Bounds of what crosses between the user's program and the worker. */
#define CHAIN_MAX_CERTS 8
#define CHAIN_MAX_LEN 12288 /* of all certificates: they go in one IKE message */
#define SIGNATURE_MAX_LEN 1024
#define SIGNATURE_MAX_OCTETS 32768 /* to be signed */

/* How octets are signed: key, padding and hash together. The names cross process borders. */
typedef enum {
  SIGNATURE_NONE,
  SIGNATURE_RSA_PSS_SHA256, /* MGF1 with the same hash, a salt as long as the hash */
  SIGNATURE_RSA_PSS_SHA384,
  SIGNATURE_RSA_PSS_SHA512,
  SIGNATURE_RSA_PKCS1_SHA256, /* RSASSA-PKCS1-v1_5 */
  SIGNATURE_RSA_PKCS1_SHA384,
  SIGNATURE_RSA_PKCS1_SHA512,
  SIGNATURE_ECDSA_SHA256, /* the DER form of RFC 3279, whatever the curve */
  SIGNATURE_ECDSA_SHA384,
  SIGNATURE_ECDSA_SHA512,
  SIGNATURE_ED25519,
  SIGNATURE_N_SCHEMES,
} SignatureScheme;

const char *signature_scheme_to_string (SignatureScheme scheme);
SignatureScheme signature_scheme_from_string (const char *name);
