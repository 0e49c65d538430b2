/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of every kind in files of every form, as openssl writes them: opened, and their signatures
 * verified by what the worker verifies them with. */
#include "client/credential.h"

#include <glib/gstdio.h>
#include <string.h>

#include "crypto/signer.h"
#include "support/certificate.h"

#define PASSPHRASE "s3cret with blanks"

typedef struct {
  const char *name;
  const char *new_key; /* words of openssl genpkey */
  const char *convert; /* from key.pem and cert.pem to key.out */
  bool is_encrypted, has_certificate;
  const char *schemes; /* that it can do, in order */
} Form;

#define RSA "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"
#define PSS "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048"
#define P256 "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"
#define P384 "-algorithm EC -pkeyopt ec_paramgen_curve:P-384"
#define P521 "-algorithm EC -pkeyopt ec_paramgen_curve:P-521"
#define ED "-algorithm ED25519"
#define OF_RSA \
  "rsa-pss-sha256 rsa-pss-sha384 rsa-pss-sha512 " \
  "rsa-pkcs1-sha256 rsa-pkcs1-sha384 rsa-pkcs1-sha512"
#define OF_PSS "rsa-pss-sha256 rsa-pss-sha384 rsa-pss-sha512"
#define OF_P256 "ecdsa-sha256 ecdsa-sha512 ecdsa-sha384"
#define PLAIN "cp key.pem key.out"
#define PKCS8 "openssl pkcs8 -topk8 -in key.pem -out key.out -passout 'pass:" PASSPHRASE "' "
#define PKCS12 "openssl pkcs12 -export -inkey key.pem -in cert.pem -out key.out -passout "

static const Form forms[] = {
  { "rsa", RSA, PLAIN, false, false, OF_RSA },
  { "rsa-pkcs1", RSA, "openssl rsa -in key.pem -traditional -out key.out", false, false, OF_RSA },
  { "rsa-pkcs8-encrypted", RSA, PKCS8 "-v2 aes-256-cbc", true, false, OF_RSA },
  { "rsa-pkcs8-3des", RSA, PKCS8 "-v2 des3", true, false, OF_RSA },
  { "rsa-old-encryption", RSA,
      "openssl rsa -in key.pem -traditional -aes256 -out key.out -passout 'pass:" PASSPHRASE "'",
      true, false, OF_RSA },
  { "rsa-pkcs12", RSA, PKCS12 "'pass:" PASSPHRASE "'", true, true, OF_RSA },
  { "rsa-pss", PSS, PLAIN, false, false, OF_PSS },
  { "p256", P256, PLAIN, false, false, OF_P256 },
  { "p256-sec1", P256, "openssl ec -in key.pem -out key.out", false, false, OF_P256 },
  { "p256-encrypted", P256, PKCS8, true, false, OF_P256 },
  { "p256-pkcs12-without-passphrase", P256, PKCS12 "pass:", false, true, OF_P256 },
  { "p256-with-certificate", P256, "cat cert.pem key.pem > key.out", false, true, OF_P256 },
  { "p384", P384, PLAIN, false, false, "ecdsa-sha384 ecdsa-sha512 ecdsa-sha256" },
  { "p521-pkcs12", P521, PKCS12 "'pass:" PASSPHRASE "'", true, true,
      "ecdsa-sha512 ecdsa-sha384 ecdsa-sha256" },
  { "ed25519", ED, PLAIN, false, false, "ed25519" },
  { "ed25519-encrypted", ED, PKCS8, true, false, "ed25519" },
};

static void
run (const char *folder, const char *command)
{
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "sh", "-c", command, NULL };
  int status;
  g_spawn_sync (folder, (char **) argv, NULL,
      G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
      NULL, NULL, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s: status %d", command, status);
}

static char *
contents (const char *folder, const char *name, gsize *ret_len)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *data;
  g_file_get_contents (path, &data, ret_len, &error);
  g_assert_no_error (error);
  return data;
}

static Site *
new_site (const char *certificate_pem)
{
  Site *site = site_new ();
  site->auth = SITE_AUTH_CERTIFICATE;
  site->key = g_strdup ("office.key");
  site->certificate_pem = g_strdup (certificate_pem);
  return site;
}

static Secret *
secret_of (const char *text)
{
  return secret_new (text, strlen (text));
}

