/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pin of a certificate, against GnuTLS's. */
#include <string.h>

#include "crypto/certificate.h"
#include "site/site.h"
#include "support/certificate.h"

/* Certificates of every kind of key, long and short. */
static void
test_same (void)
{
  static const CertificateSpec specs[] = {
    { .cn = "a" },
    { .cn = "b", .key = CERTIFICATE_ECDSA_P384, .dns = { "gw.example.test" } },
    { .cn = "c", .key = CERTIFICATE_ED25519, .is_ca = true },
    { .cn = "d", .key = CERTIFICATE_RSA_2048 },
    { .cn = "e", .key = CERTIFICATE_RSA_1024 },
    { .key = CERTIFICATE_RSA_2048, .dns = { "gw.example.test" }, .email = "gw@example.test" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (specs); i++) {
    g_autoptr (Certificate) certificate = certificate_new (&specs[i], NULL);
    g_auto (CertificateInfo) info = { 0 };
    SitePin pin;
    g_assert_true (crypto_certificate_info (certificate_der (certificate), &info));
    g_assert_true (site_pin_of_certificate (certificate_der (certificate), &pin));
    g_assert_cmpmem (pin.sha256, sizeof pin.sha256, info.pin, sizeof info.pin);
  }
}

/* What is cut or prolonged is no certificate. */
static void
test_cut (void)
{
  const CertificateSpec spec = { .cn = "Gateway" };
  g_autoptr (Certificate) good = certificate_new (&spec, NULL);
  Slice der = certificate_der (good);
  g_autofree uint8_t *copy = g_malloc0 (der.len + 1);
  memcpy (copy, der.data, der.len);
  for (size_t len = 0; len <= der.len + 1; len++) {
    SitePin pin;
    g_assert_true (site_pin_of_certificate (SLICE (copy, len), &pin) == (len == der.len));
  }
}

#define SKIPPED "\x02\x01\x01\x30\x00\x30\x00\x30\x00\x30\x00"

/* The least that has a key, and what is wrong with nearly the same. */
static void
test_rows (void)
{
  static const struct {
    const char *what;
    const char *octets;
    size_t len;
    bool ok;
  } rows[] = {
    { "version 1", "\x30\x10\x30\x0e" SKIPPED "\x30\x01\x07", 18, true },
    { "version 3", "\x30\x12\x30\x10\xa0\x00" SKIPPED "\x30\x01\x07", 20, true },
    { "two versions", "\x30\x14\x30\x12\xa0\x00\xa0\x00" SKIPPED "\x30\x01\x07", 22, false },
    { "no key", "\x30\x0d\x30\x0b" SKIPPED, 15, false },
    { "a key of another tag", "\x30\x10\x30\x0e" SKIPPED "\x31\x01\x07", 18, false },
    { "a key that is cut", "\x30\x10\x30\x0e" SKIPPED "\x30\x02\x07", 18, false },
    { "a long length", "\x30\x81\x10\x30\x0e" SKIPPED "\x30\x01\x07", 19, false },
    { "a longer length", "\x30\x82\x00\x10\x30\x0e" SKIPPED "\x30\x01\x07", 20, false },
    { "a length of three octets", "\x30\x83\x00\x00\x10\x30\x0e" SKIPPED "\x30\x01\x07", 21,
        false },
    { "no definite length", "\x30\x80\x30\x0e" SKIPPED "\x30\x01\x07", 18, false },
    { "another serial number",
        "\x30\x10\x30\x0e\x04\x01\x01\x30\x00\x30\x00\x30\x00\x30\x00\x30\x01\x07", 18, false },
    { "nothing", "", 0, false },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    SitePin pin;
    g_test_message ("%s", rows[i].what);
    Slice der = SLICE ((const uint8_t *) rows[i].octets, rows[i].len);
    g_assert_true (site_pin_of_certificate (der, &pin) == rows[i].ok);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site/pin/same", test_same);
  g_test_add_func ("/site/pin/cut", test_cut);
  g_test_add_func ("/site/pin/rows", test_rows);
  return g_test_run ();
}
