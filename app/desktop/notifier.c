/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorNotifier: tells what happens to the sites while nobody looks at the window.
 *
 * One notification for each site, which the next one replaces; it is withdrawn when it is no longer true
 * and when the window is looked at. VisitorNotice has the words. */
#include "config.h"

#include "desktop/notifier.h"

#include "desktop/notice.h"

/* A network that changes breaks the way for some seconds; nobody needs to hear of that. */
#define LOSS_SECONDS 10

/* What is known of one item. */
typedef struct {
  VisitorNotifier *owner;
  VisitorSiteItem *item; /* owned */
  VisitorState state;
  guint loss; /* source: the way is still lost */
  gboolean told;
} Watch;

struct _VisitorNotifier {
  GObject parent_instance;

  /* owned */
  GListModel *items;
  GHashTable *watches; /* VisitorSiteItem -> Watch */

  /* borrowed */
  GApplication *application;

  /* state */
  gboolean enabled;
  gboolean watched;
};

G_DEFINE_FINAL_TYPE (VisitorNotifier, visitor_notifier, G_TYPE_OBJECT)

static char *
notification_id (VisitorSiteItem *item)
{
  return g_strconcat ("site-", visitor_site_item_get_id (item), NULL);
}

static void
withdraw (Watch *watch)
{
  if (!watch->told)
    return;
  watch->told = FALSE;
  g_autofree char *id = notification_id (watch->item);
  g_application_withdraw_notification (watch->owner->application, id);
}

static void
tell (Watch *watch, const VisitorNotice *notice)
{
  VisitorNotifier *self = watch->owner;
  if (notice == NULL || !self->enabled || self->watched)
    return;
  const char *site = visitor_site_item_get_id (watch->item);
  g_autoptr (GNotification) notification = g_notification_new (notice->title);
  if (notice->body != NULL)
    g_notification_set_body (notification, notice->body);
  g_notification_set_priority (notification,
      notice->is_urgent ? G_NOTIFICATION_PRIORITY_HIGH : G_NOTIFICATION_PRIORITY_NORMAL);
  g_notification_set_default_action_and_target (notification, "app.show-site", "s", site);
  if (notice->button != NULL)
    g_notification_add_button_with_target (notification, notice->button, notice->action, "s", site);
  g_autofree char *id = notification_id (watch->item);
  g_application_send_notification (self->application, id, notification);
  watch->told = TRUE;
}

static gboolean
on_still_lost (gpointer user_data)
{
  Watch *watch = user_data;
  watch->loss = 0;
  g_autoptr (VisitorNotice) notice =
      visitor_notice_for_loss (visitor_site_item_get_name (watch->item));
  tell (watch, notice);
  return G_SOURCE_REMOVE;
}

static void
on_state (VisitorSiteItem *item, GParamSpec *pspec, gpointer user_data)
{
  Watch *watch = user_data;
  VisitorState before = watch->state;
  watch->state = visitor_site_item_get_state (item);
  if (watch->state == before)
    return;
  g_clear_handle_id (&watch->loss, g_source_remove);
  withdraw (watch);
  if (watch->state == VISITOR_STATE_RECONNECTING)
    watch->loss = g_timeout_add_seconds (LOSS_SECONDS, on_still_lost, watch);
  const char *name = visitor_site_item_get_name (item);
  g_autoptr (VisitorNotice) notice = watch->state == VISITOR_STATE_WAITING_FOR_PORTAL
      ? visitor_notice_for_portal (name, visitor_site_item_get_connection (item))
      : visitor_notice_for_change (
            name, before, watch->state, visitor_site_item_get_failure (item));
  tell (watch, notice);
}

static Watch *
watch_new (VisitorNotifier *self, VisitorSiteItem *item)
{
  Watch *watch = g_new0 (Watch, 1);
  watch->owner = self;
  watch->item = g_object_ref (item);
  watch->state = visitor_site_item_get_state (item);
  g_signal_connect (item, "notify::state", G_CALLBACK (on_state), watch);
  return watch;
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;
  withdraw (watch);
  g_clear_handle_id (&watch->loss, g_source_remove);
  g_signal_handlers_disconnect_by_data (watch->item, watch);
  g_object_unref (watch->item);
  g_free (watch);
}

/* Reorders are removals and additions: an item that stays keeps what is known of it. */
static void
on_items_changed (GListModel *items, guint position, guint removed, guint added, gpointer user_data)
{
  VisitorNotifier *self = user_data;
  g_autoptr (GHashTable) before = g_steal_pointer (&self->watches);
  self->watches = g_hash_table_new_full (NULL, NULL, NULL, watch_free);
  for (guint i = 0; i < g_list_model_get_n_items (items); i++) {
    g_autoptr (VisitorSiteItem) item = g_list_model_get_item (items, i);
    gpointer known = NULL;
    g_hash_table_steal_extended (before, item, NULL, &known);
    g_hash_table_insert (self->watches, item, known != NULL ? known : watch_new (self, item));
  }
}

static void
visitor_notifier_dispose (GObject *object)
{
  VisitorNotifier *self = VISITOR_NOTIFIER (object);
  if (self->items != NULL)
    g_signal_handlers_disconnect_by_data (self->items, self);
  g_clear_pointer (&self->watches, g_hash_table_unref);
  g_clear_object (&self->items);
  G_OBJECT_CLASS (visitor_notifier_parent_class)->dispose (object);
}

static void
visitor_notifier_class_init (VisitorNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = visitor_notifier_dispose;
}

static void
visitor_notifier_init (VisitorNotifier *self)
{
  self->enabled = TRUE;
  self->watches = g_hash_table_new_full (NULL, NULL, NULL, watch_free);
}

/* Tells of the items of a list of VisitorSiteItem, by notifications of an application that outlives it
 * and has the actions show-site, connect and disconnect, each with the id of a site. */
VisitorNotifier *
visitor_notifier_new (GApplication *application, GListModel *items)
{
  VisitorNotifier *self = g_object_new (VISITOR_TYPE_NOTIFIER, NULL);
  self->application = application;
  self->items = g_object_ref (items);
  g_signal_connect (items, "items-changed", G_CALLBACK (on_items_changed), self);
  on_items_changed (items, 0, 0, 0, self);
  return self;
}

static void
withdraw_all (VisitorNotifier *self)
{
  GHashTableIter iter;
  gpointer watch;
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, &watch))
    withdraw (watch);
}

/* Whether anything is told at all, as the user prefers. */
void
visitor_notifier_set_enabled (VisitorNotifier *self, gboolean enabled)
{
  self->enabled = enabled;
  if (!enabled)
    withdraw_all (self);
}

/* Whether the window is in front: who looks at it sees what a notification would say. */
void
visitor_notifier_set_watched (VisitorNotifier *self, gboolean watched)
{
  self->watched = watched;
  if (watched)
    withdraw_all (self);
}

/* A question about item waits in the window. */
void
visitor_notifier_tell_question (VisitorNotifier *self, VisitorSiteItem *item)
{
  Watch *watch = g_hash_table_lookup (self->watches, item);
  if (watch == NULL)
    return;
  g_autoptr (VisitorNotice) notice = visitor_notice_for_question (
      visitor_site_item_get_name (item), visitor_site_item_get_state (item));
  tell (watch, notice);
}
