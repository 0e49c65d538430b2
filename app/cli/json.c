/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Json: a GVariant as JSON (RFC 8259), as far as the engine's status needs it.
 *
 * Dictionaries with string keys become objects, arrays and tuples arrays, numbers numbers; 64-bit
 * integers are written in full. ASCII only, so that no terminal and no locale can come between. */
#include "cli/json.h"

#include <math.h>

static void
append_escape (GString *json, gunichar c)
{
  if (c >= 0x10000) {
    c -= 0x10000;
    g_string_append_printf (json, "\\u%04x\\u%04x", 0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff));
  } else {
    g_string_append_printf (json, "\\u%04x", c);
  }
}

/* Appends text, which is UTF-8, in quotes. */
void
json_append_string (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (c == '"' || c == '\\')
      g_string_append_printf (json, "\\%c", (char) c);
    else if (c < 0x20 || c > 0x7e)
      append_escape (json, c);
    else
      g_string_append_c (json, (char) c);
  }
  g_string_append_c (json, '"');
}

static void
append_double (GString *json, double value)
{
  char buf[G_ASCII_DTOSTR_BUF_SIZE];
  if (isfinite (value))
    g_string_append (json, g_ascii_dtostr (buf, sizeof buf, value));
  else
    g_string_append (json, "null");
}

static gboolean
append_number (GString *json, GVariant *value)
{
  switch (g_variant_classify (value)) {
  case G_VARIANT_CLASS_BYTE:
    g_string_append_printf (json, "%u", g_variant_get_byte (value));
    return TRUE;
  case G_VARIANT_CLASS_INT16:
    g_string_append_printf (json, "%d", g_variant_get_int16 (value));
    return TRUE;
  case G_VARIANT_CLASS_UINT16:
    g_string_append_printf (json, "%u", g_variant_get_uint16 (value));
    return TRUE;
  case G_VARIANT_CLASS_INT32:
    g_string_append_printf (json, "%d", g_variant_get_int32 (value));
    return TRUE;
  case G_VARIANT_CLASS_UINT32:
    g_string_append_printf (json, "%u", g_variant_get_uint32 (value));
    return TRUE;
  case G_VARIANT_CLASS_INT64:
    g_string_append_printf (json, "%" G_GINT64_FORMAT, g_variant_get_int64 (value));
    return TRUE;
  case G_VARIANT_CLASS_UINT64:
    g_string_append_printf (json, "%" G_GUINT64_FORMAT, g_variant_get_uint64 (value));
    return TRUE;
  case G_VARIANT_CLASS_DOUBLE: append_double (json, g_variant_get_double (value)); return TRUE;
  case G_VARIANT_CLASS_BOOLEAN:
  case G_VARIANT_CLASS_HANDLE:
  case G_VARIANT_CLASS_STRING:
  case G_VARIANT_CLASS_OBJECT_PATH:
  case G_VARIANT_CLASS_SIGNATURE:
  case G_VARIANT_CLASS_VARIANT:
  case G_VARIANT_CLASS_MAYBE:
  case G_VARIANT_CLASS_ARRAY:
  case G_VARIANT_CLASS_TUPLE:
  case G_VARIANT_CLASS_DICT_ENTRY: break;
  }
  return FALSE;
}

static void
append_object (GString *json, GVariant *dictionary)
{
  g_string_append_c (json, '{');
  for (gsize i = 0; i < g_variant_n_children (dictionary); i++) {
    g_autoptr (GVariant) entry = g_variant_get_child_value (dictionary, i);
    g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
    g_autoptr (GVariant) value = g_variant_get_child_value (entry, 1);
    if (i > 0)
      g_string_append_c (json, ',');
    json_append_string (json, g_variant_get_string (key, NULL));
    g_string_append_c (json, ':');
    json_append (json, value);
  }
  g_string_append_c (json, '}');
}

static void
append_array (GString *json, GVariant *items)
{
  g_string_append_c (json, '[');
  for (gsize i = 0; i < g_variant_n_children (items); i++) {
    g_autoptr (GVariant) item = g_variant_get_child_value (items, i);
    if (i > 0)
      g_string_append_c (json, ',');
    json_append (json, item);
  }
  g_string_append_c (json, ']');
}

/* Appends value. What JSON has no word for (a file descriptor, an absent maybe) is null. */
void
json_append (GString *json, GVariant *value)
{
  const GVariantType *type = g_variant_get_type (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT)) {
    g_autoptr (GVariant) inner = g_variant_get_variant (value);
    json_append (json, inner);
  } else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ||
      g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH) ||
      g_variant_is_of_type (value, G_VARIANT_TYPE_SIGNATURE)) {
    json_append_string (json, g_variant_get_string (value, NULL));
  } else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN)) {
    g_string_append (json, g_variant_get_boolean (value) ? "true" : "false");
  } else if (g_variant_type_is_subtype_of (type, G_VARIANT_TYPE ("a{s*}"))) {
    append_object (json, value);
  } else if (g_variant_type_is_array (type) || g_variant_type_is_tuple (type)) {
    append_array (json, value);
  } else if (!append_number (json, value)) {
    g_string_append (json, "null");
  }
}
