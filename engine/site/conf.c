/* SPDX-License-Identifier: GPL-2.0-or-later */
/* site.conf: the text of a Site, a key file as GKeyFile has it; site.conf(5) describes it.
 *
 * One table says which key is read into which field and how. Everything else in the file belongs to a
 * newer version or to its author and stays: a site is written by changing the text that it was read
 * from. Certificates stand in the file as PEM with "\n" for its line breaks, GKeyFile's own escape.
 * Pure: a file that is named in the text is read by the caller's function, or not at all. */
#include "site/conf.h"

#include <string.h>

#include "site/pem.h"
#include "site/scan.h"
#include "site/site.h"
#include "site/value.h"

static const char *const transports[] = { "tls", "tcp", "udp", "auto", NULL };
static const char *const entry_orders[] = { "primary-backup", "first-to-respond", "random", NULL };
static const char *const methods[] = { "psk", "eap-mschapv2", "eap-gtc", "eap-tls", "eap-ttls",
  "eap", "certificate", "certificate+eap", NULL };
static const char *const revocations[] = { "if-known", "required", NULL };
static const char *const ppk_uses[] = { "yes", "no", NULL };
static const char *const childless[] = { "never", "prefer", NULL };
static const char *const eap_methods[] = { "tls", "ttls", "mschapv2", "gtc", NULL };
static const char *const inners[] = { "eap", "pap", "mschapv2", "eap-mschapv2", "eap-gtc",
  "eap-md5", NULL };
static const char *const eap_onlys[] = { "no", "yes", NULL };
static const char *const paddings[] = { "pss", "pkcs1", NULL };
static const char *const proxy_modes[] = { "automatic", "none", "manual", NULL };

static const AlgorithmUse for_ike = ALGORITHMS_FOR_IKE, for_esp = ALGORITHMS_FOR_ESP;

typedef struct {
  const char *group;
  const char *key;
  const SiteValueKind *kind;
  gsize offset;
  const void *rule;
} Row;

#define FIELD(field) G_STRUCT_OFFSET (Site, field)

static const Row rows[] = {
  { "site", "name", &site_value_text, FIELD (name), NULL },
  { "site", "address", &site_value_address, FIELD (address), NULL },
  { "site", "entry-points", &site_value_addresses, FIELD (entry_points), NULL },
  { "site", "entry-order", &site_value_choice, FIELD (entry_order), entry_orders },
  { "site", "addresses", &site_value_places, FIELD (addresses), NULL },
  { "site", "interface", &site_value_interface, FIELD (interface), NULL },
  { "site", "source", &site_value_place, FIELD (source_address), NULL },
  { "site", "portal-check", &site_value_portal_check, FIELD (portal_check), NULL },
  { "site", "transport", &site_value_choice, FIELD (transport), transports },
  { "tls", "name", &site_value_name, FIELD (tls_name), NULL },
  { "tls", "ca", &site_value_certificates, FIELD (tls_ca_pem), NULL },
  { "tls", "pins", &site_value_pins, FIELD (tls_pins), NULL },
  { "tls", "revocation", &site_value_choice, FIELD (tls_revocation), revocations },
  { "gateway", "identity", &site_value_text, FIELD (gateway_identity), NULL },
  { "gateway", "ca", &site_value_certificates, FIELD (gateway_ca_pem), NULL },
  { "gateway", "pins", &site_value_pins, FIELD (gateway_pins), NULL },
  { "gateway", "revocation", &site_value_choice, FIELD (gateway_revocation), revocations },
  { "gateway", "childless", &site_value_choice, FIELD (childless), childless },
  { "algorithms", "ike", &site_value_algorithms, FIELD (ike_algorithms), &for_ike },
  { "algorithms", "esp", &site_value_algorithms, FIELD (esp_algorithms), &for_esp },
  { "sign-in", "method", &site_value_choice, FIELD (auth), methods },
  { "sign-in", "user", &site_value_text, FIELD (user), NULL },
  { "sign-in", "local-identity", &site_value_text, FIELD (local_identity), NULL },
  { "sign-in", "eap-methods", &site_value_choices, FIELD (eap_methods), eap_methods },
  { "sign-in", "inner", &site_value_choice, FIELD (inner), inners },
  { "sign-in", "eap-only", &site_value_choice, FIELD (eap_only), eap_onlys },
  { "sign-in", "anonymous-identity", &site_value_text, FIELD (anonymous_identity), NULL },
  { "sign-in", "aaa-identity", &site_value_name, FIELD (aaa_identity), NULL },
  { "sign-in", "certificate", &site_value_certificates, FIELD (certificate_pem), NULL },
  { "sign-in", "key", &site_value_key, FIELD (key), NULL },
  { "sign-in", "rsa-padding", &site_value_choice, FIELD (rsa_padding), paddings },
  { "sign-in", "ppk-identity", &site_value_text, FIELD (ppk_identity), NULL },
  { "sign-in", "ppk-required", &site_value_choice, FIELD (ppk_required), ppk_uses },
  { "sign-in", "lifetime", &site_value_minutes, FIELD (sign_in_lifetime), NULL },
  { "proxy", "mode", &site_value_choice, FIELD (proxy_mode), proxy_modes },
  { "proxy", "uri", &site_value_uri, FIELD (proxy_uri), NULL },
  { "proxy", "user", &site_value_text, FIELD (proxy_user), NULL },
  { "proxy", "ca", &site_value_certificates, FIELD (proxy_ca_pem), NULL },
  { "network", "routes", &site_value_prefixes, FIELD (routes), NULL },
  { "network", "dns", &site_value_addrs, FIELD (dns), NULL },
  { "network", "domains", &site_value_domains, FIELD (domains), NULL },
  { "network", "allowed-domains", &site_value_names, FIELD (allowed_domains), NULL },
  { "network", "mtu", &site_value_mtu, FIELD (mtu), NULL },
};

