/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ImportSnx: a profile of snx-rs, lines of KEY=VALUE.
 *
 * snx-rs speaks Check Point's own protocols and Visitor speaks IKEv2, so that a profile says little that
 * both can use: the address, the user, the certificates, what is routed and looked up. How one signs in
 * with IKEv2 it cannot say; the gateway is then asked. Secrets in it are not taken. */
#include "config.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/import-draft.h"
#include "site/file.h"
#include "site/pem.h"

#define KEY_FILE_MAX (32 * 1024)
#define CA_FILE_MAX (1024 * 1024)

typedef struct {
  VisitorImportDraft *draft; /* owned until it is done */
  const char *directory; /* of the profile; NULL: files cannot be read */
  GHashTable *values; /* key to value */
  GHashTable *lines; /* key to its line */
} Reading;

static guint
line_of (const char *key, gpointer user_data)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (((Reading *) user_data)->lines, key));
}

static gboolean
is_on (const char *value)
{
  return g_ascii_strcasecmp (value, "true") == 0;
}

typedef gboolean (*ReadFunc) (
    const Reading *reading, const char *name, const char *value, GError **error);

/* One key of the format: read by a function, or put where a site.conf has it, or left out for a reason. */
typedef struct {
  const char *name;
  ReadFunc read;
  const char *group, *key;
  const char *why;
} Line;

static char *
read_named_file (const Reading *reading, const char *name, const char *path, gsize max,
    gsize *ret_len, GError **error)
{
  g_autoptr (GError) why = NULL;
  if (reading->directory == NULL) {
    visitor_import_draft_fail (reading->draft, name,
        _ ("It names a file, and files are only read when the profile is one itself."), error);
    return NULL;
  }
  g_autofree char *absolute = g_canonicalize_filename (path, reading->directory);
  char *data = site_file_read (AT_FDCWD, absolute, 0, max, ret_len, &why);
  if (data == NULL)
    visitor_import_draft_fail (reading->draft, name, why->message, error);
  return data;
}

static gboolean
read_ca (const Reading *reading, const char *name, const char *value, GError **error)
{
  g_auto (GStrv) paths = g_strsplit (value, ",", -1);
  g_autoptr (GString) all = g_string_new (NULL);
  for (guint i = 0; paths[i] != NULL; i++) {
    gsize len;
    g_autoptr (GError) why = NULL;
    g_autofree char *data =
        read_named_file (reading, name, g_strstrip (paths[i]), CA_FILE_MAX, &len, error);
    if (data == NULL)
      return FALSE;
    g_autofree char *pem = len > 0 && data[0] == 0x30
        ? site_pem_from_der (SLICE ((const uint8_t *) data, len), &why)
        : site_pem_normalize (data, &why);
    if (pem == NULL)
      return visitor_import_draft_fail (reading->draft, name, why->message, error);
    g_string_append (all, pem);
  }
  visitor_import_draft_note (reading->draft,
      g_strdup (_ ("The CA is for the TLS connection. Which one vouches for the gateway in IKE the "
                   "profile does not say.")));
  return visitor_import_draft_use (reading->draft, name, "tls", "ca", all->str, error);
}

static gboolean
take_key_file (const Reading *reading, GError **error)
{
  gsize len;
  const char *path = g_hash_table_lookup (reading->values, "cert-path");
  if (path == NULL || *path == '\0')
    return TRUE; /* the person has to choose one */
  char *data = read_named_file (reading, "cert-path", path, KEY_FILE_MAX, &len, error);
  if (data == NULL)
    return FALSE;
  visitor_import_draft_take_key (reading->draft, secret_new (data, len));
  bytes_wipe (data, len);
  g_free (data);
  return TRUE;
}

