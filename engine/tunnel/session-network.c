/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, the machine's network: what the host has seen change of it. TCP alone would notice after many
 * seconds that its address is gone, and after as many that there is another network. */
#include <string.h>
#include <time.h>

#include "tunnel/session-private.h"

/* By how much the clock that goes on in sleep is ahead of the one that does not. */
static int64_t
slept_since_boot (void)
{
  struct timespec t;
  if (clock_gettime (CLOCK_BOOTTIME, &t) < 0)
    return 0;
  return (int64_t) t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000 - g_get_monotonic_time ();
}

static bool
lists_equal (const GArray *a, const GArray *b)
{
  bool equal = a->len == b->len;
  for (guint i = 0; i < a->len && equal; i++)
    equal =
        inet_addr_compare (&g_array_index (a, InetAddr, i), &g_array_index (b, InetAddr, i)) == 0;
  return equal;
}

/* Where name servers come with a change they take the place of those that were known. True if they are others. */
static bool
take_nameservers (Session *self, char *const *literals)
{
  GArray *known = self->start->nameservers;
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  for (; *literals != NULL; literals++) {
    InetAddr addr;
    if (inet_addr_parse (*literals, &addr))
      g_array_append_val (list, addr);
  }
  if (list->len == 0 || lists_equal (list, known))
    return false;
  g_array_set_size (known, 0);
  g_array_append_vals (known, list->data, list->len);
  return true;
}

/* True while a stream would be of no use, because a person, or another sign-in, is waited for. */
static bool
is_waiting (const Session *self)
{
  return self->awaits_secret || self->contest_awaits_secret || self->awaits_certificate ||
      self->asked_trust != NULL || (self->ike == NULL && self->successor != NULL);
}

/* True while a name may be being asked for, or an attempt waited for. */
static bool
looks_for_gateway (const Session *self)
{
  return !uplink_is_up (self->uplink) && !self->awaits_network &&
      (self->state == TUNNEL_LOOKING_FOR_GATEWAY || self->state == TUNNEL_RECONNECTING);
}

static const char *
reason_of (const char *what)
{
  if (strcmp (what, "none") == 0)
    return "waiting for a network";
  if (strcmp (what, "gone") == 0)
    return "the network that the stream went over is gone";
  if (strcmp (what, "same") == 0)
    return "the network has other name servers";
  return strcmp (what, "woke") == 0 ? "the machine has slept" : "the network has changed";
}

static void
tell_ike_what_slept (Session *self)
{
  int64_t now = slept_since_boot ();
  int64_t slept = now - self->slept;
  self->slept = now;
  if (slept < G_USEC_PER_SEC)
    return;
  g_message ("the machine has slept for %d s", (int) (slept / G_USEC_PER_SEC));
  if (self->ike != NULL)
    ike_session_slept (self->ike, slept, g_get_monotonic_time ());
}

/* How much of its life the machine had slept when the session began. */
void
session_init_network (Session *self)
{
  self->slept = slept_since_boot ();
  network_wait_init (&self->network, self->start->no_network);
}

static NetworkWaitVerdict
judge (const Session *self, const GError *error, bool was_up)
{
  if (self->was_connected || was_up)
    return NETWORK_WAIT_FAILS;
  return network_wait_judge (&self->network, (VisitorError) error->code, g_get_monotonic_time ());
}

/* A first connect that found no stream, and no network: from here on one is waited for. */
bool
session_waits_for_network (Session *self, const GError *error, bool was_up)
{
  if (judge (self, error, was_up) != NETWORK_WAIT_WAITS)
    return false;
  self->awaits_network = true;
  session_stop_portal (self); /* it is of a network before */
  session_leave_portal (self, reason_of ("none"));
  g_message ("%s", reason_of ("none"));
  return true;
}

/* True if the network has come a moment ago, and what it has of name servers and proxies may come still. */
bool
session_bears_with_network (const Session *self, const GError *error, bool was_up)
{
  return judge (self, error, was_up) == NETWORK_WAIT_RETRIES;
}

/* The host's word on the network. With the SA that there is a new stream is made at once, whatever the back-off
 * had in mind; without any network one is waited for. Who was never connected finds out by trying whether that is
 * needed. */
void
session_take_network (Session *self, GVariant *body)
{
  const char *what;
  g_autofree char **nameservers = NULL;
  g_variant_get (body, "(&s^a&s)", &what, &nameservers);
  bool asks_others = take_nameservers (self, nameservers) && looks_for_gateway (self);
  bool none = strcmp (what, "none") == 0, had_none = self->network.none;
  network_wait_note (&self->network, none, g_get_monotonic_time ());
  if ((strcmp (what, "same") == 0 && !asks_others && !had_none) ||
      tunnel_state_is_final (self->state) || self->state == TUNNEL_DISCONNECTING)
    return;
  if (none && (self->awaits_network || !self->was_connected))
    return;
  self->awaits_network = none;
  session_stop_portal (self); /* it is of the network before */
  session_leave_portal (self, reason_of (what));
  session_end_stream (self, reason_of (what));
  session_forget_way (self);
  tell_ike_what_slept (self);
  backoff_hurry (&self->backoff, g_get_monotonic_time ());
  if (!is_waiting (self))
    session_look_again (self, reason_of (what));
  session_pump (self);
}
