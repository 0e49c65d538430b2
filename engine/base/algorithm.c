/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/algorithm.h"

/* Names for logs and `visitor status`, as strongSwan's users know them. Never NULL. */
const char *
encr_to_string (EncrId id, unsigned int key_bits)
{
  switch (id) {
  case ENCR_AES_CBC: return key_bits == 256 ? "AES-256-CBC" : "AES-128-CBC";
  case ENCR_AES_GCM_16: return key_bits == 256 ? "AES-256-GCM-16" : "AES-128-GCM-16";
  case ENCR_NONE: break;
  }
  return "none";
}

const char *
prf_to_string (PrfId id)
{
  switch (id) {
  case PRF_HMAC_SHA2_256: return "PRF-HMAC-SHA2-256";
  case PRF_HMAC_SHA2_384: return "PRF-HMAC-SHA2-384";
  case PRF_NONE: break;
  }
  return "none";
}

const char *
integ_to_string (IntegId id)
{
  switch (id) {
  case INTEG_HMAC_SHA2_256_128: return "HMAC-SHA2-256-128";
  case INTEG_NONE: break;
  }
  return "none";
}

const char *
dh_to_string (DhGroup group)
{
  switch (group) {
  case DH_MODP_2048: return "MODP-2048";
  case DH_ECP_256: return "ECP-256";
  case DH_ECP_384: return "ECP-384";
  case DH_CURVE25519: return "Curve25519";
  case DH_NONE: break;
  }
  return "none";
}
