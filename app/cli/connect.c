/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor connect: starts a connection, answers the engine's questions, tells how it goes.
 *
 * It returns when the connection is up or has failed, and leaves it up. One that takes its time goes on
 * without us after a while, or with --wait is waited for; with --stay we are there until it ends, and
 * Ctrl-C ends it. A password that was typed is kept when the gateway has accepted it and the user
 * agrees, never before. */
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "cli/engine-call.h"
#include "cli/output.h"
#include "cli/portal.h"
#include "cli/prompt.h"
#include "cli/question.h"
#include "cli/trust.h"
#include "cli/verb.h"
#include "client/portal.h"
#include "client/site-list.h"

#define END_SECONDS 20
#define PATIENCE_SECONDS 60

typedef struct {
  /* what the user wants */
  int password_fd; /* -1: none */
  int proxy_password_fd; /* -1: none */
  gboolean proxy_clear; /* the proxy's password may be read by others */
  gboolean remember;
  gboolean wait;
  gboolean stay;
  gboolean debug;

  const Site *site; /* borrowed */

  /* owned */
  GMainLoop *loop;
  GCancellable *cancellable;
  VisitorClient *client;
  VisitorAgent *agent;
  VisitorConnection *connection; /* NULL until the engine has made one */
  Prompt *prompt; /* NULL without a terminal */
  Secret *password; /* from password_fd */
  Secret *proxy_password; /* from proxy_password_fd */
  char *proxy_user; /* typed, while its password is asked for */
  VisitorCredential *credential; /* NULL where the site signs in without a certificate */
  VisitorSecretRequest *asking; /* what the person is being asked for */
  char *portal; /* the page that was told last, or NULL */
  VisitorTrustRequest *trusting; /* what the person is being asked about */

  /* state */
  VisitorState told;
  gboolean connected;
  gboolean cancelled;
  gboolean no_keyring; /* it has proved to be of no use here */
  gboolean asked_code; /* and not a password, at last */
  gboolean used_given; /* the first line of password_fd has been given away */
  gboolean key_alone; /* the site signs in by certificate and nothing else */
  gboolean refused_once; /* the gateway did not take the secret before */
  ExitCode code;
} Connecting;

static void
finish (Connecting *self, ExitCode code)
{
  self->code = code;
  g_main_loop_quit (self->loop);
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Connecting *self = user_data;
  g_autoptr (GError) error = NULL;
  if (visitor_agent_keep_finish (self->agent, result, &error))
    output_say (_ ("The password is kept in the keyring."));
  else
    output_complain (_ ("The password was not saved. %s"), error->message);
  if (!self->stay)
    finish (self, EXIT_CODE_OK);
}

static void
keep (Connecting *self)
{
  visitor_agent_keep_async (self->agent, self->cancellable, on_kept, self);
}

static void
on_keep_answer (const Secret *answer, gpointer user_data)
{
  Connecting *self = user_data;
  if (prompt_answer_is_yes (answer))
    keep (self);
  else if (!self->stay)
    finish (self, EXIT_CODE_OK);
}

static void
offer_to_keep (Connecting *self)
{
  if (!visitor_agent_has_pending (self->agent)) {
    if (!self->stay)
      finish (self, EXIT_CODE_OK);
  } else if (self->remember) {
    keep (self);
  } else if (!self->no_keyring && self->prompt != NULL) {
    prompt_ask (self->prompt,
        self->key_alone ? _ ("Keep the passphrase in the keyring? [y/N]")
                        : _ ("Keep the password in the keyring? [y/N]"),
        TRUE, on_keep_answer, self);
  } else if (!self->stay) {
    finish (self, EXIT_CODE_OK);
  }
}

static void
on_remember_answer (const Secret *answer, gpointer user_data)
{
  Connecting *self = user_data;
  g_autoptr (GError) error = NULL;
  if (!prompt_answer_is_yes (answer))
    ;
  else if (visitor_agent_remember_trusted (self->agent, &error))
    output_say (_ ("The site has the key now; another one will be refused."));
  else
    output_complain (_ ("The key was not saved. %s"), error->message);
  offer_to_keep (self);
}

