/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorApplication: the one instance of visitor-gui, with the user's sites and what is connected.
 *
 * A second start hands over to the first and is done. The application ends with its window, and no tunnel
 * does. */
#include "config.h"

#include "gtk/application-private.h"

#include <glib/gi18n-lib.h>

#include "client/error-text.h"
#include "desktop/settings.h"

#define KEYRING_PATIENCE 3 /* seconds */

G_DEFINE_FINAL_TYPE (VisitorApplication, visitor_application, ADW_TYPE_APPLICATION)

/* A window is as large as the last one was. */
static void
bind_size (VisitorApplication *self)
{
  static const struct {
    const char *key;
    const char *property;
  } bindings[] = {
    { VISITOR_SETTING_WINDOW_WIDTH, "default-width" },
    { VISITOR_SETTING_WINDOW_HEIGHT, "default-height" },
    { VISITOR_SETTING_WINDOW_MAXIMIZED, "maximized" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bindings); i++)
    g_settings_bind (self->settings, bindings[i].key, self->window, bindings[i].property,
        G_SETTINGS_BIND_DEFAULT);
}

/* The window, in front. There must be sites. */
VisitorWindow *
visitor_application_ensure_window (VisitorApplication *self)
{
  if (self->window == NULL) {
    self->window = visitor_window_new (self, self->model, self->live);
    g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
    bind_size (self);
  }
  gtk_window_present (GTK_WINDOW (self->window));
  return self->window;
}

static void
on_secret (VisitorSiteItem *item, VisitorSecretRequest *request, const GError *keyring_problem,
    gpointer user_data)
{
  VisitorApplication *self = user_data;
  visitor_presence_tell_question (self->presence, item);
  visitor_window_ask_secret (
      visitor_application_ensure_window (self), item, request, keyring_problem);
}

static void
on_trust (VisitorSiteItem *item, VisitorTrustRequest *request, gpointer user_data)
{
  VisitorApplication *self = user_data;
  visitor_presence_tell_question (self->presence, item);
  visitor_window_ask_trust (visitor_application_ensure_window (self), item, request);
}

static const VisitorLivePrompts prompts = { .secret = on_secret, .trust = on_trust };

/* Without its sites the program can do nothing but say so. */
static void
tell_no_sites (VisitorApplication *self, const GError *error)
{
  g_autofree char *body =
      g_strdup_printf ("%s\n\n%s", visitor_error_advice (VISITOR_ERROR_STORAGE), error->message);
  GtkWidget *message =
      adw_message_dialog_new (NULL, visitor_error_sentence (VISITOR_ERROR_STORAGE), body);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (message), "close", _ ("_Close"));
  gtk_window_set_application (GTK_WINDOW (message), GTK_APPLICATION (self));
  gtk_window_present (GTK_WINDOW (message));
}

static void
visitor_application_startup (GApplication *application)
{
  VisitorApplication *self = VISITOR_APPLICATION (application);
  G_APPLICATION_CLASS (visitor_application_parent_class)->startup (application);
  visitor_application_add_actions (self);
  self->settings = visitor_settings_new ();
  g_autoptr (GError) error = NULL;
  self->model = visitor_site_model_new (NULL, &error);
  if (self->model == NULL) {
    tell_no_sites (self, error);
    return;
  }
  self->live = visitor_live_new (self->model, &prompts, self);
  self->presence =
      visitor_presence_new (GTK_APPLICATION (self), self->model, self->live, self->settings);
}

static void
visitor_application_activate (GApplication *application)
{
  VisitorApplication *self = VISITOR_APPLICATION (application);
  if (self->model != NULL)
    visitor_application_ensure_window (self);
}

/* From a file manager or another program, over D-Bus, and from our own command line. */
static void
visitor_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  VisitorApplication *self = VISITOR_APPLICATION (application);
  if (self->model == NULL)
    return;
  VisitorWindow *window = visitor_application_ensure_window (self);
  for (int i = 0; i < n_files; i++)
    visitor_window_import_file (window, files[i]);
}

static gboolean
open_files (GApplication *application, GApplicationCommandLine *line)
{
  static const char *const keys[] = { "import", G_OPTION_REMAINING };
  GVariantDict *given = g_application_command_line_get_options_dict (line);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autofree const char **names = NULL;
    g_variant_dict_lookup (given, keys[i], "^a&ay", &names);
    for (gsize k = 0; names != NULL && names[k] != NULL; k++)
      g_ptr_array_add (files, g_application_command_line_create_file_for_arg (line, names[k]));
  }
  if (files->len > 0)
    g_application_open (application, (GFile **) files->pdata, (int) files->len, "");
  return files->len > 0;
}

static gboolean
is_login (GApplicationCommandLine *line)
{
  return g_variant_dict_contains (g_application_command_line_get_options_dict (line), "login");
}

static int
visitor_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
  VisitorApplication *self = VISITOR_APPLICATION (application);
  if (self->presence != NULL && is_login (line) &&
      visitor_presence_connect_at_login (self->presence))
    return EXIT_SUCCESS;
  if (!open_files (application, line))
    g_application_activate (application);
  return EXIT_SUCCESS;
}

static int
visitor_application_handle_local_options (GApplication *application, GVariantDict *given)
{
  if (!g_variant_dict_contains (given, "version"))
    return -1;
  g_print ("visitor-gui %s\n", PACKAGE_VERSION);
  return EXIT_SUCCESS;
}

static gboolean
on_patience_ended (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Who removes a site and quits at once does not leave its password behind. */
static void
visitor_application_shutdown (GApplication *application)
{
  VisitorApplication *self = VISITOR_APPLICATION (application);
  gboolean is_over = FALSE;
  guint patience = g_timeout_add_seconds (KEYRING_PATIENCE, on_patience_ended, &is_over);
  while (!is_over && self->model != NULL && visitor_site_model_is_forgetting (self->model))
    g_main_context_iteration (NULL, TRUE);
  if (!is_over)
    g_source_remove (patience);
  G_APPLICATION_CLASS (visitor_application_parent_class)->shutdown (application);
}

static void
visitor_application_dispose (GObject *object)
{
  VisitorApplication *self = VISITOR_APPLICATION (object);
  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->presence);
  g_clear_object (&self->live);
  g_clear_object (&self->model);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (visitor_application_parent_class)->dispose (object);
}

static void
visitor_application_class_init (VisitorApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = visitor_application_dispose;
  application_class->startup = visitor_application_startup;
  application_class->shutdown = visitor_application_shutdown;
  application_class->activate = visitor_application_activate;
  application_class->open = visitor_application_open;
  application_class->command_line = visitor_application_command_line;
  application_class->handle_local_options = visitor_application_handle_local_options;
}

static const GOptionEntry options[] = {
  { "import", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL,
      N_ ("Show what a file would add, and add it after a yes"), N_ ("FILE") },
  { "login", 0, 0, G_OPTION_ARG_NONE, NULL,
      N_ ("Connect what is chosen for the login, without a window"), NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Show the version"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_ ("[FILE…]") },
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
  return g_object_new (VISITOR_TYPE_APPLICATION, "application-id", VISITOR_APPLICATION_ID, "flags",
      G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN, NULL);
}