static void
assert_fails (VisitorCredential *credential, const char *passphrase, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) secret = passphrase != NULL ? secret_of (passphrase) : NULL;
  VisitorCredentialNeed need;
  g_assert_false (visitor_credential_unlock (credential, secret, &need, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, VISITOR_ERROR, code);
}

/* Every scheme that it names, verified with the certificate that it shows. */
static void
assert_signs (VisitorCredential *credential, const char *schemes)
{
  static const uint8_t octets[] = "what is to be signed";
  const Slice data = SLICE (octets, sizeof octets);
  g_autoptr (GVariant) shown = g_variant_ref_sink (visitor_credential_to_variant (credential));
  g_autoptr (GVariantIter) certs = NULL;
  g_auto (GStrv) names = NULL;
  g_variant_get (shown, "(aay^as)", &certs, &names);
  g_autofree char *all = g_strjoinv (" ", names);
  g_assert_cmpstr (all, ==, schemes);
  g_assert_cmpuint (g_variant_iter_n_children (certs), ==, 1);
  g_autoptr (GVariant) der = g_variant_iter_next_value (certs);
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (chain, g_variant_get_data_as_bytes (der));
  for (guint i = 0; names[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    SignatureScheme scheme = signature_scheme_from_string (names[i]);
    g_autoptr (CryptoSigner) signer = crypto_signer_new (chain, &scheme, 1, NULL, NULL, &error);
    g_assert_no_error (error);
    g_autoptr (GBytes) signature = visitor_credential_sign (credential, scheme, data, &error);
    g_assert_no_error (error);
    g_assert_true (crypto_signer_made (signer, scheme, &data, 1, slice_of_bytes (signature)));
    const Slice other = SLICE (octets, sizeof octets - 1);
    g_assert_false (crypto_signer_made (signer, scheme, &other, 1, slice_of_bytes (signature)));
  }
}

static void
test_form (gconstpointer data)
{
  const Form *form = data;
  g_autofree char *folder = g_dir_make_tmp ("visitor-key-XXXXXX", NULL);
  g_autofree char *make = g_strdup_printf (
      "openssl genpkey %s -out key.pem && "
      "openssl req -x509 -new -key key.pem -subj /O=Lab/CN=anna -days 2 -out cert.pem && %s",
      form->new_key, form->convert);
  run (folder, make);
  gsize len;
  g_autofree char *cert = contents (folder, "cert.pem", &len);
  g_autofree char *key = contents (folder, "key.out", &len);
  g_autoptr (Secret) file = secret_new (key, len);
  g_autoptr (Site) site = new_site (form->has_certificate ? NULL : cert);
  g_autoptr (VisitorCredential) credential = visitor_credential_new (site, file);
  g_autoptr (GError) error = NULL;
  VisitorCredentialNeed need;
  g_assert_true (visitor_credential_unlock (credential, NULL, &need, &error));
  g_assert_no_error (error);
  if (form->is_encrypted) {
    g_assert_cmpint (need, ==, VISITOR_CREDENTIAL_NEEDS_PASSPHRASE);
    assert_fails (credential, "wrong", VISITOR_ERROR_PASSPHRASE_WRONG);
    g_autoptr (Secret) right = secret_of (PASSPHRASE);
    g_assert_true (visitor_credential_unlock (credential, right, &need, &error));
  }
  g_assert_cmpint (need, ==, VISITOR_CREDENTIAL_READY);
  assert_signs (credential, form->schemes);
  g_assert_null (visitor_credential_sign (credential, SIGNATURE_NONE, SLICE (NULL, 0), NULL));
  run (folder, "rm -r \"$PWD\"");
}

static Secret *
key_pem (const Certificate *certificate)
{
  gnutls_x509_privkey_t key;
  gnutls_datum_t pem;
  g_assert_cmpint (gnutls_privkey_export_x509 (certificate_key (certificate), &key), ==, 0);
  g_assert_cmpint (
      gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem),
      ==, 0);
  Secret *secret = secret_new (pem.data, pem.size);
  gnutls_free (pem.data);
  gnutls_x509_privkey_deinit (key);
  return secret;
}

