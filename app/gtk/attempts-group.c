/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorAttemptsGroup: the ways to the gateway that were tried at the last connect, and what became of each.
 * Without anything to tell it is not seen. */
#include "config.h"

#include "gtk/attempts-group.h"

#include <glib/gi18n-lib.h>

#include "client/attempt-text.h"

#define TELLING_MS 10 /* less is 0.00 s */

struct _VisitorAttemptsGroup {
  AdwPreferencesGroup parent_instance;

  /* owned */
  VisitorConnection *connection;
  GVariant *shown; /* the attempts that the rows are of, or NULL */

  /* borrowed: children of the group */
  GPtrArray *rows;
};

G_DEFINE_FINAL_TYPE (VisitorAttemptsGroup, visitor_attempts_group, ADW_TYPE_PREFERENCES_GROUP)

/* That the first way led there is no news. */
static gboolean
is_plain (const GArray *attempts, guint first)
{
  guint n = attempts->len - first;
  return n == 0 || (n == 1 && g_array_index (attempts, Attempt, first).worked);
}

static GtkWidget *
make_row (const Attempt *attempt)
{
  g_autofree char *entry = visitor_attempt_entry (attempt);
  g_autofree char *proxy = visitor_attempt_proxy (attempt);
  g_autofree char *time = visitor_attempt_seconds (attempt->ms);
  const char *transport = attempt_transport_to_string (attempt->transport);
  /* Translators: gateway, "TLS" or the like, and a proxy */
  g_autofree char *title = attempt->proxy.kind != PROXY_DIRECT
      ? g_strdup_printf (_ ("%s over %s through %s"), entry, transport, proxy)
      : g_strdup_printf (_ ("%s over %s"), entry, transport);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title,
      "subtitle", visitor_attempt_outcome (attempt), "subtitle-lines", 0, NULL);
  GtkWidget *icon = gtk_image_new_from_icon_name (
      attempt->worked ? "emblem-ok-symbolic" : "dialog-warning-symbolic");
  GtkWidget *label = gtk_label_new (time);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  gtk_widget_set_visible (label, attempt->ms >= TELLING_MS);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  return row;
}

static void
clear_rows (VisitorAttemptsGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
}

/* The status changes each second; what was tried does not. */
static void
update (VisitorAttemptsGroup *self)
{
  GVariant *status = visitor_connection_get_status (self->connection);
  g_autoptr (GVariant) told = g_variant_lookup_value (status, "attempts", NULL);
  if (told == NULL || (self->shown != NULL && g_variant_equal (told, self->shown)))
    return;
  g_clear_pointer (&self->shown, g_variant_unref);
  self->shown = g_steal_pointer (&told);
  g_autoptr (GArray) attempts = visitor_attempts_read (status);
  guint first = visitor_attempts_last_connect (attempts);
  clear_rows (self);
  gtk_widget_set_visible (GTK_WIDGET (self), !is_plain (attempts, first));
  for (guint i = first; i < attempts->len; i++) {
    GtkWidget *row = make_row (&g_array_index (attempts, Attempt, i));
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
    g_ptr_array_add (self->rows, row);
  }
}

static void
visitor_attempts_group_dispose (GObject *object)
{
  VisitorAttemptsGroup *self = VISITOR_ATTEMPTS_GROUP (object);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->shown, g_variant_unref);
  G_OBJECT_CLASS (visitor_attempts_group_parent_class)->dispose (object);
}

static void
visitor_attempts_group_finalize (GObject *object)
{
  g_ptr_array_unref (VISITOR_ATTEMPTS_GROUP (object)->rows);
  G_OBJECT_CLASS (visitor_attempts_group_parent_class)->finalize (object);
}

static void
visitor_attempts_group_class_init (VisitorAttemptsGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = visitor_attempts_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = visitor_attempts_group_finalize;
}

static void
visitor_attempts_group_init (VisitorAttemptsGroup *self)
{
  self->rows = g_ptr_array_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _ ("Ways that were tried"));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/* Shows those of a connection, and follows it. */
void
visitor_attempts_group_set_connection (
    VisitorAttemptsGroup *self, VisitorConnection *connection_or_null)
{
  if (self->connection == connection_or_null)
    return;
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_set_object (&self->connection, connection_or_null);
  g_clear_pointer (&self->shown, g_variant_unref);
  clear_rows (self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  if (self->connection == NULL)
    return;
  g_signal_connect_swapped (self->connection, "notify::status", G_CALLBACK (update), self);
  update (self);
}
