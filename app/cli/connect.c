/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor connect: starts a connection, answers the engine's questions, tells how it goes.
 *
 * It returns when the connection is up or has failed, and leaves it up. One that takes its time goes on
 * without us after a while, or with --wait is waited for; with --stay we are there until it ends, and
 * Ctrl-C ends it. Here are its beginning and its end; the questions are in connect-ask.c, what the person
 * hears meanwhile in connect-progress.c. */
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "cli/connect-private.h"
#include "cli/engine-call.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "client/site-list.h"

#define END_SECONDS 20
#define PATIENCE_SECONDS 60

/* Ends the verb with this code. */
void
connecting_finish (Connecting *self, ExitCode code)
{
  self->code = code;
  g_main_loop_quit (self->loop);
}

static gboolean
on_end_timeout (gpointer user_data)
{
  connecting_finish (user_data, EXIT_CODE_INTERRUPTED);
  return G_SOURCE_REMOVE;
}

/* Only while nobody is being asked: the engine needs us for the answer. */
static gboolean
on_patience_over (gpointer user_data)
{
  Connecting *self = user_data;
  gboolean asked =
      self->asking != NULL || self->trusting != NULL || connecting_waits_for_portal (self);
  if (self->connected || self->cancelled || self->connection == NULL || asked)
    return G_SOURCE_CONTINUE;
  output_complain (
      _ ("This takes long. It goes on without me; “visitor status” tells how it goes."));
  connecting_finish (self, EXIT_CODE_UNDER_WAY);
  return G_SOURCE_CONTINUE;
}

static void
on_disconnect_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VisitorConnection *connection = VISITOR_CONNECTION (source);
  g_autoptr (GError) error = NULL;
  if (!visitor_connection_disconnect_finish (connection, result, &error) &&
      error->code != VISITOR_ERROR_NOT_CONNECTED)
    output_error (error);
}

static void
on_connect (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Connecting *self = user_data;
  g_autoptr (GError) error = NULL;
  self->connection = visitor_client_connect_finish (VISITOR_CLIENT (source), result, &error);
  if (self->connection == NULL) {
    connecting_finish (self, self->cancelled ? EXIT_CODE_INTERRUPTED : output_error (error));
    return;
  }
  connecting_follow (self);
  if (self->cancelled)
    visitor_connection_disconnect_async (self->connection, NULL, on_disconnect_sent, self);
}

/* Ctrl-C: ends what is under way; a second one does not wait for it. */
static gboolean
on_interrupt (gpointer user_data)
{
  Connecting *self = user_data;
  if (self->cancelled) {
    connecting_finish (self, EXIT_CODE_INTERRUPTED);
    return G_SOURCE_CONTINUE;
  }
  self->cancelled = TRUE;
  connecting_withdraw_question (self);
  if (self->connected && !self->stay) {
    connecting_finish (self, EXIT_CODE_OK);
    return G_SOURCE_CONTINUE;
  }
  g_timeout_add_seconds (END_SECONDS, on_end_timeout, self);
  if (self->connection != NULL)
    visitor_connection_disconnect_async (self->connection, NULL, on_disconnect_sent, self);
  return G_SOURCE_CONTINUE;
}

/* The certificate of a site that has one: a key file that is missing is told before anything else. */
static gboolean
load_credential (Connecting *self, VisitorSiteList *list, const SiteEntry *entry, GError **error)
{
  if (entry->site->key == NULL)
    return TRUE;
  self->key_alone = entry->site->auth == SITE_AUTH_CERTIFICATE;
  self->credential =
      visitor_credential_load (visitor_site_list_get_store (list), entry->site, error);
  return self->credential != NULL;
}

static gboolean
prepare (Connecting *self, const SiteEntry *entry, GError **error)
{
  if (self->password_fd != PROMPT_NO_FD) {
    self->password = prompt_read_fd (self->password_fd, TRUE, error);
    if (self->password == NULL)
      return FALSE;
  }
  if (self->proxy_password_fd != PROMPT_NO_FD) {
    self->proxy_password = prompt_read_fd (self->proxy_password_fd, TRUE, error);
    if (self->proxy_password == NULL)
      return FALSE;
  }
  self->client = engine_open (error);
  if (self->client == NULL)
    return FALSE;
  GDBusConnection *bus = visitor_client_get_bus (self->client);
  self->agent = visitor_agent_new (bus, entry->id, &connecting_prompts, self, error);
  if (self->agent == NULL)
    return FALSE;
  if (self->credential != NULL)
    visitor_agent_set_credential (
        self->agent, self->credential, site_may_use_eap_tls (entry->site));
  visitor_agent_set_use_keyring (self->agent, self->password == NULL);
  self->prompt = prompt_open ();
  return TRUE;
}

