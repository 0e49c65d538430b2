/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ChoiceGroup: one key of a site of which one word of a few is chosen, each with what it means. */
#include "config.h"

#include "gtk/choice-group.h"

#include <glib/gi18n-lib.h>

/* Lives as long as its button. */
typedef struct {
  VisitorSiteForm *form; /* borrowed, as all here */
  const char *group, *key;
  const char *word; /* NULL: the one that is meant where nothing is said */
  VisitorEditFunc edited;
  gpointer user_data;
} Option;

static void
on_toggled (GtkCheckButton *button, Option *option)
{
  if (!gtk_check_button_get_active (button))
    return;
  visitor_site_form_set (option->form, option->group, option->key, option->word);
  option->edited (option->user_data);
}

static void
option_free (gpointer data, GClosure *closure)
{
  g_free (data);
}

static GtkWidget *
button_for (const VisitorChoice *choice, GtkCheckButton *first, gboolean active)
{
  GtkWidget *button = gtk_check_button_new ();
  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), first);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (button), active);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
      _ (choice->title), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _ (choice->meaning), -1);
  return button;
}

/* An AdwPreferencesGroup; of choices, which end with a word of NULL, the first is what a site has that says
 * nothing. form, group, key and user_data have to outlive it. */
GtkWidget *
visitor_choice_group_new (const char *title, VisitorSiteForm *form, const char *group,
    const char *key, const VisitorChoice *choices, VisitorEditFunc edited, gpointer user_data)
{
  GtkWidget *self = g_object_new (ADW_TYPE_PREFERENCES_GROUP, "title", title, NULL);
  g_autofree char *chosen = visitor_site_form_get (form, group, key);
  GtkCheckButton *first = NULL;
  for (guint i = 0; choices[i].word != NULL; i++) {
    gboolean is_it = i == 0 || g_str_equal (choices[i].word, chosen); /* a later one takes over */
    GtkWidget *button = button_for (&choices[i], first, is_it);
    GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", _ (choices[i].title), "subtitle",
        _ (choices[i].meaning), "subtitle-lines", 0, "activatable-widget", button, NULL);
    Option *option = g_new (Option, 1);
    *option = (Option){ form, group, key, i == 0 ? NULL : choices[i].word, edited, user_data };
    g_signal_connect_data (button, "toggled", G_CALLBACK (on_toggled), option, option_free, 0);
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), button);
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
    if (first == NULL)
      first = GTK_CHECK_BUTTON (button);
  }
  return self;
}