static void
on_connected (Connecting *self)
{
  const char *banner = visitor_connection_get_string (self->connection, "banner");
  self->connected = TRUE;
  if (banner != NULL && banner[0] != '\0')
    output_say (_ ("The gateway says: %s"), banner);
  if (visitor_agent_has_trusted (self->agent) && self->prompt != NULL)
    prompt_ask (self->prompt,
        _ ("Remember the gateway's key for this site, and not ask again? [y/N]"), TRUE,
        on_remember_answer, self);
  else
    offer_to_keep (self);
}

/* That nobody could give another password is not what the user has to hear first. */
static ExitCode
tell_failure (Connecting *self)
{
  g_autoptr (GError) error = visitor_connection_get_failure (self->connection);
  if (self->refused_once && error->code == VISITOR_ERROR_NO_SECRET)
    error->code = self->asked_code ? VISITOR_ERROR_CODE_REFUSED : VISITOR_ERROR_PASSWORD_REFUSED;
  ExitCode code = output_error (error);
  g_autoptr (VisitorTrustQuestion) shown = visitor_connection_get_changed_key (self->connection);
  if (shown != NULL)
    trust_explain_change (shown, self->site);
  return code;
}

static void
on_over (Connecting *self, VisitorState state)
{
  if (self->cancelled)
    finish (self, self->connected ? EXIT_CODE_OK : EXIT_CODE_INTERRUPTED);
  else if (state == VISITOR_STATE_FAILED)
    finish (self, tell_failure (self));
  else
    finish (self, self->connected ? EXIT_CODE_OK : EXIT_CODE_FAILED);
}

/* Nobody is in a hurry then: what follows may ask for the password. */
static gboolean
waits_for_portal (const Connecting *self)
{
  return self->told == VISITOR_STATE_WAITING_FOR_PORTAL;
}

static void
tell_portal (Connecting *self)
{
  g_autofree char *url = visitor_portal_url (self->connection, self->site);
  if (g_strcmp0 (url, self->portal) == 0)
    return;
  g_free (self->portal);
  self->portal = g_steal_pointer (&url);
  portal_tell (self->connection, self->portal);
}

static void
on_status (VisitorConnection *connection, GParamSpec *pspec, Connecting *self)
{
  VisitorState state = visitor_connection_get_state (connection);
  if (state == self->told && !waits_for_portal (self))
    return;
  gboolean is_new = state != self->told;
  self->told = state;
  if (is_new && state != VISITOR_STATE_FAILED)
    output_say (
        "%s: %s", visitor_connection_get_string (connection, "name"), visitor_state_words (state));
  if (waits_for_portal (self))
    tell_portal (self);
  if (state == VISITOR_STATE_CONNECTED && !self->connected)
    on_connected (self);
  if (visitor_state_is_over (state))
    on_over (self, state);
}

static void
on_log (VisitorConnection *connection, guint level, const char *line, gpointer user_data)
{
  output_say ("  %s", line);
}

static gboolean
on_end_timeout (gpointer user_data)
{
  finish (user_data, EXIT_CODE_INTERRUPTED);
  return G_SOURCE_REMOVE;
}

/* Only while nobody is being asked: the engine needs us for the answer. */
static gboolean
on_patience_over (gpointer user_data)
{
  Connecting *self = user_data;
  gboolean asked = self->asking != NULL || self->trusting != NULL || waits_for_portal (self);
  if (self->connected || self->cancelled || self->connection == NULL || asked)
    return G_SOURCE_CONTINUE;
  output_complain (
      _ ("This takes long. It goes on without me; “visitor status” tells how it goes."));
  finish (self, EXIT_CODE_UNDER_WAY);
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
    finish (self, self->cancelled ? EXIT_CODE_INTERRUPTED : output_error (error));
    return;
  }
  g_signal_connect (self->connection, "notify::status", G_CALLBACK (on_status), self);
  if (self->debug)
    g_signal_connect (self->connection, "log", G_CALLBACK (on_log), self);
  on_status (self->connection, NULL, self);
  if (self->cancelled)
    visitor_connection_disconnect_async (self->connection, NULL, on_disconnect_sent, self);
}

