/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The peer of a cluster after a failover (RFC 6311): the tables are those of its section 5.1, after what
 * both sides have sent before. */
#include <glib.h>

#include "base/cursor.h"
#include "ike/session-private.h"
#include "responder.h"

typedef struct {
  unsigned int sessions, gateways; /* requests before */
  uint32_t send, receive; /* what the cluster says */
  uint32_t send_back, receive_back; /* what it hears */
} Case;

static const Case cases[] = {
  { 0, 0, 0, 2, 2, 0 },
  { 0, 0, 1, 3, 3, 1 },
  { 1, 0, 0, 3, 3, 0 },
  { 1, 0, 5, 8, 8, 5 },
  { 0, 1, 1, 2, 2, 1 },
  { 0, 1, 2, 2, 2, 2 },
  { 1, 1, 1, 3, 3, 1 },
  { 1, 1, 2, 4, 4, 2 },
  { 1, 2, 2, 4, 4, 2 },
  /* the cluster knows less of what we sent than we do */
  { 0, 0, 0, 0, 2, 0 },
  { 0, 0, 0, 1, 2, 0 },
  { 0, 0, 1, 1, 2, 1 },
  { 1, 0, 0, 1, 3, 0 },
  { 1, 0, 5, 2, 3, 5 },
};

/* A request of ours is out: its ID is used up. */
static const Case active[] = {
  { 0, 0, 0, 2, 3, 0 },
  { 0, 0, 1, 3, 3, 1 },
  { 1, 0, 0, 3, 4, 0 },
  { 1, 0, 5, 8, 8, 5 },
  { 0, 1, 1, 2, 3, 1 },
  { 0, 1, 2, 2, 3, 2 },
  { 1, 1, 1, 3, 4, 1 },
  { 1, 1, 2, 4, 4, 2 },
};

static const Case refused[] = {
  { 0, 1, 0, 2, 0, 0 },
  { 1, 2, 0, 0, 0, 0 },
  { 1, 2, 1, 3, 0, 0 },
  { 0, 0, 0, UINT32_MAX, 0, 0 },
  { 0, 0, UINT32_MAX, 2, 0, 0 },
  { 0, 0, 0xffff0001, 0xffff0001, 0, 0 },
};

static void
notify (IkeChain *chain, IkeNotifyType type, const void *data, size_t len)
{
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type, SLICE (data, len));
}

static void
can_sync (Responder *r, IkeChain *answer)
{
  notify (answer, IKE_NOTIFY_MESSAGE_ID_SYNC_SUPPORTED, NULL, 0);
  notify (answer, IKE_NOTIFY_REPLAY_COUNTER_SYNC_SUPPORTED, NULL, 0);
  responder_write_child (r, 0, answer);
}

static void
session_asks (Responder *r)
{
  responder_run_until (r, r->now + IKE_LIVENESS_IDLE_US);
}

static void
gateway_asks (Responder *r)
{
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  uint32_t expected = r->session->sa->window.expected_request;
  responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  responder_pump (r);
  g_assert_null (r->sa->window.request);
  g_assert_cmpuint (r->session->sa->window.expected_request, ==, expected + 1);
}

static Responder *
start (const Case *c, bool can)
{
  Responder *r = responder_new (IKE_AUTH_METHOD_PSK);
  r->child_script = can ? can_sync : NULL;
  responder_start (r);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  for (unsigned int i = 0; i < c->sessions; i++)
    session_asks (r);
  for (unsigned int i = 0; i < c->gateways; i++)
    gateway_asks (r);
  return r;
}

static GBytes *
make_sync (Responder *r, const char *nonce, const Case *c, uint32_t skip)
{
  uint8_t buf[128], data[12], delta[4];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  Builder b = builder_init (data, sizeof data), d = builder_init (delta, sizeof delta);
  builder_bytes (&b, nonce, 4);
  builder_u32 (&b, c->send);
  builder_u32 (&b, c->receive);
  builder_u32 (&d, skip);
  notify (&chain, IKE_NOTIFY_MESSAGE_ID_SYNC, data, sizeof data);
  if (skip > 0)
    notify (&chain, IKE_NOTIFY_REPLAY_COUNTER_SYNC, delta, sizeof delta);
  return ike_sa_seal (r->sa, IKE_EXCHANGE_INFORMATIONAL, 0, false, &chain);
}

