/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, its entry points: who is looked at next when one is of no use, when the gateway at another is
 * taken for one that does not know us, and the probes of those that are to be gone back to, which is done beside
 * the stream (session-return.c). */
#include "crypto/random.h"
#include "tunnel/entries.h"
#include "tunnel/session-private.h"

/* What another entry point gets to answer for the IKE SA that we have. Behind it may be the same gateway,
 * which then does so at once, or another that has never heard of us and keeps silent. */
#define PATH_PATIENCE_US (5 * G_USEC_PER_SEC)

static void
path_timeout (void *user_data)
{
  Session *self = user_data;
  if (!self->awaits_path || !uplink_is_up (self->uplink) || self->successor != NULL)
    return;
  g_autoptr (GError) error = g_error_new_literal (
      VISITOR_ERROR, VISITOR_ERROR_SA_LOST, "the gateway at this entry point does not know us");
  session_sign_in_again (self, error);
}

/* True if the stream leads to another entry point than the IKE SA; one that the gateway has named is its own. */
static bool
is_elsewhere (const Session *self)
{
  size_t entry = uplink_entry_index (self->uplink);
  return entry < self->entries->len && entry != self->ike_entry;
}

/* A new stream stands, by which the IKE SA is to go on. */
void
session_watch_path (Session *self)
{
  bool waits = self->awaits_path && is_elsewhere (self);
  alarm_set (self->path_alarm, waits ? g_get_monotonic_time () + PATH_PATIENCE_US : ALARM_OFF);
}

/* A new stream stands: a sign-in that was begun elsewhere is begun anew, for nobody here has heard of it. */
void
session_leave_other_entry (Session *self)
{
  if (self->ike != NULL && ike_session_state (self->ike) < IKE_STATE_ESTABLISHED &&
      is_elsewhere (self))
    session_forget_ike (self);
}

/* The traffic goes where the uplink leads. One that the gateway has named is no matter of policy, nor is UDP. */
void
session_note_entry (Session *self)
{
  size_t entry = uplink_entry_index (self->uplink);
  if (entry < self->entries->len && g_strcmp0 (uplink_transport (self->uplink), "UDP") != 0)
    entry_policy_stands (&self->policy, entry, g_get_monotonic_time ());
}

/* A probe has found somebody. */
static void
probed (void *user_data)
{
  Session *self = user_data;
  size_t entry = entry_policy_move (&self->policy, g_get_monotonic_time ());
  if (entry != ENTRY_NONE)
    session_return_to_entry (self, entry);
}

/* Probes are made while a backup carries the traffic, and neither before nor while another is looked for. */
void
session_watch_entries (Session *self)
{
  if (self->prober == NULL)
    return;
  entry_prober_set_proxies (self->prober, self->proxies, self->n_proxies);
  entry_prober_run (self->prober, self->state == TUNNEL_CONNECTED);
}

/* The stream leads to somebody who is of no use, for what error says: looks on where it was found. False if
 * that was the last of this round. */
bool
session_try_next_entry (Session *self, const GError *error)
{
  /* With UDP it is by silence that one is known to be of no use, which is somebody else's business. */
  if (uplink_has_udp (self->uplink) || !uplink_go_on (self->uplink, error))
    return false;
  g_message ("looking on for another entry point: %s", error->message);
  if (self->ike != NULL && ike_session_state (self->ike) != IKE_STATE_ESTABLISHED)
    session_forget_ike (self);
  session_set_state (
      self, self->was_connected ? TUNNEL_RECONNECTING : TUNNEL_LOOKING_FOR_GATEWAY, error->message);
  return true;
}

/* From session_new (), when the site is there. */
void
session_init_entries (Session *self)
{
  self->entries = entries_new (self->start, crypto_random);
  entry_policy_init (&self->policy, entries_order (self->start->site));
  self->path_alarm = alarm_new (path_timeout, self);
  if (self->policy.order != ENTRY_PRIMARY_BACKUP || self->entries->len == 1 ||
      self->start->site->transport == SITE_TRANSPORT_UDP)
    return;
  ConnectorConfig config;
  session_connector_config (self, &config);
  config.attempts = NULL; /* nobody waits for them */
  config.asker = proxy_secrets_quiet_asker (self->proxy_secrets);
  config.udp = false;
  self->prober = entry_prober_new (&config, &self->policy, probed, self);
}

void
session_free_entries (Session *self)
{
  alarm_free (self->path_alarm);
  entry_prober_free (self->prober);
  g_array_unref (self->entries);
}