static void
withdraw_question (Connecting *self)
{
  if (self->asking != NULL) {
    visitor_secret_request_refuse (self->asking, VISITOR_ERROR_CANCELLED);
    g_clear_pointer (&self->asking, visitor_secret_request_free);
  }
  if (self->trusting != NULL) {
    visitor_trust_request_cancel (self->trusting);
    g_clear_pointer (&self->trusting, visitor_trust_request_free);
  }
  g_clear_pointer (&self->prompt, prompt_close);
}

/* Ctrl-C: ends what is under way; a second one does not wait for it. */
static gboolean
on_interrupt (gpointer user_data)
{
  Connecting *self = user_data;
  if (self->cancelled) {
    finish (self, EXIT_CODE_INTERRUPTED);
    return G_SOURCE_CONTINUE;
  }
  self->cancelled = TRUE;
  withdraw_question (self);
  if (self->connected && !self->stay) {
    finish (self, EXIT_CODE_OK);
    return G_SOURCE_CONTINUE;
  }
  g_timeout_add_seconds (END_SECONDS, on_end_timeout, self);
  if (self->connection != NULL)
    visitor_connection_disconnect_async (self->connection, NULL, on_disconnect_sent, self);
  return G_SOURCE_CONTINUE;
}

static void
on_password (const Secret *answer, gpointer user_data)
{
  Connecting *self = user_data;
  g_autoptr (VisitorSecretRequest) request = g_steal_pointer (&self->asking);
  if (answer == NULL || secret_len (answer) == 0)
    visitor_secret_request_refuse (request, VISITOR_ERROR_NO_SECRET);
  else
    visitor_agent_answer (self->agent, g_steal_pointer (&request), answer, TRUE);
}

/* The next line of what was given by a file descriptor; the last one answers all that follow. */
static const Secret *
next_given (Connecting *self)
{
  if (self->used_given) {
    Secret *next = prompt_read_fd (self->password_fd, FALSE, NULL);
    if (next != NULL) {
      secret_unref (self->password);
      self->password = next;
    }
  }
  self->used_given = TRUE;
  return self->password;
}

static void
refuse (VisitorSecretRequest *request)
{
  visitor_secret_request_refuse (request, VISITOR_ERROR_NO_SECRET);
  visitor_secret_request_free (request);
}

static void
on_proxy_password (const Secret *answer, gpointer user_data)
{
  Connecting *self = user_data;
  VisitorSecretRequest *request = g_steal_pointer (&self->asking);
  g_autofree char *user = g_steal_pointer (&self->proxy_user);
  g_autoptr (Secret) joined = NULL;
  if (answer != NULL && user != NULL)
    joined = visitor_secret_request_join_user (user, answer);
  const Secret *secret = user != NULL ? joined : answer;
  if (secret == NULL || secret_len (secret) == 0)
    refuse (request);
  else
    visitor_agent_answer (self->agent, request, secret, TRUE);
}

static void
on_proxy_user (const Secret *answer, gpointer user_data)
{
  Connecting *self = user_data;
  if (answer == NULL || secret_len (answer) == 0) {
    refuse (g_steal_pointer (&self->asking));
    return;
  }
  Slice octets = secret_slice (answer);
  g_free (self->proxy_user);
  self->proxy_user = g_strndup ((const char *) octets.data, octets.len);
  g_autofree char *question = question_for (self->asking);
  prompt_ask (self->prompt, question, FALSE, on_proxy_password, self);
}

/* What was given for the gateway is never given to a proxy. */
static void
ask_for_proxy (Connecting *self, VisitorSecretRequest *request, const GError *problem)
{
  gboolean again = visitor_secret_request_get_attempt (request) > 1;
  gboolean clear =
      g_str_equal (visitor_secret_request_get_kind (request), VISITOR_SECRET_PROXY_CLEAR);
  if (self->proxy_password != NULL && !again && (!clear || self->proxy_clear)) {
    visitor_agent_answer (self->agent, request, self->proxy_password, self->remember);
    return;
  }
  if (problem != NULL)
    output_complain ("%s", problem->message);
  if (again)
    output_complain ("%s", question_refusal (request));
  if (clear)
    output_complain (_ ("What you type for the proxy %s goes there unencrypted: others in this "
                        "network can read it. Press Ctrl-C if you do not want that."),
        visitor_secret_request_get_proxy (request));
  if (self->prompt == NULL || self->proxy_password != NULL || self->cancelled) {
    refuse (request);
    return;
  }
  self->asking = request;
  if (visitor_secret_request_wants_user (request)) {
    g_autofree char *question = question_for_user (request);
    prompt_ask (self->prompt, question, TRUE, on_proxy_user, self);
  } else {
    g_autofree char *question = question_for (request);
    prompt_ask (self->prompt, question, FALSE, on_proxy_password, self);
  }
}

