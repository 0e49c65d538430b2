/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What crosses on its way: exchanges of both sides, and the loss of the stream between a request and
 * its answer. */
#include <glib.h>

#include "ike/proposal.h"
#include "ike/session.h"
#include "responder.h"
#include "wire/delete.h"
#include "wire/ts.h"

#define SECOND INT64_C (1000000)

static Responder *
new_session (void)
{
  Responder *r = responder_new (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  g_assert_cmpint (r->error, ==, -1);
  return r;
}

static void
restore_stream (Responder *r)
{
  ike_session_stream_restored (r->session, &responder_path, r->now);
  responder_pump (r);
}

/* The gateway hears nothing behind the session's CREATE_CHILD_SA, which it still answers. */
static bool
deaf_after_rekey (
    Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  r->is_deaf |= header->exchange == IKE_EXCHANGE_CREATE_CHILD_SA;
  return false;
}

/* While our DELETE of the replaced CHILD_SA is out the gateway deletes the new one: nothing carries
 * traffic any more, which must not pass for a connection. */
static void
test_new_one_deleted (void)
{
  g_autoptr (Responder) r = new_session ();
  r->script = deaf_after_rekey;
  ike_session_rekey_child (r->session, r->now);
  responder_pump (r);
  g_assert_cmpuint (r->n_added, ==, 2);
  ResponderChild *newest = r->children->pdata[1];
  r->script = NULL;
  r->is_deaf = false;
  responder_delete_child (r, newest->spi_in);
  responder_pump (r);
  restore_stream (r);
  responder_run_until (r, r->now + 60 * SECOND);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_DELETED_BY_GATEWAY);
}

/* The gateway deletes the new CHILD_SA after the rekey that it began, and keeps the old. */
static void
test_old_one_kept (void)
{
  g_autoptr (Responder) r = new_session ();
  r->is_deaf = true; /* so that it does not take the answer, nor delete the old one */
  responder_rekey_child (r, 31);
  responder_pump (r);
  g_assert_cmpuint (r->n_added, ==, 2);
  r->is_deaf = false;
  r->sa->window.next_request++;
  g_clear_pointer (&r->sa->window.request, g_ptr_array_unref);
  r->rekey.old_spi_in = 0;
  responder_delete_child (r, r->rekey.spi_in);
  responder_pump (r);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_DELETED_BY_GATEWAY);
}

/* Our rekey is lost with the stream, the gateway rekeys meanwhile and deletes the old CHILD_SA, and
 * then our request comes again: what it makes is one too many and goes, and nothing else does. */
static void
test_rekey_of_what_went (void)
{
  g_autoptr (Responder) r = new_session ();
  r->is_deaf = true;
  ike_session_rekey_child (r->session, r->now);
  responder_pump (r);
  r->is_deaf = false;
  responder_rekey_child (r, 31);
  responder_pump (r);
  g_assert_cmpuint (r->children->len, ==, 1);
  responder_reconnect (r);
  responder_run_until (r, r->now + 60 * SECOND);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_cmpuint (r->children->len, ==, 1);
  g_assert_cmpuint (r->n_added - r->n_removed, ==, 1);
  g_assert_true (responder_passes_esp (r));
}

/* Streams that break one after the other while the gateway behind them is gone: the time that a
 * request waited on each of them adds up. */
static void
test_silence_over_streams (void)
{
  g_autoptr (Responder) r = new_session ();
  r->is_deaf = true;
  for (unsigned int i = 0; i < 6 && r->error == -1; i++) {
    responder_reconnect (r);
    responder_run_until (r, r->now + 10 * SECOND);
  }
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_PEER_SILENT);
}

/* However long it waited before, a new stream is given a moment. */
static void
test_patience_with_new_stream (void)
{
  g_autoptr (Responder) r = new_session ();
  r->is_deaf = true;
  responder_reconnect (r);
  responder_run_until (r, r->now + 29 * SECOND);
  responder_reconnect (r);
  responder_run_until (r, r->now + 4 * SECOND);
  g_assert_cmpint (r->error, ==, -1);
  r->is_deaf = false;
  responder_reconnect (r);
  g_assert_cmpuint (r->n_paths, >=, 1);
  g_assert_cmpint (r->error, ==, -1);
}

/* Somebody plays an old request of the gateway to us again and again: it is answered as RFC 7296
 * section 2.1 wants it, but it is no sign of life. */
static void
test_repetition_is_no_life (void)
{
  g_autoptr (Responder) r = new_session ();
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  g_autoptr (GBytes) message = responder_seal_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  const Slice octets = SLICE (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  ike_session_receive (r->session, octets, r->now);
  r->is_deaf = true;
  responder_pump (r);
  guint before = r->sent->len;
  for (unsigned int i = 1; i <= 12; i++) {
    r->now += SECOND;
    ike_session_receive (r->session, octets, r->now);
    ike_session_timeout (r->session, r->now);
    responder_pump (r);
  }
  g_assert_cmpuint (r->sent->len, ==, before + 12 + 1); /* twelve answers, one liveness check */
}

static bool
count_updates (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  IkeNotify notify;
  unsigned int *n = r->script_data;
  *n += ike_payloads_notify (request, IKE_NOTIFY_UPDATE_SA_ADDRESSES, &notify);
  return false;
}

/* The last request of the sign-in goes out a second time, on a new stream. A repetition moves no path
 * (RFC 9329 section 6.1): what follows has to say where we are. */
static void
test_auth_repeated (void)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  g_autoptr (Secret) psk = secret_new (RESPONDER_PSK, sizeof RESPONDER_PSK - 1);
  unsigned int n_updates = 0;
  r->script = count_updates;
  r->script_data = &n_updates;
  r->user_waits = true;
  r->is_deaf_to = IKE_EXCHANGE_AUTH;
  responder_start (r);
  ike_session_provide_secret (r->session, psk, r->now);
  responder_pump (r);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_AUTH);
  r->is_deaf_to = 0;
  responder_reconnect (r);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  g_assert_cmpuint (n_updates, ==, 1);
  g_assert_cmpuint (r->n_paths, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/crossings/new-one-deleted", test_new_one_deleted);
  g_test_add_func ("/ike/crossings/old-one-kept", test_old_one_kept);
  g_test_add_func ("/ike/crossings/rekey-of-what-went", test_rekey_of_what_went);
  g_test_add_func ("/ike/crossings/silence-over-streams", test_silence_over_streams);
  g_test_add_func ("/ike/crossings/patience-with-new-stream", test_patience_with_new_stream);
  g_test_add_func ("/ike/crossings/auth-repeated", test_auth_repeated);
  g_test_add_func ("/ike/crossings/repetition-is-no-life", test_repetition_is_no_life);
  return g_test_run ();
}
