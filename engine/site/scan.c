/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SiteScan: the first look at a text that may be a site.conf.
 *
 * GKeyFile forgets line numbers, lets the last of two equal keys win and says little about a file that
 * is something else altogether. So the lines are walked once before: this finds what is no text, what
 * belongs to another program, what stands twice, and secrets, and remembers where each key was. No
 * sentence repeats a value of the file. */
#include "site/scan.h"

#include <string.h>

#include "base/error.h"
#include "site/site.h"

struct _SiteScan {
  GHashTable *lines; /* "GROUP\nKEY" or "GROUP\n" -> line number */
};

typedef struct {
  SiteScan *scan;
  char *group;
  guint line;
} Walk;

static const char *const secret_keys[] = {
  "passphrase",
  "password",
  "ppk",
  "pre-shared-key",
  "preshared-key",
  "private-key",
  "psk",
  "secret",
  "shared-secret",
  NULL,
};

/* How files of others begin a line. */
static const struct {
  const char *start;
  const char *what;
} foreign[] = {
  { "[connection]", "a NetworkManager connection" },
  { "[Interface]", "a WireGuard configuration" },
  { "[openconnect]", "an OpenConnect configuration" },
  { "[Desktop Entry]", "a desktop entry" },
  { "remote ", "an OpenVPN profile" },
  { "dev tun", "an OpenVPN profile" },
  { "<ca>", "an OpenVPN profile" },
  { "conn ", "an ipsec.conf of strongSwan" },
  { "connections {", "a swanctl.conf of strongSwan" },
  { "-----BEGIN ", "a certificate or a key" },
  { "<?xml", "an XML document" },
  { "<plist", "an Apple profile" },
  { "<!DOCTYPE", "a web page" },
  { "<html", "a web page" },
  { "{", "a JSON document" },
};

static gboolean
refuse (const Walk *walk, GError **error, const char *why)
{
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, "line %u: %s", walk->line, why);
  return FALSE;
}

static char *
line_key (const char *group, const char *key)
{
  return g_strconcat (group, "\n", key, NULL);
}

/* Remembers the line; FALSE if there was one before, whose number goes to *ret_first. */
static gboolean
remember (Walk *walk, const char *group, const char *key, guint *ret_first)
{
  g_autofree char *name = line_key (group, key);
  *ret_first = GPOINTER_TO_UINT (g_hash_table_lookup (walk->scan->lines, name));
  if (*ret_first != 0)
    return FALSE;
  g_hash_table_insert (walk->scan->lines, g_steal_pointer (&name), GUINT_TO_POINTER (walk->line));
  return TRUE;
}

static gboolean
take_group (Walk *walk, char *line, GError **error)
{
  size_t len = strlen (line);
  if (len < 3 || line[len - 1] != ']' || strpbrk (line + 1, "[]") != line + len - 1)
    return refuse (walk, error, "a group is written [NAME]");
  line[len - 1] = '\0';
  guint first;
  if (!remember (walk, line + 1, "", &first)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "line %u: group [%s] stands in line %u already", walk->line, line + 1, first);
    return FALSE;
  }
  g_free (walk->group);
  walk->group = g_strdup (line + 1);
  return TRUE;
}

