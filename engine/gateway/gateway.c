/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gateway: the server as a whole. It is made from its configuration file with all that needs
 * rights (ports, key file), gives the rights up, and then runs: it takes streams in, has the relay
 * move what they carry, reads its configuration again on SIGHUP, ends on SIGTERM. */
#include "gateway/gateway.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secret.h"
#include "gateway/admission.h"
#include "gateway/listener.h"
#include "gateway/log.h"
#include "gateway/notify.h"
#include "gateway/privilege.h"
#include "gateway/relay.h"

struct _Gateway {
  char *config_path;
  GatewayConfig *config;
  Loop *loop;
  LoopWatch signals;
  GPtrArray *listeners;
  Admission *admission;
  GHashTable *clients; /* set of Client*, which end by client_close () */
  ClientShared shared;
  Relay *relay;
  LogLimit refused;
  LogLimit gone;
};

static TlsServerCredentials *
load_credentials (const GatewayConfig *config, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *chain = NULL;
  g_autofree char *key = NULL;
  gsize key_len = 0;
  if (!g_file_get_contents (config->certificate_file, &chain, NULL, &local) ||
      !g_file_get_contents (config->key_file, &key, &key_len, &local)) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, local->message);
    return NULL;
  }
  TlsServerCredentials *credentials = tls_server_credentials_new (chain, key, error);
  bytes_wipe (key, key_len);
  if (credentials == NULL)
    g_prefix_error (error, "%s, %s: ", config->certificate_file, config->key_file);
  return credentials;
}

/* Reads the configuration and all it names, and changes nothing. */
bool
gateway_check (const char *config_path, GError **error)
{
  g_autoptr (GatewayConfig) config = gateway_config_load (config_path, error);
  if (config == NULL)
    return false;
  g_autoptr (TlsServerCredentials) credentials = load_credentials (config, error);
  return credentials != NULL;
}

static void
apply_config (Gateway *gateway, GatewayConfig *config, TlsServerCredentials *credentials)
{
  g_clear_pointer (&gateway->config, gateway_config_free);
  g_clear_pointer (&gateway->shared.credentials, tls_server_credentials_unref);
  gateway->config = config;
  gateway->shared.credentials = credentials;
  gateway->shared.plain_streams = config->plain_streams;
  admission_set_limits (gateway->admission, config->max_streams, config->max_streams_per_address);
  relay_set_config (gateway->relay, config);
}

static bool
same_ports (const GatewayConfig *a, const GatewayConfig *b)
{
  if (a->listen->len != b->listen->len)
    return false;
  for (guint i = 0; i < a->listen->len; i++) {
    if (!endpoint_equal (
            &g_array_index (a->listen, Endpoint, i), &g_array_index (b->listen, Endpoint, i)))
      return false;
  }
  return true;
}

/* All of the new configuration or nothing of it; the streams that are there stay either way. */
static void
reload (Gateway *gateway)
{
  g_autoptr (GError) error = NULL;
  notify_service_manager ("RELOADING=1");
  g_autoptr (GatewayConfig) config = gateway_config_load (gateway->config_path, &error);
  TlsServerCredentials *credentials = config != NULL ? load_credentials (config, &error) : NULL;
  if (credentials == NULL) {
    log_event (LOG_ERR, "Reload failed, configuration and certificate stay as they were: %s",
        error->message);
  } else {
    if (!same_ports (gateway->config, config) || !g_str_equal (gateway->config->user, config->user))
      log_event (
          LOG_WARNING, "New values of \"listen\" and \"user\" take effect at the next start");
    apply_config (gateway, g_steal_pointer (&config), credentials);
    log_event (LOG_NOTICE, "Reloaded configuration and certificate");
  }
  notify_service_manager ("READY=1");
}

static void
on_client_message (void *user, Client *client, bool is_ike, Slice body)
{
  Gateway *gateway = user;
  relay_message (gateway->relay, client, is_ike, body);
}

static void
on_client_closed (void *user, Client *client, const char *reason)
{
  Gateway *gateway = user;
  relay_client_closed (gateway->relay, client);
  admission_leave (gateway->admission, &client_peer (client)->addr);
  g_hash_table_remove (gateway->clients, client);
  log_limited (&gateway->gone, LOG_INFO, "client %s ends: %s", client_name (client), reason);
}

static void
on_accept (void *user, int fd, const Endpoint *peer)
{
  Gateway *gateway = user;
  AdmissionVerdict verdict = admission_enter (gateway->admission, &peer->addr);
  if (verdict != ADMISSION_OK) {
    char text[ENDPOINT_STRLEN];
    log_limited (&gateway->refused, LOG_WARNING, "client %s is refused: %s",
        endpoint_format (peer, text), admission_verdict_to_string (verdict));
    const struct linger now = { .l_onoff = 1 };
    setsockopt (fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close (fd);
    return;
  }
  Client *client = client_new (&gateway->shared, fd, peer);
  if (client == NULL)
    admission_leave (gateway->admission, &peer->addr);
  else
    g_hash_table_add (gateway->clients, client);
}

static void
on_tick (void *user, gint64 now)
{
  Gateway *gateway = user;
  guint n;
  g_autofree gpointer *clients = g_hash_table_get_keys_as_array (gateway->clients, &n);
  for (guint i = 0; i < n; i++)
    client_tick (clients[i], now);
  for (guint i = 0; i < gateway->listeners->len; i++)
    listener_tick (gateway->listeners->pdata[i], now);
  relay_tick (gateway->relay, now);
}

static void
on_signal (void *user, uint32_t events)
{
  Gateway *gateway = user;
  struct signalfd_siginfo info;
  if (read (gateway->signals.fd, &info, sizeof info) != sizeof info)
    return;
  switch (info.ssi_signo) {
  case SIGHUP: reload (gateway); break;
  case SIGUSR1: relay_log_counters (gateway->relay); break;
  default: loop_quit (gateway->loop); break;
  }
}

static bool
watch_signals (Gateway *gateway, GError **error)
{
  sigset_t set;
  sigemptyset (&set);
  sigaddset (&set, SIGHUP);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGUSR1);
  sigprocmask (SIG_BLOCK, &set, NULL);
  int fd = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_FAILED, "signalfd: %s", g_strerror (errno));
    return false;
  }
  gateway->signals =
      (LoopWatch){ .fd = fd, .events = EPOLLIN, .ready = on_signal, .user = gateway };
  return loop_add (gateway->loop, &gateway->signals, error);
}

