/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EngineRequest: the parameters of Connect and of Diagnose, which are the same: a site's text, an agent and
 * options. */
#include "service/engine-request.h"

#include <string.h>

#include "base/names.h"
#include "host/agent.h"
#include "host/start.h"
#include "service/guard.h"

#define HOSTS_FILE "/etc/hosts"
#define ID_MAX_LEN 255

/* "id" of the options, or the site's name; NULL if it is not fit to be shown. */
static const char *
id_of (GVariant *options, const Site *site, GError **error)
{
  const char *id = site->name;
  (void) g_variant_lookup (options, "id", "&s", &id);
  gboolean fit = *id != '\0' && strlen (id) <= ID_MAX_LEN;
  for (const char *at = id; fit && *at != '\0'; at = g_utf8_next_char (at))
    fit = g_unichar_isprint (g_utf8_get_char (at));
  if (!fit)
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "The option \"id\" is empty, too long or has control characters in it");
  return fit ? id : NULL;
}

static GLogLevelFlags
log_level_of (GVariant *options)
{
  guint32 level = G_LOG_LEVEL_INFO;
  (void) g_variant_lookup (options, "log-level", "u", &level);
  level &= G_LOG_LEVEL_MASK;
  return level != 0 ? (GLogLevelFlags) level : G_LOG_LEVEL_INFO;
}

/* "proxies" of the options, *ret_uris NULL where it is absent. Transfer: container. */
static gboolean
proxies_of (GVariant *options, const char ***ret_uris, GError **error)
{
  g_autofree const char **uris = NULL;
  if (g_variant_lookup (options, "proxies", "^a&s", &uris) && !agent_proxies_are_valid (uris)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "The option \"proxies\" has more than %d, or something that is none", PROXY_LIST_MAX);
    return FALSE;
  }
  *ret_uris = g_steal_pointer (&uris);
  return TRUE;
}

void
engine_request_clear (EngineRequest *self)
{
  g_free (self->path);
  g_clear_pointer (&self->hosts, g_variant_unref);
  g_free (self->proxies);
}

/* invocation: a call of Connect or Diagnose; site: what its text says; number: of the new object. Errors:
 * VISITOR_ERROR_INVALID_REQUEST. */
gboolean
engine_request_read (EngineRequest *self, GDBusMethodInvocation *invocation, const Site *site,
    guint number, GError **error)
{
  const char *site_text, *agent;
  g_autoptr (GVariant) options = NULL;
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
  g_variant_get (parameters, "(&s&o@a{sv})", &site_text, &agent, &options);
  const char *id = id_of (options, site, error);
  if (id == NULL || !proxies_of (options, &self->proxies, error))
    return FALSE;
  self->path = g_strdup_printf (VISITOR_CONNECTION_PATH_PREFIX "%u", number);
  g_autoptr (GPtrArray) names = site_gateway_names (site);
  self->hosts = host_start_hosts (HOSTS_FILE, names);
  self->request = (ConnectionRequest){
    .uid = guard_caller (invocation),
    .bus = g_dbus_method_invocation_get_connection (invocation),
    .sender = g_dbus_method_invocation_get_sender (invocation),
    .agent = agent,
    .path = self->path,
    .id = id,
    .site_text = site_text,
    .site = site,
    .log_level = log_level_of (options),
    .hosts = self->hosts,
    .proxies = self->proxies,
  };
  return TRUE;
}