static void
deliver (Responder *r, GBytes *message)
{
  responder_deliver (r, slice_of_bytes (message));
  responder_pump (r);
}

/* Message number n of the session is the answer. */
static void
assert_answer (Responder *r, guint n, const char *nonce, const Case *c)
{
  IkeHeader header;
  IkeSealed sealed;
  Slice content;
  IkePayloads payloads;
  IkeNotify found;
  uint8_t critical;
  g_assert_cmpuint (r->sent->len, >, n);
  Slice message = slice_of_bytes (r->sent->pdata[n]);
  g_autofree uint8_t *copy = g_memdup2 (message.data, message.len);
  g_assert_true (ike_header_parse (message, &header));
  g_assert_true (header.is_response && header.message_id == 0);
  g_assert_true (ike_sealed_parse (&header, message, &sealed));
  g_assert_true (ike_sa_open (r->sa, &sealed, copy, message.len, &content));
  g_assert_cmpint (
      ike_payloads_parse (sealed.first, content, &payloads, &critical), ==, IKE_PARSE_OK);
  g_assert_true (ike_payloads_notify (&payloads, IKE_NOTIFY_MESSAGE_ID_SYNC, &found));
  Cursor k = cursor_of (found.data);
  Slice back = cursor_slice (&k, 4);
  g_assert_cmpmem (back.data, back.len, nonce, 4);
  g_assert_cmpuint (cursor_u32 (&k), ==, c->send_back);
  g_assert_cmpuint (cursor_u32 (&k), ==, c->receive_back);
  g_assert_true (cursor_done (&k));
  g_assert_cmpuint (r->session->sa->window.next_request, ==, c->send_back);
  g_assert_cmpuint (r->session->sa->window.expected_request, ==, c->receive_back);
}

/* The other member goes on with what was agreed. */
static void
agree (Responder *r, const Case *c)
{
  ike_window_clear (&r->sa->window);
  r->sa->window.next_request = c->receive_back;
  r->sa->window.expected_request = c->send_back;
}

static void
assert_goes_on (Responder *r)
{
  uint32_t next = r->session->sa->window.next_request;
  session_asks (r);
  g_assert_cmpuint (r->session->sa->window.next_request, ==, next + 1);
  gateway_asks (r);
  g_assert_true (responder_passes_esp (r));
}

static void
test_taken (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Responder) r = start (&cases[i], true);
    g_autoptr (GBytes) sync = make_sync (r, "abcd", &cases[i], 0);
    guint n = r->sent->len;
    deliver (r, sync);
    assert_answer (r, n, "abcd", &cases[i]);
    agree (r, &cases[i]);
    assert_goes_on (r);
  }
}

/* The answer was lost: the same one again, and nothing moves. */
static void
test_repeated (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Responder) r = start (&cases[i], true);
    g_autoptr (GBytes) sync = make_sync (r, "abcd", &cases[i], 7);
    guint n = r->sent->len;
    deliver (r, sync);
    deliver (r, sync);
    g_assert_cmpuint (r->sent->len, ==, n + 2);
    assert_answer (r, n + 1, "abcd", &cases[i]);
    g_assert_cmpuint (r->esp_skip, ==, 7);
    agree (r, &cases[i]);
    assert_goes_on (r);
  }
}

/* What somebody recorded and sends once more, later: not answered, and the window stays. */
static void
test_replayed (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Responder) r = start (&cases[i], true);
    g_autoptr (GBytes) sync = make_sync (r, "abcd", &cases[i], 7);
    deliver (r, sync);
    agree (r, &cases[i]);
    assert_goes_on (r);
    guint n = r->sent->len;
    for (unsigned int k = 0; k < 1000; k++)
      deliver (r, sync);
    g_assert_cmpuint (r->sent->len, ==, n);
    g_assert_cmpuint (r->esp_skip, ==, 7);
    assert_goes_on (r);
  }
}

