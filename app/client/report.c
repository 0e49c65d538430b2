/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorReport: how a site and its connection are, for somebody who helps and is a stranger.
 *
 * It holds what is named here and nothing else: versions, states, transport, algorithms, numbers, and
 * the log. No secret is ever part of that; user names are taken out, addresses and names of hosts
 * shortened (VisitorRedaction), the site's own name left away. English, for who reads it may not be who
 * sends it. */
#include "config.h"

#include "client/report.h"

#include <string.h>
#include <sys/utsname.h>

#include "client/attempt-text.h"
#include "client/redaction.h"

typedef struct {
  GString *text;
  VisitorRedaction *redaction;
} Writing;

G_GNUC_PRINTF (3, 4)
static void
say (Writing *writing, const char *label, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *value = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *harmless = visitor_redaction_apply (writing->redaction, value);
  g_string_append_printf (writing->text, "%s: %s\n", label, harmless);
}

static void
hide_address (VisitorRedaction *redaction, const SiteAddress *address)
{
  if (!g_hostname_is_ip_address (address->host))
    visitor_redaction_add (redaction, address->host, "<gateway>");
}

/* "alice@example.com" is also alice, and so is "EXAMPLE\alice". */
static void
hide_user (VisitorRedaction *redaction, const char *user)
{
  if (user == NULL)
    return;
  g_autofree char *account = g_strndup (user, strcspn (user, "@"));
  const char *backslash = strchr (user, '\\');
  visitor_redaction_add (redaction, user, "<user>");
  visitor_redaction_add (redaction, account, "<user>");
  if (backslash != NULL)
    visitor_redaction_add (redaction, backslash + 1, "<user>");
}

static void
hide_site (VisitorRedaction *redaction, const Site *site)
{
  hide_address (redaction, &site->address);
  for (guint i = 0; i < site->entry_points->len; i++)
    hide_address (redaction, &g_array_index (site->entry_points, SiteAddress, i));
  hide_user (redaction, site->user);
  hide_user (redaction, site->local_identity);
  hide_user (redaction, site->anonymous_identity);
  hide_user (redaction, site->ppk_identity);
  visitor_redaction_add (redaction, site->name, "<site>");
  visitor_redaction_add (redaction, site->tls_name, "<gateway>");
  visitor_redaction_add (redaction, site->gateway_identity, "<gateway>");
  visitor_redaction_add (redaction, site->aaa_identity, "<sign-in server>");
  visitor_redaction_add (redaction, site->key, "<key>");
  for (guint i = 0; i < site->domains->len; i++) {
    const char *domain = g_ptr_array_index (site->domains, i);
    visitor_redaction_add (redaction, domain + (*domain == '~'), "<domain>");
  }
}

static void
say_system (Writing *writing, const VisitorReportFacts *facts)
{
  struct utsname names;
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  say (writing, "program", "visitor %s", PACKAGE_VERSION);
  say (writing, "engine", "%s",
      facts->engine_version != NULL ? facts->engine_version : "not running");
  say (writing, "system", "%s", system != NULL ? system : "unknown");
  if (uname (&names) == 0)
    g_string_append_printf (
        writing->text, "kernel: %s %s %s\n", names.sysname, names.release, names.machine);
  const char *desktop = g_getenv ("XDG_CURRENT_DESKTOP");
  say (writing, "desktop", "%s", desktop != NULL ? desktop : "unknown");
}

static const char *const methods[] = {
  [SITE_AUTH_PSK] = "psk",
  [SITE_AUTH_EAP_MSCHAPV2] = "eap-mschapv2",
  [SITE_AUTH_EAP_GTC] = "eap-gtc",
  [SITE_AUTH_EAP_TLS] = "eap-tls",
  [SITE_AUTH_EAP_TTLS] = "eap-ttls",
  [SITE_AUTH_EAP] = "eap",
  [SITE_AUTH_CERTIFICATE] = "certificate",
  [SITE_AUTH_CERTIFICATE_EAP] = "certificate+eap",
};

static const char *
key_words (const Site *site)
{
  if (site->key == NULL)
    return "none";
  return site_key_is_uri (site->key) ? "token" : "file";
}

static void
say_site (Writing *writing, const Site *site)
{
  static const char *const proxies[] = {
    [SITE_PROXY_AUTOMATIC] = "automatic",
    [SITE_PROXY_NONE] = "none",
    [SITE_PROXY_MANUAL] = "manual",
  };
  static const char *const transports[] = {
    [SITE_TRANSPORT_TLS] = "tls",
    [SITE_TRANSPORT_TCP] = "tcp",
    [SITE_TRANSPORT_UDP] = "udp",
    [SITE_TRANSPORT_AUTO] = "auto",
  };
  say (writing, "site",
      "method %s, key %s, transport %s, port %u, entry points %u, gateway CA %s, TLS CA %s, pins "
      "%u "
      "+ %u",
      methods[site->auth], key_words (site), transports[site->transport],
      site_port (site, &site->address), site->entry_points->len,
      site->gateway_ca_pem != NULL ? "own" : "system",
      site->tls_ca_pem != NULL ? "own" : "as gateway", site->gateway_pins->len,
      site->tls_pins->len);
  say (writing, "site's network", "routes %u, name servers %u, domains %u, MTU %u, proxy %s",
      site->routes->len, site->dns->len, site->domains->len, site->mtu, proxies[site->proxy_mode]);
}

static void
say_string (Writing *writing, GVariant *status, const char *key)
{
  const char *value;
  if (g_variant_lookup (status, key, "&s", &value) && *value != '\0')
    say (writing, key, "%s", value);
}

