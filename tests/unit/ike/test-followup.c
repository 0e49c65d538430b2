/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several key exchanges in rekeys: IKE_FOLLOWUP_KE (RFC 9370 section 2.2.4), begun by either side. */
#include <glib.h>
#include <string.h>

#include "crypto/kem.h"
#include "ike/ke.h"
#include "ike/session-private.h"
#include "responder.h"

#define SECOND INT64_C (1000000)
#define FIRST_IKE "aes256gcm16-prfsha384-curve25519"
#define FIRST_ESP "aes256gcm16-curve25519-noesn"
#define THREE "-ke1_mlkem768-ke3_ecp384-ke7_ecp256"

typedef enum { OF_CHILD, OF_IKE } What;

static void
take_policy (AlgorithmUse use, const char *first, const char *more, AlgorithmPolicy *ret_policy)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat (first, more, NULL);
  algorithm_policy_parse (use, text, ret_policy, &error);
  g_assert_no_error (error);
}

/* A session and a gateway that both insist on these key exchanges. */
static Responder *
new_session (const char *more)
{
  Responder *r = responder_new (IKE_AUTH_METHOD_PSK);
  take_policy (ALGORITHMS_FOR_IKE, FIRST_IKE, more, &r->ike_policy);
  take_policy (ALGORITHMS_FOR_ESP, FIRST_ESP, more, &r->esp_policy);
  r->session_ike_policy = r->ike_policy;
  r->session_esp_policy = r->esp_policy;
  return r;
}

static Responder *
up (const char *more)
{
  Responder *r = new_session (more);
  responder_start (r);
  if (r->error != -1)
    g_error ("%s", r->error_text);
  g_assert_true (responder_passes_esp (r));
  return r;
}

static void
assert_one_of_each (Responder *r)
{
  responder_run_until (r, r->now + 12 * SECOND);
  if (r->error != -1)
    g_error ("%s", r->error_text);
  g_assert_cmpuint (r->children->len, ==, 1);
  g_assert_cmpuint (r->other_sas->len, ==, 0);
  g_assert_cmpuint (r->session->children->len, ==, 1);
  g_assert_cmpuint (r->session->old_sas->len, ==, 0);
  g_assert_null (r->session->peers_rekey);
  g_assert_null (r->session->peers_sa);
  g_assert_true (responder_passes_esp (r));
}

static unsigned int
n_rekeys (const Responder *r, What what)
{
  return what == OF_IKE ? r->n_ike_rekeys : r->n_added - 1;
}

static void
session_rekeys (Responder *r, What what)
{
  if (what == OF_IKE)
    ike_session_rekey_ike (r->session, r->now);
  else
    ike_session_rekey_child (r->session, r->now);
  responder_pump (r);
}

static void
gateway_rekeys (Responder *r, What what)
{
  if (what == OF_IKE)
    responder_rekey_ike (r, DH_CURVE25519);
  else
    responder_rekey_child (r, DH_CURVE25519);
  responder_pump (r);
}

/* How many messages of the session are of IKE_FOLLOWUP_KE. */
static unsigned int
count_followups (const Responder *r)
{
  unsigned int n = 0;
  for (guint i = 0; i < r->sent->len; i++) {
    IkeHeader header;
    g_assert_true (ike_header_parse (slice_of_bytes (r->sent->pdata[i]), &header));
    n += header.exchange == IKE_EXCHANGE_FOLLOWUP_KE;
  }
  return n;
}

static const struct {
  const char *more;
  unsigned int n;
  const char *says;
} agreements[] = {
  { "-ke1_mlkem768", 1, ", Curve25519, ML-KEM-768" },
  { THREE, 3, ", Curve25519, ML-KEM-768, ECP-384, ECP-256" },
  { "", 0, ", Curve25519" },
};