/* Two failovers with nothing between: the first one's message is worth nothing any more. */
static void
test_second_member (void)
{
  const Case first = { 0, 0, 4, 6, 6, 4 }, second = { 0, 0, 5, 7, 7, 5 };
  g_autoptr (Responder) r = start (&first, true);
  g_autoptr (GBytes) one = make_sync (r, "1111", &first, 10);
  g_autoptr (GBytes) two = make_sync (r, "2222", &second, 10);
  guint n = r->sent->len;
  deliver (r, one);
  deliver (r, two);
  assert_answer (r, n + 1, "2222", &second);
  deliver (r, one);
  g_assert_cmpuint (r->sent->len, ==, n + 2);
  g_assert_cmpuint (r->esp_skip, ==, 20);
}

static void
test_not_agreed (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Responder) r = start (&cases[i], false);
    const Case jump = { 0, 0, cases[i].gateways + 3, 1000, 0, 0 };
    g_autoptr (GBytes) sync = make_sync (r, "abcd", &jump, 7);
    bool is_next = cases[i].gateways == 0; /* an INFORMATIONAL as any other */
    guint n = r->sent->len;
    deliver (r, sync);
    g_assert_cmpuint (r->sent->len, <=, n + 1);
    g_assert_cmpuint (r->session->sa->window.next_request, ==, 2 + cases[i].sessions);
    g_assert_cmpuint (
        r->session->sa->window.expected_request, ==, cases[i].gateways + (is_next ? 1 : 0));
    g_assert_cmpuint (r->esp_skip, ==, 0);
  }
}

static void
test_refused (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (Responder) r = start (&refused[i], true);
    g_autoptr (GBytes) sync = make_sync (r, "abcd", &refused[i], 7);
    guint n = r->sent->len;
    deliver (r, sync);
    g_assert_cmpuint (r->sent->len, ==, n);
    g_assert_cmpuint (r->esp_skip, ==, 0);
    assert_goes_on (r);
  }
}

/* The request that was out goes again under an ID that is free, and is answered by the other member. */
static void
test_active (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (active); i++) {
    g_autoptr (Responder) r = start (&active[i], true);
    g_autoptr (GBytes) sync = make_sync (r, "abcd", &active[i], 0);
    r->is_deaf = true;
    session_asks (r);
    guint n = r->sent->len;
    deliver (r, sync);
    g_assert_cmpuint (r->sent->len, ==, n + 2);
    assert_answer (r, n, "abcd", &active[i]);
    agree (r, &active[i]);
    r->is_deaf = false;
    responder_hear (r, n + 1);
    responder_pump (r);
    g_assert_null (r->session->sa->window.request);
    assert_goes_on (r);
  }
}

/* Counters alone, in a request as any other; nonsense is passed over. */
static void
test_counters (void)
{
  static const struct {
    uint8_t data[9];
    size_t len;
    uint64_t skip;
  } rows[] = {
    { { 0, 0, 1, 0 }, 4, 256 },
    { { 0, 0, 0, 1, 0, 0, 0, 0 }, 8, UINT64_C (1) << 32 },
    { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 8, UINT64_MAX },
    { { 0 }, 4, 0 },
    { { 1 }, 0, 0 },
    { { 1 }, 1, 0 },
    { { 1 }, 5, 0 },
    { { 1 }, 9, 0 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (int can = 0; can < 2; can++) {
      uint8_t buf[64];
      g_autoptr (Responder) r = start (&cases[0], can == 1);
      IkeChain chain = ike_chain_init (buf, sizeof buf);
      notify (&chain, IKE_NOTIFY_REPLAY_COUNTER_SYNC, rows[i].data, rows[i].len);
      responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
      responder_pump (r);
      g_assert_cmpuint (r->esp_skip, ==, can == 1 ? rows[i].skip : 0);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/sync/taken", test_taken);
  g_test_add_func ("/ike/sync/repeated", test_repeated);
  g_test_add_func ("/ike/sync/replayed", test_replayed);
  g_test_add_func ("/ike/sync/second-member", test_second_member);
  g_test_add_func ("/ike/sync/not-agreed", test_not_agreed);
  g_test_add_func ("/ike/sync/refused", test_refused);
  g_test_add_func ("/ike/sync/active", test_active);
  g_test_add_func ("/ike/sync/counters", test_counters);
  return g_test_run ();
}
