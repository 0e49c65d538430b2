/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorFileRow: certificates that a person chooses from a file, which are copied into the site.
 *
 * The file is read by this program, as the user. "edited" is emitted when the site has changed, "failed"
 * with a GError when the file could not be taken. */
#include "config.h"

#include "gtk/file-row.h"

#include <glib/gi18n-lib.h>

#include "client/certificate-summary.h"
#include "gtk/file-question.h"

struct _VisitorFileRow {
  AdwActionRow parent_instance;

  /* template */
  GtkButton *clear;

  /* owned */
  char *group;
  char *key;
  char *nothing; /* what is said where there are none */

  /* borrowed */
  VisitorSiteForm *form;
};

enum {
  PROP_0,
  PROP_GROUP,
  PROP_KEY,
  PROP_NOTHING,
  N_PROPS,
};

enum {
  EDITED,
  FAILED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorFileRow, visitor_file_row, ADW_TYPE_ACTION_ROW)

static void
show (VisitorFileRow *self)
{
  g_autofree char *pem = visitor_site_form_get (self->form, self->group, self->key);
  g_autofree char *summary = *pem != '\0' ? visitor_certificate_summary (pem) : NULL;
  const char *words = *pem == '\0' ? self->nothing : summary;
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (self), words != NULL ? words : _ ("A certificate that cannot be read"));
  gtk_widget_set_visible (GTK_WIDGET (self->clear), *pem != '\0');
}

static void
on_clear (VisitorFileRow *self)
{
  visitor_site_form_set (self->form, self->group, self->key, NULL);
  show (self);
  g_signal_emit (self, signals[EDITED], 0);
}

static void
on_chosen (GtkWidget *widget, GFile *file)
{
  VisitorFileRow *self = VISITOR_FILE_ROW (widget);
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (GError) error = NULL;
  if (path == NULL)
    return;
  if (!visitor_site_form_read_certificates (self->form, self->group, self->key, path, &error)) {
    g_signal_emit (self, signals[FAILED], 0, error);
    return;
  }
  show (self);
  g_signal_emit (self, signals[EDITED], 0);
}

static void
on_choose (VisitorFileRow *self)
{
  static const char *const suffixes[] = { "pem", "crt", "cer", "der", NULL };
  const VisitorFileKind kind = { _ ("Certificates"), suffixes };
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));
  visitor_file_question_ask (GTK_WIDGET (self), title, _ ("_Choose"), &kind, on_chosen);
}

static void
visitor_file_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VisitorFileRow *self = VISITOR_FILE_ROW (object);
  switch (id) {
  case PROP_GROUP: g_value_set_string (value, self->group); break;
  case PROP_KEY: g_value_set_string (value, self->key); break;
  case PROP_NOTHING: g_value_set_string (value, self->nothing); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
visitor_file_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VisitorFileRow *self = VISITOR_FILE_ROW (object);
  switch (id) {
  case PROP_GROUP: self->group = g_value_dup_string (value); break;
  case PROP_KEY: self->key = g_value_dup_string (value); break;
  case PROP_NOTHING: self->nothing = g_value_dup_string (value); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
visitor_file_row_finalize (GObject *object)
{
  VisitorFileRow *self = VISITOR_FILE_ROW (object);
  g_free (self->group);
  g_free (self->key);
  g_free (self->nothing);
  G_OBJECT_CLASS (visitor_file_row_parent_class)->finalize (object);
}

static void
visitor_file_row_class_init (VisitorFileRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  object_class->get_property = visitor_file_row_get_property;
  object_class->set_property = visitor_file_row_set_property;
  object_class->finalize = visitor_file_row_finalize;
  properties[PROP_GROUP] = g_param_spec_string ("group", NULL, NULL, NULL, flags);
  properties[PROP_KEY] = g_param_spec_string ("key", NULL, NULL, NULL, flags);
  properties[PROP_NOTHING] = g_param_spec_string ("nothing", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[EDITED] = g_signal_new (
      "edited", VISITOR_TYPE_FILE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", VISITOR_TYPE_FILE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visitorvpn/Visitor/file-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorFileRow, clear);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
}

static void
visitor_file_row_init (VisitorFileRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

VisitorFileRow *
visitor_file_row_new (const char *title, const char *group, const char *key, const char *nothing)
{
  return g_object_new (
      VISITOR_TYPE_FILE_ROW, "title", title, "group", group, "key", key, "nothing", nothing, NULL);
}

/* Shows what stands in form, which has to outlive it, and writes there from now on. */
void
visitor_file_row_attach (VisitorFileRow *self, VisitorSiteForm *form)
{
  self->form = form;
  show (self);
}
