/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorKeyView: the fingerprint of a key, as words that can be read aloud and in hexadecimal. */
#include "gtk/key-view.h"

#include "client/fingerprint-words.h"
#include "client/trust-question.h"

#define OCTETS_PER_LINE 8
#define CHARACTERS_PER_OCTET 3 /* two digits and a colon */
#define WORDS_PER_LINE 3

struct _VisitorKeyView {
  GtkBox parent_instance;

  /* template widgets */
  GtkLabel *caption;
  GtkLabel *words;
  GtkLabel *hex;
};

enum {
  PROP_0,
  PROP_CAPTION,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VisitorKeyView, visitor_key_view, GTK_TYPE_BOX)

/* Lines short enough for a telephone's screen. */
static char *
hex_lines (const SitePin *key)
{
  g_autofree char *line = visitor_fingerprint (key->sha256);
  for (guint i = OCTETS_PER_LINE; i < SITE_PIN_LEN; i += OCTETS_PER_LINE)
    line[i * CHARACTERS_PER_OCTET - 1] = '\n';
  return g_steal_pointer (&line);
}

static char *
word_lines (const SitePin *key)
{
  g_auto (GStrv) words = visitor_fingerprint_words (key->sha256);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; words[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (text, i % WORDS_PER_LINE == 0 ? '\n' : ' ');
    g_string_append (text, words[i]);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
visitor_key_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VisitorKeyView *self = VISITOR_KEY_VIEW (object);
  if (id == PROP_CAPTION)
    g_value_set_string (value, gtk_label_get_label (self->caption));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
visitor_key_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VisitorKeyView *self = VISITOR_KEY_VIEW (object);
  if (id == PROP_CAPTION)
    gtk_label_set_label (self->caption, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
visitor_key_view_class_init (VisitorKeyViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = visitor_key_view_get_property;
  object_class->set_property = visitor_key_view_set_property;
  properties[PROP_CAPTION] =
      g_param_spec_string ("caption", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visitorvpn/Visitor/key-view.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorKeyView, caption);
  gtk_widget_class_bind_template_child (widget_class, VisitorKeyView, words);
  gtk_widget_class_bind_template_child (widget_class, VisitorKeyView, hex);
}

static void
visitor_key_view_init (VisitorKeyView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
visitor_key_view_set_key (VisitorKeyView *self, const SitePin *key)
{
  g_autofree char *words = word_lines (key);
  g_autofree char *hex = hex_lines (key);
  gtk_label_set_label (self->words, words);
  gtk_label_set_label (self->hex, hex);
}

GtkWidget *
visitor_key_view_new (const char *caption, const SitePin *key)
{
  VisitorKeyView *self = g_object_new (VISITOR_TYPE_KEY_VIEW, "caption", caption, NULL);
  visitor_key_view_set_key (self, key);
  return GTK_WIDGET (self);
}