/* By either side, of either SA, twice in a row; whole and in fragments. */
static void
test_rekeys (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (agreements); i++) {
    for (size_t fragment_len = 0; fragment_len <= 300; fragment_len += 300) {
      g_autoptr (Responder) r = new_session (agreements[i].more);
      r->fragment_len = r->session_fragment_len = fragment_len;
      responder_start (r);
      for (unsigned int turn = 0; turn < 8; turn++) {
        What what = turn & 1 ? OF_IKE : OF_CHILD;
        unsigned int before = n_rekeys (r, what), followups = count_followups (r);
        if (turn & 2)
          gateway_rekeys (r, what);
        else
          session_rekeys (r, what);
        assert_one_of_each (r);
        g_assert_cmpuint (n_rekeys (r, what), ==, before + 1);
        if (fragment_len == 0)
          g_assert_cmpuint (count_followups (r), ==, followups + agreements[i].n);
      }
      g_autofree char *ike = ike_session_describe_ike (r->session);
      g_autofree char *child = ike_session_describe_child (r->session);
      g_assert_true (g_str_has_suffix (ike, agreements[i].says));
      g_assert_true (g_str_has_suffix (child, agreements[i].says));
    }
  }
}

/* The first CHILD_SA of an IKE SA that was made without one. */
static void
test_first_child (void)
{
  g_autoptr (Responder) r = new_session (THREE);
  r->childless = r->session_childless = true;
  responder_start (r);
  g_assert_cmpuint (count_followups (r), ==, 3);
  assert_one_of_each (r);
  g_assert_cmpuint (r->n_added, ==, 1);
}

/* The keys that the new SA has come from all exchanges: without the last octet of the last one nothing
 * passes. */
static void
test_all_count (void)
{
  g_autoptr (Responder) r = up ("-ke1_mlkem768");
  r->stops = true;
  gateway_rekeys (r, OF_CHILD);
  g_assert_true (r->rekey.waits);
  Slice first = secret_slice (r->rekey.shared.first);
  g_autofree uint8_t *other = g_memdup2 (first.data, first.len);
  other[first.len - 1] ^= 1;
  secret_unref (r->rekey.shared.first);
  r->rekey.shared.first = secret_new (other, first.len);
  responder_go_on (r);
  responder_pump (r);
  g_assert_cmpuint (r->n_added, ==, 2);
  g_assert_false (responder_passes_esp (r));
}

/* What the gateway answers to our IKE_FOLLOWUP_KE. */
typedef struct {
  const char *what;
  DhGroup method; /* DH_NONE: no KE */
  size_t len; /* of its value; 0 = that of a good answer */
  size_t link_len; /* of its link; 0 = none */
  uint16_t notify; /* 0 = none */
} BadAnswer;

static const BadAnswer bad_answers[] = {
  { "nothing", DH_NONE, 0, 1, 0 },
  { "one octet short", DH_MLKEM_768, CRYPTO_KEM_CIPHERTEXT_LEN - 1, 1, 0 },
  { "one octet long", DH_MLKEM_768, CRYPTO_KEM_CIPHERTEXT_LEN + 1, 1, 0 },
  { "another method", DH_CURVE25519, 32, 1, 0 },
  { "no link though another one follows", DH_MLKEM_768, 0, 0, 0 },
  { "a link that leaves no room", DH_MLKEM_768, 0, 1025, 0 },
  { "STATE_NOT_FOUND", DH_NONE, 0, 0, IKE_NOTIFY_STATE_NOT_FOUND },
  { "TEMPORARY_FAILURE", DH_NONE, 0, 0, IKE_NOTIFY_TEMPORARY_FAILURE },
  { "INVALID_KE_PAYLOAD", DH_NONE, 0, 0, IKE_NOTIFY_INVALID_KE_PAYLOAD },
  { "INVALID_SYNTAX", DH_NONE, 0, 0, IKE_NOTIFY_INVALID_SYNTAX },
  { "NO_PROPOSAL_CHOSEN", DH_NONE, 0, 0, IKE_NOTIFY_NO_PROPOSAL_CHOSEN },
};

static bool
answer_badly (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  static const uint8_t zeros[2000];
  const Slice none = SLICE (NULL, 0);
  const BadAnswer *bad = r->script_data;
  if (header->exchange != IKE_EXCHANGE_FOLLOWUP_KE || bad == NULL)
    return false;
  r->script_data = NULL;
  if (bad->method != DH_NONE && bad->len > 0) {
    ike_ke_write_value (answer, bad->method, SLICE (zeros, bad->len));
  } else if (bad->method != DH_NONE) {
    g_autoptr (Secret) secret =
        ike_additional_ke_answer (request, bad->method, responder_random, answer);
    g_assert_nonnull (secret);
  }
  if (bad->link_len > 0)
    ike_chain_notify (answer, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_ADDITIONAL_KEY_EXCHANGE,
        SLICE (zeros, bad->link_len));
  if (bad->notify != 0)
    ike_chain_notify (answer, IKE_PROTOCOL_NONE, none, (IkeNotifyType) bad->notify, none);
  return true;
}

