/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates and chains, good and bad, and the verdict on each. */
#include <string.h>

#include "base/error.h"
#include "crypto/trust.h"
#include "support/certificate.h"

#define NAME "gw.example.test"
#define SERVER_AUTH GNUTLS_KP_TLS_WWW_SERVER
#define CLIENT_AUTH GNUTLS_KP_TLS_WWW_CLIENT
#define IKE_INTERMEDIATE "1.3.6.1.5.5.8.2.2"
/* a SubjectAltName of one dNSName, which has a NUL behind our name */
#define NUL_NAME "\x30\x1a\x82\x18gw.example.test\0.evil.te"
#define SIGN GNUTLS_KEY_DIGITAL_SIGNATURE

enum {
  NONE,
  ROOT,
  ROOT_EXPIRED,
  ROOT_NARROW, /* may have no CA below it */
  ROOT_CONSTRAINED, /* may only speak for .example.org */
  STRANGER, /* a CA that nobody trusts */
  INTER,
  INTER_EXPIRED,
  INTER_DECOY, /* name and key of INTER_EXPIRED, better dates, signed by itself */
  INTER_FUTURE,
  INTER_NARROW,
  NOT_A_CA,
  LEAF,
  LEAF_BY_INTER,
  LEAF_BY_EXPIRED,
  LEAF_BY_FUTURE,
  LEAF_BY_EXPIRED_ROOT,
  LEAF_BY_NARROW,
  LEAF_BY_LEAF,
  LEAF_BY_STRANGER,
  LEAF_SELF,
  LEAF_EXPIRED,
  LEAF_FUTURE,
  LEAF_CONSTRAINED,
  LEAF_CLIENT,
  LEAF_SERVER,
  LEAF_IKE,
  LEAF_ENCIPHER,
  LEAF_CN_ONLY,
  LEAF_CN_AND_IP,
  LEAF_CN_AND_DNS,
  LEAF_WILDCARD,
  LEAF_NUL,
  LEAF_SHA1,
  LEAF_SHORT,
  LEAF_ED25519,
  N_CERTIFICATES,
};

