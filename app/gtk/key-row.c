/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorKeyRow: where the key of the user's certificate is: in a file that is copied beside the site, or on
 * a token. Signals as VisitorFileRow has them. */
#include "config.h"

#include "gtk/key-row.h"

#include <glib/gi18n-lib.h>

#include "client/token-list.h"
#include "gtk/file-question.h"

struct _VisitorKeyRow {
  AdwActionRow parent_instance;

  /* template */
  GtkPopover *popover;
  GtkLabel *state;
  GtkListBox *tokens;
  GtkEntry *uri;

  /* owned */
  GCancellable *cancellable; /* of a search for tokens */
  GPtrArray *found; /* VisitorTokenKey, or NULL */
  char *chosen; /* name of the file that was chosen, or NULL */

  /* borrowed */
  VisitorSiteForm *form;
};

enum {
  EDITED,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorKeyRow, visitor_key_row, ADW_TYPE_ACTION_ROW)

static void
show (VisitorKeyRow *self)
{
  g_autofree char *key = visitor_site_form_get (self->form, "sign-in", "key");
  g_autofree char *text = NULL;
  if (*key == '\0')
    text = g_strdup (_ ("None chosen"));
  else if (site_key_is_uri (key))
    text = g_strdup_printf (_ ("On a token: %s"), key);
  else
    text = g_strdup_printf (_ ("In the file %s"), self->chosen != NULL ? self->chosen : key);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
}

static void
take_uri (VisitorKeyRow *self, const char *uri)
{
  g_autofree char *problem = visitor_site_form_check ("sign-in", "key", uri);
  if (problem != NULL || !site_key_is_uri (uri)) {
    gtk_label_set_label (self->state,
        problem != NULL ? problem : _ ("The URI begins with pkcs11: and names a key."));
    return;
  }
  visitor_site_form_set (self->form, "sign-in", "key", uri);
  gtk_popover_popdown (self->popover);
  show (self);
  g_signal_emit (self, signals[EDITED], 0);
}

static void
on_uri (VisitorKeyRow *self)
{
  take_uri (self, gtk_editable_get_text (GTK_EDITABLE (self->uri)));
}

static void
on_token (GtkListBox *list, GtkListBoxRow *row, VisitorKeyRow *self)
{
  const VisitorTokenKey *key =
      g_ptr_array_index (self->found, (guint) gtk_list_box_row_get_index (row));
  take_uri (self, key->uri);
}

static void
show_found (VisitorKeyRow *self)
{
  for (guint i = 0; i < self->found->len; i++) {
    const VisitorTokenKey *key = g_ptr_array_index (self->found, i);
    GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", key->label,
        "subtitle", key->token, "activatable", TRUE, NULL);
    gtk_list_box_append (self->tokens, row);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->tokens), self->found->len > 0);
  gtk_label_set_label (self->state,
      self->found->len > 0 ? _ ("Certificates on tokens that are plugged in:")
                           : _ ("There is no token with a certificate. Plug it in and open this "
                                "again."));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *found = visitor_token_list_finish (result, &error);
  if (found == NULL)
    return; /* nobody waits for it any more */
  VisitorKeyRow *self = VISITOR_KEY_ROW (user_data);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = found;
  show_found (self);
}

static void
stop_search (VisitorKeyRow *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
on_show (VisitorKeyRow *self)
{
  GtkListBoxRow *row;
  stop_search (self);
  while ((row = gtk_list_box_get_row_at_index (self->tokens, 0)) != NULL)
    gtk_list_box_remove (self->tokens, GTK_WIDGET (row));
  gtk_widget_set_visible (GTK_WIDGET (self->tokens), FALSE);
  gtk_label_set_label (self->state, _ ("Looking for tokens…"));
  self->cancellable = g_cancellable_new ();
  visitor_token_list_async (self->cancellable, on_listed, self);
}

static void
on_chosen (GtkWidget *widget, GFile *file)
{
  VisitorKeyRow *self = VISITOR_KEY_ROW (widget);
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (GError) error = NULL;
  if (path == NULL)
    return;
  if (!visitor_site_form_read_key (self->form, path, &error)) {
    g_signal_emit (self, signals[FAILED], 0, error);
    return;
  }
  g_free (self->chosen);
  self->chosen = g_filename_display_basename (path);
  show (self);
  g_signal_emit (self, signals[EDITED], 0);
}

static void
on_choose (VisitorKeyRow *self)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));
  visitor_file_question_ask (GTK_WIDGET (self), title, _ ("_Choose"), NULL, on_chosen);
}

static void
visitor_key_row_dispose (GObject *object)
{
  VisitorKeyRow *self = VISITOR_KEY_ROW (object);
  stop_search (self);
  G_OBJECT_CLASS (visitor_key_row_parent_class)->dispose (object);
}

static void
visitor_key_row_finalize (GObject *object)
{
  VisitorKeyRow *self = VISITOR_KEY_ROW (object);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_free (self->chosen);
  G_OBJECT_CLASS (visitor_key_row_parent_class)->finalize (object);
}

static void
visitor_key_row_class_init (VisitorKeyRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->dispose = visitor_key_row_dispose;
  object_class->finalize = visitor_key_row_finalize;
  signals[EDITED] = g_signal_new (
      "edited", VISITOR_TYPE_KEY_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", VISITOR_TYPE_KEY_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visitorvpn/Visitor/key-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorKeyRow, popover);
  gtk_widget_class_bind_template_child (widget_class, VisitorKeyRow, state);
  gtk_widget_class_bind_template_child (widget_class, VisitorKeyRow, tokens);
  gtk_widget_class_bind_template_child (widget_class, VisitorKeyRow, uri);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_bind_template_callback (widget_class, on_token);
  gtk_widget_class_bind_template_callback (widget_class, on_uri);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
}

static void
visitor_key_row_init (VisitorKeyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Shows what stands in form, which has to outlive it, and writes there from now on. */
void
visitor_key_row_attach (VisitorKeyRow *self, VisitorSiteForm *form)
{
  self->form = form;
  show (self);
}
