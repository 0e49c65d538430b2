/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a gateway brings to show that its certificate is not revoked: two octets of length and an OCSP
 * response, and a CRL in what is left. The certificate and its CA are those of tests/support/revocation,
 * so that a response of that folder counts and what is made of it should not. */
#include "fuzz.h"

#include <glib.h>

#include "base/cursor.h"
#include "crypto/trust.h"

/* A CA and a gateway's certificate of it, P-256. */
static const char ca_pem[] = "-----BEGIN CERTIFICATE-----\n"
                             "MIIBUTCB96ADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHJvb3QwIBcN\n"
                             "MjYxMTI2MTkwMzExWhgPMjEyNjExMDIxOTAzMTFaMA8xDTALBgNVBAMMBHJvb3Qw\n"
                             "WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARjYMIr71f4iP0VyZEKKmEX4YzmB9LP\n"
                             "XBQdIpws7SHHLMz4pSyQKSWA06w0fp8I0NKbWn+YKvTAlNnbfb1mNekko0IwQDAP\n"
                             "BgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUHCmrgXdK\n"
                             "PWkFVZweTXBXJNreP9MwCgYIKoZIzj0EAwIDSQAwRgIhAPphk0aXZEmYQTj1Ds2V\n"
                             "Ixtx2NVcigVwr6SDwJVyDfEhAiEA+HB373AWTM4QSM5Z//A/ehGUo8VYuBmLExrd\n"
                             "LN2VB6Q=\n"
                             "-----END CERTIFICATE-----\n";
static const char gateway_base64[] =
    "MIIBcDCCARagAwIBAgIBEDAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARyb290MCAX"
    "DTI2MTEyNjE5MDMxMVoYDzIxMjYxMTAyMTkwMzExWjASMRAwDgYDVQQDDAdnYXRl"
    "d2F5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtm4d9oRMRb2CDKfXxUwo3Kq/"
    "bdZWFBaQHU22Dy0ox636eqi6ZqoU9l4AI+fYQ2+rsHqifj6eBOKE24JJOeTYuKNe"
    "MFwwGgYDVR0RBBMwEYIPZ3cuZXhhbXBsZS50ZXN0MB0GA1UdDgQWBBRz1I+SqQ5d"
    "+9oHKqrRZF9rTUtnozAfBgNVHSMEGDAWgBQcKauBd0o9aQVVnB5NcFck2t4/0zAK"
    "BggqhkjOPQQDAgNIADBFAiEA/iRLyK4q8wEAS+5b0xqH/hAzzA6xEUpGmygpvMhz"
    "TOYCIFmwqYbeSEpv9p9GN/2UrUW7OpI8U5DADzgh1GrfxhcD";

static TrustVerdict
judge (const CryptoTrust *trust, GBytes *gateway, const TrustEvidence *evidence)
{
  Slice chain = slice_of_bytes (gateway);
  return crypto_trust_verify (
      trust, &chain, 1, evidence, TRUST_PURPOSE_IKE_GATEWAY, "gw.example.test", 1795719792);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static CryptoTrust *base;
  static GBytes *gateway;
  if (base == NULL) {
    gsize len;
    guchar *der = g_base64_decode (gateway_base64, &len);
    gateway = g_bytes_new_take (der, len);
    base = crypto_trust_new (ca_pem, NULL);
    g_assert (base != NULL);
  }
  Cursor c = cursor_init (data, size);
  Slice ocsp = cursor_slice (&c, cursor_u16 (&c));
  Slice crl = cursor_rest (&c);
  if (c.failed)
    return 0;
  g_autoptr (CryptoTrust) trust = crypto_trust_new_above (base);
  crypto_trust_require_evidence (trust);
  const TrustEvidence evidence = { .ocsp = &ocsp, .n_ocsp = 1, .crls = &crl, .n_crls = 1 };
  TrustVerdict verdict = judge (trust, gateway, &evidence);
  g_assert (verdict == TRUST_OK || verdict == TRUST_REVOKED || verdict == TRUST_UNPROVEN);
  g_assert (judge (trust, gateway, NULL) == verdict); /* by what was kept alone */
  return 0;
}
