/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/import.h"

#include <glib/gstdio.h>
#include <string.h>

#include "support/certificate.h"

typedef struct {
  char *directory;
  Certificate *ca, *server;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->directory = g_dir_make_tmp ("visitor-import-XXXXXX", NULL);
  f->ca = certificate_new (
      &(CertificateSpec){ .cn = "Office CA", .key = CERTIFICATE_ECDSA_P256, .is_ca = true }, NULL);
  f->server = certificate_new (
      &(CertificateSpec){ .cn = "gw", .key = CERTIFICATE_ECDSA_P256, .dns = { "gw.example.com" } },
      f->ca);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (f->directory, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (f->directory, name, NULL);
    g_unlink (path);
  }
  g_rmdir (f->directory);
  g_free (f->directory);
  certificate_free (f->ca);
  certificate_free (f->server);
}

static void
write_file (Fixture *f, const char *name, const char *data, gssize len)
{
  g_autofree char *path = g_build_filename (f->directory, name, NULL);
  g_assert_true (g_file_set_contents (path, data, len, NULL));
}

static VisitorImport *
load (Fixture *f, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (f->directory, name, NULL);
  return visitor_import_load_file (path, error);
}

static VisitorImport *
load_text (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  return visitor_import_load_bytes ("pasted", bytes, error);
}

/* Rows as "LABEL=VALUE" lines. */
static char *
rows_text (const VisitorImport *import)
{
  const GPtrArray *rows = visitor_import_get_rows (import);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < rows->len; i++) {
    const VisitorImportRow *row = g_ptr_array_index (rows, i);
    g_string_append_printf (text, "%s=%s\n", row->label, row->value);
  }
  return g_string_free (text, FALSE);
}

static void
assert_holds (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in:\n%s", part, text);
}

static char *
notes_text (const VisitorImport *import)
{
  return g_strjoinv ("\n", (char **) visitor_import_get_notes (import));
}

#define SITE \
  "[site]\nname=Office\naddress=vpn.example.com\n[gateway]\nca=ca.pem\n[sign-in]\n" \
  "method=certificate+eap\nuser=alice\nkey=alice.p12\n[network]\nroutes=10.0.0.0/8\n" \
  "[future]\nflavour=sweet\n"

static void
test_site_conf (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = certificate_pem (f->ca);
  write_file (f, "site.conf", SITE, -1);
  write_file (f, "ca.pem", pem, -1);
  write_file (f, "alice.p12", "\x30key", 4);
  g_autoptr (VisitorImport) import = load (f, "site.conf", &error);
  g_assert_no_error (error);
  g_assert_cmpint (visitor_import_get_kind (import), ==, VISITOR_IMPORT_SITE_CONF);
  g_assert_true (visitor_import_is_complete (import));
  g_assert_cmpuint (secret_len (visitor_import_get_key (import)), ==, 4);
  g_assert_cmpstr (visitor_import_get_site (import)->name, ==, "Office");
  g_autofree char *rows = rows_text (import);
  assert_holds (rows, "Address=vpn.example.com\n");
  assert_holds (rows, "User=alice\n");
  assert_holds (rows, "Certificate authority=CN=Office CA\n");
  assert_holds (rows, "Goes through the tunnel=10.0.0.0/8\n");
  Slice der = certificate_der (f->ca);
  g_autofree char *sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der.data, der.len);
  g_autoptr (GString) colons = g_string_new (NULL);
  for (guint i = 0; sha256[i] != '\0'; i++)
    g_string_append_printf (
        colons, "%s%c", i > 0 && i % 2 == 0 ? ":" : "", g_ascii_toupper (sha256[i]));
  assert_holds (rows, colons->str);
  g_autofree char *notes = notes_text (import);
  assert_holds (notes, "[future] flavour");
  assert_holds (notes, "ca.pem");
}

