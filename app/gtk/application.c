/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorApplication: the one instance of visitor-gui, with the user's sites and what is connected.
 *
 * A second start hands over to the first and is done. The application ends with its window, and no tunnel
 * does. */
#include "config.h"

#include "gtk/application.h"

#include <glib/gi18n-lib.h>

#include "client/error-text.h"
#include "gtk/window.h"

struct _VisitorApplication {
  AdwApplication parent_instance;

  /* owned */
  VisitorSiteModel *model;
  VisitorLive *live;

  /* borrowed */
  VisitorWindow *window; /* NULL while there is none */
};

G_DEFINE_FINAL_TYPE (VisitorApplication, visitor_application, ADW_TYPE_APPLICATION)

static VisitorWindow *
ensure_window (VisitorApplication *self)
{
  if (self->window == NULL) {
    self->window = visitor_window_new (self, self->model, self->live);
    g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  }
  gtk_window_present (GTK_WINDOW (self->window));
  return self->window;
}

static void
on_secret (VisitorSiteItem *item, VisitorSecretRequest *request, const GError *keyring_problem,
    gpointer user_data)
{
  visitor_window_ask_secret (ensure_window (user_data), item, request, keyring_problem);
}

static void
on_trust (VisitorSiteItem *item, VisitorTrustRequest *request, gpointer user_data)
{
  visitor_window_ask_trust (ensure_window (user_data), item, request);
}

static const VisitorLivePrompts prompts = { .secret = on_secret, .trust = on_trust };

/* Windows are closed as by hand, so that what they still have to do is done before the end. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VisitorApplication *self = user_data;
  if (self->window != NULL)
    visitor_window_finish_removal (self->window);
  g_application_quit (G_APPLICATION (self));
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
  g_action_map_add_action_entries (
      G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (
        GTK_APPLICATION (application), shortcuts[i].action, shortcuts[i].accels);
  g_autoptr (GError) error = NULL;
  self->model = visitor_site_model_new (NULL, &error);
  if (self->model != NULL)
    self->live = visitor_live_new (self->model, &prompts, self);
  else
    tell_no_sites (self, error);
}

static void
visitor_application_activate (GApplication *application)
{
  VisitorApplication *self = VISITOR_APPLICATION (application);
  if (self->model != NULL)
    ensure_window (self);
}

static int
visitor_application_handle_local_options (GApplication *application, GVariantDict *given)
{
  if (!g_variant_dict_contains (given, "version"))
    return -1;
  g_print ("visitor-gui %s\n", PACKAGE_VERSION);
  return EXIT_SUCCESS;
}

static void
visitor_application_dispose (GObject *object)
{
  VisitorApplication *self = VISITOR_APPLICATION (object);
  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->live);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (visitor_application_parent_class)->dispose (object);
}

static void
visitor_application_class_init (VisitorApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = visitor_application_dispose;
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

/* The user's sites; NULL if they cannot be had. Borrowed, from startup on. */
VisitorSiteModel *
visitor_application_get_model (VisitorApplication *self)
{
  return self->model;
}

/* What is connected; NULL without sites. Borrowed, from startup on. */
VisitorLive *
visitor_application_get_live (VisitorApplication *self)
{
  return self->live;
}