/* RFC 7512: the id in percent-encoding, octet by octet. */
static gboolean
use_token (const Reading *reading, GError **error)
{
  const char *id = g_hash_table_lookup (reading->values, "cert-id");
  g_autoptr (GString) uri = g_string_new ("pkcs11:");
  guint digits = 0;
  for (const char *p = id != NULL ? id : ""; *p != '\0'; p++) {
    if (*p == ':')
      continue;
    if (!g_ascii_isxdigit (*p))
      return visitor_import_draft_fail (
          reading->draft, "cert-id", _ ("Hexadecimal digits stand here."), error);
    g_string_append_printf (uri, "%s%c", digits == 0 ? "id=%" : digits % 2 == 0 ? "%" : "", *p);
    digits++;
  }
  if (digits % 2 != 0)
    return visitor_import_draft_fail (
        reading->draft, "cert-id", _ ("Hexadecimal digits stand here."), error);
  g_string_append (uri, digits > 0 ? ";type=private" : "type=private");
  return visitor_import_draft_use (reading->draft, "cert-id", "sign-in", "key", uri->str, error);
}

static gboolean
read_cert_type (const Reading *reading, const char *name, const char *value, GError **error)
{
  static const char *const kinds[] = { "pkcs8", "pkcs12", "pkcs11", NULL };
  if (g_str_equal (value, "none"))
    return TRUE;
  if (!g_strv_contains (kinds, value))
    return visitor_import_draft_fail (
        reading->draft, name, _ ("Visitor does not know this kind of certificate."), error);
  return visitor_import_draft_use (
             reading->draft, name, "sign-in", "method", "certificate", error) &&
      (g_str_equal (value, "pkcs11") ? use_token (reading, error) : take_key_file (reading, error));
}

/* Told where there is no certificate; otherwise cert-type has seen to it. */
static gboolean
read_cert_path (const Reading *reading, const char *name, const char *value, GError **error)
{
  const char *type = g_hash_table_lookup (reading->values, "cert-type");
  if (type == NULL || g_str_equal (type, "none"))
    visitor_import_draft_leave (
        reading->draft, name, _ ("The profile does not sign in by a certificate."));
  else if (g_str_equal (type, "pkcs11"))
    visitor_import_draft_leave (reading->draft, name,
        _ ("Visitor looks for the token in all drivers that this computer has."));
  return TRUE;
}

static gboolean
read_cert_id (const Reading *reading, const char *name, const char *value, GError **error)
{
  const char *type = g_hash_table_lookup (reading->values, "cert-type");
  if (g_strcmp0 (type, "pkcs11") != 0)
    visitor_import_draft_leave (
        reading->draft, name, _ ("The profile does not sign in by a token."));
  return TRUE;
}

/* What the gateway says in addition is not routed then: a site.conf has one or the other. */
static gboolean
read_routes (const Reading *reading, const char *name, const char *value, GError **error)
{
  const char *all = g_hash_table_lookup (reading->values, "default-route");
  if (all != NULL && is_on (all)) {
    visitor_import_draft_leave (reading->draft, name, _ ("Everything is routed anyway."));
    return TRUE;
  }
  visitor_import_draft_note (reading->draft,
      g_strdup (_ ("Only the networks of add-routes are routed, and not those that the gateway "
                   "says.")));
  return visitor_import_draft_use (reading->draft, name, "network", "routes", value, error);
}

static gboolean
read_default_route (const Reading *reading, const char *name, const char *value, GError **error)
{
  return !is_on (value) ||
      visitor_import_draft_use (reading->draft, name, "network", "routes", "0.0.0.0/0", error);
}

static gboolean
read_dns (const Reading *reading, const char *name, const char *value, GError **error)
{
  visitor_import_draft_note (reading->draft,
      g_strdup (_ ("Only the name servers of dns-servers are used, and not those that the gateway "
                   "says.")));
  return visitor_import_draft_use (reading->draft, name, "network", "dns", value, error);
}

static gboolean
read_search (const Reading *reading, const char *name, const char *value, GError **error)
{
  visitor_import_draft_note (reading->draft,
      g_strdup (_ ("Only the domains of search-domains are used, and not those that the gateway "
                   "says.")));
  return visitor_import_draft_use (reading->draft, name, "network", "domains", value, error);
}