static gboolean
key_is_well_formed (const char *key)
{
  if (key[0] == '\0')
    return FALSE;
  for (const char *p = key; *p != '\0'; p++) {
    if (!g_ascii_isalnum (*p) && strchr ("-_.@[]", *p) == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
key_is_secret (const char *key)
{
  g_autofree char *lower = g_ascii_strdown (key, -1);
  return g_strv_contains (secret_keys, g_strdelimit (lower, "_", '-'));
}

static gboolean
take_key (Walk *walk, char *line, GError **error)
{
  char *equals = strchr (line, '=');
  if (equals == NULL)
    return refuse (walk, error, "this is neither a [GROUP] nor KEY=VALUE");
  *equals = '\0';
  const char *key = g_strchomp (line);
  if (!key_is_well_formed (key))
    return refuse (walk, error, "a key has letters, digits, hyphens and underscores only");
  if (walk->group == NULL)
    return refuse (walk, error, "a key stands before the first [GROUP]");
  if (key_is_secret (key)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "line %u, key %s in [%s]: a site.conf holds no secrets; remove this line, Visitor asks for "
        "the secret when it connects and can keep it in the keyring",
        walk->line, key, walk->group);
    return FALSE;
  }
  guint first;
  if (!remember (walk, walk->group, key, &first)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "line %u, key %s in [%s]: stands in line %u already", walk->line, key, walk->group, first);
    return FALSE;
  }
  return TRUE;
}

static gboolean
has_control_characters (const char *line)
{
  for (const char *p = line; *p != '\0'; p++) {
    if (g_ascii_iscntrl (*p) && *p != '\t')
      return TRUE;
  }
  return FALSE;
}

static gboolean
take_line (Walk *walk, char *line, GError **error)
{
  size_t len = strlen (line);
  if (len > 0 && line[len - 1] == '\r')
    line[len - 1] = '\0';
  if (has_control_characters (line))
    return refuse (walk, error, "there is a control character");
  g_strstrip (line);
  if (line[0] == '\0' || line[0] == '#')
    return TRUE;
  return line[0] == '[' ? take_group (walk, line, error) : take_key (walk, line, error);
}

static const char *
foreign_kind (char *const *lines)
{
  for (; *lines != NULL; lines++) {
    const char *line = *lines + strspn (*lines, " \t");
    for (gsize i = 0; i < G_N_ELEMENTS (foreign); i++) {
      if (g_str_has_prefix (line, foreign[i].start))
        return foreign[i].what;
    }
  }
  return NULL;
}

/* True if the text has a group [site], whatever is wrong with the rest: then a person can mend it. */
gboolean
site_scan_is_conf (const char *text, gsize len)
{
  if (len > SITE_TEXT_MAX || !g_utf8_validate_len (text, len, NULL))
    return FALSE;
  g_autofree char *copy = g_strndup (text, len);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (g_str_equal (g_strstrip (lines[i]), "[site]"))
      return TRUE;
  }
  return FALSE;
}

static gboolean
walk_lines (Walk *walk, const char *text, gsize len, GError **error)
{
  g_autofree char *copy = g_strndup (text, len);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);
  const char *other = foreign_kind (lines);
  for (guint i = 0; lines[i] != NULL; i++) {
    walk->line = i + 1;
    if (!take_line (walk, lines[i], error))
      break;
  }
  if (site_scan_is_conf (text, len))
    return *error == NULL;
  g_clear_error (error);
  if (other != NULL)
    g_set_error (
        error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, "this is %s, not a site.conf", other);
  else
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "this is not a site.conf: it has no group [site]");
  return FALSE;
}

static gboolean
check_is_text (const char *text, gsize len, GError **error)
{
  if (len > SITE_TEXT_MAX) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "this is too long: a site.conf has at most %d octets, its certificates included",
        SITE_TEXT_MAX);
    return FALSE;
  }
  if (!g_utf8_validate_len (text, len, NULL)) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "this is not a site.conf: it is no UTF-8 text");
    return FALSE;
  }
  return TRUE;
}

/* NULL is allowed. */
void
site_scan_free (SiteScan *scan)
{
  if (scan == NULL)
    return;
  g_hash_table_unref (scan->lines);
  g_free (scan);
}

/* The line where a key, or with key "" a group, stands; 0 if it does not. */
guint
site_scan_line (const SiteScan *scan, const char *group, const char *key)
{
  g_autofree char *name = line_key (group, key);
  return GPOINTER_TO_UINT (g_hash_table_lookup (scan->lines, name));
}

/* Walks len octets of text, without a byte order mark. SITE_INVALID says what is wrong, and in which
 * line. Transfer: full. */
SiteScan *
site_scan (const char *text, gsize len, GError **error)
{
  if (!check_is_text (text, len, error))
    return NULL;
  g_autoptr (SiteScan) scan = g_new0 (SiteScan, 1);
  scan->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Walk walk = { .scan = scan };
  GError *why = NULL;
  gboolean ok = walk_lines (&walk, text, len, &why);
  g_free (walk.group);
  if (!ok) {
    g_propagate_error (error, why);
    return NULL;
  }
  return g_steal_pointer (&scan);
}
