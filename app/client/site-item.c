/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSiteItem: one site of the user, and how it is, as a window shows it.
 *
 * The site comes from VisitorSiteModel, the connection from VisitorLive; everything else follows from
 * the two, and each property notifies when it is another one than before. What went wrong stays until
 * the next attempt or until it is dismissed, also when the engine has long forgotten it. Main thread. */
#include "config.h"

#include "client/site-item-parts.h"

#include "client/entry-text.h"
#include "client/status-text.h"

enum {
  PROP_0,
  PROP_ID,
  PROP_NAME,
  PROP_ADDRESS,
  PROP_PROBLEM,
  PROP_STATE,
  PROP_STATUS_TEXT,
  PROP_CONNECTION,
  PROP_FAILURE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VisitorSiteItem, visitor_site_item, G_TYPE_OBJECT)

static void
notify (VisitorSiteItem *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* A connection that ended in a failure stays one when the engine forgets it. */
static VisitorState
state_of (VisitorSiteItem *self)
{
  if (self->phase == VISITOR_ITEM_STARTS)
    return VISITOR_STATE_LOOKING_FOR_GATEWAY;
  if (self->phase == VISITOR_ITEM_CANCELS)
    return VISITOR_STATE_DISCONNECTING;
  VisitorState state = self->connection != NULL ? visitor_connection_get_state (self->connection)
                                                : VISITOR_STATE_DISCONNECTED;
  if (visitor_state_is_over (state))
    return self->failure != NULL ? VISITOR_STATE_FAILED : VISITOR_STATE_DISCONNECTED;
  return state;
}

static gboolean on_refresh (gpointer user_data);

static void
tell_text (VisitorSiteItem *self)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  VisitorStatusFacts facts = {
    .state = self->state,
    .has_connection = self->connection != NULL && self->phase == VISITOR_ITEM_RESTS,
    .user = self->entry->site != NULL ? self->entry->site->user : NULL,
    .status = self->connection != NULL ? visitor_connection_get_status (self->connection) : NULL,
  };
  g_autofree char *text = visitor_status_text (&facts, now);
  guint lasts = visitor_status_text_lasts (&facts, now);
  g_clear_handle_id (&self->refresh, g_source_remove);
  if (lasts > 0)
    self->refresh = g_timeout_add_seconds (lasts, on_refresh, self);
  if (g_strcmp0 (text, self->status_text) == 0)
    return;
  g_free (self->status_text);
  self->status_text = g_steal_pointer (&text);
  notify (self, PROP_STATUS_TEXT);
}

static gboolean
on_refresh (gpointer user_data)
{
  VisitorSiteItem *self = user_data;
  self->refresh = 0;
  tell_text (self);
  return G_SOURCE_REMOVE;
}

/* The state may be another one, and the sentence. */
void
site_item_tell_state (VisitorSiteItem *self)
{
  VisitorState state = state_of (self);
  gboolean is_new = state != self->state;
  self->state = state;
  tell_text (self);
  if (is_new)
    notify (self, PROP_STATE);
}

static gboolean
is_same_error (const GError *a, const GError *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_error_matches (a, b->domain, b->code) && g_str_equal (a->message, b->message);
}

/* NULL: there is none any more. */
void
site_item_replace_failure (VisitorSiteItem *self, const GError *failure)
{
  if (is_same_error (failure, self->failure))
    return;
  g_autoptr (GError) fresh = failure != NULL ? g_error_copy (failure) : NULL;
  g_clear_error (&self->failure);
  g_clear_pointer (&self->changed_key, visitor_trust_question_free);
  self->failure = g_steal_pointer (&fresh);
  if (self->failure != NULL && self->failure->code == VISITOR_ERROR_KEY_CHANGED &&
      self->connection != NULL)
    self->changed_key = visitor_connection_get_changed_key (self->connection);
  notify (self, PROP_FAILURE);
}

static void
visitor_site_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VisitorSiteItem *self = VISITOR_SITE_ITEM (object);
  switch (id) {
  case PROP_ID: g_value_set_string (value, self->entry->id); break;
  case PROP_NAME: g_value_set_string (value, self->name); break;
  case PROP_ADDRESS: g_value_set_string (value, self->address); break;
  case PROP_PROBLEM: g_value_set_string (value, visitor_site_item_get_problem (self)); break;
  case PROP_STATE: g_value_set_uint (value, self->state); break;
  case PROP_STATUS_TEXT: g_value_set_string (value, self->status_text); break;
  case PROP_CONNECTION: g_value_set_object (value, self->connection); break;
  case PROP_FAILURE: g_value_set_boxed (value, self->failure); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
visitor_site_item_dispose (GObject *object)
{
  VisitorSiteItem *self = VISITOR_SITE_ITEM (object);
  g_clear_handle_id (&self->refresh, g_source_remove);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (visitor_site_item_parent_class)->dispose (object);
}

static void
visitor_site_item_finalize (GObject *object)
{
  VisitorSiteItem *self = VISITOR_SITE_ITEM (object);
  g_clear_pointer (&self->entry, site_entry_free);
  g_clear_object (&self->throughput);
  g_clear_object (&self->log);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->changed_key, visitor_trust_question_free);
  g_free (self->name);
  g_free (self->address);
  g_free (self->problem);
  g_free (self->status_text);
  G_OBJECT_CLASS (visitor_site_item_parent_class)->finalize (object);
}

