/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WPAD: which proxy script the network announces; by DHCP (option 252, which NetworkManager tells), and
 * else by DNS, as wpad in the network's own domain. Up from there nothing is asked: wpad in a domain of one
 * label, or of somebody else, is not the network's to answer for. */
#include "client/wpad.h"

#include <string.h>

#include "base/proxy.h"

#define NM_NAME "org.freedesktop.NetworkManager"
#define NM_PATH "/org/freedesktop/NetworkManager"
#define STEP_MSEC 3000
#define URL_MAX_LEN 1024
#define RESOLV_CONF "/etc/resolv.conf"
#define RESOLV_CONF_MAX 65536

/* A script is fetched from a server of the network's, never read from this machine. */
gboolean
visitor_wpad_is_script_url (const char *url)
{
  if (strlen (url) > URL_MAX_LEN)
    return FALSE;
  for (const char *p = url; *p != '\0'; p++) {
    if (!g_ascii_isgraph (*p))
      return FALSE;
  }
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      g_uri_get_userinfo (uri) != NULL)
    return FALSE;
  const char *scheme = g_uri_get_scheme (uri);
  return g_str_equal (scheme, "http") || g_str_equal (scheme, "https");
}

/* The name to ask for in a domain, or NULL. Transfer: full. */
char *
visitor_wpad_name (const char *domain)
{
  g_autofree char *bare = g_ascii_strdown (domain, -1);
  gsize len = strlen (bare);
  if (len > 0 && bare[len - 1] == '.')
    bare[--len] = '\0';
  g_autofree char *as_proxy = g_strconcat ("http://", bare, NULL);
  Proxy parsed;
  if (strchr (bare, '.') == NULL || strspn (bare, "0123456789.") == len ||
      proxy_parse (as_proxy, &parsed) != PROXY_URI_OK)
    return NULL;
  return g_strconcat ("wpad.", parsed.host, NULL);
}

/* The domain of the network in the text of a resolv.conf: the first of the last "search" or "domain".
 * Transfer: full. */
char *
visitor_wpad_domain (const char *resolv_conf)
{
  g_autofree char *domain = NULL;
  g_auto (GStrv) lines = g_strsplit (resolv_conf, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit_set (lines[i], " \t\r", -1);
    if (words[0] == NULL ||
        (!g_str_equal (words[0], "search") && !g_str_equal (words[0], "domain")))
      continue;
    for (gsize k = 1; words[k] != NULL; k++) {
      if (words[k][0] == '\0')
        continue;
      g_free (domain);
      domain = g_strdup (words[k]);
      break;
    }
  }
  return g_steal_pointer (&domain);
}

static void
on_name_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, NULL);
  const char *name = g_task_get_task_data (task);
  char *url = addresses != NULL ? g_strdup_printf ("http://%s/wpad.dat", name) : NULL;
  g_resolver_free_addresses (addresses);
  g_task_return_pointer (task, url, g_free);
}

static void
ask_dns (GTask *task)
{
  g_autofree char *text = NULL;
  gsize len = 0;
  if (!g_file_get_contents (RESOLV_CONF, &text, &len, NULL) || len > RESOLV_CONF_MAX) {
    g_task_return_pointer (task, NULL, NULL);
    return;
  }
  g_autofree char *domain = visitor_wpad_domain (text);
  char *name = domain != NULL ? visitor_wpad_name (domain) : NULL;
  if (name == NULL) {
    g_task_return_pointer (task, NULL, NULL);
    return;
  }
  g_task_set_task_data (task, name, g_free);
  g_resolver_lookup_by_name_async (g_resolver_get_default (), name, g_task_get_cancellable (task),
      on_name_resolved, g_object_ref (task));
}

static GVariant *
finish_property (GObject *source, GAsyncResult *result)
{
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  GVariant *value = NULL;
  if (reply != NULL)
    g_variant_get (reply, "(v)", &value);
  return value;
}

/* Asks NetworkManager for a property; callback gets task. */
static void
get_property (GDBusConnection *bus, const char *path, const char *interface, const char *property,
    GAsyncReadyCallback callback, GTask *task)
{
  g_dbus_connection_call (bus, NM_NAME, path, "org.freedesktop.DBus.Properties", "Get",
      g_variant_new ("(ss)", interface, property), G_VARIANT_TYPE ("(v)"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, STEP_MSEC, g_task_get_cancellable (task), callback,
      g_object_ref (task));
}

static void
on_options (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) options = finish_property (source, result);
  g_autofree char *url = NULL;
  if (options != NULL && g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT))
    g_variant_lookup (options, "wpad", "s", &url);
  /* Administrators end it with a line feed, for some old clients cut off the last octet. */
  if (url != NULL && visitor_wpad_is_script_url (g_strchomp (url)))
    g_task_return_pointer (task, g_steal_pointer (&url), g_free);
  else
    ask_dns (task);
}

/* The object that a property names, or NULL. */
static const char *
object_of (GVariant *value)
{
  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH))
    return NULL;
  const char *path = g_variant_get_string (value, NULL);
  return g_str_equal (path, "/") ? NULL : path;
}

static void
on_dhcp (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) value = finish_property (source, result);
  const char *path = object_of (value);
  if (path != NULL)
    get_property (
        G_DBUS_CONNECTION (source), path, NM_NAME ".DHCP4Config", "Options", on_options, task);
  else
    ask_dns (task);
}

static void
on_primary (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) value = finish_property (source, result);
  const char *path = object_of (value);
  if (path != NULL)
    get_property (G_DBUS_CONNECTION (source), path, NM_NAME ".Connection.Active", "Dhcp4Config",
        on_dhcp, task);
  else
    ask_dns (task);
}

static void
on_system_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  if (bus != NULL)
    get_property (bus, NM_PATH, NM_NAME, "PrimaryConnection", on_primary, task);
  else
    ask_dns (task);
}

/* Looks for the script's URL. */
void
visitor_wpad_find_async (
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_bus_get (G_BUS_TYPE_SYSTEM, cancellable, on_system_bus, task);
}

/* NULL if the network announces none. Transfer: full. */
char *
visitor_wpad_find_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
