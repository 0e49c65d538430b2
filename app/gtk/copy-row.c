/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorCopyRow: a fact with its name, that can be copied. Without a value it is not seen. */
#include "config.h"

#include "gtk/copy-row.h"

#include <glib/gi18n-lib.h>

struct _VisitorCopyRow {
  AdwActionRow parent_instance;

  /* template */
  GtkButton *button;

  /* owned */
  char *value;
};

G_DEFINE_FINAL_TYPE (VisitorCopyRow, visitor_copy_row, ADW_TYPE_ACTION_ROW)

static void
on_clicked (VisitorCopyRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->value);
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.tell-copied", "s", title);
}

static void
visitor_copy_row_finalize (GObject *object)
{
  g_free (VISITOR_COPY_ROW (object)->value);
  G_OBJECT_CLASS (visitor_copy_row_parent_class)->finalize (object);
}

static void
visitor_copy_row_class_init (VisitorCopyRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = visitor_copy_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visitorvpn/Visitor/copy-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorCopyRow, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
visitor_copy_row_init (VisitorCopyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
name_button (VisitorCopyRow *self)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));
  /* Translators: %s is what is copied, such as "Gateway". */
  g_autofree char *label = g_strdup_printf (_ ("Copy: %s"), title);
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
visitor_copy_row_set_value (VisitorCopyRow *self, const char *value_or_null)
{
  gtk_widget_set_visible (GTK_WIDGET (self), value_or_null != NULL && value_or_null[0] != '\0');
  if (g_strcmp0 (self->value, value_or_null) == 0)
    return;
  g_free (self->value);
  self->value = g_strdup (value_or_null);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), value_or_null != NULL ? value_or_null : "");
  name_button (self);
}
