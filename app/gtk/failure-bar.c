/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorFailureBar: what went wrong, what to do about it, and the one button that does it.
 *
 * It stays until it is hidden, and is never in the way. The signal "action" tells of the button. */
#include "config.h"

#include "gtk/failure-bar.h"

#include "client/error-text.h"

struct _VisitorFailureBar {
  GtkWidget parent_instance;

  /* template */
  GtkRevealer *revealer;
  GtkBox *bar;
  GtkLabel *sentence, *advice;
  GtkButton *button;

  /* state */
  VisitorErrorAction action;
};

enum {
  ACTION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorFailureBar, visitor_failure_bar, GTK_TYPE_WIDGET)

static void
on_clicked (VisitorFailureBar *self)
{
  g_signal_emit (self, signals[ACTION], 0, (guint) self->action);
}

static void
visitor_failure_bar_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));
  if (child != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (visitor_failure_bar_parent_class)->dispose (object);
}

static void
visitor_failure_bar_class_init (VisitorFailureBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = visitor_failure_bar_dispose;
  signals[ACTION] = g_signal_new ("action", VISITOR_TYPE_FAILURE_BAR, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/failure-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorFailureBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, VisitorFailureBar, bar);
  gtk_widget_class_bind_template_child (widget_class, VisitorFailureBar, sentence);
  gtk_widget_class_bind_template_child (widget_class, VisitorFailureBar, advice);
  gtk_widget_class_bind_template_child (widget_class, VisitorFailureBar, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
visitor_failure_bar_init (VisitorFailureBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  visitor_failure_bar_hide (self);
}

/* Of a failure in our domain; its message is for the details. */
void
visitor_failure_bar_show (VisitorFailureBar *self, const GError *failure, VisitorErrorAction action)
{
  VisitorError code =
      failure->domain == VISITOR_ERROR ? (VisitorError) failure->code : VISITOR_ERROR_FAILED;
  visitor_failure_bar_show_action (
      self, visitor_error_sentence (code), visitor_error_advice (code), action);
}

/* Translated sentences, and the button of an action. */
void
visitor_failure_bar_show_action (
    VisitorFailureBar *self, const char *sentence, const char *advice, VisitorErrorAction action)
{
  self->action = action;
  visitor_failure_bar_show_text (self, sentence, advice, visitor_error_action_label (action));
}

/* Translated sentences; button_or_null has a mnemonic. */
void
visitor_failure_bar_show_text (
    VisitorFailureBar *self, const char *sentence, const char *advice, const char *button_or_null)
{
  gtk_label_set_text (self->sentence, sentence);
  gtk_label_set_text (self->advice, advice);
  gtk_widget_set_visible (GTK_WIDGET (self->button), button_or_null != NULL);
  if (button_or_null != NULL)
    gtk_button_set_label (self->button, button_or_null);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
      sentence, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, advice, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
}

void
visitor_failure_bar_hide (VisitorFailureBar *self)
{
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
