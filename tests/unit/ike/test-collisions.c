/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exchanges of both sides at once (RFC 7296 sections 1.4.1, 2.8 and 2.25): each row is a scenario that
 * strongSwan's own unit tests play between two of its kind, named after it. The order in which
 * messages arrive is written down: a0 is the session's first message and b0 the gateway's, "a0" that
 * the gateway hears it, "b0" that the session does. What the row does not name arrives behind it, in
 * order.
 *
 * Then the same with the stream lost behind each step: what was on its way never arrives, and both
 * sides send again what has no answer. */
#include <glib.h>
#include <string.h>

#include "base/cursor.h"
#include "ike/proposal.h"
#include "ike/session-private.h"
#include "responder.h"
#include "wire/delete.h"
#include "wire/sa.h"

#define SECOND INT64_C (1000000)

typedef enum {
  NOTHING,
  REKEY_CHILD,
  REKEY_IKE,
  DELETE_CHILD, /* the gateway alone */
  DELETE_IKE,
  CREATE_CHILD, /* the gateway alone: an additional one */
} What;

typedef enum {
  BY_NONCE, /* one of each is left: whose exchange has the lowest nonce loses */
  THE_SESSIONS, /* one of each is left, made by the session's exchange */
  THE_GATEWAYS,
  UNCHANGED, /* one of each is left: which, does not matter */
  ENDED, /* by the gateway's wish */
  CLOSED, /* by ours */
} End;

typedef struct {
  const char *name;
  What session, gateway;
  const char *order;
  End end;
  uint16_t refusal; /* what the gateway's first answer is refused with, or 0 */
  const char *more; /* the key exchanges behind the first that both insist on (RFC 9370), or NULL */
} Row;

#define FOLLOWED .more = "-ke1_mlkem768-ke2_ecp256"

static const Row rows[] = {
  /* test_child_rekey.c */
  { "child/regular-ours", REKEY_CHILD, NOTHING, "a0b0a1b1", THE_SESSIONS },
  { "child/regular-theirs", NOTHING, REKEY_CHILD, "b0a0b1a1", THE_GATEWAYS },
  { "child/ke-invalid", REKEY_CHILD, NOTHING, "a0b0a1b1a2b2", THE_SESSIONS,
      IKE_NOTIFY_INVALID_KE_PAYLOAD },
  { "child/collision", REKEY_CHILD, REKEY_CHILD, "a0b0b1a1a2b2b3a3", BY_NONCE },
  { "child/collision-delayed-response", REKEY_CHILD, REKEY_CHILD, "a0b0a1b2a2b1", BY_NONCE },
  { "child/collision-delayed-request", REKEY_CHILD, REKEY_CHILD, "b0a1a0b1a2b2", THE_GATEWAYS },
  { "child/collision-delayed-request-failure-first", REKEY_CHILD, REKEY_CHILD, "b0a1a0b2b1a2",
      THE_GATEWAYS },
  { "child/collision-delayed-request-more", REKEY_CHILD, REKEY_CHILD, "b0a1b1a2a0b2",
      THE_GATEWAYS },
  { "child/collision-ke-invalid", REKEY_CHILD, REKEY_CHILD, "a0b0b1a1", THE_GATEWAYS,
      IKE_NOTIFY_INVALID_KE_PAYLOAD },
  { "child/collision-delete", REKEY_CHILD, DELETE_CHILD, "a0b0b1a1", ENDED },
  { "child/collision-delete-drop-delete", REKEY_CHILD, DELETE_CHILD, "a0b1b0a1", ENDED },
  { "child/collision-delete-drop-rekey", REKEY_CHILD, DELETE_CHILD, "b0a1a0b1", ENDED },
  { "child/collision-ike-rekey", REKEY_CHILD, REKEY_IKE, "a0b0b1a1", UNCHANGED },
  { "child/collision-ike-delete", REKEY_CHILD, DELETE_IKE, "a0b0a1", ENDED },
  /* test_ike_rekey.c */
  { "ike/regular-ours", REKEY_IKE, NOTHING, "a0b0a1b1", THE_SESSIONS },
  { "ike/regular-theirs", NOTHING, REKEY_IKE, "b0a0b1a1", THE_GATEWAYS },
  { "ike/ke-invalid", REKEY_IKE, NOTHING, "a0b0a1b1a2b2", THE_SESSIONS,
      IKE_NOTIFY_INVALID_KE_PAYLOAD },
  { "ike/collision", REKEY_IKE, REKEY_IKE, "a0b0b1a1a2b2b3a3", BY_NONCE },
  { "ike/collision-delayed-response", REKEY_IKE, REKEY_IKE, "a0b0a1b2a2b1", BY_NONCE },
  { "ike/collision-dropped-request", REKEY_IKE, REKEY_IKE, "b0a1b1a2", THE_GATEWAYS },
  { "ike/collision-delayed-request", REKEY_IKE, REKEY_IKE, "b0a1a0b1a2", THE_GATEWAYS },
  { "ike/collision-delayed-request-and-delete", REKEY_IKE, REKEY_IKE, "b0a1a0b2b1a2",
      THE_GATEWAYS },
  { "ike/collision-ke-invalid", REKEY_IKE, REKEY_IKE, "a0b0b1a1", THE_GATEWAYS,
      IKE_NOTIFY_INVALID_KE_PAYLOAD },
  { "ike/collision-delete", REKEY_IKE, DELETE_IKE, "a0b0b1", ENDED },
  { "ike/collision-delete-drop-delete", REKEY_IKE, DELETE_IKE, "a0b1b0", ENDED },
  /* test_child_delete.c */
  { "child-delete/regular", NOTHING, DELETE_CHILD, "b0a0", ENDED },
  { "child-delete/collision-ike-rekey", REKEY_IKE, DELETE_CHILD, "a0b0b1a1", ENDED },
  { "child-delete/collision-ike-delete", DELETE_IKE, DELETE_CHILD, "a0b0", CLOSED },
  /* test_ike_delete.c */
  { "ike-delete/regular-ours", DELETE_IKE, NOTHING, "a0b0", CLOSED },
  { "ike-delete/regular-theirs", NOTHING, DELETE_IKE, "b0a0", ENDED },
  { "ike-delete/collision", DELETE_IKE, DELETE_IKE, "a0b0b1a1", CLOSED },
  /* test_child_create.c */
  { "child-create/duplicate", NOTHING, CREATE_CHILD, "b0a0", UNCHANGED },
  { "child-create/collision-ike-rekey", REKEY_IKE, CREATE_CHILD, "a0b0b1a1", UNCHANGED },
};

