/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorKeyChangedDialog: the gateway's key is not the one that the site knows.
 *
 * This is no question in passing: both keys stand side by side, everything that is pressed without
 * thinking keeps the old one, and the new one takes a second deliberate act. Where more than the key is
 * wrong it cannot be accepted at all. "answered" is emitted once. */
#include "config.h"

#include "gtk/key-changed-dialog.h"

#include <glib/gi18n-lib.h>

#include "gtk/certificate-view.h"
#include "gtk/key-view.h"
#include "gtk/side-by-side.h"

struct _VisitorKeyChangedDialog {
  AdwMessageDialog parent_instance;

  /* template */
  GtkScrolledWindow *scroller;
  GtkBox *keys;
  GtkLabel *refusal;
  GtkCheckButton *compared;
  VisitorCertificateView *certificate;
};

enum {
  ANSWERED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorKeyChangedDialog, visitor_key_changed_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void
on_compared (GtkCheckButton *button, VisitorKeyChangedDialog *self)
{
  adw_message_dialog_set_response_enabled (
      ADW_MESSAGE_DIALOG (self), "replace", gtk_check_button_get_active (button));
}

static void
visitor_key_changed_dialog_response (AdwMessageDialog *dialog, const char *response)
{
  g_signal_emit (dialog, signals[ANSWERED], 0, g_str_equal (response, "replace"));
}

/* An AdwMessageDialog sets the focus when it is shown, on whatever comes first. Here it is on nothing that
 * can be pressed: Enter is a no, and the arrows move the page. */
static void
on_map (VisitorKeyChangedDialog *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->scroller));
}

static void
visitor_key_changed_dialog_class_init (VisitorKeyChangedDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  g_type_ensure (VISITOR_TYPE_CERTIFICATE_VIEW);
  g_type_ensure (VISITOR_TYPE_SIDE_BY_SIDE);
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = visitor_key_changed_dialog_response;
  signals[ANSWERED] = g_signal_new ("answered", VISITOR_TYPE_KEY_CHANGED_DIALOG, G_SIGNAL_RUN_LAST,
      0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/key-changed-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorKeyChangedDialog, keys);
  gtk_widget_class_bind_template_child (widget_class, VisitorKeyChangedDialog, refusal);
  gtk_widget_class_bind_template_child (widget_class, VisitorKeyChangedDialog, compared);
  gtk_widget_class_bind_template_child (widget_class, VisitorKeyChangedDialog, certificate);
  gtk_widget_class_bind_template_callback (widget_class, on_compared);
  gtk_widget_class_bind_template_child (widget_class, VisitorKeyChangedDialog, scroller);
  gtk_widget_class_bind_template_callback (widget_class, on_map);
}

static void
visitor_key_changed_dialog_init (VisitorKeyChangedDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Warns of the key that was shown for a site. Nothing of either is kept. */
GtkWindow *
visitor_key_changed_dialog_new (
    GtkWindow *parent, const VisitorTrustQuestion *shown, const Site *site)
{
  VisitorKeyChangedDialog *self =
      g_object_new (VISITOR_TYPE_KEY_CHANGED_DIALOG, "transient-for", parent, NULL);
  const GArray *known = visitor_trust_question_known_pins (shown, site);
  for (guint i = 0; i < known->len; i++)
    gtk_box_append (
        self->keys, visitor_key_view_new (_ ("Old key"), &g_array_index (known, SitePin, i)));
  gtk_box_append (self->keys, visitor_key_view_new (_ ("New key"), &shown->pin));
  visitor_certificate_view_set_question (self->certificate, shown);
  gtk_widget_set_visible (GTK_WIDGET (self->compared), shown->acceptable);
  gtk_widget_set_visible (GTK_WIDGET (self->refusal), !shown->acceptable);
  return GTK_WINDOW (self);
}