/* An issuer stands above what it issues. */
static const struct {
  int issuer;
  int key_of;
  CertificateSpec spec;
} made[N_CERTIFICATES] = {
  [ROOT] = { NONE, NONE, { .cn = "Root", .is_ca = true } },
  [ROOT_EXPIRED] = { NONE, NONE,
      { .cn = "Old root", .is_ca = true, .from_day = -700, .to_day = -1 } },
  [ROOT_NARROW] = { NONE, NONE, { .cn = "Narrow", .is_ca = true, .has_path_length = true } },
  [ROOT_CONSTRAINED] = { NONE, NONE,
      { .cn = "Constrained", .is_ca = true, .permitted_dns = "example.org" } },
  [STRANGER] = { NONE, NONE, { .cn = "Stranger", .is_ca = true } },
  [INTER] = { ROOT, NONE, { .cn = "Intermediate", .is_ca = true } },
  [INTER_EXPIRED] = { ROOT, NONE,
      { .cn = "Old one", .is_ca = true, .from_day = -700, .to_day = -1 } },
  [INTER_DECOY] = { NONE, INTER_EXPIRED, { .cn = "Old one", .is_ca = true } },
  [INTER_FUTURE] = { ROOT, NONE, { .cn = "New one", .is_ca = true, .from_day = 1, .to_day = 90 } },
  [INTER_NARROW] = { ROOT_NARROW, NONE, { .cn = "Too deep", .is_ca = true } },
  [NOT_A_CA] = { ROOT, NONE, { .cn = "No CA", .dns = { "other.example.test" } } },
  [LEAF] = { ROOT, NONE,
      { .cn = "Gateway",
          .dns = { "vpn.example.test", NAME },
          .ip = "192.0.2.7",
          .email = "gw@example.test" } },
  [LEAF_BY_INTER] = { INTER, NONE, { .dns = { NAME }, .ip = "2001:db8::7" } },
  [LEAF_BY_EXPIRED] = { INTER_EXPIRED, NONE, { .dns = { NAME } } },
  [LEAF_BY_FUTURE] = { INTER_FUTURE, NONE, { .dns = { NAME } } },
  [LEAF_BY_EXPIRED_ROOT] = { ROOT_EXPIRED, NONE, { .dns = { NAME } } },
  [LEAF_BY_NARROW] = { INTER_NARROW, NONE, { .dns = { NAME } } },
  [LEAF_BY_LEAF] = { NOT_A_CA, NONE, { .dns = { NAME } } },
  [LEAF_BY_STRANGER] = { STRANGER, NONE, { .dns = { NAME } } },
  [LEAF_SELF] = { NONE, NONE, { .cn = NAME, .dns = { NAME } } },
  [LEAF_EXPIRED] = { ROOT, NONE, { .dns = { NAME }, .from_day = -90, .to_day = -1 } },
  [LEAF_FUTURE] = { ROOT, NONE, { .dns = { NAME }, .from_day = 1, .to_day = 90 } },
  [LEAF_CONSTRAINED] = { ROOT_CONSTRAINED, NONE, { .dns = { NAME } } },
  [LEAF_CLIENT] = { ROOT, NONE, { .dns = { NAME }, .purposes = { CLIENT_AUTH } } },
  [LEAF_SERVER] = { ROOT, NONE, { .dns = { NAME }, .purposes = { SERVER_AUTH }, .usage = SIGN } },
  [LEAF_IKE] = { ROOT, NONE, { .dns = { NAME }, .purposes = { IKE_INTERMEDIATE } } },
  [LEAF_ENCIPHER] = { ROOT, NONE, { .dns = { NAME }, .usage = GNUTLS_KEY_KEY_ENCIPHERMENT } },
  [LEAF_CN_ONLY] = { ROOT, NONE, { .cn = NAME } },
  [LEAF_CN_AND_IP] = { ROOT, NONE, { .cn = NAME, .ip = "192.0.2.7" } },
  [LEAF_CN_AND_DNS] = { ROOT, NONE, { .cn = NAME, .dns = { "other.example.test" } } },
  [LEAF_WILDCARD] = { ROOT, NONE, { .dns = { "*.example.test" } } },
  [LEAF_NUL] = { ROOT, NONE, { .raw_names = NUL_NAME, .raw_len = sizeof NUL_NAME - 1 } },
  [LEAF_SHA1] = { ROOT, NONE, { .dns = { NAME }, .hash = GNUTLS_DIG_SHA1 } },
  [LEAF_SHORT] = { ROOT, NONE, { .dns = { NAME }, .key = CERTIFICATE_RSA_1024 } },
  [LEAF_ED25519] = { ROOT, NONE, { .dns = { NAME }, .key = CERTIFICATE_ED25519 } },
};

static Certificate *certificates[N_CERTIFICATES];

static void
make_certificates (void)
{
  for (int i = ROOT; i < N_CERTIFICATES; i++) {
    Certificate *issuer = certificates[made[i].issuer];
    certificates[i] = made[i].key_of == NONE
        ? certificate_new (&made[i].spec, issuer)
        : certificate_new_with_key (&made[i].spec, issuer, certificates[made[i].key_of]);
  }
}

/* Trusts every root but STRANGER. */
static CryptoTrust *
trust_new (void)
{
  g_autoptr (GString) pem = g_string_new (NULL);
  for (int i = ROOT; i < STRANGER; i++) {
    g_autofree char *one = certificate_pem (certificates[i]);
    g_string_append (pem, one);
  }
  g_autoptr (GError) error = NULL;
  CryptoTrust *trust = crypto_trust_new (pem->str, &error);
  g_assert_no_error (error);
  return trust;
}

static TrustVerdict
verify (const CryptoTrust *trust, const int *chain, TrustPurpose purpose, const char *name)
{
  Slice der[4];
  size_t n = 0;
  for (; n < G_N_ELEMENTS (der) && chain[n] != NONE; n++)
    der[n] = certificate_der (certificates[chain[n]]);
  return crypto_trust_verify (trust, der, n, NULL, purpose, name, CERTIFICATE_NOW);
}

