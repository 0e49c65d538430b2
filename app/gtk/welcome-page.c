/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorWelcomePage: what a newcomer sees first. One field, which says at once what is wrong with what
 * stands in it. The signal "address" tells of one that can be used, "pasted" of a text of several lines,
 * which is no address but may be a site. */
#include "config.h"

#include "gtk/welcome-page.h"

#include <string.h>

#include "client/site-form.h"

struct _VisitorWelcomePage {
  GtkWidget parent_instance;

  /* template */
  GtkEntry *address;
  GtkLabel *problem;
  GtkButton *continue_button;
  GtkMenuButton *menu_button;
};

enum {
  ADDRESS,
  PASTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorWelcomePage, visitor_welcome_page, GTK_TYPE_WIDGET)

static char *
problem_of (VisitorWelcomePage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->address));
  return text[0] != '\0' ? visitor_site_form_check ("site", "address", text) : NULL;
}

/* Several lines do not stay in the field; TRUE if there were some, or an address with a line's end. */
static gboolean
take_lines (VisitorWelcomePage *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->address)));
  if (strchr (text, '\n') == NULL)
    return FALSE;
  g_strstrip (text);
  gboolean several = strchr (text, '\n') != NULL;
  gtk_editable_set_text (GTK_EDITABLE (self->address), several ? "" : text);
  gtk_editable_set_position (GTK_EDITABLE (self->address), -1);
  if (several)
    g_signal_emit (self, signals[PASTED], 0, text);
  return TRUE;
}

static void
on_changed (VisitorWelcomePage *self)
{
  if (take_lines (self))
    return;
  g_autofree char *problem = problem_of (self);
  gboolean empty = gtk_editable_get_text (GTK_EDITABLE (self->address))[0] == '\0';
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_sensitive (GTK_WIDGET (self->continue_button), !empty && problem == NULL);
  GtkAccessible *field = GTK_ACCESSIBLE (self->address);
  if (problem != NULL) {
    gtk_widget_add_css_class (GTK_WIDGET (self->address), "error");
    gtk_accessible_update_state (
        field, GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE, -1);
    gtk_accessible_update_property (field, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, problem, -1);
  } else {
    gtk_widget_remove_css_class (GTK_WIDGET (self->address), "error");
    gtk_accessible_reset_state (field, GTK_ACCESSIBLE_STATE_INVALID);
    gtk_accessible_reset_property (field, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  }
}

static void
on_continue (VisitorWelcomePage *self)
{
  g_autofree char *problem = problem_of (self);
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->address)));
  if (text[0] != '\0' && problem == NULL)
    g_signal_emit (self, signals[ADDRESS], 0, text);
}

static void
visitor_welcome_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (visitor_welcome_page_parent_class)->map (widget);
  gtk_widget_grab_focus (GTK_WIDGET (VISITOR_WELCOME_PAGE (widget)->address));
}

static void
visitor_welcome_page_unmap (GtkWidget *widget)
{
  gtk_editable_set_text (GTK_EDITABLE (VISITOR_WELCOME_PAGE (widget)->address), "");
  GTK_WIDGET_CLASS (visitor_welcome_page_parent_class)->unmap (widget);
}

static void
visitor_welcome_page_dispose (GObject *object)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (visitor_welcome_page_parent_class)->dispose (object);
}

static void
visitor_welcome_page_class_init (VisitorWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = visitor_welcome_page_dispose;
  widget_class->map = visitor_welcome_page_map;
  widget_class->unmap = visitor_welcome_page_unmap;
  signals[ADDRESS] = g_signal_new ("address", VISITOR_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PASTED] = g_signal_new ("pasted", VISITOR_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorWelcomePage, address);
  gtk_widget_class_bind_template_child (widget_class, VisitorWelcomePage, problem);
  gtk_widget_class_bind_template_child (widget_class, VisitorWelcomePage, menu_button);
  gtk_widget_class_bind_template_child_full (
      widget_class, "continue", FALSE, G_STRUCT_OFFSET (VisitorWelcomePage, continue_button));
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_continue);
}

static void
visitor_welcome_page_init (VisitorWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

VisitorWelcomePage *
visitor_welcome_page_new (void)
{
  return g_object_new (VISITOR_TYPE_WELCOME_PAGE, NULL);
}

/* The main menu's. Borrowed. */
GtkMenuButton *
visitor_welcome_page_get_menu_button (VisitorWelcomePage *self)
{
  return self->menu_button;
}
