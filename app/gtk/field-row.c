/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorFieldRow: one key of a site as a field, which says under itself, as one types, what is wrong.
 *
 * "edited" is emitted when the person has changed it. */
#include "gtk/field-row.h"

#include "gtk/problem-row.h"

struct _VisitorFieldRow {
  AdwEntryRow parent_instance;

  /* owned */
  char *group;
  char *key;

  /* borrowed */
  VisitorSiteForm *form; /* NULL until attached */
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

/* Shows what stands in form, which has to outlive it, and writes there from now on. It is in a list. */
void
visitor_field_row_attach (VisitorFieldRow *self, VisitorSiteForm *form)
{
  g_autofree char *text = visitor_site_form_get (form, self->group, self->key);
  visitor_problem_row_add (ADW_ENTRY_ROW (self));
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
  visitor_problem_row_show (ADW_ENTRY_ROW (self), what_or_null);
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