static const struct {
  const char *what;
  int chain[5];
  TrustVerdict ike, tls;
  const char *name; /* NULL = NAME */
} rows[] = {
  { "good", { LEAF }, TRUST_OK, TRUST_OK },
  { "good, with root", { LEAF, ROOT }, TRUST_OK, TRUST_OK },
  { "good, intermediate", { LEAF_BY_INTER, INTER }, TRUST_OK, TRUST_OK },
  { "good, unordered, with strangers", { LEAF_BY_INTER, STRANGER, ROOT, INTER }, TRUST_OK,
      TRUST_OK },
  { "good, Ed25519", { LEAF_ED25519 }, TRUST_OK, TRUST_OK },
  { "intermediate missing", { LEAF_BY_INTER }, TRUST_UNKNOWN_ISSUER, TRUST_UNKNOWN_ISSUER },
  { "nobody's CA", { LEAF_BY_STRANGER, STRANGER }, TRUST_UNKNOWN_ISSUER, TRUST_UNKNOWN_ISSUER },
  { "nobody's CA, another's in the chain", { LEAF_BY_STRANGER, ROOT }, TRUST_UNKNOWN_ISSUER,
      TRUST_UNKNOWN_ISSUER },
  { "self-signed", { LEAF_SELF }, TRUST_UNKNOWN_ISSUER, TRUST_UNKNOWN_ISSUER },
  { "issued by a leaf", { LEAF_BY_LEAF, NOT_A_CA }, TRUST_BAD_CHAIN, TRUST_BAD_CHAIN },
  { "too deep", { LEAF_BY_NARROW, INTER_NARROW }, TRUST_BAD_CHAIN, TRUST_BAD_CHAIN },
  { "name constraint", { LEAF_CONSTRAINED }, TRUST_BAD_CHAIN, TRUST_BAD_CHAIN },
  { "expired", { LEAF_EXPIRED }, TRUST_EXPIRED, TRUST_EXPIRED },
  { "not yet valid", { LEAF_FUTURE }, TRUST_NOT_YET_VALID, TRUST_NOT_YET_VALID },
  { "expired intermediate", { LEAF_BY_EXPIRED, INTER_EXPIRED }, TRUST_EXPIRED, TRUST_EXPIRED },
  { "expired intermediate and a decoy", { LEAF_BY_EXPIRED, INTER_DECOY, INTER_EXPIRED },
      TRUST_EXPIRED, TRUST_EXPIRED },
  { "expired intermediate and a decoy behind", { LEAF_BY_EXPIRED, INTER_EXPIRED, INTER_DECOY },
      TRUST_EXPIRED, TRUST_EXPIRED },
  { "decoy alone", { LEAF_BY_EXPIRED, INTER_DECOY }, TRUST_UNKNOWN_ISSUER, TRUST_UNKNOWN_ISSUER },
  { "future intermediate", { LEAF_BY_FUTURE, INTER_FUTURE }, TRUST_NOT_YET_VALID,
      TRUST_NOT_YET_VALID },
  { "expired root", { LEAF_BY_EXPIRED_ROOT }, TRUST_EXPIRED, TRUST_EXPIRED },
  { "expired beats name", { LEAF_EXPIRED }, TRUST_EXPIRED, TRUST_EXPIRED, "x.example.test" },
  { "unknown issuer beats name", { LEAF_BY_STRANGER }, TRUST_UNKNOWN_ISSUER, TRUST_UNKNOWN_ISSUER,
      "x.example.test" },
  { "another name", { LEAF }, TRUST_WRONG_NAME, TRUST_WRONG_NAME, "x.example.test" },
  { "name in other case", { LEAF }, TRUST_OK, TRUST_OK, "GW.Example.Test" },
  { "part of a name", { LEAF }, TRUST_WRONG_NAME, TRUST_WRONG_NAME, "example.test" },
  { "empty name", { LEAF }, TRUST_WRONG_NAME, TRUST_WRONG_NAME, "" },
  { "CN beside alternative names", { LEAF }, TRUST_WRONG_NAME, TRUST_WRONG_NAME, "Gateway" },
  { "address", { LEAF }, TRUST_OK, TRUST_OK, "192.0.2.7" },
  { "another address", { LEAF }, TRUST_WRONG_NAME, TRUST_WRONG_NAME, "192.0.2.8" },
  { "IPv6 address", { LEAF_BY_INTER, INTER }, TRUST_OK, TRUST_OK, "2001:db8:0::7" },
  { "e-mail", { LEAF }, TRUST_OK, TRUST_OK, "gw@example.test" },
  { "another e-mail", { LEAF }, TRUST_WRONG_NAME, TRUST_WRONG_NAME, "x@example.test" },
  { "CN alone", { LEAF_CN_ONLY }, TRUST_OK, TRUST_OK },
  { "CN, but an address as alternative", { LEAF_CN_AND_IP }, TRUST_WRONG_NAME, TRUST_WRONG_NAME },
  { "CN, but another alternative", { LEAF_CN_AND_DNS }, TRUST_WRONG_NAME, TRUST_WRONG_NAME },
  { "wildcard", { LEAF_WILDCARD }, TRUST_WRONG_NAME, TRUST_OK },
  { "wildcard, two labels", { LEAF_WILDCARD }, TRUST_WRONG_NAME, TRUST_WRONG_NAME,
      "a.b.example.test" },
  { "NUL in the name", { LEAF_NUL }, TRUST_WRONG_NAME, TRUST_WRONG_NAME },
  { "for clients", { LEAF_CLIENT }, TRUST_WRONG_PURPOSE, TRUST_WRONG_PURPOSE },
  { "for servers", { LEAF_SERVER }, TRUST_OK, TRUST_OK },
  { "for IKE", { LEAF_IKE }, TRUST_OK, TRUST_WRONG_PURPOSE },
  { "may not sign", { LEAF_ENCIPHER }, TRUST_WRONG_PURPOSE, TRUST_OK },
  { "SHA-1", { LEAF_SHA1 }, TRUST_WEAK, TRUST_WEAK },
  { "RSA of 1024 bits", { LEAF_SHORT }, TRUST_WEAK, TRUST_WEAK },
};

