/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MOBIKE (RFC 4555) as initiator, over a stream (RFC 9329 section 7.1): we say by UPDATE_SA_ADDRESSES
 * where we are now (task-informational.c); the gateway says where it is besides.
 *
 * NAT detection is sent and answered, and changes nothing: the encapsulation is the stream's. For the
 * same reason NO_NATS_ALLOWED is passed over, and no return routability is asked for. */
#include "ike/moves.h"
#include "ike/tasks.h"
#include "wire/describe.h"

#define MAX_COOKIE2_LEN 64
/* What a gateway lists beyond is left out (section 3.4 sets no limit). */
#define MAX_ADDRESSES 16

static bool
is_among (const GArray *addresses, const InetAddr *addr)
{
  for (guint i = 0; i < addresses->len; i++) {
    if (inet_addr_compare (&g_array_index (addresses, InetAddr, i), addr) == 0)
      return true;
  }
  return false;
}

/* Neither what belongs to no host, nor what means another host on each link. */
static bool
is_usable (const InetAddr *addr)
{
  InetPrefix prefix = { .addr = *addr, .length = (uint8_t) (8 * inet_family_len (addr->family)) };
  return inet_addr_is_unicast (addr) && !inet_prefix_stays_local (&prefix);
}

static void
take_address (GArray *addresses, const IkeNotify *notify)
{
  InetFamily family = notify->type == IKE_NOTIFY_ADDITIONAL_IP4_ADDRESS ? INET_V4 : INET_V6;
  InetAddr addr;
  if (addresses->len < MAX_ADDRESSES && inet_addr_from_bytes (family, notify->data, &addr) &&
      is_usable (&addr) && !is_among (addresses, &addr))
    g_array_append_val (addresses, addr);
}

/* ADDITIONAL_IP4_ADDRESS, ADDITIONAL_IP6_ADDRESS and NO_ADDITIONAL_ADDRESSES: a message that has any of
 * them has the whole list (section 3.6). The event is pushed where the list is another one. */
void
ike_mobike_take_addresses (IkeSession *session, const IkePayloads *payloads)
{
  g_autoptr (GArray) addresses = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  bool is_said = false;
  for (size_t i = 0; i < payloads->n; i++) {
    IkeNotify notify;
    if (payloads->at[i].type != IKE_PAYLOAD_NOTIFY ||
        !ike_notify_parse (payloads->at[i].body, &notify))
      continue;
    bool is_address = notify.type == IKE_NOTIFY_ADDITIONAL_IP4_ADDRESS ||
        notify.type == IKE_NOTIFY_ADDITIONAL_IP6_ADDRESS;
    is_said |= is_address || notify.type == IKE_NOTIFY_NO_ADDITIONAL_ADDRESSES;
    if (is_address)
      take_address (addresses, &notify);
  }
  if (!session->has_mobike || !is_said)
    return;
  bool same = addresses->len == session->addresses->len;
  for (guint i = 0; i < addresses->len && same; i++)
    same = is_among (session->addresses, &g_array_index (addresses, InetAddr, i));
  if (same)
    return;
  g_debug ("IKE: the gateway has %u more addresses", addresses->len);
  g_array_unref (session->addresses);
  session->addresses = g_steal_pointer (&addresses);
  ike_session_push_event (session, IKE_EVENT_ADDRESSES)->addresses =
      g_array_ref (session->addresses);
}

/* InetAddr: where the gateway says that it is besides; borrowed, until the next call that takes a message. */
const GArray *
ike_session_addresses (const IkeSession *session)
{
  return session->addresses;
}

/* What the last response of IKE_AUTH says (section 3.1). */
void
ike_mobike_begin (IkeSession *session, const IkePayloads *response)
{
  IkeNotify notify;
  session->has_mobike = ike_payloads_notify (response, IKE_NOTIFY_MOBIKE_SUPPORTED, &notify);
  ike_mobike_take_addresses (session, response);
}

/* COOKIE2 goes back as it came (section 3.7), and NAT detection is answered by our own (section 3.8). */
void
ike_mobike_answer (const IkeSession *session, const IkePayloads *request, IkeChain *answer)
{
  IkeNotify notify;
  if (ike_payloads_notify (request, IKE_NOTIFY_COOKIE2, &notify) && notify.data.len > 0 &&
      notify.data.len <= MAX_COOKIE2_LEN)
    ike_chain_notify (answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_COOKIE2, notify.data);
  if (session->has_mobike &&
      ike_payloads_notify (request, IKE_NOTIFY_NAT_DETECTION_SOURCE_IP, &notify))
    ike_write_nat_detection (session, answer);
}

/* True for an IKE SA that is up and that the gateway lets move to another way. */
bool
ike_session_can_move (const IkeSession *session)
{
  return session->state == IKE_STATE_ESTABLISHED && session->has_mobike;
}

/* Says over another way, beside the one that works, that we are there: with PATH_CONFIRMED the SA has moved,
 * and with PATH_SILENT the caller goes back by ike_session_stream_restored (), over which the same request
 * goes again and then a fresh one (RFC 9329 section 7.1). Until then what the session sends by itself goes
 * the new way. False where the SA cannot be moved, or not now: nothing has happened. */
bool
ike_session_try_path (IkeSession *session, const IkePath *path, int64_t now)
{
  session->now = now;
  if (!ike_session_can_move (session) || !session->stream_up || session->task != NULL ||
      session->sa->window.request != NULL)
    return false;
  session->path = *path;
  session->tries_path = true;
  ike_task_update_path (session);
  ike_session_settle (session);
  return true;
}

/* The answer to UPDATE_SA_ADDRESSES. One that went out a second time does not count: to the gateway it
 * is a retransmission, which moves no path (RFC 9329 section 6.1); a fresh one follows it. Where the
 * gateway does not take the address (section 3.5) the SA stays where nobody is: it is given up. */
void
ike_mobike_moved (IkeSession *session, const IkePayloads *response)
{
  IkeNotify notify;
  if (session->tries_path && ike_payloads_error (response, &notify)) {
    g_debug (
        "IKE: the gateway does not take the other way (%s)", ike_notify_to_string (notify.type));
    ike_session_push_event (session, IKE_EVENT_PATH_SILENT);
    return;
  }
  session->tries_path = false;
  if (ike_payloads_notify (response, IKE_NOTIFY_UNACCEPTABLE_ADDRESSES, &notify) ||
      ike_payloads_notify (response, IKE_NOTIFY_UNEXPECTED_NAT_DETECTED, &notify)) {
    ike_session_end (session,
        g_error_new (VISITOR_ERROR, VISITOR_ERROR_SA_LOST,
            "The gateway does not take our new address (%s).", ike_notify_to_string (notify.type)));
    return;
  }
  if (ike_payloads_error (response, &notify))
    g_debug ("IKE: the gateway does not like our new address (%s, %u)",
        ike_notify_to_string (notify.type), notify.type);
  ike_mobike_take_addresses (session, response);
  if (!session->request_repeated)
    ike_session_push_event (session, IKE_EVENT_PATH_CONFIRMED);
}
