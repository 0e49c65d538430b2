/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorApplication: the one instance of visitor-gui.
 *
 * A second start hands its command line to the first and is done. The window is made when it is asked for
 * first; the application ends with it, and no tunnel does. */
#include "config.h"

#include "gtk/application.h"

#include <glib/gi18n-lib.h>

#include "gtk/window.h"

struct _VisitorApplication {
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (VisitorApplication, visitor_application, ADW_TYPE_APPLICATION)

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (G_APPLICATION (user_data));
}

static const GActionEntry actions[] = {
  { "quit", on_quit },
};

static const struct {
  const char *action;
  const char *accels[3];
} shortcuts[] = {
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
};

static void
visitor_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (visitor_application_parent_class)->startup (application);
  g_action_map_add_action_entries (
      G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (
        GTK_APPLICATION (application), shortcuts[i].action, shortcuts[i].accels);
}

static void
visitor_application_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));
  if (window == NULL)
    window = GTK_WINDOW (visitor_window_new (VISITOR_APPLICATION (application)));
  gtk_window_present (window);
}

static int
visitor_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;
  g_print ("visitor-gui %s\n", PACKAGE_VERSION);
  return 0;
}

static void
visitor_application_class_init (VisitorApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);
  application_class->startup = visitor_application_startup;
  application_class->activate = visitor_application_activate;
  application_class->handle_local_options = visitor_application_handle_local_options;
}

static const GOptionEntry options[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Show the version"), NULL },
  { NULL },
};

static void
visitor_application_init (VisitorApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

VisitorApplication *
visitor_application_new (void)
{
  return g_object_new (VISITOR_TYPE_APPLICATION, "application-id", VISITOR_APPLICATION_ID, NULL);
}
