/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What CRLs and OCSP responses say, who may say it, and for how long. */
#include <string.h>

#include "base/error.h"
#include "crypto/trust.h"
#include "support/certificate.h"

#define NAME "gw.example.test"
#define DAY ((time_t) 24 * 60 * 60)

static GBytes *
read_file (const char *name, const char *suffix)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);
  g_autofree char *path = g_build_filename (REVOCATION_DIR, file, NULL);
  g_autoptr (GError) error = NULL;
  char *data = NULL;
  gsize len;
  g_file_get_contents (path, &data, &len, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, len);
}

static time_t
made_at (void)
{
  g_autoptr (GBytes) text = read_file ("made", "");
  g_autofree char *number = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  return (time_t) g_ascii_strtoll (number, NULL, 10);
}

static void
append_pem (GString *pem, const char *label, Slice der)
{
  g_autofree char *base64 = g_base64_encode (der.data, der.len);
  g_string_append_printf (pem, "-----BEGIN %s-----\n%s\n-----END %s-----\n", label, base64, label);
}

static CryptoTrust *
trust_from_pem (const char *pem, bool strict)
{
  g_autoptr (GError) error = NULL;
  CryptoTrust *trust = crypto_trust_new (pem, &error);
  g_assert_no_error (error);
  if (strict)
    crypto_trust_require_evidence (trust);
  return trust;
}

static void
assert_verdict (TrustVerdict verdict, TrustVerdict expected)
{
  g_assert_cmpstr (trust_verdict_to_string (verdict), ==, trust_verdict_to_string (expected));
}

/* Each with a site that takes what is known, and with one that wants proof. */
static const struct {
  const char *what;
  const char *certificate;
  const char *responses[3];
  TrustVerdict lax, strict;
  int days; /* since the responses were made */
} ocsp_rows[] = {
  { "nothing is stapled", "gateway", { NULL }, TRUST_OK, TRUST_UNPROVEN, 0 },
  { "good", "gateway", { "good" }, TRUST_OK, TRUST_OK, 0 },
  { "good, on its last day", "gateway", { "good" }, TRUST_OK, TRUST_OK, 7 },
  { "good, too old", "gateway", { "good" }, TRUST_OK, TRUST_UNPROVEN, 8 },
  { "good, undated", "gateway", { "undated" }, TRUST_OK, TRUST_OK, 3 },
  { "good, undated and old", "gateway", { "undated" }, TRUST_OK, TRUST_UNPROVEN, 4 },
  { "of another certificate", "gateway", { "other" }, TRUST_OK, TRUST_UNPROVEN, 0 },
  { "the issuer does not know", "gateway", { "unknown" }, TRUST_OK, TRUST_UNPROVEN, 0 },
  { "by an appointed responder", "gateway", { "delegated" }, TRUST_OK, TRUST_OK, 0 },
  { "by somebody without that office", "gateway", { "impostor" }, TRUST_OK, TRUST_UNPROVEN, 0 },
  { "by another CA's responder", "gateway", { "foreign" }, TRUST_OK, TRUST_UNPROVEN, 0 },
  { "revoked", "gateway", { "revoked" }, TRUST_REVOKED, TRUST_REVOKED, 0 },
  { "revoked, old news", "gateway", { "revoked" }, TRUST_REVOKED, TRUST_REVOKED, 400 },
  { "revoked outweighs good", "gateway", { "good", "revoked" }, TRUST_REVOKED, TRUST_REVOKED, 0 },
  { "revoked, before good", "gateway", { "revoked", "good" }, TRUST_REVOKED, TRUST_REVOKED, 0 },
  { "revoked, says another CA", "gateway", { "revoked-foreign" }, TRUST_OK, TRUST_UNPROVEN, 0 },
  { "wants a staple, has none", "staple", { NULL }, TRUST_UNPROVEN, TRUST_UNPROVEN, 0 },
  { "wants a staple, has it", "staple", { "staple" }, TRUST_OK, TRUST_OK, 0 },
  { "wants a staple, has another's", "staple", { "good" }, TRUST_UNPROVEN, TRUST_UNPROVEN, 0 },
};