typedef struct {
  Responder *r;
  const Row *row;
  guint base; /* of the session's messages */
  GArray *is_delivered[2]; /* gboolean: of the session's messages, of the gateway's */
  bool is_refused;
  uint8_t nonces
      [4]; /* first octets: Ni of the session and the gateway, Nr of the gateway, the session */
} Play;

/* What a gateway that keeps RFC 7296 section 2.25 answers with while it is busy itself. */
static uint16_t
busy_with (const Play *play, const IkePayloads *request, bool is_ike)
{
  const Responder *r = play->r;
  IkeNotify notify;
  if (r->deleting_sa != NULL || (!is_ike && r->rekey.sa != NULL))
    return IKE_NOTIFY_TEMPORARY_FAILURE;
  if (is_ike)
    return play->row->gateway == DELETE_CHILD || r->rekey.old_spi_in != 0
        ? IKE_NOTIFY_TEMPORARY_FAILURE
        : 0;
  if (!ike_payloads_notify (request, IKE_NOTIFY_REKEY_SA, &notify))
    return 0;
  Cursor c = cursor_of (notify.spi);
  uint32_t spi = cursor_u32 (&c);
  for (guint i = 0; i < r->children->len; i++) {
    if (((const ResponderChild *) r->children->pdata[i])->spi_out == spi)
      return 0;
  }
  return r->sa->window.request != NULL ? IKE_NOTIFY_TEMPORARY_FAILURE
                                       : IKE_NOTIFY_CHILD_SA_NOT_FOUND;
}

static bool
keep_rules (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  static const uint8_t group[] = { 0, 19 };
  Play *play = r->script_data;
  Slice body;
  g_autofree IkeSaPayload *offered = g_new (IkeSaPayload, 1);
  if (header->exchange != IKE_EXCHANGE_CREATE_CHILD_SA)
    return false;
  g_assert_true (ike_payloads_find (request, IKE_PAYLOAD_SA, &body));
  g_assert_true (ike_sa_payload_parse (body, offered));
  uint16_t type = busy_with (play, request, offered->proposals[0].protocol == IKE_PROTOCOL_IKE);
  if (play->row->refusal != 0 && !play->is_refused) {
    type = play->row->refusal;
    play->is_refused = true;
  }
  if (type == 0)
    return false;
  ike_chain_notify (answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0), (IkeNotifyType) type,
      type == IKE_NOTIFY_INVALID_KE_PAYLOAD ? SLICE (group, 2) : SLICE (NULL, 0));
  return true;
}

