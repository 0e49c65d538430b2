/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EditorForm: a connection as a form: a text for each item, which a person changes.
 *
 * The form is the connection's own items, wrong ones too, so that what no field shows stays as it is. The
 * one judge of a value is the parser that will read it again. A text is what a person sees; an item has
 * the escapes of a key file in it. Nothing is known of a toolkit here. */
#include "nm/editor/form.h"

#include <fcntl.h>
#include <string.h>

#include "client/certificate-summary.h"
#include "nm/connection.h"
#include "nm/words.h"
#include "site/file.h"
#include "site/items.h"

struct _EditorForm {
  GHashTable *items; /* char * to char * */
};

static char *
escape (const char *text)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_key_file_set_string (file, "group", "key", text);
  return g_key_file_get_value (file, "group", "key", NULL);
}

/* What is escaped wrongly is shown as it is, to be put right. */
static char *
unescape (const char *value)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_key_file_set_value (file, "group", "key", value);
  char *text = g_key_file_get_string (file, "group", "key", NULL);
  return text != NULL ? text : g_strdup (value);
}

static void
take_item (const char *name, const char *value, gpointer user_data)
{
  g_hash_table_insert (user_data, g_strdup (name), g_strdup (value));
}

static GHashTable *
items_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* The form of a connection, which may be one that nothing is known of yet. Transfer: full. */
EditorForm *
editor_form_new (NMConnection *connection)
{
  EditorForm *form = g_new0 (EditorForm, 1);
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  form->items = items_new ();
  if (vpn != NULL)
    nm_setting_vpn_foreach_data_item (vpn, take_item, form->items);
  if (g_hash_table_lookup (form->items, VISITOR_FIELD_METHOD) == NULL)
    take_item (
        VISITOR_FIELD_METHOD, editor_field_of (VISITOR_FIELD_METHOD)->choices[0].word, form->items);
  return form;
}

/* NULL is allowed. */
void
editor_form_free (EditorForm *form)
{
  if (form == NULL)
    return;
  g_hash_table_unref (form->items);
  g_free (form);
}

/* What stands there; of a choice what holds where nothing does, else "". Transfer: full. */
char *
editor_form_get (const EditorForm *form, const VisitorField *field)
{
  const char *value = g_hash_table_lookup (form->items, field->item);
  if ((value == NULL || *value == '\0') && field->kind == VISITOR_FIELD_CHOICE)
    return g_strdup (field->choices[0].word);
  return unescape (value != NULL ? value : "");
}

/* Puts text there; NULL, blank, or a choice that holds anyway: nothing. It may be wrong. */
void
editor_form_set (EditorForm *form, const VisitorField *field, const char *text_or_null)
{
  g_autofree char *text = g_strstrip (g_strdup (text_or_null != NULL ? text_or_null : ""));
  gboolean implied = field->kind == VISITOR_FIELD_CHOICE &&
      !g_str_equal (field->item, VISITOR_FIELD_METHOD) &&
      g_str_equal (text, field->choices[0].word);
  if (*text == '\0' || implied)
    g_hash_table_remove (form->items, field->item);
  else
    g_hash_table_insert (form->items, g_strdup (field->item), escape (text));
}

/* Copies the certificates of a file, PEM or DER, into the item. SITE_NOT_FOUND, STORAGE or SITE_INVALID;
 * visitor_site_problem_explain () has the words. */
gboolean
editor_form_read_certificates (
    EditorForm *form, const VisitorField *field, const char *path, GError **error)
{
  g_autofree char *pem = site_file_read_certificates (AT_FDCWD, path, error);
  if (pem == NULL)
    return FALSE;
  editor_form_set (form, field, pem);
  return TRUE;
}

/* Whose the certificates of an item are, in a few words; NULL where there are none. Transfer: full. */
char *
editor_form_certificates (const EditorForm *form, const VisitorField *field)
{
  g_autofree char *pem = editor_form_get (form, field);
  if (*pem == '\0')
    return NULL;
  char *summary = visitor_certificate_summary (pem);
  return summary != NULL ? summary : g_strdup (_ ("A certificate that cannot be read"));
}

static gboolean
is_met (const EditorForm *form, const VisitorFieldCondition *condition)
{
  if (condition->item == NULL)
    return TRUE;
  g_autofree char *text = editor_form_get (form, editor_field_of (condition->item));
  return condition->words != NULL ? g_strv_contains (condition->words, text) : *text != '\0';
}

