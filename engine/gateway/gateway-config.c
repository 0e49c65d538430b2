/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GatewayConfig: the file visitor-gateway.conf (5), a key file, as a value. Every key is known and
 * every value in range or the file is refused whole, with file, line and key in the error: a server
 * must not start, or go on, with half of what its administrator wrote. */
#include "gateway/gateway-config.h"

#include <string.h>

#include "base/error.h"
#include "config.h"

typedef struct {
  const char *name;
  const char *text;
  GKeyFile *file;
  GatewayConfig *config;
} Parser;

typedef bool (*SetFunc) (Parser *p, const char *group, const char *key, GError **error);

typedef struct {
  const char *group;
  const char *key;
  SetFunc set;
} KeyRow;

/* GKeyFile keeps no line numbers, so the line is looked for again: that of the key in the group,
 * or of the group's header if key is NULL. 0 if there is none. */
static guint
find_line (const char *text, const char *group, const char *key)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *header = g_strdup_printf ("[%s]", group);
  bool inside = false;
  for (guint i = 0; lines[i] != NULL; i++) {
    char *line = g_strstrip (lines[i]);
    if (line[0] == '[') {
      inside = g_str_equal (line, header);
      if (inside && key == NULL)
        return i + 1;
      continue;
    }
    char *equals = strchr (line, '=');
    if (!inside || key == NULL || line[0] == '#' || equals == NULL)
      continue;
    *equals = '\0';
    if (g_str_equal (g_strchomp (line), key))
      return i + 1;
  }
  return 0;
}

static bool
bad_value (Parser *p, const char *group, const char *key, const char *expected, GError **error)
{
  g_autofree char *value = g_key_file_get_value (p->file, group, key, NULL);
  g_autofree char *shown = g_strescape (value != NULL ? value : "", NULL);
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
      "%s:%u: %s = \"%s\" in [%s]: expected %s", p->name, find_line (p->text, group, key), key,
      shown, group, expected);
  return false;
}

static bool
set_listen (Parser *p, const char *group, const char *key, GError **error)
{
  g_auto (GStrv) values = g_key_file_get_string_list (p->file, group, key, NULL, NULL);
  g_array_set_size (p->config->listen, 0);
  p->config->listen_is_default = false;
  for (guint i = 0; values != NULL && values[i] != NULL; i++) {
    Endpoint endpoint;
    if (!endpoint_parse (g_strstrip (values[i]), &endpoint))
      return bad_value (p, group, key, "ADDRESS:PORT, or several with ';' between them", error);
    g_array_append_val (p->config->listen, endpoint);
  }
  if (p->config->listen->len == 0)
    return bad_value (p, group, key, "at least one ADDRESS:PORT", error);
  return true;
}

static bool
set_target (Parser *p, const char *group, const char *key, GError **error)
{
  g_autofree char *value = g_key_file_get_string (p->file, group, key, NULL);
  if (value == NULL || !endpoint_parse (value, &p->config->target))
    return bad_value (p, group, key, "the ADDRESS:PORT of the IPsec gateway", error);
  return true;
}

static bool
set_path (Parser *p, const char *group, const char *key, char **ret_path, GError **error)
{
  g_autofree char *value = g_key_file_get_string (p->file, group, key, NULL);
  if (value == NULL || !g_path_is_absolute (value))
    return bad_value (p, group, key, "an absolute path", error);
  g_free (*ret_path);
  *ret_path = g_steal_pointer (&value);
  return true;
}

static bool
set_certificate (Parser *p, const char *group, const char *key, GError **error)
{
  return set_path (p, group, key, &p->config->certificate_file, error);
}

static bool
set_key (Parser *p, const char *group, const char *key, GError **error)
{
  return set_path (p, group, key, &p->config->key_file, error);
}

static bool
set_user (Parser *p, const char *group, const char *key, GError **error)
{
  g_autofree char *value = g_key_file_get_string (p->file, group, key, NULL);
  if (value == NULL || value[0] == '\0')
    return bad_value (p, group, key, "a user name", error);
  g_free (p->config->user);
  p->config->user = g_steal_pointer (&value);
  return true;
}

static bool
set_plain_streams (Parser *p, const char *group, const char *key, GError **error)
{
  g_autoptr (GError) local = NULL;
  p->config->plain_streams = g_key_file_get_boolean (p->file, group, key, &local);
  return local == NULL || bad_value (p, group, key, "true or false", error);
}

