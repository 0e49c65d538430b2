/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Transform types and identifiers as IANA numbers them ("IKEv2 Parameters"). Only what we can do has a
 * name: everything else is a number that is never chosen. */
typedef enum {
  IKE_TRANSFORM_ENCR = 1,
  IKE_TRANSFORM_PRF = 2,
  IKE_TRANSFORM_INTEG = 3,
  IKE_TRANSFORM_DH = 4,
  IKE_TRANSFORM_ESN = 5,
  IKE_TRANSFORM_ADDKE1 = 6, /* additional key exchanges (RFC 9370), methods as those of DH */
  IKE_TRANSFORM_ADDKE7 = 12,
} IkeTransformType;

typedef enum {
  ENCR_NONE = 0,
  ENCR_AES_CBC = 12,
  ENCR_AES_GCM_16 = 20,
  ENCR_CHACHA20_POLY1305 = 28,
} EncrId;

typedef enum {
  PRF_NONE = 0,
  PRF_HMAC_SHA2_256 = 5,
  PRF_HMAC_SHA2_384 = 6,
  PRF_HMAC_SHA2_512 = 7,
} PrfId;

typedef enum {
  INTEG_NONE = 0,
  INTEG_HMAC_SHA2_256_128 = 12,
  INTEG_HMAC_SHA2_384_192 = 13,
  INTEG_HMAC_SHA2_512_256 = 14,
} IntegId;

typedef enum {
  DH_NONE = 0,
  DH_MODP_2048 = 14,
  DH_MODP_3072 = 15,
  DH_MODP_4096 = 16,
  DH_ECP_256 = 19,
  DH_ECP_384 = 20,
  DH_ECP_521 = 21,
  DH_CURVE25519 = 31,
  DH_MLKEM_768 = 36, /* a key encapsulation, and as an additional key exchange only */
} DhGroup;

typedef enum {
  ESN_NO = 0,
  ESN_YES = 1,
} EsnId;

/* One transform. */
typedef struct {
  uint8_t type; /* IkeTransformType */
  uint16_t id; /* of that type */
  uint16_t key_bits; /* the Key Length attribute; 0 = there is none */
} Algorithm;

/* All that we can do, by its names. The table ends with a row without a keyword. */
typedef struct {
  const char *keyword; /* in a site.conf, as strongSwan's users know it */
  const char *name; /* in logs and `visitor status` */
  Algorithm algorithm;
} AlgorithmName;

extern const AlgorithmName algorithm_names[];
#define ALGORITHM_MAX 96 /* rows of it */

bool algorithm_equal (const Algorithm *a, const Algorithm *b);
bool algorithm_is_aead (const Algorithm *a);
bool algorithm_is_additional (const Algorithm *a);
bool algorithm_from_keyword (const char *keyword, Algorithm *ret_algorithm);
const char *algorithm_weak_keyword (const char *keyword);
const char *algorithm_keyword (const Algorithm *a);

const char *encr_to_string (EncrId id, unsigned int key_bits);
const char *prf_to_string (PrfId id);
const char *integ_to_string (IntegId id);
const char *dh_to_string (DhGroup group);