/* A refusal is not the end: the old SA stays in use, and the rekey comes again. An answer that is none
 * ends the session, as it does in CREATE_CHILD_SA. */
static void
test_bad_answers (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bad_answers); i++) {
    for (What what = OF_CHILD; what <= OF_IKE; what++) {
      g_test_message ("%s", bad_answers[i].what);
      g_autoptr (Responder) r = up (THREE);
      r->script = answer_badly;
      r->script_data = (void *) &bad_answers[i];
      session_rekeys (r, what);
      g_assert_null (r->script_data);
      g_assert_cmpuint (n_rekeys (r, what), ==, 0);
      if (bad_answers[i].notify == 0) {
        g_assert_cmpint (r->error, ==, VISITOR_ERROR_PROTOCOL);
        continue;
      }
      g_assert_true (responder_passes_esp (r));
      responder_run_until (r, r->now + 70 * SECOND);
      g_assert_cmpuint (n_rekeys (r, what), ==, 1);
      assert_one_of_each (r);
    }
  }
}

/* What the gateway asks instead of its next IKE_FOLLOWUP_KE. */
typedef enum { ITS_LINK, NO_LINK, WRONG_LINK, CUT_LINK, LONG_LINK, NO_OCTET } Link;

static const struct {
  const char *what;
  Link link;
  DhGroup method; /* DH_NONE: no KE */
  size_t len;
  uint16_t notify; /* that it is answered with */
  bool goes_on; /* the rekey does, when the good request comes behind */
} bad_requests[] = {
  { "no link", NO_LINK, DH_MLKEM_768, CRYPTO_KEM_PUBLIC_LEN, IKE_NOTIFY_STATE_NOT_FOUND, true },
  { "a wrong link", WRONG_LINK, DH_MLKEM_768, CRYPTO_KEM_PUBLIC_LEN, IKE_NOTIFY_STATE_NOT_FOUND,
      true },
  { "a part of the link", CUT_LINK, DH_MLKEM_768, CRYPTO_KEM_PUBLIC_LEN, IKE_NOTIFY_STATE_NOT_FOUND,
      true },
  { "more than the link", LONG_LINK, DH_MLKEM_768, CRYPTO_KEM_PUBLIC_LEN,
      IKE_NOTIFY_STATE_NOT_FOUND, true },
  { "an empty link", NO_OCTET, DH_MLKEM_768, CRYPTO_KEM_PUBLIC_LEN, IKE_NOTIFY_STATE_NOT_FOUND,
      true },
  { "no key", ITS_LINK, DH_NONE, 0, IKE_NOTIFY_INVALID_SYNTAX, false },
  { "an empty key", ITS_LINK, DH_MLKEM_768, 0, IKE_NOTIFY_INVALID_SYNTAX, false },
  { "one octet short", ITS_LINK, DH_MLKEM_768, CRYPTO_KEM_PUBLIC_LEN - 1, IKE_NOTIFY_INVALID_SYNTAX,
      false },
  { "one octet long", ITS_LINK, DH_MLKEM_768, CRYPTO_KEM_PUBLIC_LEN + 1, IKE_NOTIFY_INVALID_SYNTAX,
      false },
  { "as long as a ciphertext", ITS_LINK, DH_MLKEM_768, CRYPTO_KEM_CIPHERTEXT_LEN,
      IKE_NOTIFY_INVALID_SYNTAX, false },
  { "a method out of turn", ITS_LINK, DH_ECP_384, 96, IKE_NOTIFY_INVALID_SYNTAX, false },
};

static void
assert_answered (const Responder *r, uint16_t type)
{
  IkePayloads response;
  IkeNotify notify = { .type = 0 };
  g_assert_true (responder_response (r, &response));
  bool has_error = ike_payloads_error (&response, &notify);
  g_assert_cmpint (has_error ? notify.type : 0, ==, type);
  if (has_error)
    g_assert_cmpuint (response.n, ==, 1);
}

