/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Transform identifiers as IANA numbers them ("IKEv2 Parameters"). Only what we can do has a name:
 * everything else is a number that is never chosen. */
typedef enum {
  ENCR_NONE = 0,
  ENCR_AES_CBC = 12,
  ENCR_AES_GCM_16 = 20,
} EncrId;

typedef enum {
  PRF_NONE = 0,
  PRF_HMAC_SHA2_256 = 5,
  PRF_HMAC_SHA2_384 = 6,
} PrfId;

typedef enum {
  INTEG_NONE = 0,
  INTEG_HMAC_SHA2_256_128 = 12,
} IntegId;

typedef enum {
  DH_NONE = 0,
  DH_MODP_2048 = 14,
  DH_ECP_256 = 19,
  DH_ECP_384 = 20,
  DH_CURVE25519 = 31,
} DhGroup;

typedef enum {
  ESN_NO = 0,
  ESN_YES = 1,
} EsnId;

const char *encr_to_string (EncrId id, unsigned int key_bits);
const char *prf_to_string (PrfId id);
const char *integ_to_string (IntegId id);
const char *dh_to_string (DhGroup group);
