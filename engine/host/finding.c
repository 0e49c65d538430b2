/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HostFinding: what a diagnosis has found, a{sv}, from the worker to the user's program.
 *
 *   kind        s    "portal", "name" or "way"
 * A sign-in on a web page that the network may want first:
 *   result      s    "found", "none", "unknown" or "not-asked"
 *   url         s    of the page
 * A name that was looked up:
 *   host        s
 *   source      s    "dns", "hosts" (/etc/hosts) or "site"
 *   family      u    4 or 6; with "dns"
 *   server      s    that was asked; absent: there was none to ask
 *   ms          u
 *   result      s    "found", "no-name", "no-address", "no-answer" or "no-server"
 *   addresses   as
 * A way that was gone to its end:
 *   attempt     a{sv} as base/attempt.c has it
 *   tls         a{sv} what the server showed, absent before that: algorithms s, name s (that it has to carry),
 *                    subject s, issuer s, not-before x, not-after x (seconds since 1970), pin s, trusted b,
 *                    reason s (why not), askable b (connecting would ask a person about it)
 *   ike         a{sv} what the gateway answered, absent where it did not: algorithms s, sent-to s (another
 *                    gateway), error s (stable error name) and detail s where it refused, nat-before-us b,
 *                    nat-before-gateway b, vendors as
 *
 * Names in certificates and words of gateways are strangers' text: it is escaped here. Pure. */
#include "host/finding.h"

#include <string.h>

#include "base/attempt.h"
#include "host/text.h"

#define MAX_LIST 64

typedef enum {
  VALUE_TEXT, /* s, escaped */
  VALUE_WORD, /* s, one of those that may stand there */
  VALUE_ERROR, /* s, a stable error name */
  VALUE_ADDRESS, /* s, a literal */
  VALUE_NUMBER, /* u */
  VALUE_TIME, /* x */
  VALUE_BOOLEAN, /* b */
  VALUE_ADDRESSES, /* as */
  VALUE_TEXTS, /* as, escaped */
  VALUE_ATTEMPT,
  VALUE_TLS,
  VALUE_IKE,
} ValueKind;

typedef struct {
  const char *key;
  ValueKind kind;
  const char *words; /* separated by blanks */
} Key;

static const Key name_keys[] = {
  { "kind", VALUE_WORD, "name" },
  { "host", VALUE_TEXT, NULL },
  { "source", VALUE_WORD, "dns hosts site" },
  { "family", VALUE_NUMBER, NULL },
  { "server", VALUE_ADDRESS, NULL },
  { "ms", VALUE_NUMBER, NULL },
  { "result", VALUE_WORD, "found no-name no-address no-answer no-server" },
  { "addresses", VALUE_ADDRESSES, NULL },
  { NULL, VALUE_TEXT, NULL },
};

static const Key portal_keys[] = {
  { "kind", VALUE_WORD, "portal" },
  { "result", VALUE_WORD, "found none unknown not-asked" },
  { "url", VALUE_TEXT, NULL },
  { NULL, VALUE_TEXT, NULL },
};

static const Key way_keys[] = {
  { "kind", VALUE_WORD, "way" },
  { "attempt", VALUE_ATTEMPT, NULL },
  { "tls", VALUE_TLS, NULL },
  { "ike", VALUE_IKE, NULL },
  { NULL, VALUE_TEXT, NULL },
};

static const Key tls_keys[] = {
  { "algorithms", VALUE_TEXT, NULL },
  { "name", VALUE_TEXT, NULL },
  { "subject", VALUE_TEXT, NULL },
  { "issuer", VALUE_TEXT, NULL },
  { "not-before", VALUE_TIME, NULL },
  { "not-after", VALUE_TIME, NULL },
  { "pin", VALUE_TEXT, NULL },
  { "trusted", VALUE_BOOLEAN, NULL },
  { "reason", VALUE_TEXT, NULL },
  { "askable", VALUE_BOOLEAN, NULL },
  { NULL, VALUE_TEXT, NULL },
};

static const Key ike_keys[] = {
  { "algorithms", VALUE_TEXT, NULL },
  { "sent-to", VALUE_TEXT, NULL },
  { "error", VALUE_ERROR, NULL },
  { "detail", VALUE_TEXT, NULL },
  { "nat-before-us", VALUE_BOOLEAN, NULL },
  { "nat-before-gateway", VALUE_BOOLEAN, NULL },
  { "vendors", VALUE_TEXTS, NULL },
  { NULL, VALUE_TEXT, NULL },
};

