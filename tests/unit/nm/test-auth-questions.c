/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an agent of NM's is told to ask, in rows: method, what there is, hints; and what comes of it. */
#include "nm/auth-questions.h"

#include <string.h>

#include "base/error.h"

typedef struct {
  const char *method;
  const char *more[2]; /* one more item */
  const char *secret[2]; /* that the agent has */
  const char *hints[3];
  gboolean may_ask, again;
  const char *group; /* that is there, and alone; NULL = there is none */
  const char *value;
  gboolean should_ask;
} Row;

static const Row rows[] = {
  { "psk", .may_ask = TRUE, .group = "psk", .value = "", .should_ask = TRUE },
  { "psk", .may_ask = FALSE, .group = "psk", .value = "", .should_ask = FALSE },
  { "psk", .secret = { "psk", "k" }, .may_ask = TRUE, .group = "psk", .value = "k" },
  { "psk", .secret = { "psk", "k" }, .may_ask = TRUE, .again = TRUE, .group = "psk", .value = "k",
      .should_ask = TRUE },
  { "psk", .more = { "psk-flags", "4" }, .may_ask = TRUE },
  { "eap-gtc", .may_ask = TRUE },
  { "eap-gtc", .hints = { "code", "x-vpn-message:Token, please" }, .may_ask = TRUE, .group = "code",
      .value = "", .should_ask = TRUE },
  { "eap-gtc", .secret = { "code", "123456" }, .hints = { "code" }, .may_ask = TRUE,
      .group = "code", .value = "", .should_ask = TRUE },
  { "eap-ttls", .may_ask = TRUE },
  { "eap-ttls", .secret = { "password", "p" }, .may_ask = TRUE, .group = "password", .value = "p" },
  { "eap-mschapv2", .hints = { "cookie" }, .may_ask = TRUE, .group = "password", .value = "",
      .should_ask = TRUE },
};

static char *
ask (const Row *row, GError **error)
{
  g_autoptr (GHashTable) data = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) secrets = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (data, (gpointer) "site.address", (gpointer) "vpn.example.com");
  g_hash_table_insert (data, (gpointer) "sign-in.method", (gpointer) row->method);
  g_hash_table_insert (data, (gpointer) "sign-in.user", (gpointer) "alice");
  if (row->more[0] != NULL)
    g_hash_table_insert (data, (gpointer) row->more[0], (gpointer) row->more[1]);
  if (row->secret[0] != NULL)
    g_hash_table_insert (secrets, (gpointer) row->secret[0], (gpointer) row->secret[1]);
  const AuthRequest request = { "office", data, secrets, row->hints, row->may_ask, row->again };
  return auth_questions (&request, error);
}

static void
check (const Row *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = ask (row, &error);
  g_assert_no_error (error);
  g_test_message ("%s", text);
  g_assert_true (g_key_file_load_from_data (file, text, strlen (text), 0, NULL));
  g_autofree char *first = g_key_file_get_start_group (file);
  g_assert_cmpstr (first, ==, "VPN Plugin UI");
  g_assert_cmpint (g_key_file_get_integer (file, first, "Version", NULL), ==, 2);
  g_assert_true (g_key_file_has_key (file, first, "Title", NULL));
  g_assert_true (g_key_file_has_key (file, first, "Description", NULL));
  gsize n;
  g_auto (GStrv) groups = g_key_file_get_groups (file, &n);
  g_assert_cmpuint (n, ==, row->group != NULL ? 2 : 1);
  if (row->group == NULL)
    return;
  g_assert_cmpstr (groups[1], ==, row->group);
  g_autofree char *value = g_key_file_get_string (file, row->group, "Value", NULL);
  g_autofree char *label = g_key_file_get_string (file, row->group, "Label", NULL);
  g_assert_cmpstr (value, ==, row->value);
  g_assert_cmpstr (label, !=, "");
  g_assert_true (g_key_file_get_boolean (file, row->group, "IsSecret", NULL));
  g_assert_cmpint (
      g_key_file_get_boolean (file, row->group, "ShouldAsk", NULL), ==, row->should_ask);
}

static void
every_row (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    check (&rows[i]);
}

static void
the_gateway_says_one_line (void)
{
  const Row row = { "eap-gtc", .hints = { "code", "x-vpn-message:one\n[evil]\nValue=two" },
    .may_ask = TRUE };
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = ask (&row, NULL);
  g_assert_true (g_key_file_load_from_data (file, text, strlen (text), 0, NULL));
  g_assert_false (g_key_file_has_group (file, "evil"));
  g_autofree char *said = g_key_file_get_string (file, "VPN Plugin UI", "Description", NULL);
  g_assert_null (strchr (said, '\n'));
  g_assert_nonnull (strstr (said, "one"));
}

static void
what_is_no_site (void)
{
  const Row row = { "telepathy", .may_ask = TRUE };
  g_autoptr (GError) error = NULL;
  g_assert_null (ask (&row, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auth-questions/rows", every_row);
  g_test_add_func ("/auth-questions/one-line", the_gateway_says_one_line);
  g_test_add_func ("/auth-questions/no-site", what_is_no_site);
  return g_test_run ();
}