/* A kernel without IPv6 has no [::]; if nobody asked for it by name, all of IPv4 is what is
 * meant. */
static Endpoint
usable_endpoint (const GatewayConfig *config, guint i)
{
  Endpoint endpoint = g_array_index (config->listen, Endpoint, i);
  if (!config->listen_is_default)
    return endpoint;
  int fd = socket (AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0)
    close (fd);
  else
    endpoint.addr = (InetAddr){ .family = INET_V4 };
  return endpoint;
}

static bool
open_listeners (Gateway *gateway, GError **error)
{
  for (guint i = 0; i < gateway->config->listen->len; i++) {
    Endpoint endpoint = usable_endpoint (gateway->config, i);
    Listener *listener = listener_new (gateway->loop, &endpoint, on_accept, gateway, error);
    if (listener == NULL)
      return false;
    g_ptr_array_add (gateway->listeners, listener);
    char text[ENDPOINT_STRLEN];
    log_event (LOG_NOTICE, "Listening on %s", endpoint_format (&endpoint, text));
  }
  return true;
}

/* After the drop: what SIGHUP would have to read must be readable to whom we are now. */
static void
warn_unreadable (const char *path)
{
  if (access (path, R_OK) != 0)
    log_event (LOG_WARNING,
        "%s can be read at start only: reloading needs it readable to the user of the gateway "
        "(see visitor-gateway.conf (5), \"key\")",
        path);
}

/* Reads the configuration, binds the ports, then drops all rights. Errors: INVALID_REQUEST,
 * STORAGE, TLS for the configuration and what it names; FAILED for a port. */
Gateway *
gateway_new (const char *config_path, GError **error)
{
  g_autoptr (GatewayConfig) config = gateway_config_load (config_path, error);
  if (config == NULL)
    return NULL;
  g_autoptr (TlsServerCredentials) credentials = load_credentials (config, error);
  g_autoptr (Loop) loop = credentials != NULL ? loop_new (error) : NULL;
  if (loop == NULL)
    return NULL;

  g_autoptr (Gateway) gateway = g_new0 (Gateway, 1);
  gateway->config_path = g_strdup (config_path);
  gateway->loop = g_steal_pointer (&loop);
  gateway->signals.fd = -1;
  gateway->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) listener_free);
  gateway->admission = admission_new ();
  gateway->clients = g_hash_table_new (NULL, NULL);
  gateway->relay = relay_new (gateway->loop);
  gateway->shared.loop = gateway->loop;
  gateway->shared.events = (ClientEvents){ on_client_message, on_client_closed, gateway };
  apply_config (gateway, g_steal_pointer (&config), g_steal_pointer (&credentials));

  if (!watch_signals (gateway, error) || !open_listeners (gateway, error) ||
      !privilege_drop (gateway->config->user, error))
    return NULL;
  warn_unreadable (gateway->config_path);
  warn_unreadable (gateway->config->certificate_file);
  warn_unreadable (gateway->config->key_file);
  return g_steal_pointer (&gateway);
}

static void
end_clients (Gateway *gateway)
{
  guint n;
  g_autofree gpointer *clients = g_hash_table_get_keys_as_array (gateway->clients, &n);
  for (guint i = 0; i < n; i++)
    client_goodbye (clients[i], "the gateway ends");
}

void
gateway_free (Gateway *gateway)
{
  g_ptr_array_unref (gateway->listeners);
  end_clients (gateway);
  g_hash_table_unref (gateway->clients);
  relay_free (gateway->relay);
  admission_free (gateway->admission);
  g_free (gateway->shared.spare);
  g_clear_pointer (&gateway->shared.credentials, tls_server_credentials_unref);
  if (gateway->signals.fd >= 0)
    close (gateway->signals.fd);
  loop_free (gateway->loop);
  gateway_config_free (gateway->config);
  g_free (gateway->config_path);
  g_free (gateway);
}

/* Runs until SIGTERM or SIGINT. */
bool
gateway_run (Gateway *gateway, GError **error)
{
  loop_set_tick (gateway->loop, on_tick, gateway);
  notify_service_manager ("READY=1");
  bool ok = loop_run (gateway->loop, error);
  notify_service_manager ("STOPPING=1");
  log_event (LOG_NOTICE, "Ending with %u streams open", admission_count (gateway->admission));
  relay_log_counters (gateway->relay);
  return ok;
}
