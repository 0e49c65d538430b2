/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The algorithms that IKE and ESP may use (RFC 8247, RFC 8221), in one table: what has no row here can
 * neither be written in a site.conf nor negotiated. */
#include "base/algorithm.h"

#include <string.h>

/* What may be the nth additional key exchange. */
#define ADDITIONAL_ROW(n, keyword, name, method) \
  { \
    "ke" #n "_" keyword, name " (" #n ")", \
    { \
      IKE_TRANSFORM_ADDKE1 + n - 1, method, 0 \
    } \
  }
#define ADDITIONAL(n) \
  ADDITIONAL_ROW (n, "mlkem768", "ML-KEM-768", DH_MLKEM_768), \
      ADDITIONAL_ROW (n, "curve25519", "Curve25519", DH_CURVE25519), \
      ADDITIONAL_ROW (n, "ecp256", "ECP-256", DH_ECP_256), \
      ADDITIONAL_ROW (n, "ecp384", "ECP-384", DH_ECP_384), \
      ADDITIONAL_ROW (n, "ecp521", "ECP-521", DH_ECP_521), \
      ADDITIONAL_ROW (n, "modp2048", "MODP-2048", DH_MODP_2048), \
      ADDITIONAL_ROW (n, "modp3072", "MODP-3072", DH_MODP_3072), \
      ADDITIONAL_ROW (n, "modp4096", "MODP-4096", DH_MODP_4096), \
      ADDITIONAL_ROW (n, "none", "none", DH_NONE)

const AlgorithmName algorithm_names[] = {
  { "aes256gcm16", "AES-256-GCM-16", { IKE_TRANSFORM_ENCR, ENCR_AES_GCM_16, 256 } },
  { "chacha20poly1305", "ChaCha20-Poly1305", { IKE_TRANSFORM_ENCR, ENCR_CHACHA20_POLY1305, 0 } },
  { "aes128gcm16", "AES-128-GCM-16", { IKE_TRANSFORM_ENCR, ENCR_AES_GCM_16, 128 } },
  { "aes256", "AES-256-CBC", { IKE_TRANSFORM_ENCR, ENCR_AES_CBC, 256 } },
  { "aes128", "AES-128-CBC", { IKE_TRANSFORM_ENCR, ENCR_AES_CBC, 128 } },
  { "sha256", "HMAC-SHA2-256-128", { IKE_TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128, 0 } },
  { "sha384", "HMAC-SHA2-384-192", { IKE_TRANSFORM_INTEG, INTEG_HMAC_SHA2_384_192, 0 } },
  { "sha512", "HMAC-SHA2-512-256", { IKE_TRANSFORM_INTEG, INTEG_HMAC_SHA2_512_256, 0 } },
  { "prfsha256", "PRF-HMAC-SHA2-256", { IKE_TRANSFORM_PRF, PRF_HMAC_SHA2_256, 0 } },
  { "prfsha384", "PRF-HMAC-SHA2-384", { IKE_TRANSFORM_PRF, PRF_HMAC_SHA2_384, 0 } },
  { "prfsha512", "PRF-HMAC-SHA2-512", { IKE_TRANSFORM_PRF, PRF_HMAC_SHA2_512, 0 } },
  { "curve25519", "Curve25519", { IKE_TRANSFORM_DH, DH_CURVE25519, 0 } },
  { "ecp256", "ECP-256", { IKE_TRANSFORM_DH, DH_ECP_256, 0 } },
  { "ecp384", "ECP-384", { IKE_TRANSFORM_DH, DH_ECP_384, 0 } },
  { "ecp521", "ECP-521", { IKE_TRANSFORM_DH, DH_ECP_521, 0 } },
  { "modp2048", "MODP-2048", { IKE_TRANSFORM_DH, DH_MODP_2048, 0 } },
  { "modp3072", "MODP-3072", { IKE_TRANSFORM_DH, DH_MODP_3072, 0 } },
  { "modp4096", "MODP-4096", { IKE_TRANSFORM_DH, DH_MODP_4096, 0 } },
  { "none", "none", { IKE_TRANSFORM_DH, DH_NONE, 0 } },
  { "esn", "ESN", { IKE_TRANSFORM_ESN, ESN_YES, 0 } },
  { "noesn", "no ESN", { IKE_TRANSFORM_ESN, ESN_NO, 0 } },
  ADDITIONAL (1),
  ADDITIONAL (2),
  ADDITIONAL (3),
  ADDITIONAL (4),
  ADDITIONAL (5),
  ADDITIONAL (6),
  ADDITIONAL (7),
  { NULL },
};
_Static_assert(sizeof algorithm_names / sizeof *algorithm_names <= ALGORITHM_MAX, "ALGORITHM_MAX");

