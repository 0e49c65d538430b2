/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorEditDialog: a site, new or to be changed.
 *
 * A newcomer fills two fields; everything else is as the gateway says, and stands under "Advanced". What is
 * wrong is said under its field as one types. "saved" has the Site, borrowed, and the Secret of a key
 * file that was chosen, or NULL; who hears it stores both and closes the dialog, or shows the error. */
#include "config.h"

#include "gtk/edit-dialog-private.h"

#include <glib/gi18n-lib.h>

#include "client/keyring.h"

#define TOAST_SECONDS 5

enum {
  SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorEditDialog, visitor_edit_dialog, ADW_TYPE_WINDOW)

static gboolean
method_is_one_of (VisitorEditDialog *self, const char *const *words)
{
  g_autofree char *method = visitor_site_form_get (self->form, "sign-in", "method");
  return g_strv_contains (words, method);
}

/* What has to be filled in first stands in plain sight, with its problem; nobody has to be led there. */
static gboolean
is_in_sight (VisitorEditDialog *self, const VisitorSiteProblem *problem)
{
  VisitorFieldRow *row = edit_pages_find_field (self, problem);
  return row != NULL && (row == self->address || row == self->name || row == self->user);
}

/* After each change: what the method needs is shown, and what stands in sight has to be right before the
 * rest is looked at. */
static void
update (gpointer user_data)
{
  static const char *const with_key[] = { "certificate", "eap-tls", "certificate+eap", NULL };
  static const char *const without_user[] = { "certificate", NULL };
  VisitorEditDialog *self = user_data;
  gboolean needs_key = method_is_one_of (self, with_key);
  gtk_widget_set_visible (GTK_WIDGET (self->key), needs_key);
  gtk_widget_set_visible (GTK_WIDGET (self->certificate), needs_key);
  gtk_widget_set_visible (GTK_WIDGET (self->user), !method_is_one_of (self, without_user));
  edit_pages_update (self);
  g_autoptr (VisitorSiteProblem) problem = NULL;
  g_autoptr (Site) site = visitor_site_form_finish (self->form, &problem);
  gtk_widget_set_sensitive (GTK_WIDGET (self->save), site != NULL || !is_in_sight (self, problem));
  if (site != NULL && self->blamed != NULL)
    visitor_field_row_check (self->blamed);
  if (site != NULL)
    self->blamed = NULL;
}

static void
on_edited (VisitorEditDialog *self)
{
  update (self);
}

static void
on_file_failed (GtkWidget *row, const GError *error, VisitorEditDialog *self)
{
  visitor_edit_dialog_show_error (self, error);
}

static void
say (VisitorEditDialog *self, const char *words, guint timeout)
{
  g_autofree char *markup = g_markup_escape_text (words, -1);
  AdwToast *toast = adw_toast_new (markup);
  adw_toast_set_timeout (toast, timeout);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* Leads to what is wrong. */
static void
blame (VisitorEditDialog *self, const VisitorSiteProblem *problem)
{
  VisitorFieldRow *row = edit_pages_find_field (self, problem);
  if (row == NULL) {
    if (g_strcmp0 (problem->key, "transport") == 0)
      edit_pages_turn_to (self, self->ways[VISITOR_WAY_TRANSPORT]);
    gboolean lacks_key = problem->is_missing && g_strcmp0 (problem->key, "key") == 0;
    say (self, lacks_key ? _ ("Choose the key of your certificate first.") : problem->what,
        TOAST_SECONDS);
    return;
  }
  self->blamed = row;
  visitor_field_row_show_problem (row, problem->what);
  adw_expander_row_set_expanded (self->advanced,
      adw_expander_row_get_expanded (self->advanced) ||
          gtk_widget_is_ancestor (GTK_WIDGET (row), GTK_WIDGET (self->advanced)));
  edit_pages_turn_to (self, GTK_WIDGET (row));
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
on_save (VisitorEditDialog *self)
{
  g_autoptr (VisitorSiteProblem) problem = NULL;
  g_autoptr (Site) site = visitor_site_form_finish (self->form, &problem);
  if (edit_pages_blame_entry_point (self))
    return;
  if (site != NULL)
    g_signal_emit (self, signals[SAVED], 0, site, visitor_site_form_get_key (self->form));
  else
    blame (self, problem);
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VisitorEditDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean forgotten = visitor_keyring_forget_finish (result, &error);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (self->forget), !forgotten);
  if (forgotten)
    say (self, _ ("The keyring has nothing of this site any more."), TOAST_SECONDS);
  else
    say (self, error->message, 0);
}

static void
on_forget (VisitorEditDialog *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->forget), FALSE);
  visitor_keyring_forget_async (self->id, self->cancellable, on_forgotten, g_object_ref (self));
}

static void
visitor_edit_dialog_dispose (GObject *object)
{
  g_cancellable_cancel (VISITOR_EDIT_DIALOG (object)->cancellable);
  g_clear_handle_id (&VISITOR_EDIT_DIALOG (object)->opening, g_source_remove);
  g_clear_handle_id (&VISITOR_EDIT_DIALOG (object)->hiding, g_source_remove);
  gtk_window_set_focus (GTK_WINDOW (object), NULL); /* or a row hears of it when it is gone */
  gtk_widget_dispose_template (GTK_WIDGET (object), VISITOR_TYPE_EDIT_DIALOG);
  G_OBJECT_CLASS (visitor_edit_dialog_parent_class)->dispose (object);
}

