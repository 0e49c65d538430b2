/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form of a site, and what is said about a wrong value. */
#include "client/site-form.h"

#include <glib/gstdio.h>
#include <string.h>

/* Under the field of a key: what the parser says, as a sentence of its own. */
static void
test_check (void)
{
  static const struct {
    const char *group, *key, *text;
    const char *says; /* NULL: nothing is wrong */
  } rows[] = {
    { "site", "address", "vpn.example.com", NULL },
    { "site", "address", " vpn.example.com:8443 ", NULL },
    { "site", "address", "[2001:db8::1]:443", NULL },
    { "site", "address", "büro.example", NULL },
    { "site", "address", "", "This is needed." },
    { "site", "address", "   ", "This is needed." },
    { "site", "address", "vpn.example.com:", "The port after the colon is missing." },
    { "site", "address", "vpn.example.com:99999", "The port is a number from 1 to 65535." },
    { "site", "address", "https://vpn.example.com",
        "Write the address alone, without http:// or the like." },
    { "site", "address", "vpn example com",
        "This is no address: write a name, or a name, a colon and a port." },
    { "site", "address", "[2001:db8::1", "The closing bracket of the IPv6 address is missing." },
    { "site", "address", "10.0.0", "This is neither a name nor a complete IPv4 address." },
    { "site", "address", "224.0.0.1", "This address does not belong to a single host." },
    { "site", "address", "vpn..example.com", "A part of the name between two dots is empty." },
    { "site", "name", "a\nb", "The value holds a line break or another control character." },
    { "site", "entry-points", "a.example b.example:8443", NULL },
    { "site", "entry-points", "a.example, b.example:x",
        "Number 2: The port is a number from 1 to 65535." },
    { "network", "routes", "10.0.0.0/8; 2001:db8::/32", NULL },
    { "network", "routes", "10.0.0.1/8", "Number 1: The route has bits set behind its length." },
    { "network", "routes", "ten", "Number 1: A route is written ADDRESS/LENGTH." },
    { "network", "dns", "10.0.0.1 nine", "Number 2: This is not an IPv4 or IPv6 address." },
    { "network", "mtu", "500", "The MTU is \"automatic\" or a number from 576 to 9000." },
    { "network", "mtu", "1400", NULL },
    { "algorithms", "ike", "aes256gcm16-prfsha384-ecp384", NULL },
    { "algorithms", "esp", "aes256",
        "Number 1: The MAC is missing. There are: sha256, sha384, sha512." },
    { "gateway", "pins", "abc", "Number 1: A pin is sha256/BASE64 or 64 hexadecimal digits." },
    { "sign-in", "key", "pkcs11:token=a?pin-value=1",
        "A PIN must not stand in a site; it is asked for." },
    /* needs more keys than this one: not a fault of it */
    { "sign-in", "method", "certificate", NULL },
    { "proxy", "mode", "manual", NULL },
    { "future", "key", "anything", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s: %s", rows[i].key, rows[i].text);
    g_autofree char *says = visitor_site_form_check (rows[i].group, rows[i].key, rows[i].text);
    g_assert_cmpstr (says, ==, rows[i].says);
  }
}

/* A newcomer fills two fields. */
static void
test_new (void)
{
  g_autoptr (VisitorSiteForm) form = visitor_site_form_new (NULL);
  g_autoptr (VisitorSiteProblem) first = NULL, second = NULL, none = NULL;
  g_assert_null (visitor_site_form_finish (form, &first));
  g_assert_cmpstr (first->group, ==, "site");
  g_assert_cmpstr (first->key, ==, "address");
  g_assert_true (first->is_missing);
  visitor_site_form_set (form, "site", "address", " vpn.example.com ");
  g_assert_null (visitor_site_form_finish (form, &second));
  g_assert_cmpstr (second->key, ==, "user");
  g_assert_cmpstr (second->what, ==, "This is needed.");
  visitor_site_form_set (form, "sign-in", "user", "anna");
  g_autoptr (Site) site = visitor_site_form_finish (form, &none);
  g_assert_null (none);
  g_assert_cmpstr (site->address.host, ==, "vpn.example.com");
  g_assert_cmpint (site->auth, ==, SITE_AUTH_EAP_MSCHAPV2);
  g_autofree char *text = site_to_text (site);
  g_assert_true (g_str_has_prefix (text, "[site]\naddress=vpn.example.com\n"));
  g_assert_nonnull (strstr (text, "[sign-in]\nmethod=eap-mschapv2\nuser=anna\n"));
}

/* What this version does not know, and comments, survive; what is emptied goes. */
static void
test_edit (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_parse (
      "# mine\n[site]\nname=Office\naddress=gw.example.com:8443\nfuture=1\n"
      "[sign-in]\nmethod=psk\nuser=a\n[network]\nroutes=10.0.0.0/8\n[new group]\nkey=x\n",
      -1, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (VisitorSiteForm) form = visitor_site_form_new (site);
  g_autofree char *address = visitor_site_form_get (form, "site", "address");
  g_autofree char *nothing = visitor_site_form_get (form, "network", "dns");
  g_assert_cmpstr (address, ==, "gw.example.com:8443");
  g_assert_cmpstr (nothing, ==, "");
  visitor_site_form_set (form, "site", "name", "Büro");
  visitor_site_form_set (form, "network", "routes", "  ");
  g_autoptr (VisitorSiteProblem) none = NULL;
  g_autoptr (Site) changed = visitor_site_form_finish (form, &none);
  g_autofree char *text = site_to_text (changed);
  for (const char *const *kept =
           (const char *const[]){ "# mine", "future=1", "[new group]\nkey=x", "name=Büro", NULL };
       *kept != NULL; kept++)
    g_assert_nonnull (strstr (text, *kept));
  g_assert_null (strstr (text, "routes="));
  g_assert_cmpstr (site->name, ==, "Office");
}

static char *
write_file (const char *contents, gssize len)
{
  g_autoptr (GError) error = NULL;
  char *path = NULL;
  close (g_file_open_tmp ("visitor-form-XXXXXX", &path, &error));
  g_assert_no_error (error);
  g_file_set_contents (path, contents, len, &error);
  g_assert_no_error (error);
  return path;
}

/* Certificates are copied into the site; what is none is refused in words, and changes nothing. */
static void
test_certificates (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorSiteForm) form = visitor_site_form_new (NULL);
  const char *pem = "-----BEGIN CERTIFICATE-----\nMAkGByqGSM49AgE=\n-----END CERTIFICATE-----\n";
  g_autofree char *good = write_file (pem, -1);
  g_autofree char *der = write_file ("0\x09\x06\x07*\x86H\xce=\x02\x01", 11);
  g_autofree char *bad = write_file ("<html>\n", -1);
  g_autofree char *key =
      write_file ("-----BEGIN PRIVATE KEY-----\nMAkG\n-----END PRIVATE KEY-----\n", -1);
  for (guint i = 0; i < 2; i++) {
    g_assert_true (
        visitor_site_form_read_certificates (form, "gateway", "ca", i == 0 ? good : der, &error));
    g_assert_no_error (error);
    g_autofree char *ca = visitor_site_form_get (form, "gateway", "ca");
    g_assert_cmpstr (ca, ==, pem);
  }
  g_assert_false (visitor_site_form_read_certificates (form, "gateway", "ca", bad, &error));
  g_autofree char *says = visitor_site_problem_text (error);
  g_assert_cmpstr (says, ==, "This is no certificate, neither in PEM nor in DER.");
  g_clear_error (&error);
  g_assert_false (visitor_site_form_read_certificates (form, "gateway", "ca", key, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
  g_clear_error (&error);
  g_unlink (bad);
  g_assert_false (visitor_site_form_read_certificates (form, "gateway", "ca", bad, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_NOT_FOUND);
  g_autofree char *still = visitor_site_form_get (form, "gateway", "ca");
  g_assert_cmpstr (still, ==, pem);
  g_unlink (good);
  g_unlink (der);
  g_unlink (key);
}

/* A key file is kept in locked memory for the store, until another key is named. */
static void
test_key (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorSiteForm) form = visitor_site_form_new (NULL);
  g_autofree char *file = write_file ("a key", -1);
  visitor_site_form_set (form, "site", "address", "vpn.example.com");
  visitor_site_form_set (form, "sign-in", "method", "certificate");
  g_autoptr (VisitorSiteProblem) problem = NULL, none = NULL;
  g_assert_null (visitor_site_form_finish (form, &problem));
  g_assert_cmpstr (problem->key, ==, "key");
  g_assert_null (visitor_site_form_get_key (form));
  g_assert_true (visitor_site_form_read_key (form, file, &error));
  g_assert_no_error (error);
  Slice key = secret_slice (visitor_site_form_get_key (form));
  g_assert_cmpmem (key.data, key.len, "a key", 5);
  g_autoptr (Site) site = visitor_site_form_finish (form, &none);
  g_assert_nonnull (site);
  visitor_site_form_set (form, "sign-in", "key", "pkcs11:token=card");
  g_assert_null (visitor_site_form_get_key (form));
  g_autoptr (Secret) another = secret_new ("another", 7);
  visitor_site_form_take_key (form, another);
  g_assert_true (visitor_site_form_get_key (form) == another);
  g_unlink (file);
}

/* With line and key, for a file that was not written here. */
static void
test_problem_text (void)
{
  static const struct {
    const char *text, *says;
  } rows[] = {
    { "[site]\naddress=a b\n",
        "Line 2, key address in [site]: This is no address: write a name, or a name, a colon and a "
        "port." },
    { "[site]\nname=x\n", "The key address in the group [site] is missing." },
    { "[site\n", "This is not a site.conf: it has no group [site]." },
    { "[site]\nnonsense\n", "Line 2: This is neither a [GROUP] nor KEY=VALUE." },
    { "[site]\naddress=a.example\npassword=x\n",
        "Line 3, key password in [site]: A site.conf holds no secrets; remove this line, Visitor "
        "asks for the secret when it connects and can keep it in the keyring." },
    { "[Interface]\nPrivateKey=x\n", "This is a WireGuard configuration, not a site.conf." },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (site_parse (rows[i].text, -1, NULL, NULL, &error));
    g_autofree char *says = visitor_site_problem_text (error);
    g_assert_cmpstr (says, ==, rows[i].says);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/site-form/check", test_check);
  g_test_add_func ("/client/site-form/new", test_new);
  g_test_add_func ("/client/site-form/edit", test_edit);
  g_test_add_func ("/client/site-form/certificates", test_certificates);
  g_test_add_func ("/client/site-form/key", test_key);
  g_test_add_func ("/client/site-problem/text", test_problem_text);
  return g_test_run ();
}
