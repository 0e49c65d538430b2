/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a certificate speaks of, and what for. */
#include "crypto/certificate-match.h"

#include <string.h>

#include "base/inet.h"
#include "crypto/dn.h"

#define KP_IKE_INTERMEDIATE "1.3.6.1.5.5.8.2.2"
#define KP_IPSEC_IKE "1.3.6.1.5.5.7.3.17"

/* True if the subject's own fields may stand for a name of that type: only in a certificate that has
 * no alternative name at all. GnuTLS would also look at them where there is one of another type. */
static bool
may_use_subject (gnutls_x509_crt_t leaf, gnutls_x509_subject_alt_name_t type)
{
  for (unsigned int i = 0;; i++) {
    char name[1024];
    size_t len = sizeof name;
    int rc = gnutls_x509_crt_get_subject_alt_name (leaf, i, name, &len, NULL);
    if (rc == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
      return i == 0;
    if (rc == (int) type)
      return true; /* and then GnuTLS looks at that alone */
  }
}

static bool
subject_is (gnutls_x509_crt_t leaf, Slice dn)
{
  gnutls_datum_t subject = { 0 };
  bool same = gnutls_x509_crt_get_raw_dn (leaf, &subject) == 0 &&
      crypto_dn_equal (SLICE (subject.data, subject.size), dn);
  gnutls_free (subject.data);
  return same;
}

/* True if the certificate is issued for that name: a host name, an address literal, an e-mail address,
 * or a distinguished name that its subject must be. A TLS certificate may carry a wildcard, as browsers
 * have it; an IKE identity is exact (RFC 7296 section 3.5). */
bool
crypto_certificate_names (gnutls_x509_crt_t leaf, TrustPurpose purpose, const char *expected)
{
  InetAddr addr;
  g_autoptr (GBytes) dn = crypto_dn_from_text (expected);
  if (dn != NULL)
    return subject_is (leaf, slice_of_bytes (dn));
  if (inet_addr_parse (expected, &addr))
    return gnutls_x509_crt_check_ip (
               leaf, addr.bytes, (unsigned int) inet_family_len (addr.family), 0) != 0;
  if (strchr (expected, '@') != NULL)
    return may_use_subject (leaf, GNUTLS_SAN_RFC822NAME) &&
        gnutls_x509_crt_check_email (leaf, expected, 0) != 0;
  unsigned int flags =
      purpose == TRUST_PURPOSE_IKE_GATEWAY ? GNUTLS_VERIFY_DO_NOT_ALLOW_WILDCARDS : 0;
  return may_use_subject (leaf, GNUTLS_SAN_DNSNAME) &&
      gnutls_x509_crt_check_hostname2 (leaf, expected, flags) != 0;
}

/* A key that signs IKE_AUTH must be one that may sign, where its certificate says what it may (RFC
 * 4945 section 5.1.3.2). In TLS GnuTLS looks itself, since it depends on the key exchange. */
static bool
usage_matches (gnutls_x509_crt_t leaf, TrustPurpose purpose)
{
  unsigned int usage = 0, critical;
  int rc = gnutls_x509_crt_get_key_usage (leaf, &usage, &critical);
  if (purpose == TRUST_PURPOSE_TLS_SERVER || rc == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
    return true;
  return rc == 0 && (usage & (GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_NON_REPUDIATION)) != 0;
}

/* True if the certificate may be used for that. No extended key usage at all fits every purpose (RFC
 * 4945 section 5.1.3.12). */
bool
crypto_certificate_serves (gnutls_x509_crt_t leaf, TrustPurpose purpose)
{
  if (!usage_matches (leaf, purpose))
    return false;
  if (gnutls_x509_crt_check_key_purpose (leaf, GNUTLS_KP_TLS_WWW_SERVER, 0) != 0)
    return true;
  return purpose == TRUST_PURPOSE_IKE_GATEWAY &&
      (gnutls_x509_crt_check_key_purpose (leaf, KP_IKE_INTERMEDIATE, 0) != 0 ||
          gnutls_x509_crt_check_key_purpose (leaf, KP_IPSEC_IKE, 0) != 0);
}