/* The key of a token has a PIN, which is never kept, and no passphrase. */
static gboolean
is_passphrase_of_token (const EditorForm *form, const VisitorField *field)
{
  if (field->kind != VISITOR_FIELD_SECRET || !g_str_equal (field->item, "passphrase"))
    return FALSE;
  const char *key = g_hash_table_lookup (form->items, "sign-in.key");
  return key != NULL && site_key_is_uri (key);
}

/* Whether the field means something with what stands in the others. */
gboolean
editor_form_shows (const EditorForm *form, const VisitorField *field)
{
  return is_met (form, &field->when) && !is_passphrase_of_token (form, field);
}

static gboolean
is_about (const VisitorSiteProblem *problem, const char *item)
{
  if (problem->key == NULL)
    return FALSE;
  g_autofree char *name = g_strdup_printf ("%s.%s", problem->group, problem->key);
  return g_str_equal (name, item);
}

/* What is wrong with text as the value of that field, a sentence for people; NULL if nothing is. What
 * depends on other fields is not looked at. Transfer: full. */
char *
editor_form_check (const VisitorField *field, const char *text)
{
  if (field->kind == VISITOR_FIELD_SECRET)
    return NULL;
  g_autoptr (EditorForm) alone = g_new0 (EditorForm, 1);
  g_autofree char *key_file = NULL;
  g_autoptr (GError) error = NULL;
  alone->items = items_new ();
  take_item ("site.address", "gateway.invalid", alone->items);
  take_item (VISITOR_FIELD_METHOD, "eap-mschapv2", alone->items);
  take_item ("sign-in.user", "user", alone->items);
  editor_form_set (alone, field, text);
  g_autoptr (Site) site = site_from_items (alone->items, "", &key_file, &error);
  if (site != NULL)
    return NULL;
  g_autoptr (VisitorSiteProblem) problem = visitor_site_problem_new (error);
  return is_about (problem, field->item) ? g_steal_pointer (&problem->what) : NULL;
}

/* How the secret of a field is kept, and in *ret_secret what is known of it, or NULL. Transfer: full. */
NMSettingSecretFlags
editor_form_get_secret (NMConnection *connection, const VisitorField *field, char **ret_secret)
{
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  NMSettingSecretFlags flags = NM_SETTING_SECRET_FLAG_AGENT_OWNED;
  *ret_secret = NULL;
  if (vpn == NULL)
    return flags;
  g_autofree char *item = g_strconcat (field->item, "-flags", NULL);
  if (nm_setting_vpn_get_data_item (vpn, item) != NULL)
    nm_setting_get_secret_flags (NM_SETTING (vpn), field->item, &flags, NULL);
  *ret_secret = g_strdup (nm_setting_vpn_get_secret (vpn, field->item));
  return flags;
}

/* Puts the secret into a connection that was finished, as far as it is to be kept. */
void
editor_form_put_secret (NMConnection *connection, const VisitorField *field,
    NMSettingSecretFlags flags, const char *secret)
{
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  gboolean kept =
      (flags & (NM_SETTING_SECRET_FLAG_NOT_SAVED | NM_SETTING_SECRET_FLAG_NOT_REQUIRED)) == 0;
  nm_setting_set_secret_flags (NM_SETTING (vpn), field->item, flags, NULL);
  if (kept && *secret != '\0')
    nm_setting_vpn_add_secret (vpn, field->item, secret);
  else
    nm_setting_vpn_remove_secret (vpn, field->item);
}

static void
ensure_setting (NMConnection *connection)
{
  if (nm_connection_get_setting_vpn (connection) != NULL)
    return;
  NMSetting *vpn = nm_setting_vpn_new ();
  g_object_set (vpn, NM_SETTING_VPN_SERVICE_TYPE, VISITOR_NM_SERVICE, NULL);
  nm_connection_add_setting (connection, vpn);
}

/* Puts the site as it stands in the form into a connection. FALSE if it cannot be used yet: the connection
 * stays as it is, and *ret_problem, which is then the caller's, says why. */
gboolean
editor_form_finish (
    const EditorForm *form, NMConnection *connection, VisitorSiteProblem **ret_problem)
{
  g_autofree char *key_file = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_from_items (form->items, "", &key_file, &error);
  if (site == NULL) {
    *ret_problem = visitor_site_problem_new (error);
    return FALSE;
  }
  ensure_setting (connection);
  visitor_connection_set_site (connection, site, key_file);
  return TRUE;
}
