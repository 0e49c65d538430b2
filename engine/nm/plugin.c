/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plugin: the object that NM calls, one connection at a time.
 *
 * Two things about libnm decide how a failure is told. Leaving the state "starting" it says by itself that
 * the connection failed, and NM believes what it hears last; so the reason is said once more while the
 * disconnection is under way. And what was said is lost if the process ends before the bus has it, which
 * main.c sees to. The signal "over" tells that nothing is left to do for this connection. */
#include "nm/plugin.h"

#include "nm/failure.h"
#include "nm/ip-config.h"

struct _Plugin {
  NMVpnServicePlugin parent_instance;

  const ActivationOptions *options; /* borrowed */
  Activation *activation; /* owned; NULL while there is none */
  gboolean has_failed;
  NMVpnPluginFailure failure;
};

G_DEFINE_FINAL_TYPE (Plugin, plugin, NM_TYPE_VPN_SERVICE_PLUGIN)

enum { SIGNAL_OVER, N_SIGNALS };
static guint signals[N_SIGNALS];

/* NM adds the message to the hints, as the one that begins with "x-vpn-message:". */
static void
on_ask (SiteSecret secret, const char *message, gpointer user_data)
{
  const char *hints[] = { site_secret_name (secret), NULL };
  nm_vpn_service_plugin_secrets_required (NM_VPN_SERVICE_PLUGIN (user_data), message, hints);
}

static void
on_configured (const HostConfiguration *configuration, const InetAddr *gateway, const char *device,
    gpointer user_data)
{
  NMVpnServicePlugin *plugin = NM_VPN_SERVICE_PLUGIN (user_data);
  GVariant *v4 = ip_config_v4 (configuration), *v6 = ip_config_v6 (configuration);
  nm_vpn_service_plugin_set_config (plugin, ip_config_general (configuration, gateway, device));
  if (v4 != NULL)
    nm_vpn_service_plugin_set_ip4_config (plugin, v4);
  if (v6 != NULL)
    nm_vpn_service_plugin_set_ip6_config (plugin, v6);
}

static void
on_ended (const GError *error, gpointer user_data)
{
  g_autoptr (Plugin) self = g_object_ref (VISITOR_PLUGIN (user_data));
  NMVpnServicePlugin *plugin = NM_VPN_SERVICE_PLUGIN (self);
  g_clear_pointer (&self->activation, activation_free);
  if (error != NULL) {
    self->has_failed = TRUE;
    self->failure = failure_of_error (error);
    nm_vpn_service_plugin_failure (plugin, self->failure);
    self->has_failed = FALSE;
  } else {
    nm_vpn_service_plugin_disconnect (plugin, NULL); /* or it was that which ended it */
  }
  g_signal_emit (self, signals[SIGNAL_OVER], 0);
}

static const ActivationCallbacks activation_callbacks = {
  .ask = on_ask,
  .configured = on_configured,
  .ended = on_ended,
};

static gboolean
start (Plugin *self, NMConnection *connection, gboolean can_ask, GError **error)
{
  g_autoptr (GError) why = NULL;
  if (self->activation != NULL) {
    g_set_error_literal (error, NM_VPN_PLUGIN_ERROR, NM_VPN_PLUGIN_ERROR_STARTING_IN_PROGRESS,
        "The connection before has not ended yet");
    return FALSE;
  }
  self->activation =
      activation_start (self->options, connection, can_ask, &activation_callbacks, self, &why);
  if (self->activation != NULL) {
    g_autoptr (GDBusConnection) bus =
        nm_vpn_service_plugin_get_connection (NM_VPN_SERVICE_PLUGIN (self));
    activation_watch_network (self->activation, bus);
    return TRUE;
  }
  g_warning ("Cannot connect: %s", why->message);
  gboolean is_profile = g_error_matches (why, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
  g_set_error (error, NM_VPN_PLUGIN_ERROR,
      is_profile ? NM_VPN_PLUGIN_ERROR_INVALID_CONNECTION : NM_VPN_PLUGIN_ERROR_LAUNCH_FAILED, "%s",
      why->message);
  return FALSE;
}

static gboolean
plugin_connect (NMVpnServicePlugin *plugin, NMConnection *connection, GError **error)
{
  return start (VISITOR_PLUGIN (plugin), connection, FALSE, error);
}

static gboolean
plugin_connect_interactive (
    NMVpnServicePlugin *plugin, NMConnection *connection, GVariant *details, GError **error)
{
  return start (VISITOR_PLUGIN (plugin), connection, TRUE, error);
}

/* A profile that is wrong needs no secrets: Connect will say what is wrong with it. */
static gboolean
plugin_need_secrets (
    NMVpnServicePlugin *plugin, NMConnection *connection, const char **setting_name, GError **error)
{
  g_autoptr (Profile) profile = profile_from_connection (connection, NULL);
  if (profile == NULL || profile_missing_secrets (profile, connection) == 0)
    return FALSE;
  *setting_name = NM_SETTING_VPN_SETTING_NAME;
  return TRUE;
}

static gboolean
plugin_new_secrets (NMVpnServicePlugin *plugin, NMConnection *connection, GError **error)
{
  Plugin *self = VISITOR_PLUGIN (plugin);
  if (self->activation != NULL)
    activation_answer (self->activation, connection);
  return TRUE;
}

static gboolean
plugin_disconnect (NMVpnServicePlugin *plugin, GError **error)
{
  Plugin *self = VISITOR_PLUGIN (plugin);
  if (self->has_failed)
    nm_vpn_service_plugin_failure (plugin, self->failure);
  if (self->activation != NULL)
    activation_stop (self->activation);
  return TRUE;
}

static void
plugin_finalize (GObject *object)
{
  Plugin *self = VISITOR_PLUGIN (object);
  g_clear_pointer (&self->activation, activation_free);
  G_OBJECT_CLASS (plugin_parent_class)->finalize (object);
}

static void
plugin_class_init (PluginClass *klass)
{
  NMVpnServicePluginClass *service = NM_VPN_SERVICE_PLUGIN_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = plugin_finalize;
  service->connect = plugin_connect;
  service->connect_interactive = plugin_connect_interactive;
  service->need_secrets = plugin_need_secrets;
  service->new_secrets = plugin_new_secrets;
  service->disconnect = plugin_disconnect;
  signals[SIGNAL_OVER] = g_signal_new (
      "over", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
plugin_init (Plugin *self)
{
}

/* On the system bus under that name. watch_peer: end when NM leaves the bus. options: must outlive it.
 * Transfer: full. */
Plugin *
plugin_new (
    const char *bus_name, gboolean watch_peer, const ActivationOptions *options, GError **error)
{
  Plugin *self = g_initable_new (PLUGIN_TYPE, NULL, error, NM_VPN_SERVICE_PLUGIN_DBUS_SERVICE_NAME,
      bus_name, NM_VPN_SERVICE_PLUGIN_DBUS_WATCH_PEER, watch_peer, NULL);
  if (self != NULL)
    self->options = options;
  return self;
}

/* Ends what runs; FALSE if nothing does, and else "over" follows. */
gboolean
plugin_stop (Plugin *self)
{
  if (self->activation == NULL)
    return FALSE;
  if (!nm_vpn_service_plugin_disconnect (NM_VPN_SERVICE_PLUGIN (self), NULL))
    activation_stop (self->activation);
  return TRUE;
}
