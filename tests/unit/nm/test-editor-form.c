/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection as a form: what is shown, what is wrong, and what is saved. */
#include "nm/editor/form.h"

#include <glib/gstdio.h>
#include <string.h>

#include "nm/connection.h"

#define OFFICE \
  "[site]\nname=Head office\naddress=vpn.example.com\n[sign-in]\nmethod=eap-ttls\nuser=alice\n" \
  "[newer]\nkey=x\n"

static NMConnection *
office (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_parse (OFFICE, -1, NULL, NULL, &error);
  g_assert_no_error (error);
  return visitor_connection_from_site (site, NULL);
}

static NMConnection *
nothing_yet (void)
{
  NMConnection *connection = nm_simple_connection_new ();
  nm_connection_add_setting (connection, nm_setting_connection_new ());
  return connection;
}

static const char *
item (NMConnection *connection, const char *name)
{
  return nm_setting_vpn_get_data_item (nm_connection_get_setting_vpn (connection), name);
}

static void
set (EditorForm *form, const char *name, const char *text)
{
  editor_form_set (form, editor_field_of (name), text);
}

/* What is wrong with the whole, as "group.key", "!" where it is missing; NULL: it was saved. */
static char *
finish (EditorForm *form, NMConnection *connection)
{
  g_autoptr (VisitorSiteProblem) problem = NULL;
  if (editor_form_finish (form, connection, &problem))
    return NULL;
  g_test_message ("%s", problem->what);
  return g_strdup_printf ("%s.%s%s", problem->group, problem->key, problem->is_missing ? "!" : "");
}

static void
from_nothing (void)
{
  g_autoptr (NMConnection) connection = nothing_yet ();
  g_autoptr (EditorForm) form = editor_form_new (connection);
  g_autofree char *no_address = finish (form, connection);
  g_assert_cmpstr (no_address, ==, "site.address!");
  g_assert_null (nm_connection_get_setting_vpn (connection));
  set (form, "site.address", " vpn.example.com:8443 ");
  g_autofree char *no_user = finish (form, connection);
  g_assert_cmpstr (no_user, ==, "sign-in.user!");
  set (form, "sign-in.user", "EXAMPLE\\alice");
  g_assert_null (finish (form, connection));
  g_assert_cmpstr (item (connection, "site.address"), ==, "vpn.example.com:8443");
  g_assert_cmpstr (item (connection, "sign-in.user"), ==, "EXAMPLE\\\\alice");
  g_assert_cmpstr (item (connection, "sign-in.method"), ==, "eap-mschapv2");
  g_assert_cmpstr (item (connection, "password-flags"), ==, "1");
  g_assert_cmpstr (nm_setting_vpn_get_service_type (nm_connection_get_setting_vpn (connection)), ==,
      VISITOR_NM_SERVICE);
}

static void
nothing_is_lost (void)
{
  g_autoptr (NMConnection) connection = office ();
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  nm_setting_vpn_add_data_item (vpn, "somebody-elses", "y");
  nm_setting_vpn_add_secret (vpn, "psk", "kept");
  g_object_set (vpn, NM_SETTING_VPN_TIMEOUT, 77, NULL);
  g_autoptr (EditorForm) form = editor_form_new (connection);
  set (form, "network.routes", "10.9.0.0/16");
  g_assert_null (finish (form, connection));
  g_assert_cmpstr (item (connection, "network.routes"), ==, "10.9.0.0/16");
  g_assert_cmpstr (item (connection, "newer.key"), ==, "x");
  g_assert_cmpstr (item (connection, "somebody-elses"), ==, "y");
  g_assert_cmpstr (nm_setting_vpn_get_secret (vpn, "psk"), ==, "kept");
  g_assert_cmpuint (nm_setting_vpn_get_timeout (vpn), ==, 77);
  g_assert_cmpstr (nm_connection_get_id (connection), ==, "Head office");
}

/* Saving without a change changes nothing. */
static void
unchanged (void)
{
  g_autoptr (NMConnection) connection = office ();
  g_autoptr (NMConnection) before = nm_simple_connection_new_clone (connection);
  g_autoptr (EditorForm) form = editor_form_new (connection);
  g_assert_null (finish (form, connection));
  g_assert_true (nm_connection_compare (connection, before, NM_SETTING_COMPARE_FLAG_EXACT));
}