static void
say_list (Writing *writing, GVariant *status, const char *key)
{
  g_autofree const char **items = NULL;
  if (!g_variant_lookup (status, key, "^a&s", &items) || items[0] == NULL)
    return;
  g_autofree char *all = g_strjoinv (", ", (char **) items);
  say (writing, key, "%s", all);
}

static void
say_age (Writing *writing, GVariant *status, const char *key, const char *label, gint64 now)
{
  gint64 begin;
  if (g_variant_lookup (status, key, "x", &begin))
    say (writing, label, "%" G_GINT64_FORMAT " s", now - begin);
}

static void
say_counters (Writing *writing, GVariant *status)
{
  g_autoptr (GVariant) counters =
      g_variant_lookup_value (status, "counters", G_VARIANT_TYPE ("a{st}"));
  if (counters == NULL)
    return;
  g_autoptr (GString) text = g_string_new (NULL);
  GVariantIter iter;
  const char *name;
  guint64 n;
  g_variant_iter_init (&iter, counters);
  while (g_variant_iter_next (&iter, "{&st}", &name, &n))
    g_string_append_printf (text, "%s%s %" G_GUINT64_FORMAT, text->len > 0 ? ", " : "", name, n);
  say (writing, "counters", "%s", text->str);
}

/* Neither where it led nor through which proxy: how far it came, and how long that took. */
static void
say_attempts (Writing *writing, GVariant *status)
{
  g_autoptr (GArray) attempts = visitor_attempts_read (status);
  for (guint i = 0; i < attempts->len; i++) {
    const Attempt *attempt = &g_array_index (attempts, Attempt, i);
    g_autofree char *label = g_strdup_printf ("way %u", attempt->number);
    say (writing, label, "%s, port %u, %s, %u ms, %s%s%s",
        attempt_transport_to_string (attempt->transport), attempt->port,
        attempt->proxy.kind != PROXY_DIRECT ? "a proxy" : "no proxy", attempt->ms,
        attempt->worked ? "answered" : visitor_error_name (attempt->code),
        attempt->worked ? "" : " at ",
        attempt->worked ? "" : attempt_stage_to_string (attempt->stage));
  }
}

/* Each key by name: what a newer engine adds is not known to be harmless. */
static void
say_connection (Writing *writing, GVariant *status, gint64 now)
{
  static const char *const strings[] = { "transport", "stream", "ike", "child", "gateway",
    "waiting-for", "detail" };
  static const char *const lists[] = { "addresses", "routes", "dns" };
  guint mtu;
  say_age (writing, status, "since", "in this state for", now);
  say_age (writing, status, "connected", "first connected before", now);
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    say_string (writing, status, strings[i]);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    say_list (writing, status, lists[i]);
  if (g_variant_lookup (status, "mtu", "u", &mtu))
    say (writing, "mtu", "%u", mtu);
  say_counters (writing, status);
  say_attempts (writing, status);
}

static void
say_failure (Writing *writing, const GError *failure)
{
  const char *name =
      failure->domain == VISITOR_ERROR ? visitor_error_name ((VisitorError) failure->code) : NULL;
  g_string_append_printf (writing->text, "failure: %s\n", name != NULL ? name : "unknown");
  if (*failure->message != '\0')
    say (writing, "failure's detail", "%s", failure->message);
}

static void
say_log (Writing *writing, const char *const *log)
{
  g_string_append (writing->text, "\nlog:\n");
  for (guint i = 0; log[i] != NULL; i++) {
    g_autofree char *line = visitor_redaction_apply (writing->redaction, log[i]);
    g_string_append_printf (writing->text, "  %s\n", line);
  }
}

/* now: wall clock, seconds. Transfer: full. */
char *
visitor_report_write (const VisitorReportFacts *facts, gint64 now)
{
  g_autoptr (VisitorRedaction) redaction = visitor_redaction_new ();
  Writing writing = { g_string_new (NULL), redaction };
  visitor_redaction_add (redaction, g_get_user_name (), "<user>");
  visitor_redaction_add (redaction, g_get_host_name (), "<host>");
  visitor_redaction_add (redaction, g_get_home_dir (), "~");
  if (facts->site != NULL)
    hide_site (redaction, facts->site);
  say_system (&writing, facts);
  g_string_append_printf (writing.text, "state: %s\n", visitor_state_to_string (facts->state));
  if (facts->failure != NULL)
    say_failure (&writing, facts->failure);
  if (facts->site != NULL)
    say_site (&writing, facts->site);
  if (facts->status != NULL)
    say_connection (&writing, facts->status, now);
  if (facts->log != NULL)
    say_log (&writing, facts->log);
  return g_string_free (writing.text, FALSE);
}

/* A report on a site as it is now, with these lines of its log or those that it has. Transfer: full. */
char *
visitor_report_text (
    VisitorSiteItem *item, const char *const *log_or_null, const char *engine_version_or_null)
{
  g_auto (GStrv) history = visitor_log_history_dup_lines (visitor_site_item_get_log (item));
  VisitorConnection *connection = visitor_site_item_get_connection (item);
  VisitorReportFacts facts = {
    .state = visitor_site_item_get_state (item),
    .site = visitor_site_item_get_site (item),
    .failure = visitor_site_item_get_failure (item),
    .status = connection != NULL ? visitor_connection_get_status (connection) : NULL,
    .engine_version = engine_version_or_null,
    .log = log_or_null != NULL ? log_or_null : (const char *const *) history,
  };
  return visitor_report_write (&facts, g_get_real_time () / G_USEC_PER_SEC);
}