static void
test_rows (void)
{
  g_autoptr (CryptoTrust) trust = trust_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    const char *name = rows[i].name != NULL ? rows[i].name : NAME;
    g_test_message ("%s", rows[i].what);
    g_assert_cmpstr (
        trust_verdict_to_string (verify (trust, rows[i].chain, TRUST_PURPOSE_IKE_GATEWAY, name)),
        ==, trust_verdict_to_string (rows[i].ike));
    g_assert_cmpstr (
        trust_verdict_to_string (verify (trust, rows[i].chain, TRUST_PURPOSE_TLS_SERVER, name)), ==,
        trust_verdict_to_string (rows[i].tls));
  }
}

/* The verdict changes at the second. */
static void
test_edges (void)
{
  g_autoptr (CryptoTrust) trust = trust_new ();
  Slice der = certificate_der (certificates[LEAF]);
  time_t from = CERTIFICATE_NOW - (time_t) 365 * CERTIFICATE_DAY;
  time_t to = CERTIFICATE_NOW + (time_t) 365 * CERTIFICATE_DAY;
  const struct {
    time_t now;
    TrustVerdict verdict;
  } at[] = { { from - 1, TRUST_NOT_YET_VALID }, { from, TRUST_OK }, { to, TRUST_OK },
    { to + 1, TRUST_EXPIRED }, { 0, TRUST_NOT_YET_VALID } };
  for (size_t i = 0; i < G_N_ELEMENTS (at); i++)
    g_assert_cmpint (
        crypto_trust_verify (trust, &der, 1, NULL, TRUST_PURPOSE_IKE_GATEWAY, NAME, at[i].now), ==,
        at[i].verdict);
}

static void
pin_of (int certificate, uint8_t ret_pin[static CERTIFICATE_PIN_LEN])
{
  g_auto (CertificateInfo) info = { 0 };
  g_assert_true (crypto_certificate_info (certificate_der (certificates[certificate]), &info));
  memcpy (ret_pin, info.pin, sizeof info.pin);
}

/* A pinned key needs neither CA nor name nor date; another certificate with that key will do, the same
 * names with another key will not. */
static void
test_pin (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CryptoTrust) trust = crypto_trust_new (NULL, &error);
  g_assert_no_error (error);
  const int self[] = { LEAF_SELF, NONE }, other[] = { LEAF, NONE },
            behind[] = { LEAF, LEAF_SELF, NONE };
  uint8_t pin[CERTIFICATE_PIN_LEN];
  TrustPurpose ike = TRUST_PURPOSE_IKE_GATEWAY;
  g_assert_cmpint (verify (trust, self, ike, NAME), ==, TRUST_UNKNOWN_ISSUER);
  pin_of (LEAF_SELF, pin);
  crypto_trust_add_pin (trust, pin);
  g_assert_cmpint (verify (trust, self, ike, NAME), ==, TRUST_OK);
  g_assert_cmpint (verify (trust, self, ike, "x.example.test"), ==, TRUST_OK);
  g_assert_cmpint (verify (trust, other, ike, NAME), ==, TRUST_UNKNOWN_ISSUER);
  /* The pinned one behind another is not the peer's own. */
  g_assert_cmpint (verify (trust, behind, ike, NAME), ==, TRUST_UNKNOWN_ISSUER);
}