/* Certificates that cannot be used, with their keys. */
static const struct {
  const char *what;
  CertificateSpec spec;
  int code;
} unusable[] = {
  { "long over", { .cn = "anna", .from_day = -9000, .to_day = -8000 },
      VISITOR_ERROR_CERTIFICATE_EXPIRED },
  { "far ahead", { .cn = "anna", .from_day = 8000, .to_day = 9000 },
      VISITOR_ERROR_CERTIFICATE_EXPIRED },
  { "a short key", { .cn = "anna", .key = CERTIFICATE_RSA_1024, .from_day = -9000, .to_day = 9000 },
      VISITOR_ERROR_CERTIFICATE_UNUSABLE },
};

static void
test_unusable (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (unusable); i++) {
    g_test_message ("%s", unusable[i].what);
    g_autoptr (Certificate) certificate = certificate_new (&unusable[i].spec, NULL);
    g_autofree char *pem = certificate_pem (certificate);
    g_autoptr (Secret) file = key_pem (certificate);
    g_autoptr (Site) site = new_site (pem);
    g_autoptr (VisitorCredential) credential = visitor_credential_new (site, file);
    assert_fails (credential, NULL, unusable[i].code);
  }
}

static void
test_mismatch (void)
{
  const CertificateSpec spec = { .cn = "anna", .from_day = -9000, .to_day = 9000 };
  g_autoptr (Certificate) certificate = certificate_new (&spec, NULL);
  g_autoptr (Certificate) other = certificate_new (&spec, NULL);
  g_autofree char *pem = certificate_pem (certificate);
  g_autofree char *other_pem = certificate_pem (other);
  g_autoptr (Secret) file = key_pem (certificate);
  g_autoptr (Site) site = new_site (other_pem);
  g_autoptr (VisitorCredential) credential = visitor_credential_new (site, file);
  assert_fails (credential, NULL, VISITOR_ERROR_KEY_MISMATCH);

  /* in the wrong order it is found, and the other, a root, does not go out */
  g_autofree char *both = g_strconcat (other_pem, pem, NULL);
  g_autoptr (Site) site_both = new_site (both);
  g_autoptr (VisitorCredential) found = visitor_credential_new (site_both, file);
  VisitorCredentialNeed need;
  g_assert_true (visitor_credential_unlock (found, NULL, &need, NULL));
  assert_signs (found, OF_P256);
}

static void
test_nonsense (void)
{
  static const char *const files[] = { "", "hello", "-----BEGIN PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "\x30\x82\x01\x00" };
  for (size_t i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (Secret) file = secret_of (files[i]);
    g_autoptr (Site) site = new_site (NULL);
    g_autoptr (VisitorCredential) credential = visitor_credential_new (site, file);
    assert_fails (credential, NULL, VISITOR_ERROR_CERTIFICATE_UNUSABLE);
  }
  const CertificateSpec spec = { .cn = "anna", .from_day = -9000, .to_day = 9000 };
  g_autoptr (Certificate) certificate = certificate_new (&spec, NULL);
  g_autoptr (Secret) alone = key_pem (certificate);
  g_autoptr (Site) site = new_site (NULL);
  g_autoptr (VisitorCredential) credential = visitor_credential_new (site, alone);
  assert_fails (credential, NULL, VISITOR_ERROR_CERTIFICATE_UNUSABLE);
  g_assert_null (
      visitor_credential_sign (credential, SIGNATURE_ECDSA_SHA256, SLICE (NULL, 0), NULL));
}

static void
test_no_token (void)
{
  g_autoptr (Site) site = new_site (NULL);
  g_free (site->key);
  site->key = g_strdup ("pkcs11:token=there-is-no-such-token;type=private");
  g_autoptr (VisitorCredential) credential = visitor_credential_new (site, NULL);
  assert_fails (credential, NULL, VISITOR_ERROR_TOKEN_MISSING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_autofree char *path = g_strconcat ("/client/credential/", forms[i].name, NULL);
    g_test_add_data_func (path, &forms[i], test_form);
  }
  g_test_add_func ("/client/credential/unusable", test_unusable);
  g_test_add_func ("/client/credential/mismatch", test_mismatch);
  g_test_add_func ("/client/credential/nonsense", test_nonsense);
  g_test_add_func ("/client/credential/no-token", test_no_token);
  return g_test_run ();
}
