/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Items: a site in a table of strings, for whoever keeps it there and not in a file, as NetworkManager
 * does in vpn.data.
 *
 * An item is one line of site.conf: its name is "GROUP.KEY", its value is written as in the file, with the
 * file's escapes, so that one parser reads both. Names without a dot are somebody else's. No item can
 * begin a line of its own: a control character is refused, wherever it stands. The site's name is the
 * table's, and no item. A key's file, which a site.conf has beside it, is named by its whole path here
 * and kept apart from the site: who reads it must do so with its owner's rights. Pure. */
#include "site/items.h"

#include <string.h>

#define KEY_GROUP "sign-in"
#define KEY_KEY "key"
#define KEY_BESIDE "user.key" /* what the site itself says where the file is elsewhere */
#define NAME_GROUP "site"
#define NAME_KEY "name"

static gboolean
is_word (const char *text, size_t len)
{
  for (size_t i = 0; i < len; i++) {
    if (!g_ascii_islower (text[i]) && !g_ascii_isdigit (text[i]) && text[i] != '-')
      return FALSE;
  }
  return len > 0 && text[0] != '-';
}

static gboolean
is_one_line (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, what);
  return FALSE;
}

static gboolean
add_item (GKeyFile *source, const char *name, const char *value, GError **error)
{
  const char *dot = strchr (name, '.');
  if (dot == NULL)
    return TRUE;
  if (!is_word (name, (size_t) (dot - name)) || !is_word (dot + 1, strlen (dot + 1)))
    return refuse (error, "an item's name is GROUP.KEY, of small letters, digits and hyphens");
  g_autofree char *group = g_strndup (name, (gsize) (dot - name));
  if (!is_one_line (value)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "key %s in [%s]: there is a control character", dot + 1, group);
    return FALSE;
  }
  g_key_file_set_value (source, group, dot + 1, value);
  return TRUE;
}

/* SiteReadFileFunc: keeps the path of a key, and reads nothing. */
static char *
keep_key_file (SiteFileKind kind, const char *name, void *user_data, GError **error)
{
  char **ret_key_file = user_data;
  if (kind != SITE_FILE_KEY) {
    refuse (error, "a file is named here; a certificate stands in the profile itself");
    return NULL;
  }
  if (!g_path_is_absolute (name) || !is_one_line (name)) {
    refuse (error, "the key's file is named by its whole path, or by a pkcs11: URI");
    return NULL;
  }
  g_free (*ret_key_file);
  *ret_key_file = g_strdup (name);
  return g_strdup (KEY_BESIDE);
}

/* A table has no lines that a person could look for. */
static void
forget_line (GError *error)
{
  static const char start[] = "line ";
  const char *comma = strchr (error->message, ',');
  if (!g_str_has_prefix (error->message, start) || comma == NULL)
    return;
  char *rest = g_strdup (comma + strspn (comma, ", "));
  g_free (error->message);
  error->message = rest;
}

/* The site that items (char * to char *) describe, called name. Where its key is in a file, the path goes
 * to *ret_key_file, which is else NULL. SITE_INVALID names the key. Transfer: full. */
Site *
site_from_items (GHashTable *items, const char *name, char **ret_key_file, GError **error)
{
  g_autoptr (GKeyFile) source = g_key_file_new ();
  g_autofree char *key_file = NULL;
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (items), (GCompareFunc) strcmp);
  *ret_key_file = NULL;
  for (const GList *l = names; l != NULL; l = l->next) {
    if (!add_item (source, l->data, g_hash_table_lookup (items, l->data), error))
      return NULL;
  }
  g_key_file_set_string (source, NAME_GROUP, NAME_KEY, name);
  gsize len;
  g_autofree char *text = g_key_file_to_data (source, &len, NULL);
  g_autoptr (GError) why = NULL;
  Site *site = site_parse (text, (gssize) len, keep_key_file, &key_file, &why);
  if (site == NULL) {
    forget_line (why);
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  *ret_key_file = g_steal_pointer (&key_file);
  return site;
}

static GKeyFile *
source_of (const Site *site, const char *key_file_or_null)
{
  GKeyFile *source = g_key_file_new ();
  g_autofree char *text = site_to_text (site);
  g_key_file_load_from_data (source, text, strlen (text), G_KEY_FILE_KEEP_COMMENTS, NULL);
  if (key_file_or_null != NULL)
    g_key_file_set_string (source, KEY_GROUP, KEY_KEY, key_file_or_null);
  return source;
}

static void
put_group (GHashTable *items, GKeyFile *source, const char *group)
{
  g_auto (GStrv) keys = g_key_file_get_keys (source, group, NULL, NULL);
  for (gsize i = 0; keys[i] != NULL; i++) {
    gboolean is_name = g_str_equal (group, NAME_GROUP) && g_str_equal (keys[i], NAME_KEY);
    if (is_name || !is_word (keys[i], strlen (keys[i])))
      continue;
    char *value = g_key_file_get_value (source, group, keys[i], NULL);
    g_hash_table_insert (items, g_strdup_printf ("%s.%s", group, keys[i]), value);
  }
}

/* The items of a site, owned char * to owned char *; what a newer version wrote is kept, comments are
 * not. key_file_or_null: where its key is, if in a file. Transfer: full. */
GHashTable *
site_to_items (const Site *site, const char *key_file_or_null)
{
  GHashTable *items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GKeyFile) source = source_of (site, key_file_or_null);
  g_auto (GStrv) groups = g_key_file_get_groups (source, NULL);
  for (gsize i = 0; groups[i] != NULL; i++) {
    if (is_word (groups[i], strlen (groups[i])))
      put_group (items, source, groups[i]);
  }
  return items;
}

/* The site.conf of a site whose key is in a file somewhere, which is named by its whole path; to be
 * imported, not stored. Transfer: full. */
char *
site_to_text_with_key (const Site *site, const char *key_file_or_null)
{
  g_autoptr (GKeyFile) source = source_of (site, key_file_or_null);
  return g_key_file_to_data (source, NULL, NULL);
}
