/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Search and routing domains, as a gateway pushes them: the strict host name grammar and nothing
 * else, for they end up in the resolver's configuration of a privileged program. */
#include "host/domain.h"

#include <glib.h>
#include <string.h>

#define MAX_NAME_LEN 253 /* RFC 1035 section 2.3.4, less the root's octets */
#define MAX_LABEL_LEN 63

/* One label: letters, digits and inner hyphens (RFC 1123 section 2.1). */
static gboolean
label_is_valid (const char *label)
{
  gsize len = strlen (label);
  if (len == 0 || len > MAX_LABEL_LEN || label[0] == '-' || label[len - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < len; i++) {
    if (!g_ascii_isalnum (label[i]) && label[i] != '-')
      return FALSE;
  }
  return TRUE;
}

/* A last label of digits alone would make the name an address to some. */
static gboolean
is_number (const char *label)
{
  return label[strspn (label, "0123456789")] == '\0';
}

static gboolean
name_is_valid (const char *name)
{
  gsize len = strlen (name);
  if (len == 0 || len > MAX_NAME_LEN)
    return FALSE;
  g_auto (GStrv) labels = g_strsplit (name, ".", 0);
  guint n = g_strv_length (labels);
  for (guint i = 0; i < n; i++) {
    if (!label_is_valid (labels[i]))
      return FALSE;
  }
  return !is_number (labels[n - 1]);
}

/* A domain in lower case and without the root's dot; "~name" is one that only routes queries and
 * "~." routes all, as systemd-resolved has it. NULL if the text is not exactly that. Transfer: full. */
char *
host_domain_parse (const char *text)
{
  const char *routing = text[0] == '~' ? "~" : "";
  const char *rest = text + strlen (routing);
  if (routing[0] != '\0' && strcmp (rest, ".") == 0)
    return g_strdup ("~.");
  g_autofree char *name = g_ascii_strdown (rest, -1);
  if (g_str_has_suffix (name, "."))
    name[strlen (name) - 1] = '\0';
  return name_is_valid (name) ? g_strconcat (routing, name, NULL) : NULL;
}