static GVariant *
read_string (const Key *key, const char *text)
{
  InetAddr addr;
  VisitorError code;
  if (key->kind == VALUE_TEXT) {
    g_autofree char *escaped = host_text_escape (text);
    return g_variant_new_string (escaped);
  }
  g_auto (GStrv) words = g_strsplit (key->words != NULL ? key->words : "", " ", -1);
  if ((key->kind == VALUE_WORD && !g_strv_contains ((const char *const *) words, text)) ||
      (key->kind == VALUE_ADDRESS && !inet_addr_parse (text, &addr)) ||
      (key->kind == VALUE_ERROR && !visitor_error_from_name (text, &code)))
    return NULL;
  return g_variant_new_string (text);
}

static GVariant *
read_list (const Key *key, GVariant *value)
{
  const Key each = { key->key, key->kind == VALUE_TEXTS ? VALUE_TEXT : VALUE_ADDRESS, NULL };
  gsize n = g_variant_n_children (value);
  GVariantBuilder b;
  if (n > MAX_LIST)
    return NULL;
  g_variant_builder_init (&b, G_VARIANT_TYPE_STRING_ARRAY);
  for (gsize i = 0; i < n; i++) {
    const char *text;
    g_variant_get_child (value, i, "&s", &text);
    GVariant *checked = read_string (&each, text);
    if (checked == NULL) {
      g_variant_builder_clear (&b);
      return NULL;
    }
    g_variant_builder_add_value (&b, checked);
  }
  return g_variant_builder_end (&b);
}

static GVariant *
read_attempt (GVariant *value)
{
  Attempt attempt;
  return attempt_from_variant (value, &attempt) ? attempt_to_variant (&attempt) : NULL;
}

/* A dictionary of dictionaries, two deep at most: read_dictionary () and read_value () call each other. */
static GVariant *read_value (const Key *key, GVariant *value);

static const Key *
find_key (const Key *keys, const char *name)
{
  for (; keys->key != NULL; keys++) {
    if (strcmp (keys->key, name) == 0)
      return keys;
  }
  return NULL;
}

/* Floating; NULL if a key or a value is none that may stand there. */
static GVariant *
read_dictionary (const Key *keys, GVariant *dictionary)
{
  g_auto (GVariantDict) dict = { 0 };
  g_variant_dict_init (&dict, NULL);
  GVariantIter iter;
  const char *name;
  GVariant *value;
  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
    g_autoptr (GVariant) owned = value;
    const Key *key = find_key (keys, name);
    GVariant *checked = key != NULL ? read_value (key, owned) : NULL;
    if (checked == NULL)
      return NULL;
    g_variant_dict_insert_value (&dict, name, checked);
  }
  return g_variant_dict_end (&dict);
}

static const char *
signature_of (ValueKind kind)
{
  switch (kind) {
  case VALUE_TEXT:
  case VALUE_WORD:
  case VALUE_ERROR:
  case VALUE_ADDRESS: return "s";
  case VALUE_NUMBER: return "u";
  case VALUE_TIME: return "x";
  case VALUE_BOOLEAN: return "b";
  case VALUE_ADDRESSES:
  case VALUE_TEXTS: return "as";
  case VALUE_ATTEMPT:
  case VALUE_TLS:
  case VALUE_IKE: break;
  }
  return "a{sv}";
}

/* Floating, or the value itself where it stays as it is. */
static GVariant *
read_value (const Key *key, GVariant *value)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (signature_of (key->kind))))
    return NULL;
  switch (key->kind) {
  case VALUE_TEXT:
  case VALUE_WORD:
  case VALUE_ERROR:
  case VALUE_ADDRESS: return read_string (key, g_variant_get_string (value, NULL));
  case VALUE_NUMBER:
  case VALUE_TIME:
  case VALUE_BOOLEAN: return value;
  case VALUE_ADDRESSES:
  case VALUE_TEXTS: return read_list (key, value);
  case VALUE_ATTEMPT: return read_attempt (value);
  case VALUE_TLS: return read_dictionary (tls_keys, value);
  case VALUE_IKE: return read_dictionary (ike_keys, value);
  }
  return NULL;
}

/* The finding with known keys alone, or NULL for what no honest worker says. Transfer: full. */
GVariant *
host_finding_parse (GVariant *body)
{
  const char *kind;
  if (!g_variant_lookup (body, "kind", "&s", &kind))
    return NULL;
  gboolean is_way = strcmp (kind, "way") == 0;
  const Key *keys = is_way ? way_keys : strcmp (kind, "portal") == 0 ? portal_keys : name_keys;
  GVariant *finding = read_dictionary (keys, body);
  if (finding == NULL)
    return NULL;
  g_variant_ref_sink (finding);
  const char *needed = is_way ? "attempt" : "result";
  g_autoptr (GVariant) value = g_variant_lookup_value (finding, needed, NULL);
  if (value != NULL)
    return finding;
  g_variant_unref (finding);
  return NULL;
}