static void
ask_badly (Responder *r, Link link, DhGroup method, size_t len)
{
  static const uint8_t zeros[2000];
  uint8_t buf[4096], octets[64] = { 0 };
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  Slice data = slice_of_bytes (r->rekey.followup.link);
  memcpy (octets, data.data, data.len);
  octets[0] ^= link == WRONG_LINK ? 1 : 0;
  size_t link_len = link == CUT_LINK ? data.len - 1
      : link == LONG_LINK            ? data.len + 1
      : link == NO_OCTET             ? 0
                                     : data.len;
  if (method != DH_NONE)
    ike_ke_write_value (&chain, method, SLICE (zeros, len));
  if (link != NO_LINK)
    ike_chain_notify (&chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0),
        IKE_NOTIFY_ADDITIONAL_KEY_EXCHANGE, SLICE (octets, link_len));
  responder_send_request (r, IKE_EXCHANGE_FOLLOWUP_KE, &chain);
  responder_pump (r);
}

/* The old SA stays in use, and the gateway's next rekey is made. */
static void
test_bad_requests (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bad_requests); i++) {
    for (What what = OF_CHILD; what <= OF_IKE; what++) {
      g_test_message ("%s", bad_requests[i].what);
      g_autoptr (Responder) r = up (THREE);
      r->stops = true;
      gateway_rekeys (r, what);
      g_assert_nonnull (r->session->peers_rekey);
      ask_badly (r, bad_requests[i].link, bad_requests[i].method, bad_requests[i].len);
      assert_answered (r, bad_requests[i].notify);
      g_assert_true (responder_passes_esp (r));
      r->stops = false;
      responder_go_on (r);
      responder_pump (r);
      g_assert_cmpuint (n_rekeys (r, what), ==, bad_requests[i].goes_on ? 1 : 0);
      if (!bad_requests[i].goes_on) {
        assert_answered (r, IKE_NOTIFY_STATE_NOT_FOUND);
        gateway_rekeys (r, what);
        g_assert_cmpuint (n_rekeys (r, what), ==, 1);
      }
      assert_one_of_each (r);
    }
  }
}

/* The gateway does not go on: what it began is forgotten in time, and not before. */
static void
test_given_up (void)
{
  for (What what = OF_CHILD; what <= OF_IKE; what++) {
    g_autoptr (Responder) r = up ("-ke1_mlkem768");
    r->stops = true;
    gateway_rekeys (r, what);
    responder_run_until (r, r->now + 29 * SECOND);
    g_assert_nonnull (r->session->peers_rekey);
    responder_run_until (r, r->now + 2 * SECOND);
    g_assert_null (r->session->peers_rekey);
    responder_go_on (r);
    responder_pump (r);
    assert_answered (r, IKE_NOTIFY_STATE_NOT_FOUND);
    g_assert_cmpuint (n_rekeys (r, what), ==, 0);
    assert_one_of_each (r);
  }
}

/* While one goes on: the same anew takes its place, another one has to wait, and so has ours. */
static void
test_one_at_a_time (void)
{
  for (What what = OF_CHILD; what <= OF_IKE; what++) {
    g_autoptr (Responder) r = up ("-ke1_mlkem768");
    What other = what == OF_IKE ? OF_CHILD : OF_IKE;
    r->stops = true;
    gateway_rekeys (r, what);
    g_assert_nonnull (r->session->peers_rekey);
    gateway_rekeys (r, what); /* its answer is left to us */
    assert_answered (r, 0);
    g_assert_nonnull (r->session->peers_rekey);
    session_rekeys (r, OF_CHILD);
    session_rekeys (r, OF_IKE);
    g_assert_cmpuint (n_rekeys (r, OF_CHILD) + n_rekeys (r, OF_IKE), ==, 0);
    gateway_rekeys (r, other);
    assert_answered (r, IKE_NOTIFY_TEMPORARY_FAILURE);
    r->stops = r->rekey.waits = r->rekey.goes_on = false;
    g_clear_pointer (&r->rekey.sa, ike_sa_free);
    r->rekey.old_spi_in = 0;
    gateway_rekeys (r, what);
    g_assert_cmpuint (n_rekeys (r, what), ==, 1);
    g_assert_cmpuint (n_rekeys (r, other), ==, 0);
    responder_run_until (r, r->now + 12 * SECOND);
    assert_one_of_each (r);
    g_assert_cmpuint (n_rekeys (r, what), ==, 1); /* ours had no need to be made any more */
    g_assert_cmpuint (n_rekeys (r, other), ==, 1); /* this one waited */
  }
}