static void
session_begins (Play *play)
{
  Responder *r = play->r;
  responder_first_octet = play->nonces[0];
  switch (play->row->session) {
  case REKEY_CHILD: ike_session_rekey_child (r->session, r->now); break;
  case REKEY_IKE: ike_session_rekey_ike (r->session, r->now); break;
  case DELETE_IKE: ike_session_close (r->session, r->now); break;
  case NOTHING:
  case DELETE_CHILD:
  case CREATE_CHILD: break;
  }
  responder_pump (r);
}

static void
gateway_begins (Play *play)
{
  Responder *r = play->r;
  responder_first_octet = play->nonces[1];
  switch (play->row->gateway) {
  case REKEY_CHILD: responder_rekey_child (r, 31); break;
  case REKEY_IKE: responder_rekey_ike (r, 31); break;
  case DELETE_CHILD:
    responder_delete_child (r, ((ResponderChild *) r->children->pdata[0])->spi_in);
    break;
  case DELETE_IKE: responder_delete_ike (r, r->sa); break;
  case CREATE_CHILD: responder_create_child (r); break;
  case NOTHING: break;
  }
}

static guint
n_messages (const Play *play, bool sessions)
{
  return sessions ? play->r->sent->len - play->base : play->r->held->len;
}

static gboolean *
delivered (Play *play, bool sessions, guint n)
{
  GArray *flags = play->is_delivered[sessions ? 0 : 1];
  if (flags->len <= n)
    g_array_set_size (flags, n + 1);
  return &g_array_index (flags, gboolean, n);
}

static void
deliver (Play *play, bool sessions, guint n)
{
  Responder *r = play->r;
  g_assert_cmpuint (n, <, n_messages (play, sessions));
  responder_first_octet = n == 0 ? play->nonces[sessions ? 2 : 3] : -1;
  *delivered (play, sessions, n) = TRUE;
  if (sessions)
    responder_hear (r, play->base + n);
  else
    responder_release (r, n);
  responder_pump (r);
}

static bool
deliver_first (Play *play, bool sessions)
{
  for (guint n = 0; n < n_messages (play, sessions); n++) {
    if (!*delivered (play, sessions, n)) {
      deliver (play, sessions, n);
      return true;
    }
  }
  return false;
}

static void
deliver_the_rest (Play *play)
{
  while (deliver_first (play, true) || deliver_first (play, false))
    ;
}

static void
lose (Play *play)
{
  for (int sessions = 0; sessions <= 1; sessions++) {
    for (guint n = 0; n < n_messages (play, sessions); n++)
      *delivered (play, sessions, n) = TRUE;
  }
}

static void
repeat (Responder *r, IkeSa *sa)
{
  for (guint i = 0; sa->window.request != NULL && i < sa->window.request->len; i++)
    g_ptr_array_add (r->held, g_bytes_ref (sa->window.request->pdata[i]));
}

/* The stream is lost with all that was on its way, and another one stands. */
static void
change_stream (Play *play)
{
  Responder *r = play->r;
  lose (play);
  ike_session_stream_lost (r->session, r->now);
  responder_pump (r);
  ike_session_stream_restored (r->session, &responder_path, r->now);
  responder_pump (r);
  repeat (r, r->sa);
  for (guint i = 0; i < r->other_sas->len; i++)
    repeat (r, r->other_sas->pdata[i]);
}

/* Time passes until everything that waits for time is done, and both sides have said all. */
static void
let_time_pass (Play *play)
{
  for (unsigned int i = 0; i < 90; i++) {
    responder_run_until (play->r, play->r->now + SECOND);
    deliver_the_rest (play);
  }
}

static void
insist (Responder *r, const char *more)
{
  g_autofree char *ike = g_strconcat ("aes256gcm16-prfsha256-curve25519", more, NULL);
  g_autofree char *esp = g_strconcat ("aes256gcm16-curve25519", more, NULL);
  g_assert_true (algorithm_policy_parse (ALGORITHMS_FOR_IKE, ike, &r->ike_policy, NULL));
  g_assert_true (algorithm_policy_parse (ALGORITHMS_FOR_ESP, esp, &r->esp_policy, NULL));
  r->session_ike_policy = r->ike_policy;
  r->session_esp_policy = r->esp_policy;
}

