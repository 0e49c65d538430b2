/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ImportSswan: a profile of strongSwan's app for Android (.sswan), JSON whose keys are described at
 * docs.strongswan.org.
 *
 * It is written for IKE over UDP, so what it says of ports and NAT has no meaning here, and of TLS it
 * says nothing. A certificate in it is a CA, or the gateway's own, which then becomes a pin. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/inet.h"
#include "client/certificate-facts.h"
#include "client/import-json.h"

typedef gboolean (*ReadFunc) (
    const VisitorImportJson *json, JsonObject *object, const char *full, GError **error);

/* One key of the format. Without a function its value goes to a key of site.conf, or is left out
 * for a reason. */
typedef struct {
  const char *name;
  ReadFunc read;
  const char *group, *key;
  const char *why;
} Member;

static gboolean
read_type (const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  static const struct {
    const char *type, *method, *eap_methods;
  } types[] = {
    { "ikev2-eap", "eap", "ttls, mschapv2, gtc" },
    { "ikev2-cert", "certificate", NULL },
    { "ikev2-cert-eap", "certificate+eap", "ttls, mschapv2, gtc" },
    { "ikev2-eap-tls", "eap-tls", NULL },
  };
  const char *type;
  if (!visitor_import_json_get_string (json, object, "type", full, &type, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    if (g_strcmp0 (types[i].type, type) != 0)
      continue;
    return visitor_import_draft_use (
               json->draft, full, "sign-in", "method", types[i].method, error) &&
        visitor_import_draft_use (
            json->draft, full, "sign-in", "eap-methods", types[i].eap_methods, error);
  }
  if (g_strcmp0 (type, "ikev2-byod-eap") == 0)
    return visitor_import_json_fail (json, full,
        _ ("The gateway wants to examine the device (TNC), which Visitor does not let it do."),
        error);
  return visitor_import_json_fail (
      json, full, _ ("Visitor does not know this kind of connection."), error);
}

static gboolean
use_pin (const VisitorImportJson *json, Slice der, const char *full, GError **error)
{
  SitePin pin;
  if (!site_pin_of_certificate (der, &pin))
    return visitor_import_json_fail (json, full, _ ("This is no certificate."), error);
  g_autofree char *base64 = g_base64_encode (pin.sha256, SITE_PIN_LEN);
  g_autofree char *text = g_strconcat ("sha256/", base64, NULL);
  return visitor_import_draft_use (json->draft, full, "gateway", "pins", text, error);
}

/* A CA says that it is one; anything else is what the gateway itself shows. */
static gboolean
use_certificate (const VisitorImportJson *json, const guint8 *octets, gsize len, const char *full,
    GError **error)
{
  g_autoptr (VisitorCertificateFacts) facts = visitor_certificate_facts_new (octets, len);
  if (facts == NULL)
    return visitor_import_json_fail (json, full, _ ("This is no certificate."), error);
  if (facts->is_ca)
    return visitor_import_draft_use (json->draft, full, "gateway", "ca", facts->pem, error);
  return use_pin (json, slice_of_bytes (facts->der), full, error);
}

static gboolean
read_cert (const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  gsize len;
  g_autofree guint8 *octets = NULL;
  if (!visitor_import_json_get_base64 (json, object, "cert", full, &octets, &len, error))
    return FALSE;
  return octets == NULL || use_certificate (json, octets, len, full, error);
}

static gboolean
read_revocation (
    const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  JsonObject *revocation;
  if (!visitor_import_json_get_object (json, object, "revocation", &revocation, error))
    return FALSE;
  if (revocation == NULL)
    return TRUE;
  g_autoptr (GList) names = json_object_get_members (revocation);
  for (GList *at = names; at != NULL; at = at->next) {
    g_autofree char *name = g_strconcat (full, ".", at->data, NULL);
    if (g_str_equal (at->data, "crl") || g_str_equal (at->data, "ocsp"))
      visitor_import_draft_leave (json->draft, name,
          _ ("Visitor fetches nothing; what the gateway proves and a CRL in the site says "
             "counts."));
    else if (!g_str_equal (at->data, "strict"))
      visitor_import_draft_leave (json->draft, name, _ ("Visitor does not know what it means."));
  }
  return !visitor_import_json_get_flag (revocation, "strict") ||
      visitor_import_draft_use (json->draft, full, "gateway", "revocation", "required", error);
}

static gboolean
read_p12 (const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  gsize len;
  guint8 *octets = NULL;
  if (!visitor_import_json_get_base64 (json, object, "p12", full, &octets, &len, error))
    return FALSE;
  if (octets == NULL)
    return TRUE;
  visitor_import_draft_take_key (json->draft, secret_new (octets, len));
  bytes_wipe (octets, len);
  g_free (octets);
  return TRUE;
}

static gboolean
read_rsa_pss (const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  return visitor_import_draft_use (json->draft, full, "sign-in", "rsa-padding",
      visitor_import_json_get_flag (object, "rsa-pss") ? "pss" : "pkcs1", error);
}

/* A weaker proposal is no reason to refuse the rest: then Visitor's own are offered. */
static gboolean
use_proposal (const VisitorImportJson *json, JsonObject *object, const char *name, const char *key,
    GError **error)
{
  const char *text;
  if (!visitor_import_json_get_string (json, object, name, name, &text, error))
    return FALSE;
  if (text != NULL)
    visitor_import_draft_use_or_leave (json->draft, name, "algorithms", key, text);
  return TRUE;
}

static gboolean
read_ike_proposal (
    const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  return use_proposal (json, object, full, "ike", error);
}

static gboolean
read_esp_proposal (
    const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  return use_proposal (json, object, full, "esp", error);
}

static gboolean
read_dns (const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  g_autofree char *list = NULL;
  return visitor_import_json_get_list (json, object, full, full, &list, error) &&
      (list == NULL || visitor_import_draft_use (json->draft, full, "network", "dns", list, error));
}

static gboolean
read_mtu (const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  JsonNode *node = json_object_get_member (object, "mtu");
  if (!JSON_NODE_HOLDS_VALUE (node))
    return visitor_import_json_fail (json, full, _ ("A number stands here."), error);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  visitor_import_draft_use_or_leave (json->draft, full, "network", "mtu", text);
  return TRUE;
}

/* An address alone is a network of one, and bits behind the length do not count, as in the app. */
static char *
route_of (const char *text)
{
  InetPrefix prefix;
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  if (inet_addr_parse (stripped, &prefix.addr))
    prefix.length = (uint8_t) (8 * inet_family_len (prefix.addr.family));
  else if (!inet_prefix_parse (stripped, &prefix))
    return g_steal_pointer (&stripped);
  for (guint bit = prefix.length; bit < 8 * inet_family_len (prefix.addr.family); bit++)
    prefix.addr.bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
  char buf[INET_PREFIX_STRLEN];
  return g_strdup (inet_prefix_format (&prefix, buf));
}

static gboolean
read_subnets (const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  g_autofree char *list = NULL;
  if (!visitor_import_json_get_list (json, object, "subnets", full, &list, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  g_auto (GStrv) items = g_strsplit_set (list, ", ", -1);
  g_autoptr (GString) routes = g_string_new (NULL);
  for (guint i = 0; items[i] != NULL; i++) {
    g_autofree char *route = *items[i] != '\0' ? route_of (items[i]) : NULL;
    if (route != NULL)
      g_string_append_printf (routes, "%s%s", routes->len > 0 ? ", " : "", route);
  }
  return visitor_import_draft_use (json->draft, full, "network", "routes", routes->str, error);
}

static const Member remote_members[] = {
  { "addr", NULL, "site", "address", NULL },
  { "port", NULL, NULL, NULL,
      N_ ("It is a UDP port; Visitor connects to TCP port 443 of the address.") },
  { "id", NULL, "gateway", "identity", NULL },
  { "cert", read_cert, NULL, NULL, NULL },
  { "certreq", NULL, NULL, NULL, N_ ("Visitor always says which CAs it knows.") },
  { "revocation", read_revocation, NULL, NULL, NULL },
};

static const Member local_members[] = {
  { "eap_id", NULL, "sign-in", "user", NULL },
  { "id", NULL, "sign-in", "local-identity", NULL },
  { "p12", read_p12, NULL, NULL, NULL },
  { "rsa-pss", read_rsa_pss, NULL, NULL, NULL },
};

static const Member split_members[] = {
  { "subnets", read_subnets, NULL, NULL, NULL },
  { "excluded", NULL, NULL, NULL,
      N_ ("Visitor cannot keep a part of a network out of the tunnel: it goes through.") },
  { "block-ipv4", NULL, NULL, NULL, N_ ("Visitor does not block what the tunnel does not carry.") },
  { "block-ipv6", NULL, NULL, NULL, N_ ("Visitor does not block what the tunnel does not carry.") },
};

static gboolean read_members (const VisitorImportJson *json, JsonObject *object, const char *prefix,
    const Member *members, gsize n, GError **error);

static gboolean
read_group (const VisitorImportJson *json, JsonObject *object, const char *name,
    const Member *members, gsize n, GError **error)
{
  JsonObject *group;
  g_autofree char *prefix = g_strconcat (name, ".", NULL);
  return visitor_import_json_get_object (json, object, name, &group, error) &&
      (group == NULL || read_members (json, group, prefix, members, n, error));
}

static gboolean
read_remote (const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  return read_group (json, object, full, remote_members, G_N_ELEMENTS (remote_members), error);
}

static gboolean
read_local (const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  return read_group (json, object, full, local_members, G_N_ELEMENTS (local_members), error);
}

static gboolean
read_split (const VisitorImportJson *json, JsonObject *object, const char *full, GError **error)
{
  return read_group (json, object, full, split_members, G_N_ELEMENTS (split_members), error);
}

#define OF_ANDROID N_ ("It is about apps of Android.")

static const Member members[] = {
  { "uuid", NULL, NULL, NULL, N_ ("Visitor gives a site a name of its own.") },
  { "name", NULL, "site", "name", NULL },
  { "type", read_type, NULL, NULL, NULL },
  { "remote", read_remote, NULL, NULL, NULL },
  { "local", read_local, NULL, NULL, NULL },
  { "ike-proposal", read_ike_proposal, NULL, NULL, NULL },
  { "esp-proposal", read_esp_proposal, NULL, NULL, NULL },
  { "dns-servers", read_dns, NULL, NULL, NULL },
  { "mtu", read_mtu, NULL, NULL, NULL },
  { "nat-keepalive", NULL, NULL, NULL, N_ ("It is about UDP; over TLS no such packet is needed.") },
  { "split-tunneling", read_split, NULL, NULL, NULL },
  { "apps", NULL, NULL, NULL, OF_ANDROID },
  { "excluded-apps", NULL, NULL, NULL, OF_ANDROID },
};

static gboolean
read_member (const VisitorImportJson *json, JsonObject *object, const Member *member,
    const char *full, GError **error)
{
  const char *text;
  if (member->read != NULL)
    return member->read (json, object, full, error);
  if (member->key == NULL) {
    visitor_import_draft_leave (json->draft, full, _ (member->why));
    return TRUE;
  }
  return visitor_import_json_get_string (json, object, member->name, full, &text, error) &&
      visitor_import_draft_use (
          json->draft, full, member->group, member->key, text != NULL ? text : "", error);
}

static const Member *
find (const char *name, const Member *list, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    if (g_str_equal (list[i].name, name))
      return &list[i];
  }
  return NULL;
}

/* In the order of the file; a key that nobody knows is told too. */
static gboolean
read_members (const VisitorImportJson *json, JsonObject *object, const char *prefix,
    const Member *list, gsize n, GError **error)
{
  g_autoptr (GList) names = json_object_get_members (object);
  for (GList *at = names; at != NULL; at = at->next) {
    const Member *member = find (at->data, list, n);
    g_autofree char *full = g_strconcat (prefix, at->data, NULL);
    if (member == NULL)
      visitor_import_draft_leave (json->draft, full, _ ("Visitor does not know what it means."));
    else if (!read_member (json, object, member, full, error))
      return FALSE;
  }
  return TRUE;
}

/* What no site.conf can do without, before anything is looked at more closely. */
static gboolean
check_needed (const VisitorImportJson *json, JsonObject *root, GError **error)
{
  static const char *const needed[] = { "name", "type", "remote" };
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++) {
    if (!json_object_has_member (root, needed[i]))
      return visitor_import_json_fail (
          json, needed[i], _ ("This is missing; is this a profile of strongSwan at all?"), error);
  }
  JsonNode *remote = json_object_get_member (root, "remote");
  if (JSON_NODE_HOLDS_OBJECT (remote) &&
      !json_object_has_member (json_node_get_object (remote), "addr"))
    return visitor_import_json_fail (json, "remote.addr", _ ("This is missing."), error);
  return TRUE;
}

/* With a certificate alone the user of a site is the identity that the profile claims. */
static void
conclude (const VisitorImportJson *json, JsonObject *root)
{
  visitor_import_draft_note (json->draft,
      g_strdup (
          _ ("The profile is for IKE over UDP. Here a TLS connection to the same address comes "
             "first, and its certificate must be for that address.")));
  JsonNode *node = json_object_get_member (root, "local");
  JsonObject *local =
      node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *type = json_object_get_string_member_with_default (root, "type", "");
  if (g_str_equal (type, "ikev2-eap-tls") && local != NULL &&
      !json_object_has_member (local, "eap_id") && json_object_has_member (local, "id"))
    visitor_import_draft_use_or_leave (json->draft, "local.id", "sign-in", "user",
        json_object_get_string_member_with_default (local, "id", ""));
}

/* Reads such a profile of len octets, with a NUL behind them. SITE_INVALID says where and why. */
gboolean
visitor_import_sswan (const char *text, gsize len, VisitorImportDraft **ret_draft, GError **error)
{
  g_autoptr (JsonParser) parser = visitor_import_json_parse (text, len, error);
  if (parser == NULL)
    return FALSE;
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  VisitorImportJson json = { .text = text };
  g_autoptr (VisitorImportDraft) draft =
      visitor_import_draft_new (visitor_import_json_line_of, &json);
  json.draft = draft;
  if (!check_needed (&json, root, error) ||
      !read_members (&json, root, "", members, G_N_ELEMENTS (members), error))
    return FALSE;
  conclude (&json, root);
  *ret_draft = g_steal_pointer (&draft);
  return TRUE;
}