static void
ask_for_secret (
    VisitorAgent *agent, VisitorSecretRequest *request, const GError *problem, gpointer user_data)
{
  Connecting *self = user_data;
  gboolean again = visitor_secret_request_get_attempt (request) > 1;
  if (visitor_secret_request_get_proxy (request) != NULL) {
    ask_for_proxy (self, request, problem);
    return;
  }
  self->refused_once = again && !question_is_for_key (request);
  self->asked_code = g_str_equal (visitor_secret_request_get_kind (request), "code");
  if (self->password != NULL && !again) {
    visitor_agent_answer (agent, request, next_given (self), self->remember);
    return;
  }
  if (problem != NULL) {
    self->no_keyring = TRUE;
    output_complain ("%s", problem->message);
  }
  if (self->prompt == NULL || self->password != NULL || self->cancelled) {
    visitor_secret_request_refuse (request, VISITOR_ERROR_NO_SECRET);
    visitor_secret_request_free (request);
    return;
  }
  if (again)
    output_complain ("%s", question_refusal (request));
  if (visitor_secret_request_is_last_try (request))
    output_complain (_ ("One more wrong PIN locks the token."));
  self->asking = request;
  g_autofree char *question = question_for (request);
  prompt_ask (self->prompt, question, FALSE, on_password, self);
}

static void
on_trust_answer (const Secret *answer, gpointer user_data)
{
  Connecting *self = user_data;
  visitor_agent_answer_trust (
      self->agent, g_steal_pointer (&self->trusting), prompt_answer_is_yes (answer));
}

static void
ask_for_trust (VisitorAgent *agent, VisitorTrustRequest *request, gpointer user_data)
{
  Connecting *self = user_data;
  const VisitorTrustQuestion *question = visitor_trust_request_get_question (request);
  if (self->prompt == NULL || self->cancelled) {
    trust_explain (question);
    visitor_agent_answer_trust (agent, request, FALSE);
    return;
  }
  self->trusting = request;
  trust_show (self->prompt, question);
  prompt_ask (self->prompt, _ ("Is this your gateway's key? [y/N]"), TRUE, on_trust_answer, self);
}

static const VisitorAgentPrompts prompts = { .secret = ask_for_secret, .trust = ask_for_trust };

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
  if (self->password_fd >= 0) {
    self->password = prompt_read_fd (self->password_fd, TRUE, error);
    if (self->password == NULL)
      return FALSE;
  }
  if (self->proxy_password_fd >= 0) {
    self->proxy_password = prompt_read_fd (self->proxy_password_fd, TRUE, error);
    if (self->proxy_password == NULL)
      return FALSE;
  }
  self->client = engine_open (error);
  if (self->client == NULL)
    return FALSE;
  GDBusConnection *bus = visitor_client_get_bus (self->client);
  self->agent = visitor_agent_new (bus, entry->id, &prompts, self, error);
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
  output_complain (_ ("“%s” has a connection already: %s. “visitor disconnect” ends it."),
      entry->site->name, visitor_state_to_string (visitor_connection_get_state (same)));
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
  withdraw_question (self);
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
  g_free (self->proxy_user);
  g_free (self->portal);
  g_clear_pointer (&self->credential, visitor_credential_unref);
  g_main_loop_unref (self->loop);
}

int
verb_connect (int argc, char **argv)
{
  Connecting self = { .password_fd = -1, .proxy_password_fd = -1 };
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
  if (!verb_parse (&argc, &argv, _ ("SITE"), entries, 1, 1))
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