/* Ours is past the point of collisions: the gateway's has to come again. */
static void
test_too_late (void)
{
  for (What what = OF_CHILD; what <= OF_IKE; what++) {
    for (What theirs = OF_CHILD; theirs <= OF_IKE; theirs++) {
      g_autoptr (Responder) r = up ("-ke1_mlkem768");
      r->is_deaf_to = IKE_EXCHANGE_FOLLOWUP_KE;
      session_rekeys (r, what);
      guint out = r->sent->len - 1;
      gateway_rekeys (r, theirs);
      assert_answered (r, IKE_NOTIFY_TEMPORARY_FAILURE);
      r->is_deaf_to = 0;
      responder_hear (r, out);
      responder_pump (r);
      g_assert_cmpuint (n_rekeys (r, what), ==, 1);
      assert_one_of_each (r);
    }
  }
}

/* The CHILD_SA goes while its rekey goes on, and the session with it. */
static void
test_deleted_meanwhile (void)
{
  g_autoptr (Responder) r = up ("-ke1_mlkem768");
  r->stops = true;
  gateway_rekeys (r, OF_CHILD);
  responder_delete_child (r, ((ResponderChild *) r->children->pdata[0])->spi_in);
  responder_pump (r);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_DELETED_BY_GATEWAY);
}

/* The stream goes with our request, or with the answer to the gateway's: the same octets again. */
static void
test_lost_stream (void)
{
  for (What what = OF_CHILD; what <= OF_IKE; what++) {
    g_autoptr (Responder) r = up (THREE);
    r->is_deaf_to = IKE_EXCHANGE_FOLLOWUP_KE;
    session_rekeys (r, what);
    g_assert_cmpuint (n_rekeys (r, what), ==, 0);
    GBytes *lost = r->sent->pdata[r->sent->len - 1];
    guint sent = r->sent->len;
    r->is_deaf_to = 0;
    responder_reconnect (r);
    g_assert_true (g_bytes_equal (lost, r->sent->pdata[sent]));
    g_assert_cmpuint (n_rekeys (r, what), ==, 1);
    assert_one_of_each (r);

    r->stops = true;
    gateway_rekeys (r, what);
    r->is_deaf = true; /* to the answer */
    responder_go_on (r);
    responder_pump (r);
    lost = r->sent->pdata[r->sent->len - 1];
    ike_session_stream_lost (r->session, r->now);
    r->now += 20 * SECOND;
    ike_session_stream_restored (r->session, &responder_path, r->now);
    r->is_deaf = false;
    responder_pump (r);
    sent = r->sent->len;
    ike_session_receive (
        r->session, slice_of_bytes (r->sa->window.request->pdata[0]), r->now); /* once more */
    r->stops = false;
    responder_pump (r);
    g_assert_true (g_bytes_equal (lost, r->sent->pdata[sent]));
    g_assert_cmpuint (n_rekeys (r, what), ==, 2);
    assert_one_of_each (r);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/followup/rekeys", test_rekeys);
  g_test_add_func ("/ike/followup/first-child", test_first_child);
  g_test_add_func ("/ike/followup/all-count", test_all_count);
  g_test_add_func ("/ike/followup/bad-answers", test_bad_answers);
  g_test_add_func ("/ike/followup/bad-requests", test_bad_requests);
  g_test_add_func ("/ike/followup/given-up", test_given_up);
  g_test_add_func ("/ike/followup/one-at-a-time", test_one_at_a_time);
  g_test_add_func ("/ike/followup/too-late", test_too_late);
  g_test_add_func ("/ike/followup/deleted-meanwhile", test_deleted_meanwhile);
  g_test_add_func ("/ike/followup/lost-stream", test_lost_stream);
  return g_test_run ();
}