static gboolean
read_mtu (const Reading *reading, const char *name, const char *value, GError **error)
{
  visitor_import_draft_use_or_leave (reading->draft, name, "network", "mtu", value);
  return TRUE;
}

/* A switch that says nothing as long as it is off. */
static gboolean
read_ignore_cert (const Reading *reading, const char *name, const char *value, GError **error)
{
  if (is_on (value))
    visitor_import_draft_leave (
        reading->draft, name, _ ("Visitor never goes without a look at the certificate."));
  return TRUE;
}

#define A_SECRET N_ ("It is a secret; Visitor asks for it when it connects.")
#define CHECK_POINT N_ ("It is about Check Point's own protocol, which IKEv2 gateways do not have.")
#define BY_ITSELF N_ ("Visitor sees to that by itself.")
#define NO_PART N_ ("Visitor takes what the gateway says as a whole, or what the site says.")
#define THE_PROGRAM N_ ("It is about the program, not about the gateway.")

static const Line known[] = {
  { "server-name", NULL, "site", "address", NULL },
  { "user-name", NULL, "sign-in", "user", NULL },
  { "login-type", NULL, NULL, NULL, CHECK_POINT },
  { "password", NULL, NULL, NULL, A_SECRET },
  { "password-factor", NULL, NULL, NULL, BY_ITSELF },
  { "cert-type", read_cert_type, NULL, NULL, NULL },
  { "cert-path", read_cert_path, NULL, NULL, NULL },
  { "cert-id", read_cert_id, NULL, NULL, NULL },
  { "cert-password", NULL, NULL, NULL, A_SECRET },
  { "ca-cert", read_ca, NULL, NULL, NULL },
  { "search-domains", read_search, NULL, NULL, NULL },
  { "ignore-search-domains", NULL, NULL, NULL, NO_PART },
  { "set-routing-domains", NULL, NULL, NULL,
      N_ ("Write a domain as ~DOMAIN in the site, and it is none to search in.") },
  { "dns-servers", read_dns, NULL, NULL, NULL },
  { "ignore-dns-servers", NULL, NULL, NULL, NO_PART },
  { "no-dns", NULL, NULL, NULL, NO_PART },
  { "default-route", read_default_route, NULL, NULL, NULL },
  { "add-routes", read_routes, NULL, NULL, NULL },
  { "ignore-routes", NULL, NULL, NULL, NO_PART },
  { "no-routing", NULL, NULL, NULL, NO_PART },
  { "mtu", read_mtu, NULL, NULL, NULL },
  { "ignore-server-cert", read_ignore_cert, NULL, NULL, NULL },
  { "no-cert-check", read_ignore_cert, NULL, NULL, NULL },
  { "tunnel-type", NULL, NULL, NULL, CHECK_POINT },
  { "transport-type", NULL, NULL, NULL, CHECK_POINT },
  { "ike-lifetime", NULL, NULL, NULL, BY_ITSELF },
  { "ike-persist", NULL, NULL, NULL, BY_ITSELF },
  { "ip-lease-time", NULL, NULL, NULL, BY_ITSELF },
  { "no-keepalive", NULL, NULL, NULL, BY_ITSELF },
  { "port-knock", NULL, NULL, NULL, CHECK_POINT },
  { "client-logging-data", NULL, NULL, NULL, CHECK_POINT },
  { "tls-version-max", NULL, NULL, NULL, BY_ITSELF },
  { "disable-ipv6", NULL, NULL, NULL, NO_PART },
  { "allow-forwarding", NULL, NULL, NULL, THE_PROGRAM },
  { "keychain", NULL, NULL, NULL, THE_PROGRAM },
  { "log-level", NULL, NULL, NULL, THE_PROGRAM },
  { "icon-theme", NULL, NULL, NULL, THE_PROGRAM },
  { "color-theme", NULL, NULL, NULL, THE_PROGRAM },
  { "locale", NULL, NULL, NULL, THE_PROGRAM },
  { "auto-connect", NULL, NULL, NULL, THE_PROGRAM },
};

