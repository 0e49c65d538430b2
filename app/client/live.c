/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorLive: the engine, and what of the user's sites is connected.
 *
 * It finds the connections that are there already, those that visitor(1) makes, and makes its own; how
 * each goes is told by its VisitorSiteItem. Signals: "connected", "failed" (an attempt), "lost" (what
 * was connected ended by itself), each with the item, and "not-kept" (the item, a GError) for a secret
 * or a key that could not be remembered. Nothing here ends a tunnel but visitor_live_disconnect (): a
 * program may go, and come back. Main thread. */
#include "client/live-private.h"

enum {
  PROP_0,
  PROP_AVAILABLE,
  N_PROPS,
};

enum {
  CONNECTED,
  FAILED,
  LOST,
  NOT_KEPT,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorLive, visitor_live, G_TYPE_OBJECT)

void
live_emit (VisitorLive *live, const char *signal, VisitorSiteItem *item)
{
  g_signal_emit_by_name (live, signal, item);
}

void
live_emit_not_kept (VisitorLive *live, VisitorSiteItem *item, const GError *error)
{
  g_signal_emit (live, signals[NOT_KEPT], 0, item, error);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, VisitorLive *self)
{
  live_watch_match (self);
}

static void
visitor_live_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_AVAILABLE)
    g_value_set_boolean (value, VISITOR_LIVE (object)->available);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
visitor_live_dispose (GObject *object)
{
  VisitorLive *self = VISITOR_LIVE (object);
  g_cancellable_cancel (self->cancellable);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_hash_table_remove_all (self->tracked);
  g_hash_table_remove_all (self->attempts);
  live_watch_close (self);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (visitor_live_parent_class)->dispose (object);
}

static void
visitor_live_finalize (GObject *object)
{
  VisitorLive *self = VISITOR_LIVE (object);
  g_hash_table_unref (self->tracked);
  g_hash_table_unref (self->attempts);
  g_hash_table_unref (self->looking);
  g_object_unref (self->others);
  g_object_unref (self->cancellable);
  g_free (self->engine_version);
  G_OBJECT_CLASS (visitor_live_parent_class)->finalize (object);
}

static void
visitor_live_class_init (VisitorLiveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = visitor_live_get_property;
  object_class->dispose = visitor_live_dispose;
  object_class->finalize = visitor_live_finalize;
  properties[PROP_AVAILABLE] = g_param_spec_boolean ("available", NULL, NULL, TRUE,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  static const char *const names[] = { "connected", "failed", "lost" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    signals[i] = g_signal_new (names[i], VISITOR_TYPE_LIVE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
        G_TYPE_NONE, 1, VISITOR_TYPE_SITE_ITEM);
  signals[NOT_KEPT] = g_signal_new ("not-kept", VISITOR_TYPE_LIVE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 2, VISITOR_TYPE_SITE_ITEM, G_TYPE_ERROR);
}

static void
visitor_live_init (VisitorLive *self)
{
  self->cancellable = g_cancellable_new ();
  self->tracked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, live_watch_tracked_free);
  self->attempts = g_hash_table_new_full (NULL, NULL, g_object_unref, live_attempt_free);
  self->looking = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->others = g_list_store_new (VISITOR_TYPE_SITE_ITEM);
  self->sampling = TRUE;
  self->available = TRUE; /* until it is known */
}

/* Looks for the engine at once, without starting it. prompts and user_data are borrowed for as long as
 * it lives. Transfer: full. */
VisitorLive *
visitor_live_new (VisitorSiteModel *model, const VisitorLivePrompts *prompts, gpointer user_data)
{
  VisitorLive *self = g_object_new (VISITOR_TYPE_LIVE, NULL);
  self->model = g_object_ref (model);
  self->prompts = prompts;
  self->prompts_data = user_data;
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), self);
  live_watch_open (self);
  return self;
}

/* TRUE if the engine runs or can be started. */
gboolean
visitor_live_get_available (VisitorLive *self)
{
  return self->available;
}

/* VisitorSiteItems without a site: what is connected, or on its way, and stands in no list. Borrowed. */
GListModel *
visitor_live_get_others (VisitorLive *self)
{
  return G_LIST_MODEL (self->others);
}

/* NULL while it does not run. Borrowed until the engine changes. */
const char *
visitor_live_get_engine_version (VisitorLive *self)
{
  return self->engine_version;
}

/* Whether the throughput of what is connected is asked for each second; not for a window that nobody
 * sees. */
void
visitor_live_set_sampling (VisitorLive *self, gboolean sampling)
{
  self->sampling = sampling;
  live_sample (self);
}

/* Begins to connect, unless that is under way. How it goes is told by the item. */
void
visitor_live_connect (VisitorLive *self, VisitorSiteItem *item)
{
  if (visitor_state_is_over (visitor_site_item_get_state (item)) &&
      !g_hash_table_contains (self->attempts, item))
    live_attempt_begin (self, item);
}

static void
on_disconnect (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VisitorSiteItem) item = user_data;
  g_autoptr (GError) error = NULL;
  VisitorConnection *connection = VISITOR_CONNECTION (source);
  if (!visitor_connection_disconnect_finish (connection, result, &error) &&
      error->code != VISITOR_ERROR_NOT_CONNECTED && error->code != VISITOR_ERROR_CANCELLED)
    visitor_site_item_set_failure (item, error);
}

/* Ends what is connected or under way, at whatever state; of what has failed it forgets the failure. */
void
visitor_live_disconnect (VisitorLive *self, VisitorSiteItem *item)
{
  VisitorConnection *connection = visitor_site_item_get_connection (item);
  if (visitor_state_is_over (visitor_site_item_get_state (item)))
    visitor_site_item_dismiss_failure (item);
  if (!live_attempt_cancel (self, item) && connection != NULL)
    visitor_connection_disconnect_async (connection, NULL, on_disconnect, g_object_ref (item));
}