/* Other words for the same. */
static const struct {
  const char *word, *keyword;
} synonyms[] = {
  { "aes256gcm", "aes256gcm16" },
  { "aes128gcm", "aes128gcm16" },
  { "x25519", "curve25519" },
  { "ke1_x25519", "ke1_curve25519" },
};

/* What a gateway of yesterday may still be set to, and RFC 8247 or RFC 8221 advise against. */
static const char *const weak[] = { "3des", "blowfish128", "cast128", "des", "md5", "modp1024",
  "modp1024s160", "modp1536", "modp2048s224", "modp2048s256", "modp768", "null", "prfmd5",
  "prfsha1", "sha", "sha1" };

bool
algorithm_equal (const Algorithm *a, const Algorithm *b)
{
  return a->type == b->type && a->id == b->id && a->key_bits == b->key_bits;
}

/* True for a cipher that brings its own integrity. */
bool
algorithm_is_aead (const Algorithm *a)
{
  return a->type == IKE_TRANSFORM_ENCR && a->id != ENCR_AES_CBC;
}

/* True for a key exchange that follows the first one (RFC 9370). */
bool
algorithm_is_additional (const Algorithm *a)
{
  return a->type >= IKE_TRANSFORM_ADDKE1 && a->type <= IKE_TRANSFORM_ADDKE7;
}

/* The algorithm that a site.conf calls so; false if there is none. */
bool
algorithm_from_keyword (const char *keyword, Algorithm *ret_algorithm)
{
  for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++) {
    if (strcmp (synonyms[i].word, keyword) == 0)
      return algorithm_from_keyword (synonyms[i].keyword, ret_algorithm);
  }
  for (const AlgorithmName *row = algorithm_names; row->keyword != NULL; row++) {
    if (strcmp (row->keyword, keyword) == 0) {
      *ret_algorithm = row->algorithm;
      return true;
    }
  }
  return false;
}

/* The keyword itself, as a constant, if it is that of an algorithm which is too weak; else NULL. */
const char *
algorithm_weak_keyword (const char *keyword)
{
  for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
    if (strcmp (weak[i], keyword) == 0)
      return weak[i];
  }
  return NULL;
}

static const AlgorithmName *
row_of (const Algorithm *a)
{
  for (const AlgorithmName *row = algorithm_names; row->keyword != NULL; row++) {
    if (algorithm_equal (&row->algorithm, a))
      return row;
  }
  return NULL;
}

/* The inverse of algorithm_from_keyword (); NULL for what has none. */
const char *
algorithm_keyword (const Algorithm *a)
{
  const AlgorithmName *row = row_of (a);
  return row != NULL ? row->keyword : NULL;
}

static const char *
name_of (IkeTransformType type, unsigned int id, unsigned int key_bits)
{
  const Algorithm a = { (uint8_t) type, (uint16_t) id, (uint16_t) key_bits };
  const AlgorithmName *row = row_of (&a);
  return row != NULL ? row->name : "none";
}

/* Names for logs and `visitor status`. Never NULL. */
const char *
encr_to_string (EncrId id, unsigned int key_bits)
{
  return name_of (IKE_TRANSFORM_ENCR, id, key_bits);
}

const char *
prf_to_string (PrfId id)
{
  return name_of (IKE_TRANSFORM_PRF, id, 0);
}

const char *
integ_to_string (IntegId id)
{
  return name_of (IKE_TRANSFORM_INTEG, id, 0);
}

const char *
dh_to_string (DhGroup group)
{
  return group == DH_MLKEM_768 ? "ML-KEM-768" : name_of (IKE_TRANSFORM_DH, group, 0);
}
