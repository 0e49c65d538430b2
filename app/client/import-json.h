/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "client/import-draft.h"

/* A text in JSON, and what is made of it. Both borrowed. */
typedef struct {
  VisitorImportDraft *draft;
  const char *text;
} VisitorImportJson;

JsonParser *visitor_import_json_parse (const char *text, gsize len, GError **error);
guint visitor_import_json_line_of (const char *key, gpointer json);
gboolean visitor_import_json_fail (
    const VisitorImportJson *json, const char *key, const char *what, GError **error);

gboolean visitor_import_json_get_string (const VisitorImportJson *json, JsonObject *object,
    const char *name, const char *full, const char **ret_text, GError **error);
gboolean visitor_import_json_get_object (const VisitorImportJson *json, JsonObject *object,
    const char *name, JsonObject **ret_object, GError **error);
gboolean visitor_import_json_get_flag (JsonObject *object, const char *name);
gboolean visitor_import_json_get_list (const VisitorImportJson *json, JsonObject *object,
    const char *name, const char *full, char **ret_list, GError **error);
gboolean visitor_import_json_get_base64 (const VisitorImportJson *json, JsonObject *object,
    const char *name, const char *full, guint8 **ret_octets, gsize *ret_len, GError **error);