static char *
both_roots (void)
{
  GString *pem = g_string_new (NULL);
  g_autoptr (GBytes) root = read_file ("root", ".der"), stranger = read_file ("stranger", ".der");
  append_pem (pem, "CERTIFICATE", slice_of_bytes (root));
  append_pem (pem, "CERTIFICATE", slice_of_bytes (stranger));
  return g_string_free (pem, FALSE);
}

static void
test_ocsp (void)
{
  g_autofree char *pem = both_roots ();
  time_t made = made_at ();
  for (size_t i = 0; i < G_N_ELEMENTS (ocsp_rows); i++) {
    g_autoptr (CryptoTrust) lax = trust_from_pem (pem, false), strict = trust_from_pem (pem, true);
    g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    Slice ocsp[G_N_ELEMENTS (ocsp_rows[i].responses)];
    TrustEvidence evidence = { .ocsp = ocsp };
    for (; ocsp_rows[i].responses[evidence.n_ocsp] != NULL; evidence.n_ocsp++) {
      g_ptr_array_add (files, read_file (ocsp_rows[i].responses[evidence.n_ocsp], ".ocsp"));
      ocsp[evidence.n_ocsp] = slice_of_bytes (files->pdata[evidence.n_ocsp]);
    }
    g_autoptr (GBytes) certificate = read_file (ocsp_rows[i].certificate, ".der");
    Slice chain = slice_of_bytes (certificate);
    time_t now = made + ocsp_rows[i].days * DAY;
    TrustPurpose tls = TRUST_PURPOSE_TLS_SERVER;
    g_test_message ("%s", ocsp_rows[i].what);
    assert_verdict (
        crypto_trust_verify (lax, &chain, 1, &evidence, tls, NAME, now), ocsp_rows[i].lax);
    assert_verdict (
        crypto_trust_verify (strict, &chain, 1, &evidence, tls, NAME, now), ocsp_rows[i].strict);
  }
}

/* A resumed TLS session has no way to staple: the certificate's own wish is not held against it. */
static void
test_no_way_to_bring_any (void)
{
  g_autofree char *pem = both_roots ();
  g_autoptr (CryptoTrust) lax = trust_from_pem (pem, false);
  g_autoptr (GBytes) certificate = read_file ("staple", ".der");
  Slice chain = slice_of_bytes (certificate);
  assert_verdict (
      crypto_trust_verify (lax, &chain, 1, NULL, TRUST_PURPOSE_TLS_SERVER, NAME, made_at ()),
      TRUST_OK);
}

/* Whom the user pinned needs no issuer, and asks none. */
static void
test_pin (void)
{
  g_autofree char *pem = both_roots ();
  g_autoptr (CryptoTrust) strict = trust_from_pem (pem, true);
  g_autoptr (GBytes) certificate = read_file ("gateway", ".der"),
                     revoked = read_file ("revoked", ".ocsp");
  Slice chain = slice_of_bytes (certificate), ocsp = slice_of_bytes (revoked);
  const TrustEvidence evidence = { .ocsp = &ocsp, .n_ocsp = 1 };
  TrustPurpose ike = TRUST_PURPOSE_IKE_GATEWAY;
  g_auto (CertificateInfo) info = { 0 };
  assert_verdict (
      crypto_trust_verify (strict, &chain, 1, &evidence, ike, NAME, made_at ()), TRUST_REVOKED);
  g_assert_true (crypto_certificate_info (chain, &info));
  crypto_trust_add_pin (strict, info.pin);
  assert_verdict (
      crypto_trust_verify (strict, &chain, 1, &evidence, ike, NAME, made_at ()), TRUST_OK);
}

/* Every octet of a response turned, and every length: it proves nothing, and revokes nobody. */
static void
test_damaged (void)
{
  g_autofree char *pem = both_roots ();
  g_autoptr (CryptoTrust) base = trust_from_pem (pem, true);
  g_autoptr (GBytes) certificate = read_file ("gateway", ".der");
  g_autoptr (GBytes) good = read_file ("good", ".ocsp");
  Slice chain = slice_of_bytes (certificate), original = slice_of_bytes (good);
  g_autofree uint8_t *copy = g_memdup2 (original.data, original.len);
  for (size_t i = 0; i < 2 * original.len; i++) {
    g_autoptr (CryptoTrust) strict = crypto_trust_new_above (base);
    bool cut = i >= original.len;
    Slice ocsp = SLICE (copy, cut ? i - original.len : original.len);
    const TrustEvidence evidence = { .ocsp = &ocsp, .n_ocsp = 1 };
    crypto_trust_require_evidence (strict);
    if (!cut)
      copy[i] ^= 0x01;
    TrustVerdict verdict = crypto_trust_verify (
        strict, &chain, 1, &evidence, TRUST_PURPOSE_TLS_SERVER, NAME, made_at ());
    g_assert_cmpint (verdict, !=, TRUST_REVOKED);
    if (cut)
      assert_verdict (verdict, TRUST_UNPROVEN);
    if (!cut)
      copy[i] ^= 0x01;
  }
}