static Play *
play_new (const Row *row, unsigned int lowest)
{
  Play *play = g_new0 (Play, 1);
  Responder *r = responder_new (IKE_AUTH_METHOD_PSK);
  if (row->more != NULL)
    insist (r, row->more);
  responder_start (r);
  g_assert_cmpint (r->error, ==, -1);
  play->r = r;
  play->row = row;
  play->base = r->sent->len;
  for (size_t i = 0; i < G_N_ELEMENTS (play->nonces); i++)
    play->nonces[i] = i == lowest ? 0 : 0xff;
  for (size_t i = 0; i < G_N_ELEMENTS (play->is_delivered); i++)
    play->is_delivered[i] = g_array_new (FALSE, TRUE, sizeof (gboolean));
  r->is_deaf = r->holds = r->ignores_strangers = true;
  r->script = keep_rules;
  r->script_data = play;
  session_begins (play);
  gateway_begins (play);
  return play;
}

static void
play_free (Play *play)
{
  for (size_t i = 0; i < G_N_ELEMENTS (play->is_delivered); i++)
    g_array_unref (play->is_delivered[i]);
  responder_free (play->r);
  g_free (play);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Play, play_free)

/* The gateway's own affair: what the session's exchange made is redundant, and the session, which never
 * had the answer, cannot delete it. strongSwan queues a job for it. */
static void
forget_orphan (Responder *r)
{
  for (guint i = r->other_sas->len; i > 0; i--) {
    const IkeSa *sa = r->other_sas->pdata[i - 1];
    if (!sa->is_initiator && r->sa->is_initiator && sa->window.expected_request == 0)
      g_ptr_array_remove_index (r->other_sas, i - 1);
  }
}

/* Nothing is left over on either side, and packets pass. */
static void
assert_one_of_each (Responder *r)
{
  if (r->error != -1)
    g_error ("%s", r->error_text);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  g_assert_cmpuint (r->session->old_sas->len, ==, 0);
  g_assert_null (r->session->peers_sa);
  g_assert_null (r->session->peers_rekey);
  g_assert_cmpuint (r->session->children->len, ==, 1);
  forget_orphan (r);
  g_assert_cmpuint (r->other_sas->len, ==, 0);
  g_assert_cmpuint (r->children->len, ==, 1);
  g_assert_cmpuint (g_hash_table_size (r->session_esps), ==, 1);
  g_assert_true (responder_passes_esp (r));
}

static bool
is_the_gateways (const Play *play)
{
  const ResponderChild *child = play->r->children->pdata[0];
  if (play->row->session == REKEY_IKE || play->row->gateway == REKEY_IKE)
    return play->r->sa->is_initiator;
  return child->spi_in == play->r->rekey.spi_in;
}

static void
assert_end (const Play *play, unsigned int lowest)
{
  Responder *r = play->r;
  switch (play->row->end) {
  case BY_NONCE:
    assert_one_of_each (r);
    g_assert_true (is_the_gateways (play) == (lowest == 0 || lowest == 2));
    break;
  case THE_SESSIONS:
    assert_one_of_each (r);
    g_assert_false (is_the_gateways (play));
    break;
  case THE_GATEWAYS:
    assert_one_of_each (r);
    g_assert_true (is_the_gateways (play));
    break;
  case UNCHANGED: assert_one_of_each (r); break;
  case ENDED: g_assert_cmpint (r->error, ==, VISITOR_ERROR_DELETED_BY_GATEWAY); break;
  case CLOSED: g_assert_true (r->closed && r->error == -1); break;
  }
}

static void
follow (Play *play, const char *order)
{
  for (const char *step = order; *step != '\0'; step += 2)
    deliver (play, step[0] == 'a', (guint) (step[1] - '0'));
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  for (unsigned int lowest = 0; lowest < 4; lowest++) {
    g_autoptr (Play) play = play_new (row, lowest);
    follow (play, row->order);
    deliver_the_rest (play);
    let_time_pass (play);
    assert_end (play, lowest);
  }
}