/* What is pinned on top of another trust holds there alone, and the other's CAs hold in both. */
static void
test_above (void)
{
  g_autoptr (CryptoTrust) base = trust_new ();
  g_autoptr (CryptoTrust) above = crypto_trust_new_above (base);
  const int good[] = { LEAF, NONE }, self[] = { LEAF_SELF, NONE };
  TrustPurpose tls = TRUST_PURPOSE_TLS_SERVER;
  uint8_t pin[CERTIFICATE_PIN_LEN];
  g_assert_cmpint (verify (above, good, tls, NAME), ==, TRUST_OK);
  g_assert_cmpint (verify (above, self, tls, NAME), ==, TRUST_UNKNOWN_ISSUER);
  pin_of (LEAF_SELF, pin);
  crypto_trust_add_pin (above, pin);
  g_assert_cmpint (verify (above, self, tls, NAME), ==, TRUST_OK);
  g_assert_cmpint (verify (base, self, tls, NAME), ==, TRUST_UNKNOWN_ISSUER);
  g_assert_cmpint (verify (above, good, tls, "x.example.test"), ==, TRUST_WRONG_NAME);
}

/* All that speaks against a certificate but its issuer. */
static void
test_alone (void)
{
  static const struct {
    int certificate;
    const char *name;
    TrustVerdict ike, tls;
  } alone[] = {
    { LEAF_SELF, NAME, TRUST_OK, TRUST_OK },
    { LEAF_BY_STRANGER, NAME, TRUST_OK, TRUST_OK },
    { LEAF_ED25519, NAME, TRUST_OK, TRUST_OK },
    { LEAF_SHA1, NAME, TRUST_OK, TRUST_OK }, /* the issuer's signature is what is not believed */
    { LEAF_SELF, "x.example.test", TRUST_WRONG_NAME, TRUST_WRONG_NAME },
    { LEAF_WILDCARD, NAME, TRUST_WRONG_NAME, TRUST_OK },
    { LEAF_EXPIRED, NAME, TRUST_EXPIRED, TRUST_EXPIRED },
    { LEAF_FUTURE, NAME, TRUST_NOT_YET_VALID, TRUST_NOT_YET_VALID },
    { LEAF_CLIENT, NAME, TRUST_WRONG_PURPOSE, TRUST_WRONG_PURPOSE },
    { LEAF_ENCIPHER, NAME, TRUST_WRONG_PURPOSE, TRUST_OK },
    { LEAF_SHORT, NAME, TRUST_WEAK, TRUST_WEAK },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (alone); i++) {
    Slice der = certificate_der (certificates[alone[i].certificate]);
    g_test_message ("row %zu", i);
    g_assert_cmpint (
        crypto_trust_judge_alone (der, TRUST_PURPOSE_IKE_GATEWAY, alone[i].name, CERTIFICATE_NOW),
        ==, alone[i].ike);
    g_assert_cmpint (
        crypto_trust_judge_alone (der, TRUST_PURPOSE_TLS_SERVER, alone[i].name, CERTIFICATE_NOW),
        ==, alone[i].tls);
  }
  g_assert_cmpint (crypto_trust_judge_alone (
                       SLICE ((const uint8_t *) "no", 2), TRUST_PURPOSE_TLS_SERVER, NAME, 0),
      ==, TRUST_MALFORMED);
}

/* Cut, prolonged and damaged certificates: an error each, and never trusted. */
static void
test_malformed (void)
{
  g_autoptr (CryptoTrust) trust = trust_new ();
  Slice leaf = certificate_der (certificates[LEAF]);
  g_autofree uint8_t *copy = g_malloc (leaf.len + 1);
  memcpy (copy, leaf.data, leaf.len);
  copy[leaf.len] = 0;
  for (size_t len = 0; len <= leaf.len + 1; len++) {
    Slice der = SLICE (copy, len);
    TrustVerdict verdict = crypto_trust_verify (
        trust, &der, 1, NULL, TRUST_PURPOSE_IKE_GATEWAY, NAME, CERTIFICATE_NOW);
    g_assert_cmpint (verdict, ==, len == leaf.len ? TRUST_OK : TRUST_MALFORMED);
  }
  for (size_t i = 0; i < leaf.len; i++) {
    copy[i] ^= 0x04;
    Slice der = SLICE (copy, leaf.len);
    g_assert_cmpint (crypto_trust_verify (
                         trust, &der, 1, NULL, TRUST_PURPOSE_IKE_GATEWAY, NAME, CERTIFICATE_NOW),
        !=, TRUST_OK);
    copy[i] ^= 0x04;
  }
}