/* Says so if the site has a connection already, whatever its state. */
static gboolean
is_connected (Connecting *self, const SiteEntry *entry, GError **error)
{
  g_autoptr (GPtrArray) connections = engine_list (self->client, error);
  VisitorConnection *same = connections != NULL ? engine_find (connections, entry->id) : NULL;
  if (same == NULL)
    return FALSE;
  VisitorState state = visitor_connection_get_state (same);
  if (state == VISITOR_STATE_CONNECTED)
    output_complain (_ ("“%s” is connected already. “visitor disconnect %s” ends it."),
        entry->site->name, entry->id);
  else
    /* Translators: the name of a site, a state as "Signing in", the short name of the site */
    output_complain (_ ("“%s” is being connected already: %s. “visitor disconnect %s” ends that."),
        entry->site->name, visitor_status_words (state, visitor_connection_get_status (same)),
        entry->id);
  return TRUE;
}

static ExitCode
run (Connecting *self, const SiteEntry *entry)
{
  g_autoptr (GError) error = NULL;
  gboolean ready = prepare (self, entry, &error);
  if (ready && is_connected (self, entry, &error))
    return EXIT_CODE_BUSY;
  if (error != NULL)
    return output_error (error);
  guint interrupt = g_unix_signal_add (SIGINT, on_interrupt, self);
  guint terminate = g_unix_signal_add (SIGTERM, on_interrupt, self);
  g_autofree char *text = site_to_text (entry->site);
  visitor_client_connect_async (self->client, text, self->agent,
      self->debug ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_INFO, self->cancellable, on_connect, self);
  guint patience = self->wait || self->stay
      ? 0
      : g_timeout_add_seconds (PATIENCE_SECONDS, on_patience_over, self);
  g_main_loop_run (self->loop);
  g_clear_handle_id (&patience, g_source_remove);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  return self->code;
}

static void
clear (Connecting *self)
{
  connecting_withdraw_question (self);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  if (self->client != NULL)
    g_dbus_connection_flush_sync (visitor_client_get_bus (self->client), NULL, NULL);
  g_clear_object (&self->connection);
  g_clear_object (&self->agent);
  g_clear_object (&self->client);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->password, secret_unref);
  g_clear_pointer (&self->proxy_password, secret_unref);
  proxy_question_clear (&self->proxy_question);
  g_free (self->portal);
  g_clear_pointer (&self->credential, visitor_credential_unref);
  g_main_loop_unref (self->loop);
}

int
verb_connect (int argc, char **argv)
{
  Connecting self = { .password_fd = PROMPT_NO_FD, .proxy_password_fd = PROMPT_NO_FD };
  const GOptionEntry entries[] = {
    { "password-fd", 0, 0, G_OPTION_ARG_INT, &self.password_fd,
        N_ ("Read the password from file descriptor N"), N_ ("N") },
    { "proxy-password-fd", 0, 0, G_OPTION_ARG_INT, &self.proxy_password_fd,
        N_ ("Read what the proxy asks for, USER:PASSWORD, from file descriptor N"), N_ ("N") },
    { "proxy-in-clear", 0, 0, G_OPTION_ARG_NONE, &self.proxy_clear,
        N_ ("Send it also where others in this network can read it"), NULL },
    { "remember", 0, 0, G_OPTION_ARG_NONE, &self.remember,
        N_ ("Keep the password in the keyring once the gateway has accepted it"), NULL },
    { "wait", 0, 0, G_OPTION_ARG_NONE, &self.wait,
        N_ ("Wait until connected or failed, however long it takes"), NULL },
    { "stay", 0, 0, G_OPTION_ARG_NONE, &self.stay,
        N_ ("Stay until the connection ends; Ctrl-C ends it"), NULL },
    { "debug", 0, 0, G_OPTION_ARG_NONE, &self.debug,
        N_ ("Show what is said to the gateway and what it answers"), NULL },
    { NULL },
  };
  if (!verb_parse (&argc, &argv, entries, 1, 1))
    return EXIT_CODE_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorSiteList) list = visitor_site_list_load (&error);
  const SiteEntry *entry = list != NULL ? visitor_site_list_find (list, argv[1], &error) : NULL;
  if (entry == NULL || !load_credential (&self, list, entry, &error))
    return output_error (error);
  self.site = entry->site;
  self.loop = g_main_loop_new (NULL, FALSE);
  self.cancellable = g_cancellable_new ();
  ExitCode code = run (&self, entry);
  clear (&self);
  return code;
}