static void
test_row_with_lost_streams (gconstpointer data)
{
  const Row *row = data;
  bool may_end = row->end == ENDED || row->end == CLOSED;
  for (unsigned int lowest = 0; lowest < 4; lowest++) {
    for (size_t cut = 0; cut <= strlen (row->order); cut += 2) {
      g_autoptr (Play) play = play_new (row, lowest);
      g_autofree char *order = g_strndup (row->order, cut);
      follow (play, order);
      change_stream (play);
      deliver_the_rest (play);
      let_time_pass (play);
      if (!may_end)
        assert_one_of_each (play->r);
      else
        g_assert_true (play->r->closed || play->r->error == VISITOR_ERROR_DELETED_BY_GATEWAY);
    }
  }
}

/* With IKE_FOLLOWUP_KE behind each rekey there are too many orders for a table: all of the first steps are
 * tried. Of two of the same kind both requests arrive before any response, on one stream. */
static const Row followed[] = {
  { "followed/child-ours", REKEY_CHILD, NOTHING, "", THE_SESSIONS, 0, FOLLOWED },
  { "followed/child-theirs", NOTHING, REKEY_CHILD, "", THE_GATEWAYS, 0, FOLLOWED },
  { "followed/ike-ours", REKEY_IKE, NOTHING, "", THE_SESSIONS, 0, FOLLOWED },
  { "followed/ike-theirs", NOTHING, REKEY_IKE, "", THE_GATEWAYS, 0, FOLLOWED },
  { "followed/child", REKEY_CHILD, REKEY_CHILD, "", BY_NONCE, 0, FOLLOWED },
  { "followed/ike", REKEY_IKE, REKEY_IKE, "", BY_NONCE, 0, FOLLOWED },
  { "followed/child-and-ike", REKEY_CHILD, REKEY_IKE, "", UNCHANGED, 0, FOLLOWED },
  { "followed/ike-and-child", REKEY_IKE, REKEY_CHILD, "", UNCHANGED, 0, FOLLOWED },
};

#define MAX_STEPS 6

/* The bits of `order` say whose message arrives next. */
static void
follow_bits (Play *play, unsigned int order, unsigned int n)
{
  for (unsigned int i = 0; i < n; i++) {
    bool sessions = (order >> i & 1) != 0;
    if (!deliver_first (play, sessions))
      deliver_first (play, !sessions);
  }
}

static void
test_followed (gconstpointer data)
{
  const Row *row = data;
  bool both = row->session != NOTHING && row->gateway != NOTHING;
  for (unsigned int lowest = 0; lowest < (both ? 4 : 1); lowest++) {
    for (unsigned int order = 0; order < 1u << MAX_STEPS; order++) {
      g_autoptr (Play) play = play_new (row, lowest);
      follow_bits (play, order, MAX_STEPS);
      deliver_the_rest (play);
      if (row->session == row->gateway) /* one of them is made, and no time was lost */
        g_assert_cmpuint (play->r->n_added - 1 + play->r->n_ike_rekeys, ==, 1);
      let_time_pass (play);
      assert_end (play, lowest);
    }
  }
}

static void
test_followed_with_lost_streams (gconstpointer data)
{
  const Row *row = data;
  bool both = row->session != NOTHING && row->gateway != NOTHING;
  for (unsigned int lowest = 0; lowest < (both ? 4 : 1); lowest++) {
    for (unsigned int n = 0; n < MAX_STEPS; n++) {
      for (unsigned int order = 0; order < 1u << n; order++) {
        g_autoptr (Play) play = play_new (row, lowest);
        follow_bits (play, order, n);
        change_stream (play);
        deliver_the_rest (play);
        let_time_pass (play);
        assert_one_of_each (play->r);
      }
    }
  }
}

/* Where the gateway begins something in the midst: `gateway` of the row is nothing or its first act, and
 * `then` what it deletes behind the first half of the order. */
typedef struct {
  Row row;
  guint lowest;
  enum { ITS_OLD, ITS_NEWEST } then;
  const char *rest;
} MidRow;

