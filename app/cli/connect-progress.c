/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor connect, how it goes: each state is told once, and where to sign in, and why it failed. When it is up,
 * what it took may be kept if the user agrees, never before: a password that was typed, a key that was trusted. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/connect-private.h"
#include "cli/output.h"
#include "cli/portal.h"
#include "cli/trust.h"
#include "client/portal.h"

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
    connecting_finish (self, EXIT_CODE_OK);
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
    connecting_finish (self, EXIT_CODE_OK);
}

static void
offer_to_keep (Connecting *self)
{
  if (!visitor_agent_has_pending (self->agent)) {
    if (!self->stay)
      connecting_finish (self, EXIT_CODE_OK);
  } else if (self->remember) {
    keep (self);
  } else if (!self->no_keyring && self->prompt != NULL) {
    prompt_ask (self->prompt,
        self->key_alone ? _ ("Keep the passphrase in the keyring? [y/N]")
                        : _ ("Keep the password in the keyring? [y/N]"),
        TRUE, on_keep_answer, self);
  } else if (!self->stay) {
    connecting_finish (self, EXIT_CODE_OK);
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
    connecting_finish (self, self->connected ? EXIT_CODE_OK : EXIT_CODE_INTERRUPTED);
  else if (state == VISITOR_STATE_FAILED)
    connecting_finish (self, tell_failure (self));
  else
    connecting_finish (self, self->connected ? EXIT_CODE_OK : EXIT_CODE_NOT_CONNECTED);
}

/* Nobody is in a hurry then: what follows may ask for the password. */
gboolean
connecting_waits_for_portal (const Connecting *self)
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
  GVariant *status = visitor_connection_get_status (connection);
  if (!self->told_waiting && visitor_status_waits (status)) {
    self->told_waiting = TRUE;
    self->told = state;
    output_say ("%s: %s", visitor_connection_get_string (connection, "name"),
        visitor_status_words (state, status));
  }
  if (state == self->told && !connecting_waits_for_portal (self))
    return;
  gboolean is_new = state != self->told;
  self->told = state;
  if (state == VISITOR_STATE_DISCONNECTING || visitor_state_is_over (state))
    connecting_withdraw_question (self); /* nobody waits for the answer any more */
  if (is_new && state != VISITOR_STATE_FAILED)
    output_say (
        "%s: %s", visitor_connection_get_string (connection, "name"), visitor_state_words (state));
  if (connecting_waits_for_portal (self))
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

/* Tells how the connection is, and from here on whatever becomes of it. */
void
connecting_follow (Connecting *self)
{
  g_signal_connect (self->connection, "notify::status", G_CALLBACK (on_status), self);
  if (self->debug)
    g_signal_connect (self->connection, "log", G_CALLBACK (on_log), self);
  on_status (self->connection, NULL, self);
}
