/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorTrustDialog: the first contact with a gateway that no CA vouches for.
 *
 * The words of the key stand largest, since they are what can be compared; what the certificate says of
 * itself proves nothing. Whatever is pressed without thinking (Enter, Esc, the closing of the window) is a
 * no. "answered" is emitted once. */
#include "config.h"

#include "gtk/trust-dialog.h"

#include "gtk/certificate-view.h"
#include "gtk/key-view.h"

struct _VisitorTrustDialog {
  AdwMessageDialog parent_instance;

  /* template */
  GtkScrolledWindow *scroller;
  VisitorKeyView *key;
  VisitorCertificateView *certificate;
};

enum {
  ANSWERED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorTrustDialog, visitor_trust_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void
visitor_trust_dialog_response (AdwMessageDialog *dialog, const char *response)
{
  g_signal_emit (dialog, signals[ANSWERED], 0, g_str_equal (response, "trust"));
}

/* An AdwMessageDialog sets the focus when it is shown, on whatever comes first. Here it is on nothing that
 * can be pressed: Enter is a no, and the arrows move the page. */
static void
on_map (VisitorTrustDialog *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->scroller));
}

static void
visitor_trust_dialog_class_init (VisitorTrustDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  g_type_ensure (VISITOR_TYPE_KEY_VIEW);
  g_type_ensure (VISITOR_TYPE_CERTIFICATE_VIEW);
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = visitor_trust_dialog_response;
  signals[ANSWERED] = g_signal_new ("answered", VISITOR_TYPE_TRUST_DIALOG, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/trust-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorTrustDialog, key);
  gtk_widget_class_bind_template_child (widget_class, VisitorTrustDialog, certificate);
  gtk_widget_class_bind_template_child (widget_class, VisitorTrustDialog, scroller);
  gtk_widget_class_bind_template_callback (widget_class, on_map);
}

static void
visitor_trust_dialog_init (VisitorTrustDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Asks about a certificate; nothing of question is kept. */
GtkWindow *
visitor_trust_dialog_new (GtkWindow *parent, const VisitorTrustQuestion *question)
{
  VisitorTrustDialog *self =
      g_object_new (VISITOR_TYPE_TRUST_DIALOG, "transient-for", parent, NULL);
  visitor_key_view_set_key (self->key, &question->pin);
  visitor_certificate_view_set_question (self->certificate, question);
  return GTK_WINDOW (self);
}
