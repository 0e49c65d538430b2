/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HostReport: what a worker says, after the last octet of it was checked.
 *
 * A message has the right shape when it comes here; this gives its values their types. What an honest
 * worker cannot send is refused and costs the worker its life. Free text, which quotes gateways and
 * proxies, is escaped instead. Pure. */
#include "host/report.h"

#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "base/web-url.h"
#include "host/finding.h"
#include "host/text.h"

#define MAX_CERTIFICATE_LEN 32768
#define MAX_NAME_LEN 255
#define MAX_USER_LEN 512
#define MAX_PROMPT_LEN 256
#define MAX_WORD_LEN 48
#define MAX_COUNTERS 64
#define MAX_STATUS_TEXT_LEN 256

static gboolean
refuse (GError **error, MessageType type, const char *what)
{
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "The worker sent a \"%s\" with %s",
      message_type_to_string (type), what);
  return FALSE;
}

/* Names of states, kinds and counters: lower case words joined by hyphens. */
static gboolean
is_word (const char *text)
{
  gsize len = strlen (text);
  return len > 0 && len <= MAX_WORD_LEN &&
      strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static gboolean
parse_want_socket (GVariant *body, HostReport *report, GError **error)
{
  guint8 family, type;
  g_variant_get (body, "(uyy)", &report->number, &family, &type);
  if (family != INET_V4 && family != INET_V6)
    return refuse (error, report->type, "an unknown family");
  if (type != SOCK_STREAM && type != SOCK_DGRAM)
    return refuse (error, report->type, "an unknown type of socket");
  report->family = (InetFamily) family;
  report->socket_type = type;
  return TRUE;
}

static gboolean
parse_want_secret (GVariant *body, HostReport *report, GError **error)
{
  static const char *const kinds[] = { "psk", "password", "ppk", "code", NULL };
  g_variant_get (body, "(ssus)", &report->kind, &report->detail, &report->number, &report->text);
  if (!g_strv_contains (kinds, report->kind))
    return refuse (error, report->type, "an unknown kind of secret");
  if (!host_text_is_plain (report->detail, MAX_USER_LEN))
    return refuse (error, report->type, "a user name that no one can have");
  if (!host_text_is_plain (report->text, MAX_PROMPT_LEN))
    return refuse (error, report->type, "a text that is not one plain line");
  if (report->number == 0)
    return refuse (error, report->type, "no attempt");
  return TRUE;
}

/* The realm is a stranger's free text. */
static gboolean
parse_want_proxy_secret (GVariant *body, HostReport *report, GError **error)
{
  static const char *const kinds[] = { "proxy-password", "proxy-password-clear", "proxy-token",
    NULL };
  const char *uri, *realm;
  g_variant_get (body, "(us&ssu&s)", &report->number, &report->kind, &uri, &report->detail,
      &report->attempt, &realm);
  g_autofree char *line =
      text_one_line (SLICE ((const uint8_t *) realm, strlen (realm)), MAX_PROMPT_LEN);
  report->text = g_strdup (line != NULL ? line : "");
  if (!g_strv_contains (kinds, report->kind))
    return refuse (error, report->type, "an unknown kind of secret");
  if (proxy_parse (uri, &report->proxy) != PROXY_URI_OK || report->proxy.kind == PROXY_DIRECT)
    return refuse (error, report->type, "a proxy that is none");
  if (!host_text_is_plain (report->detail, MAX_USER_LEN))
    return refuse (error, report->type, "a user name that no one can have");
  if (report->attempt == 0)
    return refuse (error, report->type, "no attempt");
  return TRUE;
}

/* What a certificate says, into dict: whoever shows it to a person hands on what is here and parses no
 * certificate. */
static gboolean
read_certificate (GVariant *body, MessageType type, GVariantDict *dict, GError **error)
{
  static const char *const texts[] = { "reason", "subject", "issuer" };
  static const char *const dates[] = { "not-before", "not-after" };
  const char *part, *name;
  g_autoptr (GVariant) der =
      g_variant_lookup_value (body, "certificate", G_VARIANT_TYPE_BYTESTRING);
  if (!g_variant_lookup (body, "part", "&s", &part) ||
      (strcmp (part, "tls") != 0 && strcmp (part, "gateway") != 0))
    return refuse (error, type, "an unknown part");
  g_variant_dict_insert (dict, "part", "s", part);
  if (!g_variant_lookup (body, "name", "&s", &name) || !host_text_is_plain (name, MAX_NAME_LEN))
    return refuse (error, type, "a name that no gateway can have");
  g_variant_dict_insert (dict, "name", "s", name);
  gsize len = der != NULL ? g_variant_get_size (der) : 0;
  if (len == 0 || len > MAX_CERTIFICATE_LEN)
    return refuse (error, type, "no certificate");
  g_variant_dict_insert_value (dict, "certificate", der);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    const char *text;
    if (!g_variant_lookup (body, texts[i], "&s", &text))
      return refuse (error, type, "too few words about a certificate");
    g_autofree char *escaped = host_text_escape (text);
    g_variant_dict_insert (dict, texts[i], "s", escaped);
  }
  for (guint i = 0; i < G_N_ELEMENTS (dates); i++) {
    gint64 date;
    if (!g_variant_lookup (body, dates[i], "x", &date))
      return refuse (error, type, "no dates of a certificate");
    g_variant_dict_insert (dict, dates[i], "x", date);
  }
  return TRUE;
}