static void
choices (void)
{
  const VisitorField *transport = editor_field_of ("site.transport");
  g_autoptr (NMConnection) connection = office ();
  g_autoptr (EditorForm) form = editor_form_new (connection);
  g_autofree char *implied = editor_form_get (form, transport);
  g_assert_cmpstr (implied, ==, "tls");
  set (form, "site.transport", "tcp");
  g_assert_null (finish (form, connection));
  g_assert_cmpstr (item (connection, "site.transport"), ==, "tcp");
  set (form, "site.transport", "tls");
  g_assert_null (finish (form, connection));
  g_assert_null (item (connection, "site.transport"));
}

/* What is wrong in a connection from elsewhere stays visible, and as it is until it is put right. */
static void
wrong_items (void)
{
  g_autoptr (NMConnection) connection = office ();
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  nm_setting_vpn_add_data_item (vpn, "site.transport", "pigeon");
  nm_setting_vpn_add_data_item (vpn, "sign-in.user", "a\\q");
  g_autoptr (EditorForm) form = editor_form_new (connection);
  g_autofree char *transport = editor_form_get (form, editor_field_of ("site.transport"));
  g_autofree char *user = editor_form_get (form, editor_field_of ("sign-in.user"));
  g_assert_cmpstr (transport, ==, "pigeon");
  g_assert_cmpstr (user, ==, "a\\q");
  g_autofree char *first = finish (form, connection);
  g_assert_cmpstr (first, ==, "site.transport");
  g_assert_cmpstr (item (connection, "site.transport"), ==, "pigeon");
  set (form, "site.transport", "tls");
  g_autofree char *second = finish (form, connection);
  g_assert_cmpstr (second, ==, "sign-in.user");
  set (form, "sign-in.user", user);
  g_assert_null (finish (form, connection));
  g_assert_cmpstr (item (connection, "sign-in.user"), ==, "a\\\\q");
}

static const struct {
  const char *item, *text;
  gboolean ok;
} checks[] = {
  { "site.address", "vpn.example.com", TRUE },
  { "site.address", "[2001:db8::1]:443", TRUE },
  { "site.address", "two words", FALSE },
  { "site.address", "vpn.example.com:99999", FALSE },
  { "site.address", "https://vpn.example.com", FALSE },
  { "site.address", "", FALSE },
  { "site.entry-points", "a.example.com; 192.0.2.7:8443", TRUE },
  { "site.entry-points", "a.example.com;:", FALSE },
  { "sign-in.key", "/srv/alice/alice.key", TRUE },
  { "sign-in.key", "alice.key", FALSE },
  { "sign-in.key", "pkcs11:token=card;id=%01;type=private", TRUE },
  { "sign-in.key", "pkcs11:token=card?pin-value=1234", FALSE },
  { "sign-in.user", "alice\nbob", FALSE },
  { "gateway.ca", "/etc/ca.pem", FALSE },
  { "gateway.pins", "sha256/x", FALSE },
  { "proxy.uri", "http://proxy.example.com:3128", TRUE },
  { "proxy.uri", "http://user:secret@proxy.example.com:3128", FALSE },
  { "network.routes", "10.0.0.0/8", TRUE },
  { "network.routes", "10.0.0.1/8", FALSE },
  { "network.mtu", "200", FALSE },
  { "algorithms.ike", "3des-sha1-modp1024", FALSE },
  { "password", "\n", TRUE },
};

static void
check_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++) {
    g_autofree char *what = editor_form_check (editor_field_of (checks[i].item), checks[i].text);
    g_test_message ("%s=%s: %s", checks[i].item, checks[i].text, what != NULL ? what : "");
    g_assert_cmpint (what == NULL, ==, checks[i].ok);
  }
}

static const struct {
  const char *method, *key;
  const char *shown; /* of those below */
} methods[] = {
  { "psk", "", "user psk" },
  { "eap-mschapv2", "", "user password" },
  { "eap-gtc", "", "user" },
  { "eap-ttls", "", "user password inner" },
  { "eap", "", "user password passphrase key inner methods" },
  { "eap-tls", "", "user passphrase key" },
  { "certificate", "/srv/alice/alice.key", "passphrase key" },
  { "certificate", "pkcs11:token=card", "key" },
  { "certificate+eap", "", "user password passphrase key inner methods" },
};

static const char *const looked_for[] = { "sign-in.user", "psk", "password", "passphrase",
  "sign-in.key", "sign-in.inner", "sign-in.eap-methods" };

static void
shown_by_method (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (NMConnection) connection = nothing_yet ();
    g_autoptr (EditorForm) form = editor_form_new (connection);
    g_autoptr (GString) shown = g_string_new (NULL);
    set (form, VISITOR_FIELD_METHOD, methods[i].method);
    set (form, "sign-in.key", methods[i].key);
    for (gsize j = 0; j < G_N_ELEMENTS (looked_for); j++) {
      const char *dash = strrchr (looked_for[j], '.');
      const char *name = dash == NULL ? looked_for[j] : dash + 1;
      name += g_str_has_prefix (name, "eap-") ? strlen ("eap-") : 0;
      if (editor_form_shows (form, editor_field_of (looked_for[j])))
        g_string_append_printf (shown, "%s%s", shown->len > 0 ? " " : "", name);
    }
    g_assert_cmpstr (shown->str, ==, methods[i].shown);
  }
}