/* A chain has at least one certificate and at most ten. */
static void
test_counts (void)
{
  g_autoptr (CryptoTrust) trust = trust_new ();
  Slice der[12] = { certificate_der (certificates[LEAF]) };
  for (size_t i = 1; i < G_N_ELEMENTS (der); i++)
    der[i] = certificate_der (certificates[STRANGER]);
  for (size_t n = 0; n <= G_N_ELEMENTS (der); n++) {
    TrustVerdict verdict =
        crypto_trust_verify (trust, der, n, NULL, TRUST_PURPOSE_IKE_GATEWAY, NAME, CERTIFICATE_NOW);
    g_assert_cmpint (verdict, ==, n >= 1 && n <= 10 ? TRUST_OK : TRUST_MALFORMED);
  }
  der[1] = SLICE ((const uint8_t *) "no", 2);
  g_assert_cmpint (
      crypto_trust_verify (trust, der, 2, NULL, TRUST_PURPOSE_IKE_GATEWAY, NAME, CERTIFICATE_NOW),
      ==, TRUST_MALFORMED);
}

/* A file without a certificate is told from an empty one. */
static void
test_ca_text (void)
{
  static const char *const bad[] = { "hello", "-----BEGIN CERTIFICATE-----\n",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" };
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (crypto_trust_new (bad[i], &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
  }
  for (int i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CryptoTrust) nobody = crypto_trust_new (i == 0 ? NULL : "", &error);
    const int chain[] = { LEAF, NONE };
    g_assert_no_error (error);
    g_assert_cmpint (
        verify (nobody, chain, TRUST_PURPOSE_TLS_SERVER, NAME), ==, TRUST_UNKNOWN_ISSUER);
  }
}

/* A self-signed certificate may be given as the CA: it then is believed for its own name and time. */
static void
test_self_signed_as_ca (void)
{
  g_autofree char *pem = certificate_pem (certificates[LEAF_SELF]);
  g_autoptr (CryptoTrust) trust = crypto_trust_new (pem, NULL);
  const int self[] = { LEAF_SELF, NONE }, other[] = { LEAF, NONE };
  TrustPurpose ike = TRUST_PURPOSE_IKE_GATEWAY;
  g_assert_cmpint (verify (trust, self, ike, NAME), ==, TRUST_OK);
  g_assert_cmpint (verify (trust, self, ike, "x.example.test"), ==, TRUST_WRONG_NAME);
  g_assert_cmpint (verify (trust, other, ike, NAME), ==, TRUST_UNKNOWN_ISSUER);
  Slice der = certificate_der (certificates[LEAF_SELF]);
  time_t late = CERTIFICATE_NOW + (time_t) 366 * CERTIFICATE_DAY;
  g_assert_cmpint (crypto_trust_verify (trust, &der, 1, NULL, ike, NAME, late), ==, TRUST_EXPIRED);
}

/* The system's CAs, where it has any, do not believe us. */
static void
test_system (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CryptoTrust) system = crypto_trust_new_system (&error);
  if (system == NULL) {
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_FAILED);
    g_test_skip ("This system has no CA certificates");
    return;
  }
  const int chain[] = { LEAF, ROOT, NONE };
  g_assert_cmpint (
      verify (system, chain, TRUST_PURPOSE_TLS_SERVER, NAME), ==, TRUST_UNKNOWN_ISSUER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  g_test_add_func ("/trust/rows", test_rows);
  g_test_add_func ("/trust/edges", test_edges);
  g_test_add_func ("/trust/pin", test_pin);
  g_test_add_func ("/trust/above", test_above);
  g_test_add_func ("/trust/alone", test_alone);
  g_test_add_func ("/trust/malformed", test_malformed);
  g_test_add_func ("/trust/counts", test_counts);
  g_test_add_func ("/trust/ca-text", test_ca_text);
  g_test_add_func ("/trust/self-signed-as-ca", test_self_signed_as_ca);
  g_test_add_func ("/trust/system", test_system);
  int rc = g_test_run ();
  for (int i = 0; i < N_CERTIFICATES; i++)
    certificate_free (certificates[i]);
  return rc;
}
