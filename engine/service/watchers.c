/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watchers: the bus names that get the signals of one object. Signals are unicast: a broadcast would
 * tell every user of the machine another one's addresses and names. A watcher ends when its name
 * leaves the bus. */
#include "service/watchers.h"

typedef struct {
  Watchers *watchers; /* borrowed */
  char *name;
  uid_t uid;
  guint watch;
} Watcher;

struct _Watchers {
  GDBusConnection *bus; /* owned */
  Quotas *quotas; /* borrowed */
  char *path;
  char *interface;
  GHashTable *by_name; /* borrowed name -> owned Watcher */
};

static void
watcher_free (gpointer data)
{
  Watcher *watcher = data;
  g_bus_unwatch_name (watcher->watch);
  quotas_give_back (watcher->watchers->quotas, watcher->uid, QUOTA_WATCHES);
  g_free (watcher->name);
  g_free (watcher);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  Watcher *watcher = user_data;
  g_hash_table_remove (watcher->watchers->by_name, watcher->name);
}

/* Watchers of the object at path; signals carry interface. quotas must outlive it.
 * Transfer: full. */
Watchers *
watchers_new (GDBusConnection *bus, Quotas *quotas, const char *path, const char *interface)
{
  Watchers *watchers = g_new0 (Watchers, 1);
  watchers->bus = g_object_ref (bus);
  watchers->quotas = quotas;
  watchers->path = g_strdup (path);
  watchers->interface = g_strdup (interface);
  watchers->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, watcher_free);
  return watchers;
}

void
watchers_free (Watchers *watchers)
{
  g_hash_table_unref (watchers->by_name);
  g_object_unref (watchers->bus);
  g_free (watchers->path);
  g_free (watchers->interface);
  g_free (watchers);
}

/* Adds the unique name of a caller; a second time does nothing. Errors: VISITOR_ERROR_BUSY when the
 * user has too many. */
gboolean
watchers_add (Watchers *watchers, const char *name, uid_t uid, GError **error)
{
  if (g_hash_table_contains (watchers->by_name, name))
    return TRUE;
  if (!quotas_take (watchers->quotas, uid, QUOTA_WATCHES, error))
    return FALSE;
  Watcher *watcher = g_new0 (Watcher, 1);
  watcher->watchers = watchers;
  watcher->name = g_strdup (name);
  watcher->uid = uid;
  watcher->watch = g_bus_watch_name_on_connection (
      watchers->bus, name, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_vanished, watcher, NULL);
  g_hash_table_insert (watchers->by_name, watcher->name, watcher);
  return TRUE;
}

static void
emit (Watchers *watchers, const uid_t *only, const char *signal, GVariant *parameters)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (parameters);
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, watchers->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Watcher *watcher = value;
    if (only != NULL && watcher->uid != *only)
      continue;
    g_autoptr (GError) error = NULL;
    if (!g_dbus_connection_emit_signal (watchers->bus, watcher->name, watchers->path,
            watchers->interface, signal, owned, &error))
      g_debug ("Cannot tell %s of %s: %s", watcher->name, signal, error->message);
  }
}

/* Sends a signal to every watcher. parameters: a tuple; a floating reference is taken. */
void
watchers_emit (Watchers *watchers, const char *signal, GVariant *parameters)
{
  emit (watchers, NULL, signal, parameters);
}

/* The same, to the watchers of one user alone. */
void
watchers_emit_to_user (Watchers *watchers, uid_t uid, const char *signal, GVariant *parameters)
{
  emit (watchers, &uid, signal, parameters);
}