typedef struct {
  Certificate *root, *namesake, *inter, *gateway;
} Family;

static void
family_clear (Family *family)
{
  certificate_free (family->root);
  certificate_free (family->namesake);
  certificate_free (family->inter);
  certificate_free (family->gateway);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Family, family_clear)

static Family
family_new (void)
{
  const unsigned int usage = GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN;
  Family family;
  family.root =
      certificate_new (&(CertificateSpec){ .cn = "Root", .is_ca = true, .usage = usage }, NULL);
  family.namesake =
      certificate_new (&(CertificateSpec){ .cn = "Root", .is_ca = true, .usage = usage }, NULL);
  family.inter = certificate_new (
      &(CertificateSpec){ .cn = "Intermediate", .is_ca = true, .usage = usage }, family.root);
  family.gateway = certificate_new (&(CertificateSpec){ .dns = { NAME } }, family.inter);
  return family;
}

typedef enum {
  BY_ROOT,
  BY_NAMESAKE, /* name of the root, another key */
  BY_INTER,
} Issuer;

typedef enum {
  NOBODY,
  GATEWAY,
  INTER,
} Listed;

typedef struct {
  Issuer by;
  Listed listed;
  int from_day, to_day;
} CrlSpec;

static GBytes *
make_crl (const Family *family, const CrlSpec *spec)
{
  const Certificate *issuer = spec->by == BY_INTER ? family->inter
      : spec->by == BY_ROOT                        ? family->root
                                                   : family->namesake;
  CertificateCrl crl = {
    .listed = spec->listed == GATEWAY ? family->gateway
        : spec->listed == INTER       ? family->inter
                                      : NULL,
    .from_day = spec->from_day,
    .to_day = spec->to_day,
  };
  return certificate_crl (issuer, &crl);
}

static const struct {
  const char *what;
  CrlSpec crls[2];
  size_t n;
  TrustVerdict lax, strict;
} crl_rows[] = {
  { "none", { { BY_INTER } }, 0, TRUST_OK, TRUST_UNPROVEN },
  { "good", { { BY_INTER, NOBODY, -1, 6 } }, 1, TRUST_OK, TRUST_OK },
  { "the intermediate's alone", { { BY_ROOT, NOBODY, -1, 6 } }, 1, TRUST_OK, TRUST_UNPROVEN },
  { "good, too old", { { BY_INTER, NOBODY, -9, -2 } }, 1, TRUST_OK, TRUST_UNPROVEN },
  { "good, of tomorrow", { { BY_INTER, NOBODY, 1, 6 } }, 1, TRUST_OK, TRUST_UNPROVEN },
  { "revoked", { { BY_INTER, GATEWAY, -1, 6 } }, 1, TRUST_REVOKED, TRUST_REVOKED },
  { "revoked, in an old list", { { BY_INTER, GATEWAY, -9, -2 } }, 1, TRUST_REVOKED, TRUST_REVOKED },
  { "one of two", { { BY_INTER, NOBODY, -1, 6 }, { BY_INTER, GATEWAY, -3, 4 } }, 2, TRUST_REVOKED,
      TRUST_REVOKED },
  { "the intermediate is revoked", { { BY_INTER, NOBODY, -1, 6 }, { BY_ROOT, INTER, -1, 6 } }, 2,
      TRUST_REVOKED, TRUST_REVOKED },
  { "by one who took the root's name", { { BY_NAMESAKE, INTER, -1, 6 } }, 1, TRUST_OK,
      TRUST_UNPROVEN },
  { "by one who is not the issuer", { { BY_ROOT, GATEWAY, -1, 6 } }, 1, TRUST_OK, TRUST_UNPROVEN },
};

