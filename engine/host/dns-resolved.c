/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS by systemd-resolved: servers and domains of the tunnel's link, over D-Bus
 * (org.freedesktop.resolve1 (5)). resolved keeps them with the link, so that they go with it; they
 * are reverted all the same. Calls block for at most five seconds: not for a main loop. A resolved that
 * hangs is waited for no longer than that, and not at all by somebody who has given up. */
#include "host/dns.h"

#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "host/netlink.h"

#define CALL_TIMEOUT_MS 5000
#define REVERT_TIMEOUT_MS 2000

static GVariant *
call (GDBusConnection *bus, const char *method, GVariant *arguments, int timeout,
    GCancellable *cancellable, GError **error)
{
  return g_dbus_connection_call_sync (bus, "org.freedesktop.resolve1", "/org/freedesktop/resolve1",
      "org.freedesktop.resolve1.Manager", method, arguments, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
      timeout, cancellable, error);
}

static gboolean
is_running (GDBusConnection *bus)
{
  gboolean owned = FALSE;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
          "org.freedesktop.DBus", "NameHasOwner", g_variant_new ("(s)", "org.freedesktop.resolve1"),
          G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS, NULL, NULL);
  if (reply != NULL)
    g_variant_get (reply, "(b)", &owned);
  return owned;
}

/* A resolv.conf that leads to resolved, be it one of its own files or its address. */
static gboolean
leads_to_resolved (const char *resolv_conf)
{
  g_autofree char *target = g_file_read_link (resolv_conf, NULL);
  if (target != NULL && strstr (target, "systemd/resolve/") != NULL)
    return TRUE;
  g_autofree char *text = NULL;
  return g_file_get_contents (resolv_conf, &text, NULL, NULL) &&
      g_regex_match_simple ("^nameserver\\s+127\\.0\\.0\\.5[34]\\s*$", text, G_REGEX_MULTILINE, 0);
}

/* TRUE if systemd-resolved runs and the machine's programs ask it. Where it runs but resolv.conf goes
 * past it, telling it would have no effect. bus may be NULL. */
gboolean
resolved_is_in_charge (GDBusConnection *bus, const char *resolv_conf)
{
  return bus != NULL && leads_to_resolved (resolv_conf) && is_running (bus);
}

static GVariant *
servers_of (const HostConfiguration *configuration)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(iay)"));
  for (guint i = 0; i < configuration->dns->len; i++) {
    const InetAddr *server = &g_array_index (configuration->dns, InetAddr, i);
    g_variant_builder_add (&list, "(i@ay)", (gint32) netlink_family (server->family),
        g_variant_new_fixed_array (
            G_VARIANT_TYPE_BYTE, server->bytes, inet_family_len (server->family), 1));
  }
  return g_variant_builder_end (&list);
}

static gboolean
routes_all_queries (const HostConfiguration *configuration)
{
  return host_configuration_takes_all (configuration) ||
      g_ptr_array_find_with_equal_func (configuration->domains, "~.", g_str_equal, NULL);
}

static GVariant *
domains_of (const HostConfiguration *configuration)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sb)"));
  for (guint i = 0; i < configuration->domains->len; i++) {
    const char *domain = configuration->domains->pdata[i];
    if (strcmp (domain, "~.") != 0)
      g_variant_builder_add (&list, "(sb)", domain + (domain[0] == '~'), domain[0] == '~');
  }
  if (routes_all_queries (configuration))
    g_variant_builder_add (&list, "(sb)", ".", TRUE);
  return g_variant_builder_end (&list);
}

static int
code_of (const GError *why)
{
  return g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? VISITOR_ERROR_CANCELLED
                                                                 : VISITOR_ERROR_DNS_SETUP;
}

/* Tells resolved to ask the tunnel's servers: for everything if the tunnel takes everything ("~."), for
 * the pushed domains if there are some, and among others if there are none. Multicast resolution is
 * off on the link: names of the inside are nobody's business outside, and the reverse. CANCELLED at once
 * when cancellable is; what resolved has been told by then is to be reverted. */
gboolean
resolved_set (GDBusConnection *bus, const char *device, const HostConfiguration *configuration,
    GCancellable *cancellable, GError **error)
{
  gint32 link = (gint32) if_nametoindex (device);
  gboolean default_route = routes_all_queries (configuration) || configuration->domains->len == 0;
  const struct {
    const char *method;
    GVariant *arguments;
  } calls[] = {
    { "SetLinkLLMNR", g_variant_new ("(is)", link, "no") },
    { "SetLinkMulticastDNS", g_variant_new ("(is)", link, "no") },
    { "SetLinkDNS", g_variant_new ("(i@a(iay))", link, servers_of (configuration)) },
    { "SetLinkDomains", g_variant_new ("(i@a(sb))", link, domains_of (configuration)) },
    { "SetLinkDefaultRoute", g_variant_new ("(ib)", link, default_route) },
  };
  gboolean ok = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_autoptr (GVariant) arguments = g_variant_ref_sink (calls[i].arguments);
    g_autoptr (GError) why = NULL;
    g_autoptr (GVariant) reply =
        ok ? call (bus, calls[i].method, arguments, CALL_TIMEOUT_MS, cancellable, &why) : NULL;
    if (ok && reply == NULL) {
      ok = FALSE;
      g_set_error (error, VISITOR_ERROR, code_of (why), "systemd-resolved, %s: %s", calls[i].method,
          why->message);
    }
  }
  return ok;
}

/* Takes it back, before the link goes. TRUE if resolved or the link is gone, for then the settings are
 * too; also if resolved hangs: it has got the message, and forgets the link when it sees it gone. */
gboolean
resolved_revert (GDBusConnection *bus, const char *device, GError **error)
{
  gint32 link = (gint32) if_nametoindex (device);
  if (link == 0 || bus == NULL || !is_running (bus))
    return TRUE;
  g_autoptr (GError) why = NULL;
  g_autoptr (GVariant) reply =
      call (bus, "RevertLink", g_variant_new ("(i)", link), REVERT_TIMEOUT_MS, NULL, &why);
  if (reply != NULL || if_nametoindex (device) == 0 || !is_running (bus))
    return TRUE;
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
    g_message ("%s: systemd-resolved does not answer; its settings go with the device", device);
    return TRUE;
  }
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_DNS_SETUP, "systemd-resolved, RevertLink: %s",
      why->message);
  return FALSE;
}