typedef struct {
  Site *site;
  SiteScan *scan;
  SiteReadFileFunc read_file;
  void *user_data;
} Reading;

static gboolean
fail_at (const Reading *reading, const char *group, const char *key, GError **error)
{
  guint line = site_scan_line (reading->scan, group, key);
  g_prefix_error (error, "line %u, key %s in [%s]: ", line, key, group);
  return FALSE;
}

static gboolean
missing (
    const Reading *reading, const char *group, const char *key, const char *what, GError **error)
{
  guint line = site_scan_line (reading->scan, group, "");
  if (line == 0)
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "key %s in [%s] is missing: add the group [%s] with %s", key, group, group, what);
  else
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "line %u, key %s in [%s] is missing: add %s", line, key, group, what);
  return FALSE;
}

static void
replace_value (const Reading *reading, const Row *row, char **value, char *by)
{
  g_key_file_set_string (reading->site->source, row->group, row->key, by);
  g_free (*value);
  *value = by;
}

/* Has the file of a key taken, and puts the name that it got in the place of the old one. */
static gboolean
take_key_file (const Reading *reading, const Row *row, char **value, GError **error)
{
  if (reading->read_file == NULL || site_key_is_uri (*value))
    return TRUE;
  char *name = reading->read_file (SITE_FILE_KEY, *value, reading->user_data, error);
  if (name == NULL)
    return FALSE;
  replace_value (reading, row, value, name);
  return TRUE;
}

/* Puts the contents of a named file in the place of its name, in the source too. */
static gboolean
take_file (const Reading *reading, const Row *row, char **value, GError **error)
{
  if (row->kind == &site_value_key)
    return take_key_file (reading, row, value, error);
  if (row->kind != &site_value_certificates || g_str_has_prefix (*value, "-----BEGIN "))
    return TRUE;
  if (reading->read_file == NULL) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "a file is named here, and files are only read when the site is imported");
    return FALSE;
  }
  g_autofree char *text =
      reading->read_file (SITE_FILE_CERTIFICATES, *value, reading->user_data, error);
  g_autofree char *pem = text != NULL ? site_pem_normalize (text, error) : NULL;
  if (pem == NULL)
    return FALSE;
  replace_value (reading, row, value, g_steal_pointer (&pem));
  return TRUE;
}

