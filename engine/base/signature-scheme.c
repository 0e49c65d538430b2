/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SignatureScheme: the ways to sign that we know, each by one name. What is not here is never asked for
 * and never made: no SHA-1, no MD5, no hash that somebody else has computed. */
#include "base/signature-scheme.h"

#include <glib.h>

static const char *const names[SIGNATURE_N_SCHEMES] = {
  [SIGNATURE_NONE] = "none",
  [SIGNATURE_RSA_PSS_SHA256] = "rsa-pss-sha256",
  [SIGNATURE_RSA_PSS_SHA384] = "rsa-pss-sha384",
  [SIGNATURE_RSA_PSS_SHA512] = "rsa-pss-sha512",
  [SIGNATURE_RSA_PKCS1_SHA256] = "rsa-pkcs1-sha256",
  [SIGNATURE_RSA_PKCS1_SHA384] = "rsa-pkcs1-sha384",
  [SIGNATURE_RSA_PKCS1_SHA512] = "rsa-pkcs1-sha512",
  [SIGNATURE_ECDSA_SHA256] = "ecdsa-sha256",
  [SIGNATURE_ECDSA_SHA384] = "ecdsa-sha384",
  [SIGNATURE_ECDSA_SHA512] = "ecdsa-sha512",
  [SIGNATURE_ED25519] = "ed25519",
};

/* Never NULL. */
const char *
signature_scheme_to_string (SignatureScheme scheme)
{
  return (unsigned int) scheme < SIGNATURE_N_SCHEMES ? names[scheme] : names[SIGNATURE_NONE];
}

/* SIGNATURE_NONE for a name that is none of ours. */
SignatureScheme
signature_scheme_from_string (const char *name)
{
  for (unsigned int i = SIGNATURE_NONE + 1; i < SIGNATURE_N_SCHEMES; i++) {
    if (g_strcmp0 (names[i], name) == 0)
      return (SignatureScheme) i;
  }
  return SIGNATURE_NONE;
}