static gboolean
parse_want_trust (GVariant *body, HostReport *report, GError **error)
{
  g_auto (GVariantDict) dict = { 0 };
  g_variant_dict_init (&dict, NULL);
  if (!read_certificate (body, report->type, &dict, error))
    return FALSE;
  report->question = g_variant_ref_sink (g_variant_dict_end (&dict));
  return TRUE;
}

static gboolean
parse_key_changed (GVariant *body, HostReport *report, GError **error)
{
  gboolean acceptable;
  g_auto (GVariantDict) dict = { 0 };
  g_variant_dict_init (&dict, NULL);
  if (!read_certificate (body, report->type, &dict, error))
    return FALSE;
  if (!g_variant_lookup (body, "acceptable", "b", &acceptable))
    return refuse (error, report->type, "no word on whether it may be accepted");
  g_variant_dict_insert (&dict, "acceptable", "b", acceptable);
  report->question = g_variant_ref_sink (g_variant_dict_end (&dict));
  return TRUE;
}

static gboolean
parse_want_signature (GVariant *body, HostReport *report, GError **error)
{
  const char *scheme;
  g_autoptr (GVariant) octets = NULL;
  g_variant_get (body, "(u&s@ay)", &report->number, &scheme, &octets);
  report->scheme = signature_scheme_from_string (scheme);
  report->octets = g_variant_get_data_as_bytes (octets);
  gsize len = g_bytes_get_size (report->octets);
  if (report->scheme == SIGNATURE_NONE)
    return refuse (error, report->type, "an unknown scheme");
  if (len == 0 || len > SIGNATURE_MAX_OCTETS)
    return refuse (error, report->type, "nothing to sign, or too much");
  return TRUE;
}

static gboolean
parse_state (GVariant *body, HostReport *report, GError **error)
{
  const char *detail;
  g_variant_get (body, "(s&s)", &report->kind, &detail);
  report->detail = host_text_escape (detail);
  return is_word (report->kind) || refuse (error, report->type, "a malformed state");
}

/* A browser is going to be sent there. */
static gboolean
parse_portal (GVariant *body, HostReport *report, GError **error)
{
  WebUrl url;
  g_variant_get (body, "(s)", &report->detail);
  return web_url_parse (report->detail, &url) ||
      refuse (error, report->type, "a URL that leads nowhere");
}

static gboolean
parse_path (GVariant *body, HostReport *report, GError **error)
{
  const char *local, *remote;
  g_variant_get (body, "(&s&s)", &local, &remote);
  return (inet_addr_parse (local, &report->local) && inet_addr_parse (remote, &report->remote) &&
             report->local.family == report->remote.family) ||
      refuse (error, report->type, "an end that is none");
}

static gboolean
parse_configure (GVariant *body, HostReport *report, GError **error)
{
  report->configuration = host_configuration_parse (body, error);
  return report->configuration != NULL;
}

static gboolean
counters_are_valid (GVariant *counters)
{
  if (!g_variant_is_of_type (counters, G_VARIANT_TYPE ("a{st}")) ||
      g_variant_n_children (counters) > MAX_COUNTERS)
    return FALSE;
  GVariantIter iter;
  const char *name;
  guint64 value;
  g_variant_iter_init (&iter, counters);
  while (g_variant_iter_next (&iter, "{&st}", &name, &value)) {
    if (!is_word (name))
      return FALSE;
  }
  return TRUE;
}

static gboolean
status_text_is_valid (GVariant *value)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) &&
      host_text_is_plain (g_variant_get_string (value, NULL), MAX_STATUS_TEXT_LEN);
}