static gboolean
read_row (const Reading *reading, const Row *row, GError **error)
{
  Site *site = reading->site;
  if (!g_key_file_has_key (site->source, row->group, row->key, NULL))
    return TRUE;
  g_autoptr (GError) why = NULL;
  g_autofree char *value = g_key_file_get_string (site->source, row->group, row->key, &why);
  if (why != NULL) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "a backslash is written \\\\ here, and only \\s, \\n, \\t and \\r have another meaning");
    return fail_at (reading, row->group, row->key, error);
  }
  g_strstrip (value);
  if (value[0] == '\0')
    return TRUE;
  if (!take_file (reading, row, &value, error) ||
      !row->kind->read (G_STRUCT_MEMBER_P (site, row->offset), value, row->rule, error))
    return fail_at (reading, row->group, row->key, error);
  return TRUE;
}

/* True if an EAP method that is both mutual and makes a key may be spoken (RFC 5998 section 4). */
static gboolean
may_stand_alone (const Site *site)
{
  switch (site->auth) {
  case SITE_AUTH_EAP_TLS:
  case SITE_AUTH_EAP_TTLS: return TRUE;
  case SITE_AUTH_EAP: break;
  case SITE_AUTH_PSK:
  case SITE_AUTH_EAP_MSCHAPV2:
  case SITE_AUTH_EAP_GTC:
  case SITE_AUTH_CERTIFICATE:
  case SITE_AUTH_CERTIFICATE_EAP: return FALSE;
  }
  for (unsigned int i = 0; i < site->eap_methods->len; i++) {
    SiteEap method = g_array_index (site->eap_methods, SiteEap, i);
    if (method == SITE_EAP_TLS || method == SITE_EAP_TTLS)
      return TRUE;
  }
  return site->eap_methods->len == 0;
}

/* True if what is sent from the site's source can go to one of its static addresses at least. */
static gboolean
source_fits (const Site *site)
{
  for (unsigned int i = 0; i < site->addresses->len; i++) {
    if (g_array_index (site->addresses, InetAddr, i).family == site->source_address.family)
      return TRUE;
  }
  return site->addresses->len == 0;
}

/* What no single key can know. */
static gboolean
check_whole (const Reading *reading, GError **error)
{
  Site *site = reading->site;
  if (site->address.host == NULL)
    return missing (reading, "site", "address", "address=HOST:PORT", error);
  if (site->name == NULL)
    site->name = g_strdup (site->address.host);
  if (site->source_address.family != INET_NONE && !source_fits (site)) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "none of the addresses is of its family, IPv4 or IPv6");
    return fail_at (reading, "site", "source", error);
  }
  g_autofree char *method = g_key_file_get_value (site->source, "sign-in", "method", NULL);
  if (method == NULL || method[0] == '\0')
    return missing (reading, "sign-in", "method",
        "method=psk, method=eap-mschapv2, method=certificate or another", error);
  bool needs_key = site_auth_has_certificate (site->auth) || site->auth == SITE_AUTH_EAP_TLS;
  if (needs_key && site->key == NULL)
    return missing (reading, "sign-in", "key", "key=FILE or key=pkcs11:URI", error);
  if (site->user == NULL && site->auth != SITE_AUTH_CERTIFICATE)
    return missing (reading, "sign-in", "user", "user=NAME", error);
  if (site->eap_only == SITE_EAP_ONLY_YES && !may_stand_alone (site)) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "only with EAP-TLS or EAP-TTLS can a gateway prove itself by EAP alone");
    return fail_at (reading, "sign-in", "eap-only", error);
  }
  if (site->proxy_mode == SITE_PROXY_MANUAL && site->proxy_uri == NULL)
    return missing (reading, "proxy", "uri", "uri=http://HOST:PORT", error);
  if (site->proxy_mode == SITE_PROXY_MANUAL && site->transport == SITE_TRANSPORT_UDP) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "UDP goes through no proxy: the transport is auto, tls or tcp");
    return fail_at (reading, "site", "transport", error);
  }
  return TRUE;
}