/* Broken and foreign files: which line, and why; nothing of the file is repeated. */
static void
test_broken (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *text, *line, *why;
  } cases[] = {
    { "", "", "no group [site]" },
    { "hello\n", "", "no group [site]" },
    { "[site]\nname=a\naddress=vpn.example.com:https\n[sign-in]\nmethod=psk\nuser=a\n", "Line 3",
        "address" },
    { "[site]\naddress=a.example\n[sign-in]\nmethod=magic\nuser=a\n", "Line 4", "method" },
    { "[site]\naddress=a.example\n[gateway]\nca=ca.pem\n[sign-in]\nmethod=psk\nuser=a\n", "Line 4",
        "when the site is imported" },
    { "[site]\naddress=a.example\n[sign-in]\nmethod=psk\nuser=a\npassword=Wonderland1\n", "Line 6",
        "secrets" },
    { "{", "", "JSON" },
    { "{\n \"name\": \"a\",\n \"type\": ]\n}", "Line 3", "JSON" },
    { "{}", "name", "missing" },
    { "{\"name\": \"a\", \"type\": \"ikev2-eap\"}", "remote", "missing" },
    { "{\"name\": \"a\",\n\"type\": \"ikev1\", \"remote\": {\"addr\": \"a.example\"}}",
        "Line 2, key type", "kind of connection" },
    { "{\"name\": \"a\", \"type\": \"ikev2-byod-eap\", \"remote\": {\"addr\": \"a.example\"}}",
        "key type", "TNC" },
    { "{\"name\": \"a\", \"type\": \"ikev2-eap\",\n \"remote\": {\n\"addr\": \"a b\"}}",
        "Line 3, key remote.addr", "" },
    { "{\"name\": \"a\", \"type\": \"ikev2-eap\", \"remote\": {\"addr\": 7}}", "key remote.addr",
        "quotation marks" },
    { "{\"name\": \"a\", \"type\": \"ikev2-eap\", \"remote\": \"a.example\"}", "key remote",
        "Braces" },
    { "{\"name\": \"a\", \"type\": \"ikev2-eap\", \"remote\": {}}", "remote.addr", "missing" },
    { "{\"name\": \"a\", \"type\": \"ikev2-eap\", \"remote\": {\"addr\": \"a.example\","
      " \"cert\": \"!\"}}",
        "key remote.cert", "base64" },
    { "{\"name\": \"a\", \"type\": \"ikev2-eap\", \"remote\": {\"addr\": \"a.example\","
      " \"cert\": \"aGVsbG8=\"}}",
        "key remote.cert", "certificate" },
    { "{\"name\": \"a\", \"type\": \"ikev2-eap\", \"remote\": {\"addr\": \"a.example\"},"
      " \"split-tunneling\": {\"subnets\": [\"10.0.0.1-10.0.0.9\"]}}",
        "key split-tunneling.subnets", "ADDRESS/LENGTH" },
    { "{\"name\": \"a\", \"type\": \"ikev2-eap\", \"remote\": {\"addr\": \"a.example\"},"
      " \"dns-servers\": [[]]}",
        "key dns-servers", "quotation marks" },
    { "[1]", "", "" },
    { "server-name=a.example\nlogin-type\n", "Line 2", "KEY=VALUE" },
    { "login-type=vpn\n", "server-name", "missing" },
    { "server-name=a.example\nserver-name=b.example\n", "Line 2", "twice" },
    { "# of snx-rs\nserver-name=a.example\nlogin-type=vpn\nadd-routes=10.0.0.0/99\n",
        "Line 4, key add-routes", "ADDRESS/LENGTH" },
    { "server-name=a.example\ncert-type=magic\n", "Line 2, key cert-type", "kind" },
    { "server-name=a.example\ncert-type=pkcs11\ncert-id=12:3\n", "Line 3, key cert-id",
        "Hexadecimal" },
    { "server-name=a.example\nca-cert=ca.pem\n", "Line 2, key ca-cert", "files are only read" },
    { "server-name=a.example\ncert-type=pkcs12\ncert-path=/etc/shadow\n", "Line 3, key cert-path",
        "files are only read" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", cases[i].text);
    g_assert_null (load_text (cases[i].text, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
    g_test_message ("-> %s", error->message);
    assert_holds (error->message, cases[i].line);
    assert_holds (error->message, cases[i].why);
    g_assert_null (strstr (error->message, "Wonderland1"));
  }
}

/* Brackets without end would be the end of a parser that recurses. */
static void
test_deep (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *deep = g_strnfill (500000, '[');
  g_autofree char *text = g_strconcat ("{\"name\":", deep, NULL);
  g_assert_null (load_text (text, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
  g_clear_error (&error);
  g_autoptr (GBytes) long_one = g_bytes_new_take (g_malloc0 (2000000), 2000000);
  g_assert_null (visitor_import_load_bytes ("long", long_one, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
  g_clear_error (&error);
  g_assert_null (load (f, "nothing.conf", &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_NOT_FOUND);
}

static char *
base64 (Slice octets)
{
  return g_base64_encode (octets.data, octets.len);
}

static char *
sswan (const char *type, const char *remote_more, const char *local, const char *more)
{
  return g_strdup_printf ("{\n \"uuid\": \"6d2d2a6c-5b5e-4d7f-9a3c-0a0b0c0d0e0f\",\n"
                          " \"name\": \"Office\",\n \"type\": \"%s\",\n"
                          " \"remote\": {\"addr\": \"vpn.example.com\"%s},\n"
                          " \"local\": {%s}%s\n}\n",
      type, remote_more, local, more);
}

static void
test_sswan (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *ca = base64 (certificate_der (f->ca));
  g_autofree char *remote = g_strdup_printf (", \"port\": 4500, \"id\": \"gw.example.com\","
                                             " \"cert\": \"%s\", \"certreq\": true,"
                                             " \"revocation\": {\"crl\": false, \"strict\": true}",
      ca);
  g_autofree char *text = sswan ("ikev2-eap", remote, "\"eap_id\": \"alice\"",
      ", \"ike-proposal\": \"aes256-sha256-ecp256\", \"esp-proposal\": \"3des-md5\","
      " \"dns-servers\": [\"10.0.0.53\", \"2001:db8::53\"], \"mtu\": 1300, \"nat-keepalive\": 45,"
      " \"split-tunneling\": {\"subnets\": [\"10.1.2.3/16\", \"192.0.2.7\"],"
      " \"excluded\": [\"10.1.9.0/24\"], \"block-ipv6\": true},"
      " \"apps\": [\"org.example\"], \"flavour\": \"sweet\"");
  g_autoptr (VisitorImport) import = load_text (text, &error);
  g_assert_no_error (error);
  const Site *site = visitor_import_get_site (import);
  g_assert_cmpint (visitor_import_get_kind (import), ==, VISITOR_IMPORT_STRONGSWAN);
  g_assert_true (visitor_import_is_complete (import));
  g_assert_null (visitor_import_get_key (import));
  g_autofree char *made = site_to_text (site);
  static const char *const lines[] = { "name=Office\n", "address=vpn.example.com\n",
    "identity=gw.example.com\n", "revocation=required\n", "method=eap\n",
    "eap-methods=ttls;mschapv2;gtc\n", "user=alice\n", "ike=aes256-sha256",
    "routes=10.1.0.0/16;192.0.2.7/32\n", "dns=10.0.0.53;2001:db8::53\n", "mtu=1300\n",
    "ca=-----BEGIN CERTIFICATE-----" };
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    assert_holds (made, lines[i]);
  g_autofree char *notes = notes_text (import);
  static const char *const left[] = { "uuid", "remote.port", "remote.certreq",
    "remote.revocation.crl", "esp-proposal", "nat-keepalive", "split-tunneling.excluded",
    "split-tunneling.block-ipv6", "apps", "flavour" };
  for (guint i = 0; i < G_N_ELEMENTS (left); i++) {
    g_autofree char *note = g_strdup_printf ("Left out: %s. ", left[i]);
    assert_holds (notes, note);
  }
  g_autoptr (Site) again = site_parse (made, -1, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* The gateway's own certificate is no CA: its key becomes a pin. */
static void
test_sswan_pin (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = certificate_pem (f->server);
  g_autofree char *cert = base64 (SLICE ((const uint8_t *) pem, strlen (pem)));
  g_autofree char *remote = g_strdup_printf (", \"cert\": \"%s\"", cert);
  g_autofree char *text = sswan ("ikev2-cert", remote,
      "\"id\": \"alice@example.com\", \"p12\": \"MCAgIA==\", \"rsa-pss\": false", "");
  g_autoptr (VisitorImport) import = load_text (text, &error);
  g_assert_no_error (error);
  const Site *site = visitor_import_get_site (import);
  SitePin pin;
  g_assert_true (site_pin_of_certificate (certificate_der (f->server), &pin));
  g_assert_null (site->gateway_ca_pem);
  g_assert_cmpuint (site->gateway_pins->len, ==, 1);
  g_assert_cmpmem (&g_array_index (site->gateway_pins, SitePin, 0), sizeof pin, &pin, sizeof pin);
  g_assert_cmpint (site->auth, ==, SITE_AUTH_CERTIFICATE);
  g_assert_cmpint (site->rsa_padding, ==, SITE_RSA_PKCS1);
  g_assert_cmpstr (site->local_identity, ==, "alice@example.com");
  g_assert_cmpuint (secret_len (visitor_import_get_key (import)), ==, 4);
  g_assert_true (visitor_import_is_complete (import));
}

/* What a person chose on the telephone is missing here, and is asked for. */
static void
test_incomplete (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *type, *local;
    const char *note;
    gboolean has_user, has_key;
  } cases[] = {
    { "ikev2-eap", "", "names no user", FALSE, FALSE },
    { "ikev2-cert", "", "no certificate", FALSE, FALSE },
    { "ikev2-cert-eap", "\"eap_id\": \"alice\"", "no certificate", TRUE, FALSE },
    { "ikev2-cert-eap", "\"p12\": \"MCAgIA==\"", "names no user", FALSE, TRUE },
    { "ikev2-eap-tls", "\"id\": \"alice@example.com\"", "no certificate", TRUE, FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = sswan (cases[i].type, "", cases[i].local, "");
    g_autoptr (VisitorImport) import = load_text (text, &error);
    g_assert_no_error (error);
    const Site *site = visitor_import_get_site (import);
    g_autofree char *notes = notes_text (import);
    g_assert_false (visitor_import_is_complete (import));
    assert_holds (notes, cases[i].note);
    g_assert_cmpint (site->user != NULL, ==, cases[i].has_user);
    g_assert_cmpint (site->key != NULL, ==, cases[i].has_key);
    g_assert_cmpint (visitor_import_get_key (import) != NULL, ==, cases[i].has_key);
  }
}

static void
test_snx (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = certificate_pem (f->ca);
  write_file (f, "ca.pem", pem, -1);
  write_file (f, "profile.conf",
      "# my office\nserver-name=vpn.example.com:8443\nlogin-type=vpn_Username_Password\n"
      "user-name=alice\npassword=V29uZGVybGFuZDE=\nca-cert=ca.pem\n"
      "search-domains=example.com,lab.example.com\ndns-servers=10.0.0.53\n"
      "add-routes=10.0.0.0/8,192.168.0.0/16\nignore-routes=10.9.0.0/16\nmtu=1300\n"
      "transport-type=tcpt\nike-lifetime=28800\ntls-version-max=1.2\nignore-server-cert=true\n"
      "flavour=sweet\n",
      -1);
  g_autoptr (VisitorImport) import = load (f, "profile.conf", &error);
  g_assert_no_error (error);
  g_assert_cmpint (visitor_import_get_kind (import), ==, VISITOR_IMPORT_SNX_RS);
  g_assert_true (visitor_import_is_complete (import));
  g_autofree char *made = site_to_text (visitor_import_get_site (import));
  static const char *const lines[] = { "address=vpn.example.com:8443\n", "method=eap\n",
    "user=alice\n", "ca=-----BEGIN CERTIFICATE-----", "domains=example.com;lab.example.com\n",
    "dns=10.0.0.53\n", "routes=10.0.0.0/8;192.168.0.0/16\n", "mtu=1300\n" };
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    assert_holds (made, lines[i]);
  g_assert_null (visitor_import_get_site (import)->gateway_ca_pem);
  g_autofree char *notes = notes_text (import);
  static const char *const left[] = { "login-type", "password", "ignore-routes", "transport-type",
    "ike-lifetime", "tls-version-max", "ignore-server-cert", "flavour" };
  for (guint i = 0; i < G_N_ELEMENTS (left); i++) {
    g_autofree char *note = g_strdup_printf ("Left out: %s. ", left[i]);
    assert_holds (notes, note);
  }
  assert_holds (notes, "Check Point");
  g_assert_null (strstr (notes, "V29uZGVybGFuZDE="));
  g_assert_null (strstr (made, "V29uZGVybGFuZDE="));
}

static void
test_snx_certificate (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  write_file (f, "alice.pfx", "\x30key", 4);
  write_file (f, "file.conf",
      "server-name=vpn.example.com\nlogin-type=vpn\ncert-type=pkcs12\ncert-path=alice.pfx\n"
      "cert-password=Wonderland1\ndefault-route=true\nadd-routes=10.0.0.0/8\n",
      -1);
  g_autoptr (VisitorImport) import = load (f, "file.conf", &error);
  g_assert_no_error (error);
  g_assert_cmpint (visitor_import_get_site (import)->auth, ==, SITE_AUTH_CERTIFICATE);
  g_assert_cmpuint (secret_len (visitor_import_get_key (import)), ==, 4);
  g_assert_cmpuint (visitor_import_get_site (import)->routes->len, ==, 1);

  g_autoptr (VisitorImport) token =
      load_text ("server-name=vpn.example.com\nlogin-type=vpn\ncert-type=pkcs11\n"
                 "cert-path=/usr/lib/opensc-pkcs11.so\ncert-id=0a:1B\n",
          &error);
  g_assert_no_error (error);
  g_assert_cmpstr (visitor_import_get_site (token)->key, ==, "pkcs11:id=%0a%1B;type=private");
  g_assert_true (visitor_import_is_complete (token));
  g_assert_null (visitor_import_get_key (token));
}

#define ADD(name, function) \
  g_test_add ("/client/import/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("site-conf", test_site_conf);
  ADD ("broken", test_broken);
  ADD ("deep", test_deep);
  ADD ("sswan", test_sswan);
  ADD ("sswan-pin", test_sswan_pin);
  ADD ("incomplete", test_incomplete);
  ADD ("snx", test_snx);
  ADD ("snx-certificate", test_snx_certificate);
  return g_test_run ();
}
