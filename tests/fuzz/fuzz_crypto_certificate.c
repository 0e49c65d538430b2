/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a gateway sends to prove itself: two octets of length and a certificate, an octet of length and
 * an AlgorithmIdentifier, and the signature in what is left. No CA is believed and the signed octets
 * are not what the gateways of the corpus signed, so nothing may ever be found good. */
#include "fuzz.h"

#include <glib.h>

#include "base/cursor.h"
#include "crypto/signature.h"
#include "crypto/trust.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static CryptoTrust *nobody;
  static const Slice octets = { (const uint8_t *) "nobody signed this", 18 };
  if (nobody == NULL)
    nobody = crypto_trust_new (NULL, NULL);

  Cursor c = cursor_init (data, size);
  Slice cert = cursor_slice (&c, cursor_u16 (&c));
  Slice identifier = cursor_slice (&c, cursor_u8 (&c));
  Slice signature = cursor_rest (&c);
  if (c.failed)
    return 0;
  g_auto (CertificateInfo) info = { 0 };
  if (crypto_certificate_info (cert, &info)) {
    g_assert (g_utf8_validate (info.subject, -1, NULL));
    g_assert (g_utf8_validate (info.issuer, -1, NULL));
  }
  for (int purpose = TRUST_PURPOSE_TLS_SERVER; purpose <= TRUST_PURPOSE_IKE_GATEWAY; purpose++) {
    TrustVerdict verdict = crypto_trust_verify (
        nobody, &cert, 1, NULL, (TrustPurpose) purpose, "gw.example.test", 1800000000);
    g_assert (verdict != TRUST_OK);
    (void) crypto_trust_judge_alone (cert, (TrustPurpose) purpose, "gw.example.test", 1800000000);
  }
  g_assert (!crypto_signature_verify (cert, identifier, &octets, 1, signature, NULL));
  g_autofree char *text = crypto_certificate_describe (cert);
  for (const char *p = text; *p != '\0'; p++)
    g_assert (g_ascii_isprint (*p));
  return 0;
}