static gboolean
load_source (Site *site, const char *text, gsize len, GError **error)
{
  g_autoptr (GError) why = NULL;
  GKeyFileFlags flags = G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS;
  if (g_key_file_load_from_data (site->source, text, len, flags, &why))
    return TRUE;
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
      "this is not a site.conf: it is no key file");
  return FALSE;
}

/* Reads a site.conf of len octets (-1: up to its NUL). read_file turns a file that the text names
 * into PEM, or keeps it where it is a key; without it certificates in a file are an error. SITE_INVALID names
 * line and key and repeats no value; an error of read_file is passed on with the same prefix. Transfer: full. */
Site *
site_parse (
    const char *text, gssize len, SiteReadFileFunc read_file, void *user_data, GError **error)
{
  gsize n = len < 0 ? strlen (text) : (gsize) len;
  if (n >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0) {
    text += 3;
    n -= 3;
  }
  g_autoptr (SiteScan) scan = site_scan (text, n, error);
  if (scan == NULL)
    return NULL;
  g_autoptr (Site) site = site_new ();
  if (!load_source (site, text, n, error))
    return NULL;
  Reading reading = { site, scan, read_file, user_data };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (!read_row (&reading, &rows[i], error))
      return NULL;
  }
  return check_whole (&reading, error) ? g_steal_pointer (&site) : NULL;
}

static void
write_row (const Site *site, const Site *fresh, GKeyFile *to, const Row *row)
{
  const void *field = G_STRUCT_MEMBER_P ((void *) site, row->offset);
  g_autofree char *value = row->kind->write (field, row->rule);
  if (value == NULL) {
    g_key_file_remove_key (to, row->group, row->key, NULL);
    return;
  }
  g_autofree char *before = g_key_file_get_string (to, row->group, row->key, NULL);
  field = G_STRUCT_MEMBER_P ((void *) fresh, row->offset);
  g_autofree char *implied = row->kind->write (field, row->rule);
  gboolean required = row->kind == &site_value_choice && row->rule == methods;
  if (before == NULL && !required && g_strcmp0 (value, implied) == 0)
    return;
  if (g_strcmp0 (value, before) != 0)
    g_key_file_set_string (to, row->group, row->key, value);
}

/* The site.conf of a site: the text it was read from with the fields' values put in. What is as this
 * version assumes it anyway is written only where it stood before. Transfer: full. */
char *
site_to_text (const Site *site)
{
  g_autoptr (Site) copy = site_copy (site);
  g_autoptr (Site) fresh = site_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    write_row (site, fresh, copy->source, &rows[i]);
  return g_key_file_to_data (copy->source, NULL, NULL);
}

static gboolean
is_known (const char *group, const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (g_str_equal (rows[i].group, group) && g_str_equal (rows[i].key, key))
      return TRUE;
  }
  return FALSE;
}

/* All keys that this version knows, as "GROUP.KEY", for whoever has to offer each of them. Transfer: full. */
char **
site_known_keys (void)
{
  g_autoptr (GStrvBuilder) known = g_strv_builder_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *name = g_strdup_printf ("%s.%s", rows[i].group, rows[i].key);
    g_strv_builder_add (known, name);
  }
  return g_strv_builder_end (known);
}

/* The keys that this version does not know, as "[GROUP] KEY", in the order of the file; to be
 * mentioned when a file is imported, since one may be a slip of the pen. Transfer: full. */
char **
site_unknown_keys (const Site *site)
{
  g_autoptr (GStrvBuilder) unknown = g_strv_builder_new ();
  g_auto (GStrv) groups = g_key_file_get_groups (site->source, NULL);
  for (unsigned int i = 0; groups[i] != NULL; i++) {
    g_auto (GStrv) keys = g_key_file_get_keys (site->source, groups[i], NULL, NULL);
    for (unsigned int j = 0; keys[j] != NULL; j++) {
      if (is_known (groups[i], keys[j]))
        continue;
      g_autofree char *item = g_strdup_printf ("[%s] %s", groups[i], keys[j]);
      g_strv_builder_add (unknown, item);
    }
  }
  return g_strv_builder_end (unknown);
}
