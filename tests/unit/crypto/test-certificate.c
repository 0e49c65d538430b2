/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of a certificate, whatever stands in it. */
#include "crypto/certificate.h"

#include <string.h>

#include "support/certificate.h"
#include "support/golden.h"
#include "support/hex.h"

/* A pin is SHA-256 of SubjectPublicKeyInfo, as other programs compute it. */
static void
test_pin_value (void)
{
  g_autofree char *pem = golden_ca_pem ("psk");
  g_autoptr (GError) error = NULL;
  gnutls_x509_crt_t crt;
  gnutls_datum_t in = { .data = (unsigned char *) pem, .size = (unsigned int) strlen (pem) }, der;
  g_auto (CertificateInfo) info = { 0 };
  g_assert_cmpint (gnutls_x509_crt_init (&crt), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_import (crt, &in, GNUTLS_X509_FMT_PEM), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_DER, &der), ==, 0);
  g_assert_true (crypto_certificate_info (SLICE (der.data, der.size), &info));
  assert_slice_is_hex (SLICE (info.pin, sizeof info.pin),
      "6bb6d189c34c40a1c91fd9335a23ed14f9020a8e2eb546724aecf80394cd7ce4");
  gnutls_free (der.data);
  gnutls_x509_crt_deinit (crt);
}

/* Names, dates and key, each from its place. */
static void
test_info (void)
{
  const CertificateSpec root_spec = { .cn = "Root", .is_ca = true };
  const CertificateSpec spec = { .cn = "Gateway", .from_day = -1, .to_day = 2 };
  g_autoptr (Certificate) root = certificate_new (&root_spec, NULL);
  g_autoptr (Certificate) leaf = certificate_new (&spec, root);
  g_auto (CertificateInfo) info = { 0 };
  g_assert_true (crypto_certificate_info (certificate_der (leaf), &info));
  g_assert_cmpstr (info.subject, ==, "CN=Gateway");
  g_assert_cmpstr (info.issuer, ==, "CN=Root");
  g_assert_cmpint (info.not_before, ==, CERTIFICATE_NOW - CERTIFICATE_DAY);
  g_assert_cmpint (info.not_after, ==, CERTIFICATE_NOW + 2 * CERTIFICATE_DAY);
}

/* Another certificate of the same key has the same pin, another key another one. */
static void
test_pin_is_of_the_key (void)
{
  const CertificateSpec specs[] = { { .cn = "One" }, { .cn = "Another" }, { .cn = "One" } };
  g_autoptr (Certificate) one = certificate_new (&specs[0], NULL);
  g_autoptr (Certificate) renewed = certificate_new_with_key (&specs[1], NULL, one);
  g_autoptr (Certificate) other = certificate_new (&specs[2], NULL);
  g_auto (CertificateInfo) a = { 0 }, b = { 0 }, c = { 0 };
  g_assert_true (crypto_certificate_info (certificate_der (one), &a));
  g_assert_true (crypto_certificate_info (certificate_der (renewed), &b));
  g_assert_true (crypto_certificate_info (certificate_der (other), &c));
  g_assert_cmpmem (a.pin, sizeof a.pin, b.pin, sizeof b.pin);
  g_assert_cmpint (memcmp (a.pin, c.pin, sizeof a.pin), !=, 0);
}

/* Names in other scripts are readable, and none is anything but UTF-8. */
static void
test_names (void)
{
  static const struct {
    const char *cn, *subject;
  } names[] = {
    { "B\xc3\xbcro", "CN=B\xc3\xbcro" }, { "a,b", "CN=a\\,b" },
    { "two\nlines", "CN=two\nlines" }, /* whoever shows it escapes it */
  };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    const CertificateSpec spec = { .cn = names[i].cn };
    g_autoptr (Certificate) certificate = certificate_new (&spec, NULL);
    g_auto (CertificateInfo) info = { 0 };
    g_assert_true (crypto_certificate_info (certificate_der (certificate), &info));
    g_assert_true (g_utf8_validate (info.subject, -1, NULL));
    g_assert_cmpstr (info.subject, ==, names[i].subject);
  }
}

/* One line for a log, whatever stands in the names. */
static void
test_describe (void)
{
  const CertificateSpec spec = { .cn = "two\nlines\x1b[2J" };
  g_autoptr (Certificate) hostile = certificate_new (&spec, NULL);
  g_autofree char *text = crypto_certificate_describe (certificate_der (hostile));
  for (const char *p = text; *p != '\0'; p++)
    g_assert_true (g_ascii_isprint (*p));
  g_assert_nonnull (strstr (text, "lines"));
  g_assert_nonnull (strstr (text, "pin-sha256=\"")); /* and not =\\" */
}

/* What is cut or prolonged is no certificate. */
static void
test_malformed (void)
{
  const CertificateSpec spec = { .cn = "Gateway" };
  g_autoptr (Certificate) good = certificate_new (&spec, NULL);
  Slice der = certificate_der (good);
  g_autofree uint8_t *copy = g_malloc0 (der.len + 1);
  memcpy (copy, der.data, der.len);
  for (size_t len = 0; len <= der.len + 1; len++) {
    g_auto (CertificateInfo) info = { 0 };
    g_assert_true (crypto_certificate_info (SLICE (copy, len), &info) == (len == der.len));
    g_autofree char *text = crypto_certificate_describe (SLICE (copy, len));
    g_assert_nonnull (text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/certificate/pin-value", test_pin_value);
  g_test_add_func ("/certificate/info", test_info);
  g_test_add_func ("/certificate/pin-is-of-the-key", test_pin_is_of_the_key);
  g_test_add_func ("/certificate/names", test_names);
  g_test_add_func ("/certificate/describe", test_describe);
  g_test_add_func ("/certificate/malformed", test_malformed);
  return g_test_run ();
}