static const MidRow mid_rows[] = {
  /* test_regular_responder_incorrect_delete: the old one, though the session deletes it */
  { { "child/responder-incorrect-delete", REKEY_CHILD, NOTHING, "a0", THE_SESSIONS }, 4, ITS_OLD,
      "b1a1b0" },
  /* test_collision_delete_delayed_response: the new one, before the session has the answer */
  { { "child/collision-delete-delayed-response", REKEY_CHILD, NOTHING, "a0", ENDED }, 4, ITS_NEWEST,
      "b1a1b0" },
  /* test_regular_responder_delete: the new one, when the session uses it */
  { { "child/responder-delete", REKEY_CHILD, NOTHING, "a0b0", ENDED }, 4, ITS_NEWEST, "b1a1a2" },
  /* test_collision_responder_incorrect_delete: the gateway lost and deletes the old one as well */
  { { "child/collision-responder-incorrect-delete", REKEY_CHILD, REKEY_CHILD, "a0b0a1b2a2",
        THE_SESSIONS },
      1, ITS_OLD, "b3a3b1" },
  /* test_collision_delayed_response_delete: the gateway won, deletes the old one, then the new one */
  { { "child/collision-delayed-response-delete", REKEY_CHILD, REKEY_CHILD, "a0b0a1b2a2", ENDED }, 0,
      ITS_NEWEST, "b3a3b1" },
  /* test_child_delete.c, test_collision: both delete the same one */
  { { "child-delete/collision", REKEY_CHILD, NOTHING, "a0b0", THE_SESSIONS }, 4, ITS_OLD,
      "b1a1b2a2" },
  /* test_collision_drop: the session's DELETE comes late */
  { { "child-delete/collision-drop", REKEY_CHILD, NOTHING, "a0b0", THE_SESSIONS }, 4, ITS_OLD,
      "b1a2a1b2" },
};

static void
test_mid_row (gconstpointer data)
{
  const MidRow *mid = data;
  g_autoptr (Play) play = play_new (&mid->row, mid->lowest);
  Responder *r = play->r;
  follow (play, mid->row.order);
  guint n = mid->then == ITS_OLD ? 0 : r->children->len - 1;
  responder_delete_child (r, ((ResponderChild *) r->children->pdata[n])->spi_in);
  follow (play, mid->rest);
  deliver_the_rest (play);
  let_time_pass (play);
  assert_end (play, mid->lowest);
}

/* test_regular_delete_timeout: nobody answers the DELETE of what was replaced. */
static void
test_delete_timeout (void)
{
  const Row row = { "child/delete-timeout", REKEY_CHILD, NOTHING, "a0b0", ENDED };
  g_autoptr (Play) play = play_new (&row, 4);
  follow (play, row.order);
  responder_run_until (play->r, play->r->now + 60 * SECOND);
  g_assert_cmpint (play->r->error, ==, VISITOR_ERROR_PEER_SILENT);
}

/* A gateway that never deletes what it has replaced: we do, and nothing is left.
 * (test_regular_responder_handle_hard_expire) */
static void
test_greedy (gconstpointer data)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  r->is_greedy = true;
  if (GPOINTER_TO_INT (data) == REKEY_IKE)
    responder_rekey_ike (r, 31);
  else
    responder_rekey_child (r, 31);
  responder_pump (r);
  g_assert_cmpuint (r->children->len + r->other_sas->len, ==, 2);
  responder_run_until (r, r->now + 45 * SECOND);
  assert_one_of_each (r);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strdup_printf ("/ike/collisions/%s", rows[i].name);
    g_autofree char *lost = g_strdup_printf ("/ike/collisions/lost-streams/%s", rows[i].name);
    g_test_add_data_func (path, &rows[i], test_row);
    g_test_add_data_func (lost, &rows[i], test_row_with_lost_streams);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (followed); i++) {
    g_autofree char *path = g_strdup_printf ("/ike/collisions/%s", followed[i].name);
    g_autofree char *lost = g_strdup_printf ("/ike/collisions/lost-streams/%s", followed[i].name);
    g_test_add_data_func (path, &followed[i], test_followed);
    g_test_add_data_func (lost, &followed[i], test_followed_with_lost_streams);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (mid_rows); i++) {
    g_autofree char *path = g_strdup_printf ("/ike/collisions/%s", mid_rows[i].row.name);
    g_test_add_data_func (path, &mid_rows[i], test_mid_row);
  }
  g_test_add_func ("/ike/collisions/child/delete-timeout", test_delete_timeout);
  g_test_add_data_func ("/ike/collisions/greedy/child", GINT_TO_POINTER (REKEY_CHILD), test_greedy);
  g_test_add_data_func ("/ike/collisions/greedy/ike", GINT_TO_POINTER (REKEY_IKE), test_greedy);
  return g_test_run ();
}
