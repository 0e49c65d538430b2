/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message IDs and sequence numbers after a failover in a cluster (RFC 6311), as its peer.
 *
 * The member that took over asks with message ID 0, outside of every window, and says which IDs it would
 * use next. Numbers only ever go up: a message that was sent before, by whomever, moves nothing. */
#include "ike/moves.h"

#include <string.h>

#include "base/cursor.h"

#define NONCE_LEN 4
/* IDs that a cluster may not use up by a jump: behind the last there is no SA (RFC 7296 section 2.2). */
#define LAST_IDS 0x10000u

/* The data of IKEV2_MESSAGE_ID_SYNC (section 4.2), as its sender sees it. */
typedef struct {
  Slice nonce;
  uint32_t next_sent, next_received;
} Sync;

static bool
parse (Slice data, Sync *ret_sync)
{
  Cursor c = cursor_of (data);
  Sync sync = { .nonce = cursor_slice (&c, NONCE_LEN) };
  sync.next_sent = cursor_u32 (&c);
  sync.next_received = cursor_u32 (&c);
  if (!cursor_done (&c))
    return false;
  *ret_sync = sync;
  return true;
}

static void
write_status (IkeChain *chain, IkeNotifyType type)
{
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type, SLICE (NULL, 0));
}

/* That we can, in IKE_AUTH (section 4.1). */
void
ike_sync_write_supported (IkeChain *chain)
{
  write_status (chain, IKE_NOTIFY_MESSAGE_ID_SYNC_SUPPORTED);
  write_status (chain, IKE_NOTIFY_REPLAY_COUNTER_SYNC_SUPPORTED);
}

/* What the gateway can, in any of its answers in IKE_AUTH. */
void
ike_sync_note (IkeSession *session, const IkePayloads *response)
{
  IkeNotify notify;
  session->has_id_sync |=
      ike_payloads_notify (response, IKE_NOTIFY_MESSAGE_ID_SYNC_SUPPORTED, &notify);
  session->has_counter_sync |=
      ike_payloads_notify (response, IKE_NOTIFY_REPLAY_COUNTER_SYNC_SUPPORTED, &notify);
}

/* IPSEC_REPLAY_COUNTER_SYNC (section 4.3): by how much our sequence numbers must go up so that the
 * cluster takes our packets; 32 bits, or 64. */
void
ike_sync_take_counters (IkeSession *session, const IkePayloads *request)
{
  IkeNotify notify;
  if (!session->has_counter_sync || !session->is_authenticated ||
      !ike_payloads_notify (request, IKE_NOTIFY_REPLAY_COUNTER_SYNC, &notify))
    return;
  Cursor c = cursor_of (notify.data);
  uint64_t delta = notify.data.len == 4 ? cursor_u32 (&c) : cursor_u64 (&c);
  if (!cursor_done (&c) || delta == 0)
    return;
  g_debug ("IKE: the gateway's cluster asks for sequence numbers that are %" G_GUINT64_FORMAT
           " higher",
      delta);
  ike_session_push_event (session, IKE_EVENT_ESP_SKIP)->esp_skip = delta;
}

/* True if this message, if it is authentic, may be one of these; whatever the window says of it. */
bool
ike_sync_may_be (const IkeSession *session, const IkeSa *sa, const IkeHeader *header)
{
  return session->has_id_sync && session->is_authenticated && sa == session->sa &&
      !header->is_response && header->message_id == 0 &&
      header->exchange == IKE_EXCHANGE_INFORMATIONAL;
}

static void
answer (IkeSession *session, Slice nonce)
{
  uint8_t buf[64], data[NONCE_LEN + 8];
  IkeSa *sa = session->sa;
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  Builder b = builder_init (data, sizeof data);
  builder_slice (&b, nonce);
  builder_u32 (&b, sa->window.next_request);
  builder_u32 (&b, sa->window.expected_request);
  ike_chain_notify (
      &chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_MESSAGE_ID_SYNC, builder_result (&b));
  g_clear_pointer (&sa->sync_response, g_ptr_array_unref);
  sa->sync_response = ike_session_seal (session, sa, IKE_EXCHANGE_INFORMATIONAL, 0, true, &chain);
  ike_session_send (session, sa->sync_response);
}

/* Section 5.1: M1 must be higher than all that came before; M2 and P2, the answer, are the higher ones of
 * what both know. A request of ours that is out is sent once more, under an ID that is still free. */
static void
move (IkeSession *session, const Sync *sync)
{
  IkeWindow *window = &session->sa->window;
  uint32_t next = window->next_request + (window->request != NULL ? 1 : 0);
  g_debug ("IKE: the gateway's cluster has another member: message IDs %u and %u",
      MAX (sync->next_received, next), sync->next_sent);
  ike_window_move (window, MAX (sync->next_received, next), sync->next_sent);
}

static bool
is_last (const IkeSa *sa, Slice data)
{
  return sa->sync_request != NULL && g_bytes_get_size (sa->sync_request) == data.len &&
      memcmp (g_bytes_get_data (sa->sync_request, NULL), data.data, data.len) == 0;
}

/* Acts on an authentic request with message ID 0; false if it is none of these. */
bool
ike_sync_take (IkeSession *session, const IkePayloads *request)
{
  IkeNotify notify;
  Sync sync;
  IkeSa *sa = session->sa;
  if (!ike_payloads_notify (request, IKE_NOTIFY_MESSAGE_ID_SYNC, &notify))
    return false;
  if (!parse (notify.data, &sync))
    return true;
  bool is_repeated = is_last (sa, notify.data);
  if (is_repeated && sync.next_sent == sa->window.expected_request) {
    ike_session_send (session, sa->sync_response);
    return true;
  }
  bool is_old = sync.next_sent < sa->window.expected_request ||
      (sa->sync_request != NULL && sync.next_sent <= sa->sync_highest);
  if (is_old || MAX (sync.next_sent, sync.next_received) > UINT32_MAX - LAST_IDS) {
    g_debug ("IKE: passing over message IDs of the cluster that cannot be");
    return true;
  }
  ike_liveness_heard (&session->liveness, session->now);
  g_clear_pointer (&sa->sync_request, g_bytes_unref);
  sa->sync_request = g_bytes_new (notify.data.data, notify.data.len);
  sa->sync_highest = sync.next_sent;
  move (session, &sync);
  answer (session, sync.nonce);
  ike_sync_take_counters (session, request);
  return true;
}
