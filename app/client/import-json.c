/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ImportJson: a file in JSON that is to become a site: its members by type, and where each stands.
 *
 * What is of the wrong type is an error that names the key and its line. */
#include "config.h"

#include "client/import-json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"

#define MAX_BRACKETS 256 /* a bound on how deep JSON is nested, for a parser that recurses */

/* The line of the key PARENT.NAME: the first of that name behind the first of its parent's. */
guint
visitor_import_json_line_of (const char *key, gpointer user_data)
{
  const char *text = ((const VisitorImportJson *) user_data)->text, *at = text;
  g_auto (GStrv) names = g_strsplit (key, ".", -1);
  for (guint i = 0; names[i] != NULL && at != NULL; i++) {
    g_autofree char *quoted = g_strdup_printf ("\"%s\"", names[i]);
    at = strstr (at, quoted);
  }
  if (at == NULL)
    return 0;
  guint line = 1;
  for (const char *p = text; p < at; p++)
    line += *p == '\n';
  return line;
}

/* As visitor_import_draft_fail (). */
gboolean
visitor_import_json_fail (
    const VisitorImportJson *json, const char *key, const char *what, GError **error)
{
  return visitor_import_draft_fail (json->draft, key, what, error);
}

/* *ret_text is NULL where there is no such member. Borrowed. */
gboolean
visitor_import_json_get_string (const VisitorImportJson *json, JsonObject *object, const char *name,
    const char *full, const char **ret_text, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);
  *ret_text = NULL;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return visitor_import_json_fail (
        json, full, _ ("A text in quotation marks stands here."), error);
  *ret_text = json_node_get_string (node);
  return TRUE;
}

/* *ret_object is NULL where there is no such member. Borrowed. */
gboolean
visitor_import_json_get_object (const VisitorImportJson *json, JsonObject *object, const char *name,
    JsonObject **ret_object, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);
  *ret_object = NULL;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return visitor_import_json_fail (json, name, _ ("Braces with keys in them stand here."), error);
  *ret_object = json_node_get_object (node);
  return TRUE;
}

/* FALSE where there is no such member. */
gboolean
visitor_import_json_get_flag (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_boolean (node);
}

/* A text, or a list of them, as a site.conf has lists. */
gboolean
visitor_import_json_get_list (const VisitorImportJson *json, JsonObject *object, const char *name,
    const char *full, char **ret_list, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);
  *ret_list = NULL;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    const char *text;
    if (!visitor_import_json_get_string (json, object, name, full, &text, error))
      return FALSE;
    *ret_list = g_strdup (text);
    return TRUE;
  }
  JsonArray *array = json_node_get_array (node);
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *item = json_array_get_element (array, i);
    if (!JSON_NODE_HOLDS_VALUE (item) || json_node_get_value_type (item) != G_TYPE_STRING)
      return visitor_import_json_fail (
          json, full, _ ("Texts in quotation marks stand in this list."), error);
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", json_node_get_string (item));
  }
  *ret_list = g_string_free (g_steal_pointer (&list), FALSE);
  return TRUE;
}

/* *ret_octets is NULL where there is no such member. Transfer: full. */
gboolean
visitor_import_json_get_base64 (const VisitorImportJson *json, JsonObject *object, const char *name,
    const char *full, guint8 **ret_octets, gsize *ret_len, GError **error)
{
  const char *text;
  *ret_octets = NULL;
  *ret_len = 0;
  if (!visitor_import_json_get_string (json, object, name, full, &text, error))
    return FALSE;
  if (text == NULL || *text == '\0')
    return TRUE;
  if (strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n\t ") !=
      strlen (text))
    return visitor_import_json_fail (json, full, _ ("This is not base64."), error);
  *ret_octets = g_base64_decode (text, ret_len);
  if (*ret_len == 0)
    return visitor_import_json_fail (json, full, _ ("This is not base64."), error);
  return TRUE;
}

/* json-glib recurses: a text of a million brackets would be the end of the program. */
static gboolean
check_brackets (const char *text, gsize len, GError **error)
{
  guint n = 0;
  for (gsize i = 0; i < len; i++)
    n += text[i] == '[' || text[i] == '{';
  if (n <= MAX_BRACKETS)
    return TRUE;
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
      _ ("This is no profile of strongSwan: it has too many lists."));
  return FALSE;
}

static void
on_parse_error (JsonParser *parser, gpointer error, guint *line)
{
  *line = json_parser_get_current_line (parser);
}

/* Of len octets, whose root is an object. SITE_INVALID names the line. Transfer: full. */
JsonParser *
visitor_import_json_parse (const char *text, gsize len, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) why = NULL;
  if (!check_brackets (text, len, error))
    return NULL;
  guint line = 0;
  g_signal_connect (parser, "error", G_CALLBACK (on_parse_error), &line);
  if (!json_parser_load_from_data (parser, text, (gssize) len, &why)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        _ ("Line %u: this is not written as JSON is."), line);
    return NULL;
  }
  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (
        error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, _ ("This is no profile of strongSwan."));
    return NULL;
  }
  return g_steal_pointer (&parser);
}