static void
shown_by_others (void)
{
  g_autoptr (NMConnection) connection = nothing_yet ();
  g_autoptr (EditorForm) form = editor_form_new (connection);
  g_assert_false (editor_form_shows (form, editor_field_of ("proxy.uri")));
  g_assert_false (editor_form_shows (form, editor_field_of ("ppk")));
  set (form, "proxy.mode", "manual");
  set (form, "sign-in.ppk-identity", "office-ppk");
  g_assert_true (editor_form_shows (form, editor_field_of ("proxy.uri")));
  g_assert_true (editor_form_shows (form, editor_field_of ("ppk")));
  set (form, "site.address", "vpn.example.com");
  set (form, "sign-in.user", "alice");
  g_autofree char *problem = finish (form, connection);
  g_assert_cmpstr (problem, ==, "proxy.uri!");
}

static const struct {
  NMSettingSecretFlags flags;
  const char *secret;
  const char *kept;
} ways[] = {
  { NM_SETTING_SECRET_FLAG_NONE, "s3cret", "s3cret" },
  { NM_SETTING_SECRET_FLAG_AGENT_OWNED, "s3cret", "s3cret" },
  { NM_SETTING_SECRET_FLAG_AGENT_OWNED, "", NULL },
  { NM_SETTING_SECRET_FLAG_NOT_SAVED, "s3cret", NULL },
};

static void
secrets (void)
{
  const VisitorField *password = editor_field_of ("password");
  g_autoptr (NMConnection) connection = office ();
  g_autofree char *none = NULL;
  g_assert_cmpint (
      editor_form_get_secret (connection, password, &none), ==, NM_SETTING_SECRET_FLAG_AGENT_OWNED);
  g_assert_null (none);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autofree char *kept = NULL;
    editor_form_put_secret (connection, password, ways[i].flags, ways[i].secret);
    g_assert_cmpint (editor_form_get_secret (connection, password, &kept), ==, ways[i].flags);
    g_assert_cmpstr (kept, ==, ways[i].kept);
  }
  g_autoptr (NMConnection) fresh = nothing_yet ();
  g_assert_cmpint (
      editor_form_get_secret (fresh, password, &none), ==, NM_SETTING_SECRET_FLAG_AGENT_OWNED);
}

static void
certificates (void)
{
  const VisitorField *ca = editor_field_of ("gateway.ca");
  g_autoptr (NMConnection) connection = office ();
  g_autoptr (EditorForm) form = editor_form_new (connection);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (GOLDEN, "cert.ca.pem", NULL);
  g_autofree char *other = g_build_filename (GOLDEN, "cert.session", NULL);
  g_assert_null (editor_form_certificates (form, ca));
  g_assert_true (editor_form_read_certificates (form, ca, path, &error));
  g_assert_no_error (error);
  g_autofree char *whose = editor_form_certificates (form, ca);
  g_test_message ("%s", whose);
  g_assert_nonnull (strstr (whose, "CA"));
  g_assert_false (editor_form_read_certificates (form, ca, other, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
  g_clear_error (&error);
  g_assert_false (editor_form_read_certificates (form, ca, "/nowhere", &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_NOT_FOUND);
  g_assert_null (finish (form, connection));
  g_assert_true (
      g_str_has_prefix (item (connection, "gateway.ca"), "-----BEGIN CERTIFICATE-----\\n"));
  set (form, "gateway.ca", NULL);
  g_assert_null (finish (form, connection));
  g_assert_null (item (connection, "gateway.ca"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/editor-form/from-nothing", from_nothing);
  g_test_add_func ("/editor-form/nothing-is-lost", nothing_is_lost);
  g_test_add_func ("/editor-form/unchanged", unchanged);
  g_test_add_func ("/editor-form/choices", choices);
  g_test_add_func ("/editor-form/wrong-items", wrong_items);
  g_test_add_func ("/editor-form/checks", check_rows);
  g_test_add_func ("/editor-form/shown-by-method", shown_by_method);
  g_test_add_func ("/editor-form/shown-by-others", shown_by_others);
  g_test_add_func ("/editor-form/secrets", secrets);
  g_test_add_func ("/editor-form/certificates", certificates);
  return g_test_run ();
}
