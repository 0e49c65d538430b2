/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site in a table of strings: the same parser, no way to another line, and the key's path apart. */
#include "site/items.h"

#include <string.h>

#include "site/secrets.h"

static GHashTable *
table (const char *const *pairs)
{
  GHashTable *items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; pairs[i] != NULL; i += 2)
    g_hash_table_insert (items, g_strdup (pairs[i]), g_strdup (pairs[i + 1]));
  return items;
}

#define PAIRS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define OFFICE \
  "site.address", "vpn.example.com:8443", "sign-in.method", "eap-mschapv2", "sign-in.user", "alice"

static void
a_table_is_a_site (void)
{
  g_autoptr (GHashTable) items =
      table (PAIRS (OFFICE, "password-flags", "1", "network.mtu", "1300"));
  g_autofree char *key_file = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_from_items (items, "Head office", &key_file, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (site->name, ==, "Head office");
  g_assert_cmpstr (site->address.host, ==, "vpn.example.com");
  g_assert_cmpuint (site->address.port, ==, 8443);
  g_assert_cmpstr (site->user, ==, "alice");
  g_assert_cmpuint (site->mtu, ==, 1300);
  g_assert_null (key_file);
}

static void
a_table_comes_back (void)
{
  g_autoptr (GHashTable) items = table (PAIRS (OFFICE, "newer.key", "of a newer version",
      "network.routes", "10.0.0.0/8;fd00::/8", "gateway.identity", "a\\\\b"));
  g_autofree char *key_file = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_from_items (items, "office", &key_file, &error);
  g_assert_no_error (error);
  g_autoptr (GHashTable) again = site_to_items (site, NULL);
  g_assert_cmpuint (g_hash_table_size (again), ==, g_hash_table_size (items));
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init (&iter, items);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_assert_cmpstr (g_hash_table_lookup (again, name), ==, value);
}

static void
a_key_keeps_its_path (void)
{
  g_autoptr (GHashTable) items = table (PAIRS ("site.address", "vpn.example.com", "sign-in.method",
      "certificate", "sign-in.key", "/srv/keys of alice/alice.key"));
  g_autofree char *key_file = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_from_items (items, "office", &key_file, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (key_file, ==, "/srv/keys of alice/alice.key");
  g_assert_null (strchr (site->key, '/'));
  g_assert_cmpuint (site_secrets_possible (site), ==, SITE_SECRET_PASSPHRASE);
  g_autoptr (GHashTable) again = site_to_items (site, key_file);
  g_assert_cmpstr (g_hash_table_lookup (again, "sign-in.key"), ==, key_file);
  g_autofree char *text = site_to_text_with_key (site, key_file);
  g_assert_nonnull (strstr (text, "key=/srv/keys of alice/alice.key\n"));
}

static void
what_is_refused (void)
{
  static const struct {
    const char *name, *value, *says;
  } rows[] = {
    { "sign-in.user", "alice\nmethod=psk", "control character" },
    { "sign-in.user", "alice\r[proxy]", "control character" },
    { "sign-in.user", "al\tice", "control character" },
    { "sign-in.user", "al\x7fice", "control character" },
    { "sign-in.user", "al\xc2\x85ice", "control character" },
    { "sign-in.user", "al\xff", "control character" },
    { "sign-in.user", "alice\\nmethod=psk", "sign-in" },
    { "sign-in.us\ner", "alice", "GROUP.KEY" },
    { "sign-in].user", "alice", "GROUP.KEY" },
    { "sign-in.user[de]", "alice", "GROUP.KEY" },
    { "sign-in.user=x", "alice", "GROUP.KEY" },
    { ".user", "alice", "GROUP.KEY" },
    { "sign-in.", "alice", "GROUP.KEY" },
    { "sign-in.password", "s3cret", "secret" },
    { "sign-in.method", "telepathy", "one of" },
    { "gateway.ca", "/etc/ssl/ca.pem", "a file is named here" },
    { "sign-in.certificate", "alice.pem", "a file is named here" },
    { "sign-in.key", "alice.key", "whole path" },
    { "sign-in.key", "/srv/a\\nb", "whole path" },
    { "sign-in.key", "pkcs11:token=x?pin-value=1234", "PIN" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GHashTable) items = table (PAIRS (OFFICE));
    g_hash_table_insert (items, g_strdup (rows[i].name), g_strdup (rows[i].value));
    g_autofree char *key_file = NULL;
    g_autoptr (GError) error = NULL;
    g_assert_null (site_from_items (items, "office", &key_file, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, rows[i].says));
    g_assert_false (g_str_has_prefix (error->message, "line "));
    g_assert_null (strchr (error->message, '\n'));
    g_assert_null (key_file);
  }
}

static void
a_name_is_one_line_too (void)
{
  g_autoptr (GHashTable) items = table (PAIRS (OFFICE));
  g_autofree char *key_file = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_null (site_from_items (items, "office\n[proxy]", &key_file, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
}

static void
what_will_be_asked_for (void)
{
  static const struct {
    const char *method, *more, *more_value;
    unsigned int certain, possible;
  } rows[] = {
    { "psk", NULL, NULL, SITE_SECRET_PSK, SITE_SECRET_PSK },
    { "eap-mschapv2", NULL, NULL, SITE_SECRET_PASSWORD, SITE_SECRET_PASSWORD },
    { "eap-mschapv2", "sign-in.ppk-identity", "lab", SITE_SECRET_PASSWORD | SITE_SECRET_PPK,
        SITE_SECRET_PASSWORD | SITE_SECRET_PPK },
    { "eap-gtc", NULL, NULL, 0, SITE_SECRET_CODE },
    { "eap-ttls", NULL, NULL, 0, SITE_SECRET_PASSWORD | SITE_SECRET_CODE },
    { "eap-ttls", "sign-in.inner", "pap", SITE_SECRET_PASSWORD, SITE_SECRET_PASSWORD },
    { "eap", NULL, NULL, 0, SITE_SECRET_PASSWORD | SITE_SECRET_CODE },
    { "eap-tls", "sign-in.key", "/k", 0, SITE_SECRET_PASSPHRASE },
    { "certificate", "sign-in.key", "pkcs11:token=x", 0, SITE_SECRET_PIN },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GHashTable) items = table (PAIRS (OFFICE));
    g_hash_table_insert (items, g_strdup ("sign-in.method"), g_strdup (rows[i].method));
    if (rows[i].more != NULL)
      g_hash_table_insert (items, g_strdup (rows[i].more), g_strdup (rows[i].more_value));
    g_autofree char *key_file = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (Site) site = site_from_items (items, "office", &key_file, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (site_secrets_certain (site), ==, rows[i].certain);
    g_assert_cmpuint (site_secrets_possible (site), ==, rows[i].possible);
  }
}

static void
secrets_have_names (void)
{
  for (unsigned int bit = 0; bit < SITE_N_SECRETS; bit++) {
    SiteSecret secret = (SiteSecret) (1u << bit);
    g_assert_cmpuint (site_secret_from_name (site_secret_name (secret)), ==, secret);
  }
  g_assert_cmpuint (site_secret_from_name ("cookie"), ==, 0);
  g_assert_null (site_secret_name (0));
  g_assert_false (site_secret_may_be_kept (SITE_SECRET_CODE));
  g_assert_true (site_secret_may_be_kept (SITE_SECRET_PASSWORD));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/items/a-table-is-a-site", a_table_is_a_site);
  g_test_add_func ("/items/a-table-comes-back", a_table_comes_back);
  g_test_add_func ("/items/key-file", a_key_keeps_its_path);
  g_test_add_func ("/items/refused", what_is_refused);
  g_test_add_func ("/items/name", a_name_is_one_line_too);
  g_test_add_func ("/items/secrets", what_will_be_asked_for);
  g_test_add_func ("/items/secret-names", secrets_have_names);
  return g_test_run ();
}