static const Line *
find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    if (g_str_equal (known[i].name, name))
      return &known[i];
  }
  return NULL;
}

static gboolean
take (const Reading *reading, const char *name, GError **error)
{
  const Line *line = find (name);
  const char *value = g_hash_table_lookup (reading->values, name);
  if (*value == '\0')
    return TRUE;
  if (line == NULL)
    visitor_import_draft_leave (reading->draft, name, _ ("Visitor does not know what it means."));
  else if (line->read != NULL)
    return line->read (reading, name, value, error);
  else if (line->key != NULL)
    return visitor_import_draft_use (reading->draft, name, line->group, line->key, value, error);
  else
    visitor_import_draft_leave (reading->draft, name, _ (line->why));
  return TRUE;
}

/* One line into the tables; names has the keys in the order of the file. */
static gboolean
scan_line (Reading *reading, GPtrArray *names, char *text, guint number, GError **error)
{
  g_strstrip (text);
  if (*text == '\0' || *text == '#' || *text == ';')
    return TRUE;
  char *equals = strchr (text, '=');
  if (equals == NULL || equals == text) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        _ ("Line %u: KEY=VALUE stands in each line of a profile of snx-rs."), number);
    return FALSE;
  }
  char *name = g_strstrip (g_strndup (text, (gsize) (equals - text)));
  if (g_hash_table_contains (reading->values, name)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        _ ("Line %u: the key %s stands twice."), number, name);
    g_free (name);
    return FALSE;
  }
  g_ptr_array_add (names, name);
  g_hash_table_insert (reading->values, name, g_strstrip (g_strdup (equals + 1)));
  g_hash_table_insert (reading->lines, name, GUINT_TO_POINTER (number));
  return TRUE;
}

static gboolean
scan (Reading *reading, GPtrArray *names, const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (!scan_line (reading, names, lines[i], i + 1, error))
      return FALSE;
  }
  if (g_hash_table_contains (reading->values, "server-name"))
    return TRUE;
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
      _ ("The key server-name is missing; is this a profile of snx-rs at all?"));
  return FALSE;
}

static gboolean
read_all (Reading *reading, GPtrArray *names, GError **error)
{
  visitor_import_draft_note (reading->draft,
      g_strdup (_ ("snx-rs is a client for Check Point's protocols, and Visitor speaks IKEv2: this "
                   "works only where the gateway lets IKEv2 clients in, too.")));
  if (!visitor_import_draft_use (reading->draft, "login-type", "sign-in", "method", "eap", error))
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    if (!take (reading, g_ptr_array_index (names, i), error))
      return FALSE;
  }
  return TRUE;
}

/* TRUE for what has no groups and the two keys that every such profile has. */
gboolean
visitor_import_snx_is (const char *text)
{
  gboolean has_server = FALSE, has_login = FALSE;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    const char *line = g_strstrip (lines[i]);
    if (*line == '[')
      return FALSE;
    has_server |= g_str_has_prefix (line, "server-name");
    has_login |= g_str_has_prefix (line, "login-type");
  }
  return has_server || has_login;
}

/* Reads such a profile; a file that it names is looked for beside it, in directory, or nowhere.
 * SITE_INVALID says where and why. */
gboolean
visitor_import_snx (
    const char *text, const char *directory_or_null, VisitorImportDraft **ret_draft, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GHashTable) lines = g_hash_table_new (g_str_hash, g_str_equal);
  Reading reading = { .directory = directory_or_null, .values = values, .lines = lines };
  g_autoptr (VisitorImportDraft) draft = visitor_import_draft_new (line_of, &reading);
  reading.draft = draft;
  if (!scan (&reading, names, text, error) || !read_all (&reading, names, error))
    return FALSE;
  *ret_draft = g_steal_pointer (&draft);
  return TRUE;
}