static void
visitor_site_item_class_init (VisitorSiteItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  object_class->get_property = visitor_site_item_get_property;
  object_class->dispose = visitor_site_item_dispose;
  object_class->finalize = visitor_site_item_finalize;
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_uint (
      "state", NULL, NULL, 0, VISITOR_N_STATES, VISITOR_STATE_DISCONNECTED, flags);
  properties[PROP_STATUS_TEXT] = g_param_spec_string ("status-text", NULL, NULL, NULL, flags);
  properties[PROP_CONNECTION] =
      g_param_spec_object ("connection", NULL, NULL, VISITOR_TYPE_CONNECTION, flags);
  properties[PROP_FAILURE] = g_param_spec_boxed ("failure", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
visitor_site_item_init (VisitorSiteItem *self)
{
  self->throughput = visitor_throughput_new ();
  self->log = visitor_log_history_new ();
  self->state = VISITOR_STATE_DISCONNECTED;
}

static void
replace_string (VisitorSiteItem *self, char **string, char *by, guint property)
{
  gboolean is_new = g_strcmp0 (*string, by) != 0;
  g_free (*string);
  *string = by;
  if (is_new)
    notify (self, property);
}

/* What stands on the disk by now; the id is the one that it had. Takes the entry. */
void
visitor_site_item_take_entry (VisitorSiteItem *self, SiteEntry *entry)
{
  const Site *site = entry->site;
  SiteEntry *before = self->entry;
  self->entry = entry;
  replace_string (self, &self->name, g_strdup (site != NULL ? site->name : entry->id), PROP_NAME);
  replace_string (self, &self->address, visitor_entry_address (entry), PROP_ADDRESS);
  replace_string (self, &self->problem, visitor_entry_problem (entry), PROP_PROBLEM);
  site_entry_free (before);
  site_item_tell_state (self);
}

/* Takes the entry. Transfer: full. */
VisitorSiteItem *
visitor_site_item_new (SiteEntry *entry)
{
  VisitorSiteItem *self = g_object_new (VISITOR_TYPE_SITE_ITEM, NULL);
  visitor_site_item_take_entry (self, entry);
  return self;
}

/* What is connected and stands in no list of sites: it has the name that the engine knows. Transfer: full. */
VisitorSiteItem *
visitor_site_item_new_unlisted (const char *name)
{
  SiteEntry *entry = g_new0 (SiteEntry, 1);
  entry->id = g_strdup (name);
  return visitor_site_item_new (entry);
}

/* Stable: the name of its file, and what keyring and engine know it by. */
const char *
visitor_site_item_get_id (VisitorSiteItem *self)
{
  return self->entry->id;
}

/* That of the site, or its id where the site cannot be read. */
const char *
visitor_site_item_get_name (VisitorSiteItem *self)
{
  return self->name;
}

/* "" where the site cannot be read. */
const char *
visitor_site_item_get_address (VisitorSiteItem *self)
{
  return self->address;
}

/* What is wrong with the site's file: with a site it is told and past, without one the site cannot be
 * used. NULL: nothing. It names file, line and key. */
const char *
visitor_site_item_get_problem (VisitorSiteItem *self)
{
  return self->problem;
}

/* NULL where the problem says why. Borrowed until the site is changed. */
const Site *
visitor_site_item_get_site (VisitorSiteItem *self)
{
  return self->entry->site;
}

/* FAILED while there is a failure, DISCONNECTED where there is none and nothing is on the way. */
VisitorState
visitor_site_item_get_state (VisitorSiteItem *self)
{
  return self->state;
}

/* One sentence, translated, which becomes another by itself as time goes on. */
const char *
visitor_site_item_get_status_text (VisitorSiteItem *self)
{
  return self->status_text;
}

/* The engine's, over or not; NULL while there is none. Borrowed. */
VisitorConnection *
visitor_site_item_get_connection (VisitorSiteItem *self)
{
  return self->connection;
}

/* Borrowed; the same for as long as the item lives. */
VisitorThroughput *
visitor_site_item_get_throughput (VisitorSiteItem *self)
{
  return self->throughput;
}

/* That of the last connection, also when it is over. Borrowed; the same for as long as the item lives. */
VisitorLogHistory *
visitor_site_item_get_log (VisitorSiteItem *self)
{
  return self->log;
}

/* Why the last attempt or connection ended, in VISITOR_ERROR; NULL: it did not, or it was dismissed. */
const GError *
visitor_site_item_get_failure (VisitorSiteItem *self)
{
  return self->failure;
}

/* After KEY_CHANGED: the certificate that was shown; else NULL. Borrowed while the failure is there. */
const VisitorTrustQuestion *
visitor_site_item_get_changed_key (VisitorSiteItem *self)
{
  return self->changed_key;
}

/* The person has read it. */
void
visitor_site_item_dismiss_failure (VisitorSiteItem *self)
{
  site_item_replace_failure (self, NULL);
  site_item_tell_state (self);
}

/* An attempt failed before the engine made a connection of it, or another one begins (NULL). */
void
visitor_site_item_set_failure (VisitorSiteItem *self, const GError *failure)
{
  site_item_replace_failure (self, failure);
  site_item_tell_state (self);
}

void
visitor_site_item_set_phase (VisitorSiteItem *self, VisitorItemPhase phase)
{
  self->phase = phase;
  site_item_tell_state (self);
}

VisitorItemPhase
visitor_site_item_get_phase (VisitorSiteItem *self)
{
  return self->phase;
}

/* It is another one, or none. */
void
site_item_tell_connection (VisitorSiteItem *self)
{
  notify (self, PROP_CONNECTION);
}