static bool
set_number (Parser *p, const char *group, const char *key, guint *ret_number, GError **error)
{
  g_autofree char *value = g_key_file_get_string (p->file, group, key, NULL);
  guint64 number;
  if (value == NULL || !g_ascii_string_to_unsigned (value, 10, 1, 1000000, &number, NULL))
    return bad_value (p, group, key, "a number from 1 to 1000000", error);
  *ret_number = (guint) number;
  return true;
}

static bool
set_max_streams (Parser *p, const char *group, const char *key, GError **error)
{
  return set_number (p, group, key, &p->config->max_streams, error);
}

static bool
set_max_per_address (Parser *p, const char *group, const char *key, GError **error)
{
  return set_number (p, group, key, &p->config->max_streams_per_address, error);
}

static bool
set_max_detached (Parser *p, const char *group, const char *key, GError **error)
{
  return set_number (p, group, key, &p->config->max_detached_sessions, error);
}

static bool
set_session_timeout (Parser *p, const char *group, const char *key, GError **error)
{
  return set_number (p, group, key, &p->config->session_timeout, error);
}

static const KeyRow rows[] = {
  { "gateway", "listen", set_listen },
  { "gateway", "target", set_target },
  { "gateway", "certificate", set_certificate },
  { "gateway", "key", set_key },
  { "gateway", "user", set_user },
  { "gateway", "plain-streams", set_plain_streams },
  { "limits", "max-streams", set_max_streams },
  { "limits", "max-streams-per-address", set_max_per_address },
  { "limits", "max-detached-sessions", set_max_detached },
  { "limits", "session-timeout", set_session_timeout },
};

static const KeyRow *
find_row (const char *group, const char *key)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (g_str_equal (rows[i].group, group) && (key == NULL || g_str_equal (rows[i].key, key)))
      return &rows[i];
  }
  return NULL;
}

static bool
parse_group (Parser *p, const char *group, GError **error)
{
  if (find_row (group, NULL) == NULL) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST, "%s:%u: unknown group [%s]",
        p->name, find_line (p->text, group, NULL), group);
    return false;
  }
  g_auto (GStrv) keys = g_key_file_get_keys (p->file, group, NULL, NULL);
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++) {
    const KeyRow *row = find_row (group, keys[i]);
    if (row == NULL) {
      g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
          "%s:%u: unknown key \"%s\" in [%s]", p->name, find_line (p->text, group, keys[i]),
          keys[i], group);
      return false;
    }
    if (!row->set (p, group, keys[i], error))
      return false;
  }
  return true;
}

static bool
check_complete (Parser *p, GError **error)
{
  const char *missing = p->config->certificate_file == NULL ? "certificate"
      : p->config->key_file == NULL                         ? "key"
                                                            : NULL;
  if (missing == NULL)
    return true;
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
      "%s: \"%s\" in [gateway] is missing", p->name, missing);
  return false;
}

static GatewayConfig *
config_new_default (void)
{
  GatewayConfig *config = g_new0 (GatewayConfig, 1);
  config->listen = g_array_new (FALSE, TRUE, sizeof (Endpoint));
  Endpoint any = { .addr = { .family = INET_V6 }, .port = 443 };
  g_array_append_val (config->listen, any);
  config->listen_is_default = true;
  endpoint_parse ("127.0.0.1:4500", &config->target);
  config->user = g_strdup (GATEWAY_USER);
  config->plain_streams = true;
  config->max_streams = 10000;
  config->max_streams_per_address = 256;
  config->max_detached_sessions = 10000;
  config->session_timeout = 600;
  return config;
}

void
gateway_config_free (GatewayConfig *config)
{
  g_array_unref (config->listen);
  g_free (config->certificate_file);
  g_free (config->key_file);
  g_free (config->user);
  g_free (config);
}

/* Reads a configuration out of text; name is what errors call it. Error INVALID_REQUEST. */
GatewayConfig *
gateway_config_parse (const char *name, const char *text, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GatewayConfig) config = config_new_default ();
  g_autoptr (GError) local = NULL;
  if (!g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, &local)) {
    g_set_error (
        error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST, "%s: %s", name, local->message);
    return NULL;
  }
  Parser p = { .name = name, .text = text, .file = file, .config = config };
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++) {
    if (!parse_group (&p, groups[i], error))
      return NULL;
  }
  if (!check_complete (&p, error))
    return NULL;
  return g_steal_pointer (&config);
}

/* Reads the file at path. Errors: INVALID_REQUEST; STORAGE if it cannot be read. */
GatewayConfig *
gateway_config_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  if (!g_file_get_contents (path, &text, NULL, &local)) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, local->message);
    return NULL;
  }
  return gateway_config_parse (path, text, error);
}
