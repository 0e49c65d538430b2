/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorFieldRow: one key of a site as a field, which says under itself, as one types, what is wrong.
 *
 * The words stand in a row of their own behind it in the list, so that they have the whole width, and
 * are tied to the field for those who hear them. "edited" is emitted when the person has changed it. */
#include "gtk/field-row.h"

struct _VisitorFieldRow {
  AdwEntryRow parent_instance;

  /* owned */
  char *group;
  char *key;

  /* borrowed */
  VisitorSiteForm *form; /* NULL until attached */
  GtkWidget *problem_row; /* of the list that we are in */
  GtkLabel *problem;
};

enum {
  PROP_0,
  PROP_GROUP,
  PROP_KEY,
  N_PROPS,
};

enum {
  EDITED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorFieldRow, visitor_field_row, ADW_TYPE_ENTRY_ROW)

/* What has the focus, and is read out. */
static GtkAccessible *
field_of (VisitorFieldRow *self)
{
  GtkEditable *text = gtk_editable_get_delegate (GTK_EDITABLE (self));
  return GTK_ACCESSIBLE (text);
}

static void
on_changed (VisitorFieldRow *self)
{
  if (self->form == NULL)
    return;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self));
  g_autofree char *problem = visitor_site_form_check (self->group, self->key, text);
  visitor_site_form_set (self->form, self->group, self->key, text);
  visitor_field_row_show_problem (self, problem);
  g_signal_emit (self, signals[EDITED], 0);
}

static void
visitor_field_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VisitorFieldRow *self = VISITOR_FIELD_ROW (object);
  switch (id) {
  case PROP_GROUP: g_value_set_string (value, self->group); break;
  case PROP_KEY: g_value_set_string (value, self->key); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
visitor_field_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VisitorFieldRow *self = VISITOR_FIELD_ROW (object);
  switch (id) {
  case PROP_GROUP: self->group = g_value_dup_string (value); break;
  case PROP_KEY: self->key = g_value_dup_string (value); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
visitor_field_row_dispose (GObject *object)
{
  VISITOR_FIELD_ROW (object)->form = NULL;
  G_OBJECT_CLASS (visitor_field_row_parent_class)->dispose (object);
}

static void
visitor_field_row_finalize (GObject *object)
{
  VisitorFieldRow *self = VISITOR_FIELD_ROW (object);
  g_free (self->group);
  g_free (self->key);
  G_OBJECT_CLASS (visitor_field_row_parent_class)->finalize (object);
}

static void
visitor_field_row_class_init (VisitorFieldRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  object_class->get_property = visitor_field_row_get_property;
  object_class->set_property = visitor_field_row_set_property;
  object_class->dispose = visitor_field_row_dispose;
  object_class->finalize = visitor_field_row_finalize;
  properties[PROP_GROUP] = g_param_spec_string ("group", NULL, NULL, NULL, flags);
  properties[PROP_KEY] = g_param_spec_string ("key", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[EDITED] = g_signal_new (
      "edited", VISITOR_TYPE_FIELD_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
visitor_field_row_init (VisitorFieldRow *self)
{
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (self), TRUE);
  g_signal_connect (self, "changed", G_CALLBACK (on_changed), NULL);
}

VisitorFieldRow *
visitor_field_row_new (const char *title, const char *group, const char *key)
{
  return g_object_new (VISITOR_TYPE_FIELD_ROW, "title", title, "group", group, "key", key, NULL);
}

static void
add_problem_row (VisitorFieldRow *self)
{
  GtkListBox *list = GTK_LIST_BOX (gtk_widget_get_parent (GTK_WIDGET (self)));
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "error");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "field-problem");
  self->problem = GTK_LABEL (label);
  self->problem_row = gtk_list_box_row_new ();
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self->problem_row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self->problem_row), FALSE);
  gtk_widget_set_focusable (self->problem_row, FALSE);
  gtk_widget_set_visible (self->problem_row, FALSE);
  gtk_list_box_insert (
      list, self->problem_row, gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (self)) + 1);
}

/* Shows what stands in form, which has to outlive it, and writes there from now on. It is in a list. */
void
visitor_field_row_attach (VisitorFieldRow *self, VisitorSiteForm *form)
{
  g_autofree char *text = visitor_site_form_get (form, self->group, self->key);
  add_problem_row (self);
  gtk_editable_set_text (GTK_EDITABLE (self), text);
  self->form = form;
}

gboolean
visitor_field_row_is_for (VisitorFieldRow *self, const char *group, const char *key)
{
  return g_strcmp0 (self->group, group) == 0 && g_strcmp0 (self->key, key) == 0;
}

/* Says under the field what is wrong; NULL: nothing. */
void
visitor_field_row_show_problem (VisitorFieldRow *self, const char *what_or_null)
{
  gboolean wrong = what_or_null != NULL;
  gtk_label_set_label (self->problem, wrong ? what_or_null : "");
  gtk_widget_set_visible (self->problem_row, wrong);
  gtk_accessible_update_state (field_of (self), GTK_ACCESSIBLE_STATE_INVALID,
      wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  if (wrong) {
    gtk_widget_add_css_class (GTK_WIDGET (self), "error");
    gtk_accessible_update_property (
        field_of (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, what_or_null, -1);
  } else {
    gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
    gtk_accessible_reset_property (field_of (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  }
}

/* Says again what is wrong with its own text, and nothing else. */
void
visitor_field_row_check (VisitorFieldRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self));
  g_autofree char *problem =
      *text != '\0' ? visitor_site_form_check (self->group, self->key, text) : NULL;
  visitor_field_row_show_problem (self, problem);
}