/* The same from the peer and beside the site's CA. */
static void
test_crls (void)
{
  g_auto (Family) family = family_new ();
  g_autofree char *root = certificate_pem (family.root);
  const Slice chain[] = { certificate_der (family.gateway), certificate_der (family.inter) };
  for (size_t i = 0; i < G_N_ELEMENTS (crl_rows); i++) {
    g_autoptr (GString) pem = g_string_new (root);
    g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    Slice crls[2];
    for (size_t k = 0; k < crl_rows[i].n; k++) {
      g_ptr_array_add (made, make_crl (&family, &crl_rows[i].crls[k]));
      crls[k] = slice_of_bytes (made->pdata[k]);
      append_pem (pem, "X509 CRL", crls[k]);
    }
    const TrustEvidence brought = { .crls = crls, .n_crls = crl_rows[i].n }, none = { .n_crls = 0 };
    for (int strict = 0; strict < 2; strict++) {
      g_autoptr (CryptoTrust) bare = trust_from_pem (root, strict);
      g_autoptr (CryptoTrust) with_crls = trust_from_pem (pem->str, strict);
      TrustVerdict expected = strict ? crl_rows[i].strict : crl_rows[i].lax;
      TrustPurpose ike = TRUST_PURPOSE_IKE_GATEWAY;
      g_test_message ("%s, %s", crl_rows[i].what, strict ? "strict" : "lax");
      assert_verdict (
          crypto_trust_verify (bare, chain, 2, &brought, ike, NAME, CERTIFICATE_NOW), expected);
      assert_verdict (
          crypto_trust_verify (with_crls, chain, 2, &none, ike, NAME, CERTIFICATE_NOW), expected);
    }
  }
}

/* That a certificate is not on a part of its issuer's list means nothing. */
static void
test_partial_crl (void)
{
  static const struct {
    const char *crl;
    TrustVerdict strict;
  } rows[] = {
    { "whole", TRUST_OK },
    { "partial", TRUST_UNPROVEN },
    { "partial-revoked", TRUST_REVOKED },
  };
  g_autofree char *pem = both_roots ();
  g_autoptr (GBytes) certificate = read_file ("gateway", ".der");
  Slice chain = slice_of_bytes (certificate);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (CryptoTrust) strict = trust_from_pem (pem, true);
    g_autoptr (GBytes) file = read_file (rows[i].crl, ".crl");
    Slice crl = slice_of_bytes (file);
    const TrustEvidence evidence = { .crls = &crl, .n_crls = 1 };
    g_test_message ("%s", rows[i].crl);
    assert_verdict (crypto_trust_verify (
                        strict, &chain, 1, &evidence, TRUST_PURPOSE_TLS_SERVER, NAME, made_at ()),
        rows[i].strict);
  }
}

typedef struct {
  const char *brings; /* NULL: nothing */
  int days; /* since the responses were made */
  TrustVerdict verdict;
} Visit;

/* One connection: the same gateway again and again, and what it brings each time. */
static const struct {
  const char *what;
  bool strict;
  guint n;
  Visit visits[4];
} memory_rows[] = {
  { "good is remembered in its time", true, 3,
      { { "good.ocsp", 0, TRUST_OK }, { NULL, 7, TRUST_OK }, { NULL, 8, TRUST_UNPROVEN } } },
  { "good comes back after its time", true, 3,
      { { "good.ocsp", 0, TRUST_OK }, { NULL, 8, TRUST_UNPROVEN }, { NULL, 7, TRUST_OK } } },
  { "undated is remembered for its days", true, 3,
      { { "undated.ocsp", 0, TRUST_OK }, { NULL, 3, TRUST_OK }, { NULL, 4, TRUST_UNPROVEN } } },
  { "revoked sticks", false, 4,
      { { "revoked.ocsp", 0, TRUST_REVOKED }, { NULL, 0, TRUST_REVOKED },
          { "good.ocsp", 0, TRUST_REVOKED }, { NULL, 400, TRUST_REVOKED } } },
  { "revoked after good", false, 4,
      { { "good.ocsp", 0, TRUST_OK }, { "revoked.ocsp", 1, TRUST_REVOKED },
          { "good.ocsp", 1, TRUST_REVOKED }, { NULL, 2, TRUST_REVOKED } } },
  { "by a CRL", false, 3,
      { { "partial-revoked.crl", 0, TRUST_REVOKED }, { "good.ocsp", 0, TRUST_REVOKED },
          { NULL, 1, TRUST_REVOKED } } },
  { "a CRL that it is not on", true, 2, { { "whole.crl", 0, TRUST_OK }, { NULL, 0, TRUST_OK } } },
  { "what does not count is not remembered", true, 4,
      { { "impostor.ocsp", 0, TRUST_UNPROVEN }, { "other.ocsp", 0, TRUST_UNPROVEN },
          { "partial.crl", 0, TRUST_UNPROVEN }, { NULL, 0, TRUST_UNPROVEN } } },
  { "another CA cannot make it revoked", true, 3,
      { { "revoked-foreign.ocsp", 0, TRUST_UNPROVEN }, { "good.ocsp", 0, TRUST_OK },
          { NULL, 0, TRUST_OK } } },
};