static gboolean
parse_status (GVariant *body, HostReport *report, GError **error)
{
  static const char *const texts[] = { "transport", "stream", "gateway", "entry", "proxy",
    "sent-to", "ike", "child", NULL };
  g_auto (GVariantDict) dict = { 0 };
  g_variant_dict_init (&dict, NULL);
  GVariantIter iter;
  const char *key;
  GVariant *value;
  g_variant_iter_init (&iter, body);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    g_autoptr (GVariant) owned = value;
    gboolean known = g_strv_contains (texts, key) ? status_text_is_valid (owned)
        : strcmp (key, "counters") == 0           ? counters_are_valid (owned)
                                                  : FALSE;
    if (!known)
      return refuse (error, report->type, "a key or a value that is none");
    g_variant_dict_insert_value (&dict, key, owned);
  }
  report->status = g_variant_ref_sink (g_variant_dict_end (&dict));
  return TRUE;
}

static gboolean
parse_attempt (GVariant *body, HostReport *report, GError **error)
{
  report->tried = g_new0 (Attempt, 1);
  return attempt_from_variant (body, report->tried) ||
      refuse (error, report->type, "a way that there is none of");
}

static gboolean
parse_finding (GVariant *body, HostReport *report, GError **error)
{
  report->finding = host_finding_parse (body);
  return report->finding != NULL || refuse (error, report->type, "a key or a value that is none");
}

static gboolean
parse_log (GVariant *body, HostReport *report, GError **error)
{
  guint32 level;
  const char *line;
  g_variant_get (body, "(u&s)", &level, &line);
  report->detail = host_text_escape (line);
  switch (level) {
  case G_LOG_LEVEL_ERROR:
  case G_LOG_LEVEL_CRITICAL:
  case G_LOG_LEVEL_WARNING:
  case G_LOG_LEVEL_MESSAGE:
  case G_LOG_LEVEL_INFO:
  case G_LOG_LEVEL_DEBUG: report->level = (GLogLevelFlags) level; return TRUE;
  }
  return refuse (error, report->type, "an unknown level");
}

static gboolean
parse_failed (GVariant *body, HostReport *report, GError **error)
{
  const char *name, *detail;
  g_variant_get (body, "(&s&s)", &name, &detail);
  report->detail = host_text_escape (detail);
  return visitor_error_from_name (name, &report->code) ||
      refuse (error, report->type, "an unknown error");
}

static gboolean (*const parsers[MESSAGE_N_TYPES]) (GVariant *, HostReport *, GError **) = {
  [MESSAGE_WANT_SOCKET] = parse_want_socket,
  [MESSAGE_WANT_SECRET] = parse_want_secret,
  [MESSAGE_WANT_TRUST] = parse_want_trust,
  [MESSAGE_WANT_PROXY_SECRET] = parse_want_proxy_secret,
  [MESSAGE_WANT_SIGNATURE] = parse_want_signature,
  [MESSAGE_STATE] = parse_state,
  [MESSAGE_PATH] = parse_path,
  [MESSAGE_CONFIGURE] = parse_configure,
  [MESSAGE_STATUS] = parse_status,
  [MESSAGE_ATTEMPT] = parse_attempt,
  [MESSAGE_FINDING] = parse_finding,
  [MESSAGE_LOG] = parse_log,
  [MESSAGE_FAILED] = parse_failed,
  [MESSAGE_KEY_CHANGED] = parse_key_changed,
  [MESSAGE_PORTAL] = parse_portal,
};

void
host_report_clear (HostReport *report)
{
  g_free (report->kind);
  g_free (report->text);
  g_free (report->detail);
  g_clear_pointer (&report->question, g_variant_unref);
  g_clear_pointer (&report->octets, g_bytes_unref);
  g_clear_pointer (&report->configuration, host_configuration_free);
  g_clear_pointer (&report->status, g_variant_unref);
  g_free (report->tried);
  g_clear_pointer (&report->finding, g_variant_unref);
  *report = (HostReport){ 0 };
}

/* Gives the values in a worker's message their types. FALSE with VISITOR_ERROR_PROTOCOL if an honest
 * worker would not have sent it; *ret_report is then untouched. Copies what it keeps: nothing in the
 * report borrows from the message. */
gboolean
host_report_parse (const Message *message, HostReport *ret_report, GError **error)
{
  g_auto (HostReport) report = { .type = message->type };
  if (parsers[message->type] != NULL && !parsers[message->type](message->body, &report, error))
    return FALSE;
  *ret_report = report;
  report = (HostReport){ 0 };
  return TRUE;
}
