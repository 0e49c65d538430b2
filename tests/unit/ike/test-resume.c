/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session resumption (RFC 5723): a second session begins where the first ended, and nobody is asked for
 * anything; where the gateway does not want that it begins as ever. */
#include <glib.h>
#include <string.h>

#include "ike/session-private.h"
#include "ike/ticket.h"
#include "responder.h"

static GatewayKey *key;

static Responder *
new_responder (IkeAuthMethod auth)
{
  Responder *r = responder_new (auth);
  r->key = auth == IKE_AUTH_METHOD_EAP ? key : NULL;
  r->ticket_lifetime = 3600;
  return r;
}

static void
assert_up (Responder *r)
{
  if (r->error != -1)
    g_error ("%s", r->error_text);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  g_assert_cmpuint (r->n_added, ==, 1);
  g_assert_true (responder_passes_esp (r));
}

/* A first session, and the gateway that the second will meet, which knows its ticket. */
static Responder *
second (IkeAuthMethod auth, Responder **ret_first)
{
  Responder *first = new_responder (auth), *r = new_responder (auth);
  responder_start (first);
  assert_up (first);
  r->now = first->now + 1000;
  r->session_ticket = ike_session_take_ticket (first->session);
  g_assert_nonnull (r->session_ticket);
  g_assert_null (ike_session_take_ticket (first->session));
  responder_share_tickets (r, first);
  *ret_first = first;
  return r;
}

/* Not a question, not an IKE_SA_INIT; and what follows is as ever, a next ticket included. */
static void
test_resumed (void)
{
  for (IkeAuthMethod auth = IKE_AUTH_METHOD_PSK; auth <= IKE_AUTH_METHOD_EAP; auth++) {
    g_autoptr (Responder) first = NULL;
    g_autoptr (Responder) r = second (auth, &first);
    responder_start (r);
    assert_up (r);
    g_assert_cmpuint (r->n_resumes, ==, 1);
    g_assert_cmpuint (r->n_secrets, ==, 0);
    g_assert_cmpuint (r->n_proofs, ==, 0);
    g_assert_cmpuint (r->sent->len, ==, 2);
    g_assert_false (secret_equal (r->sa->keys.sk_d, first->sa->keys.sk_d));
    ike_session_rekey_ike (r->session, r->now);
    ike_session_rekey_child (r->session, r->now);
    responder_pump (r);
    g_assert_cmpuint (r->n_ike_rekeys, ==, 1);
    g_assert_true (responder_passes_esp (r));
    responder_reconnect (r);
    g_assert_cmpuint (r->n_paths, ==, 1);
    g_autoptr (IkeTicket) next = ike_session_take_ticket (r->session);
    g_assert_nonnull (next);
  }
}

/* The gateway does not take it: with NACK, with any error, or in IKE_AUTH. */
static void
test_refused (void)
{
  static const uint16_t errors[] = { IKE_NOTIFY_TICKET_NACK, IKE_NOTIFY_INVALID_SYNTAX,
    IKE_NOTIFY_NO_PROPOSAL_CHOSEN };
  for (IkeAuthMethod auth = IKE_AUTH_METHOD_PSK; auth <= IKE_AUTH_METHOD_EAP; auth++) {
    for (size_t i = 0; i <= G_N_ELEMENTS (errors); i++) {
      g_autoptr (Responder) first = NULL;
      g_autoptr (Responder) r = second (auth, &first);
      if (i < G_N_ELEMENTS (errors))
        r->resume_error = errors[i];
      else
        r->auth_error = IKE_NOTIFY_AUTHENTICATION_FAILED;
      responder_start (r);
      assert_up (r);
      g_assert_cmpuint (r->n_resumes, ==, 1);
      g_assert_cmpuint (r->n_secrets, ==, 1);
    }
  }
}

static void
test_cookies (void)
{
  for (unsigned int cookies = 1; cookies < 10; cookies += 3) {
    g_autoptr (Responder) first = NULL;
    g_autoptr (Responder) r = second (IKE_AUTH_METHOD_PSK, &first);
    r->cookies = cookies;
    responder_start (r);
    if (cookies <= 4) {
      assert_up (r);
      g_assert_cmpuint (r->n_resumes, ==, cookies + 1);
    } else { /* for ever: waited for, and left */
      responder_run_until (r, r->now + INT64_C (60) * G_USEC_PER_SEC);
      g_assert_cmpint (r->error, ==, VISITOR_ERROR_PEER_SILENT);
    }
  }
}

/* Somebody who has seen the ticket, and not what it was given with. */
static void
test_stolen (void)
{
  g_autoptr (Responder) first = NULL;
  g_autoptr (Responder) r = second (IKE_AUTH_METHOD_PSK, &first);
  r->breaks_auth = true;
  responder_start (r);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_GATEWAY_UNTRUSTED);
  g_assert_cmpuint (r->n_added, ==, 0);
  g_assert_null (ike_session_take_ticket (r->session));
}

static void
test_run_out (void)
{
  g_autoptr (Responder) first = NULL;
  g_autoptr (Responder) r = second (IKE_AUTH_METHOD_PSK, &first);
  r->now = r->session_ticket->ends_at;
  responder_start (r);
  assert_up (r);
  g_assert_cmpuint (r->n_resumes, ==, 0);
  g_assert_cmpuint (r->n_secrets, ==, 1);
}

/* Later, in a request, and in place of the one before; what is none is none. */
static void
test_given_later (void)
{
  static const struct {
    const char *data;
    size_t len;
    bool good;
  } rows[] = {
    { "\0\0\1\0ticket", 10, true },
    { "\0\0\1\0", 4, false },
    { "\0\0\1", 3, false },
    { "", 0, false },
    { "\0\0\0\0ticket", 10, false },
    { "\377\377\377\377t", 5, true },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    uint8_t buf[64];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
    responder_start (r);
    g_assert_null (ike_session_take_ticket (r->session));
    ike_chain_notify (&chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_TICKET_LT_OPAQUE,
        SLICE ((const uint8_t *) rows[i].data, rows[i].len));
    for (int again = 0; again < 2; again++) {
      responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
      responder_pump (r);
    }
    g_autoptr (IkeTicket) given = ike_session_take_ticket (r->session);
    g_assert_cmpint (given != NULL, ==, rows[i].good);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  key = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  g_test_add_func ("/ike/resume/resumed", test_resumed);
  g_test_add_func ("/ike/resume/refused", test_refused);
  g_test_add_func ("/ike/resume/cookies", test_cookies);
  g_test_add_func ("/ike/resume/stolen", test_stolen);
  g_test_add_func ("/ike/resume/run-out", test_run_out);
  g_test_add_func ("/ike/resume/given-later", test_given_later);
  int status = g_test_run ();
  gateway_key_free (key);
  return status;
}
