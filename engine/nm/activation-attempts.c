/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Activation, what becomes of it on the way to the gateway, one line of the log for each thing: NM has three words
 * for a failure, so that whoever wants to know more reads it here. Names and addresses are for level debug. */
#include "nm/activation-private.h"

#include "nm/attempt-line.h"

/* Which of the site's entry points it was, from 1; 0: another, to which a gateway has sent us. */
static guint
entry_number (const Site *site, const Attempt *attempt)
{
  if (g_str_equal (site->address.host, attempt->host) && site->address.port == attempt->port)
    return 1;
  for (guint i = 0; i < site->entry_points->len; i++) {
    const SiteAddress *entry = &g_array_index (site->entry_points, SiteAddress, i);
    if (g_str_equal (entry->host, attempt->host) && entry->port == attempt->port)
      return i + 2;
  }
  return 0;
}

void
activation_note_attempt (HostWorker *worker, const Attempt *attempt, gpointer user_data)
{
  Activation *self = user_data;
  gboolean failed = !attempt->worked && attempt->code != VISITOR_ERROR_CANCELLED;
  g_autofree char *line = attempt_line (attempt, entry_number (self->profile->site, attempt));
  self->failed_attempts = attempt->worked ? 0 : self->failed_attempts + failed;
  if (!failed) {
    g_debug ("%s", line);
    return;
  }
  g_message ("%s", line);
  g_debug ("attempt %u was to %s, port %u: %s", attempt->number, attempt->host, attempt->port,
      attempt->detail);
}

void
activation_note_state (Activation *self, const char *state)
{
  gboolean awaited = self->awaits_portal;
  self->awaits_portal = g_str_equal (state, "waiting-for-portal");
  if (self->awaits_portal && !awaited)
    g_message ("This network lets nobody out before a sign-in on a web page: open any page in a "
               "browser; waiting for that");
}

/* It is stopped before the tunnel was up: by a person, or because NM's time is over. */
void
activation_say_given_up (const Activation *self)
{
  const char *why = self->awaits_portal
      ? "this network lets nobody out before a sign-in on a web page, which nobody has done yet"
      : self->awaits_network ? "there is no network"
      : self->asked != 0     ? "an answer was being waited for"
                             : "the tunnel was not up yet";
  g_message (
      "The connection is given up while %s; attempts that failed: %u", why, self->failed_attempts);
}

void
activation_say_failed (const Activation *self, const GError *error)
{
  g_warning ("The connection failed (%s): %s; attempts that failed: %u",
      visitor_error_name ((VisitorError) error->code), error->message, self->failed_attempts);
}