static TrustVerdict
visit (const CryptoTrust *trust, const char *certificate, const Visit *visit)
{
  g_autoptr (GBytes) der = read_file (certificate, ".der"), brought = NULL;
  Slice chain = slice_of_bytes (der), file;
  TrustEvidence evidence = { .n_ocsp = 0 };
  if (visit->brings != NULL) {
    bool is_crl = g_str_has_suffix (visit->brings, ".crl");
    brought = read_file (visit->brings, "");
    file = slice_of_bytes (brought);
    evidence = (TrustEvidence){ .ocsp = &file, .n_ocsp = !is_crl, .crls = &file, .n_crls = is_crl };
  }
  return crypto_trust_verify (
      trust, &chain, 1, &evidence, TRUST_PURPOSE_TLS_SERVER, NAME, made_at () + visit->days * DAY);
}

static void
test_memory (void)
{
  g_autofree char *pem = both_roots ();
  for (size_t i = 0; i < G_N_ELEMENTS (memory_rows); i++) {
    g_autoptr (CryptoTrust) trust = trust_from_pem (pem, memory_rows[i].strict);
    for (guint k = 0; k < memory_rows[i].n; k++) {
      const Visit *each = &memory_rows[i].visits[k];
      g_test_message ("%s, %u", memory_rows[i].what, k);
      assert_verdict (visit (trust, "gateway", each), each->verdict);
    }
  }
}

/* What was said of one certificate says nothing of another, nor to another connection. */
static void
test_memory_is_narrow (void)
{
  const Visit good = { "good.ocsp", 0, TRUST_OK }, nothing = { NULL, 0, TRUST_OK };
  g_autofree char *pem = both_roots ();
  g_autoptr (CryptoTrust) one = trust_from_pem (pem, true);
  g_autoptr (CryptoTrust) other = crypto_trust_new_above (one);
  crypto_trust_require_evidence (other);
  assert_verdict (visit (one, "gateway", &good), TRUST_OK);
  assert_verdict (visit (one, "gateway", &nothing), TRUST_OK);
  assert_verdict (visit (one, "staple", &nothing), TRUST_UNPROVEN);
  assert_verdict (visit (other, "gateway", &nothing), TRUST_UNPROVEN);
}

/* A list that cannot be read is no reason to go on without it. */
static void
test_bad_crl_text (void)
{
  g_autofree char *pem = both_roots ();
  g_autofree char *bad =
      g_strconcat (pem, "-----BEGIN X509 CRL-----\nMAMC\n-----END X509 CRL-----\n", NULL);
  g_autoptr (GError) error = NULL;
  g_assert_null (crypto_trust_new (bad, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/revocation/ocsp", test_ocsp);
  g_test_add_func ("/crypto/revocation/no-way-to-bring-any", test_no_way_to_bring_any);
  g_test_add_func ("/crypto/revocation/pin", test_pin);
  g_test_add_func ("/crypto/revocation/damaged", test_damaged);
  g_test_add_func ("/crypto/revocation/crls", test_crls);
  g_test_add_func ("/crypto/revocation/partial-crl", test_partial_crl);
  g_test_add_func ("/crypto/revocation/memory", test_memory);
  g_test_add_func ("/crypto/revocation/memory-is-narrow", test_memory_is_narrow);
  g_test_add_func ("/crypto/revocation/bad-crl-text", test_bad_crl_text);
  return g_test_run ();
}