static void
visitor_edit_dialog_finalize (GObject *object)
{
  VisitorEditDialog *self = VISITOR_EDIT_DIALOG (object);
  g_ptr_array_unref (self->fields);
  g_ptr_array_unref (self->files);
  g_object_unref (self->cancellable);
  g_free (self->id);
  visitor_site_form_free (self->form);
  G_OBJECT_CLASS (visitor_edit_dialog_parent_class)->finalize (object);
}

static void
visitor_edit_dialog_class_init (VisitorEditDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->dispose = visitor_edit_dialog_dispose;
  object_class->finalize = visitor_edit_dialog_finalize;
  g_type_ensure (VISITOR_TYPE_FIELD_ROW);
  g_type_ensure (VISITOR_TYPE_FILE_ROW);
  g_type_ensure (VISITOR_TYPE_KEY_ROW);
  signals[SAVED] = g_signal_new ("saved", VISITOR_TYPE_EDIT_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/edit-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, save);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, address);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, name);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, authority);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, method);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, user);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, key);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, certificate);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, saved);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, forget);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, advanced);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, leaflet);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, main);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, transport);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, proxy);
  gtk_widget_class_bind_template_child (widget_class, VisitorEditDialog, entry_points);
  gtk_widget_class_bind_template_callback (widget_class, edit_pages_open);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_forget);
  gtk_widget_class_install_action (widget_class, "edit.back", NULL, edit_pages_go_back);
}

static void
visitor_edit_dialog_init (VisitorEditDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->fields = g_ptr_array_new ();
  self->files = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
}

static void
attach_file_row (VisitorEditDialog *self, VisitorFileRow *row)
{
  visitor_file_row_attach (row, self->form);
  g_signal_connect_swapped (row, "edited", G_CALLBACK (on_edited), self);
  g_signal_connect (row, "failed", G_CALLBACK (on_file_failed), self);
}

static void
attach (VisitorEditDialog *self)
{
  g_ptr_array_add (self->fields, self->address);
  g_ptr_array_add (self->fields, self->name);
  g_ptr_array_add (self->fields, self->user);
  g_ptr_array_add (self->files, self->authority);
  g_ptr_array_add (self->files, self->certificate);
  visitor_edit_fields_add_advanced (
      self->advanced, self->form, self->fields, self->files, update, self);
  edit_pages_make (self, update);
  visitor_edit_choice_attach (
      self->method, self->form, "sign-in", "method", visitor_field_methods, update, self);
  for (guint i = 0; i < self->fields->len; i++) {
    VisitorFieldRow *row = g_ptr_array_index (self->fields, i);
    visitor_field_row_attach (row, self->form);
    g_signal_connect_swapped (row, "edited", G_CALLBACK (on_edited), self);
  }
  for (guint i = 0; i < self->files->len; i++)
    attach_file_row (self, g_ptr_array_index (self->files, i));
  visitor_key_row_attach (self->key, self->form);
  g_signal_connect_swapped (self->key, "edited", G_CALLBACK (on_edited), self);
  g_signal_connect (self->key, "failed", G_CALLBACK (on_file_failed), self);
}

static VisitorEditDialog *
dialog_new (GtkWindow *parent, const char *title, const char *save, const Site *site_or_null)
{
  VisitorEditDialog *self =
      g_object_new (VISITOR_TYPE_EDIT_DIALOG, "transient-for", parent, "title", title, NULL);
  self->form = visitor_site_form_new (site_or_null);
  gtk_button_set_label (self->save, save);
  gtk_window_set_default_widget (GTK_WINDOW (self), GTK_WIDGET (self->save));
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->address));
  return self;
}

/* For a new site, or with a copy of one to change. */
GtkWindow *
visitor_edit_dialog_new (GtkWindow *parent, const Site *site_or_null)
{
  VisitorEditDialog *self = site_or_null == NULL
      ? dialog_new (parent, _ ("New site"), _ ("_Add"), NULL)
      : dialog_new (parent, _ ("Edit site"), _ ("_Save"), site_or_null);
  attach (self);
  update (self);
  return GTK_WINDOW (self);
}

/* For a new site of which most is known from elsewhere, and the key that came along. */
GtkWindow *
visitor_edit_dialog_new_from (GtkWindow *parent, const Site *draft, const Secret *key_or_null)
{
  VisitorEditDialog *self = dialog_new (parent, _ ("New site"), _ ("_Add"), draft);
  if (key_or_null != NULL)
    visitor_site_form_take_key (self->form, key_or_null);
  attach (self);
  update (self);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->user));
  return GTK_WINDOW (self);
}

/* The id of the site that is edited: what the keyring knows it by. */
void
visitor_edit_dialog_set_id (VisitorEditDialog *self, const char *id)
{
  self->id = g_strdup (id);
  gtk_widget_set_visible (GTK_WIDGET (self->saved), TRUE);
}

/* What was typed elsewhere already, on the page that leads a newcomer. */
void
visitor_edit_dialog_set_address (VisitorEditDialog *self, const char *address)
{
  gtk_editable_set_text (GTK_EDITABLE (self->address), address);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->user));
}

/* Why the site or a file could not be taken; the dialog stays. */
void
visitor_edit_dialog_show_error (VisitorEditDialog *self, const GError *error)
{
  g_autofree char *text = visitor_site_problem_explain (error);
  say (self, text, 0);
}
