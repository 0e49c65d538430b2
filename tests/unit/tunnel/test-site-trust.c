/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a site believes in which part of the way, and where a person may be asked. */
#include "support/certificate.h"
#include "tunnel/site-trust.h"

#define NAME "gw.example.test"

typedef enum {
  NOBODY, /* the site names nobody: the system's CAs, and a person may be asked */
  PINNED, /* the key of somebody else */
  SITE_CA,
} Believed;

static Certificate *system_ca, *site_ca, *by_system, *by_site, *self_signed;

static bool
believes (const SiteTrust *trust, const Certificate *certificate)
{
  Slice der = certificate_der (certificate);
  return crypto_trust_verify (trust->trust, &der, 1, NULL, TRUST_PURPOSE_TLS_SERVER, NAME,
             CERTIFICATE_NOW) == TRUST_OK;
}

static void
expect (const SiteTrust *trust, Believed wanted)
{
  g_assert_true (trust->may_ask == (wanted == NOBODY));
  g_assert_true (believes (trust, by_system) == (wanted == NOBODY));
  g_assert_true (believes (trust, by_site) == (wanted == SITE_CA));
  g_assert_false (believes (trust, self_signed));
}

static char *
inline_ca (const Certificate *certificate)
{
  g_autofree char *pem = certificate_pem (certificate);
  g_auto (GStrv) lines = g_strsplit (pem, "\n", -1);
  return g_strjoinv ("\\n", lines);
}

static Site *
site_with (const char *tls, const char *gateway)
{
  g_autofree char *ca = inline_ca (site_ca);
  g_autofree char *text =
      g_strdup_printf ("[site]\naddress=" NAME "\n[tls]\n%s%s\n[gateway]\n%s%s\n"
                       "[sign-in]\nmethod=eap-mschapv2\nuser=a\n",
          tls, g_str_has_suffix (tls, "ca=") ? ca : "", gateway,
          g_str_has_suffix (gateway, "ca=") ? ca : "");
  g_autoptr (GError) error = NULL;
  Site *site = site_parse (text, -1, NULL, NULL, &error);
  g_assert_no_error (error);
  return site;
}

#define PIN "pins=sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static void
test_rows (void)
{
  static const struct {
    const char *tls, *gateway;
    Believed for_tls, for_gateway;
  } rows[] = {
    { "", "", NOBODY, NOBODY },
    { "", "ca=", SITE_CA, SITE_CA },
    { "ca=", "", SITE_CA, NOBODY },
    { "ca=", "ca=", SITE_CA, SITE_CA },
    { PIN, "", PINNED, NOBODY },
    { "", PIN, NOBODY, PINNED },
    { PIN, "ca=", PINNED, SITE_CA },
    { "ca=", PIN, SITE_CA, PINNED },
    { PIN "\nca=", "", SITE_CA, NOBODY },
  };
  g_autofree char *pem = certificate_pem (system_ca);
  g_autoptr (CryptoTrust) system = crypto_trust_new (pem, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("row %zu", i);
    g_autoptr (Site) site = site_with (rows[i].tls, rows[i].gateway);
    g_auto (SiteTrust) tls = { 0 }, gateway = { 0 };
    g_assert_true (site_trust_for_tls (site, system, &tls, NULL));
    g_assert_true (site_trust_for_gateway (site, system, &gateway, NULL));
    expect (&tls, rows[i].for_tls);
    expect (&gateway, rows[i].for_gateway);
    g_assert_true (tls.by_pins == (rows[i].for_tls == PINNED));
    g_assert_true (gateway.by_pins == (rows[i].for_gateway == PINNED));
  }
}

/* A machine without CAs believes nobody, and can ask. */
static void
test_no_system (void)
{
  g_autoptr (Site) site = site_with ("", "");
  g_auto (SiteTrust) tls = { 0 };
  g_assert_true (site_trust_for_tls (site, NULL, &tls, NULL));
  g_assert_true (tls.may_ask);
  g_assert_false (believes (&tls, by_system));
}

/* A yes is for one key, in one part of the way, in one session, and ends the asking there. */
static void
test_pin (void)
{
  g_autofree char *pem = certificate_pem (system_ca);
  g_autoptr (CryptoTrust) system = crypto_trust_new (pem, NULL);
  g_autoptr (Site) site = site_with ("", "");
  g_auto (SiteTrust) tls = { 0 }, gateway = { 0 }, another = { 0 };
  g_auto (CertificateInfo) info = { 0 };
  g_assert_true (site_trust_for_tls (site, system, &tls, NULL));
  g_assert_true (site_trust_for_gateway (site, system, &gateway, NULL));
  g_assert_true (site_trust_for_tls (site, system, &another, NULL));
  g_assert_true (crypto_certificate_info (certificate_der (self_signed), &info));
  site_trust_pin (&tls, info.pin);
  g_assert_true (believes (&tls, self_signed));
  g_assert_true (believes (&tls, by_system));
  g_assert_false (tls.may_ask);
  expect (&gateway, NOBODY);
  expect (&another, NOBODY);
}

/* Who wants proof of what an issuer says asks no person instead of it. */
static void
test_revocation_required (void)
{
  g_autofree char *pem = certificate_pem (system_ca);
  g_autoptr (CryptoTrust) system = crypto_trust_new (pem, NULL);
  g_autoptr (Site) site = site_with ("revocation=required\n", "");
  g_auto (SiteTrust) tls = { 0 }, gateway = { 0 };
  g_assert_true (site_trust_for_tls (site, system, &tls, NULL));
  g_assert_true (site_trust_for_gateway (site, system, &gateway, NULL));
  Slice der = certificate_der (by_system);
  const TrustEvidence none = { .n_ocsp = 0 };
  g_assert_cmpint (crypto_trust_verify (
                       tls.trust, &der, 1, &none, TRUST_PURPOSE_TLS_SERVER, NAME, CERTIFICATE_NOW),
      ==, TRUST_UNPROVEN);
  g_assert_false (tls.may_ask);
  g_assert_cmpint (crypto_trust_verify (gateway.trust, &der, 1, &none, TRUST_PURPOSE_TLS_SERVER,
                       NAME, CERTIFICATE_NOW),
      ==, TRUST_OK);
  g_assert_true (gateway.may_ask);
}

int
main (int argc, char **argv)
{
  const CertificateSpec system_spec = { .cn = "System", .is_ca = true };
  const CertificateSpec site_spec = { .cn = "Site", .is_ca = true };
  const CertificateSpec leaf_spec = { .cn = NAME, .dns = { NAME } };
  g_test_init (&argc, &argv, NULL);
  system_ca = certificate_new (&system_spec, NULL);
  site_ca = certificate_new (&site_spec, NULL);
  by_system = certificate_new (&leaf_spec, system_ca);
  by_site = certificate_new (&leaf_spec, site_ca);
  self_signed = certificate_new (&leaf_spec, NULL);
  g_test_add_func ("/tunnel/site-trust/rows", test_rows);
  g_test_add_func ("/tunnel/site-trust/no-system", test_no_system);
  g_test_add_func ("/tunnel/site-trust/pin", test_pin);
  g_test_add_func ("/tunnel/site-trust/revocation-required", test_revocation_required);
  int rc = g_test_run ();
  certificate_free (system_ca);
  certificate_free (site_ca);
  certificate_free (by_system);
  certificate_free (by_site);
  certificate_free (self_signed);
  return rc;
}
