/* SPDX-License-Identifier: GPL-2.0-or-later */
/* We sign in by certificate: alone, and before EAP. Whoever has the key answers when it pleases. */
#include "ike/session.h"

#include <glib.h>

#include "ike/sa.h"
#include "responder.h"

#define SECOND INT64_C (1000000)

static GatewayKey *key, *other;

static Responder *
new_responder (IkeAuthMethod auth)
{
  Responder *r = responder_new (auth);
  r->key = r->client = key;
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

static void
assert_refused (Responder *r, int code, guint sent)
{
  g_assert_cmpint (r->error, ==, code);
  g_assert_cmpuint (r->sent->len, ==, sent);
  g_assert_cmpuint (r->n_added, ==, 0);
}

static void
test_up (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_CERTIFICATE);
  responder_start (r);
  assert_up (r);
  g_assert_cmpuint (r->n_signatures, ==, 1);
  g_assert_cmpuint (r->n_secrets, ==, 0);
  g_assert_cmpuint (r->sent->len, ==, 2);
}

/* The user is asked for the password after the certificate was taken and the gateway has proved itself,
 * and the last AUTH speaks for the user, not for the certificate. */
static void
test_then_eap (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_CERTIFICATE_EAP);
  responder_start (r);
  assert_up (r);
  g_assert_cmpuint (r->n_signatures, ==, 1);
  g_assert_cmpuint (r->n_secrets, ==, 1);
}

static void
test_then_eap_wrong_password (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_CERTIFICATE_EAP);
  r->secret = "another";
  responder_start (r);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_PASSWORD_REFUSED);
  g_assert_cmpuint (r->n_added, ==, 0);
}

static void
test_refusals (void)
{
  g_autoptr (Responder) refused = new_responder (IKE_AUTH_METHOD_CERTIFICATE);
  refused->auth_error = 24;
  responder_start (refused);
  assert_refused (refused, VISITOR_ERROR_CERTIFICATE_REFUSED, 2);

  g_autoptr (Responder) no_key = new_responder (IKE_AUTH_METHOD_CERTIFICATE);
  no_key->client_refuses = true;
  responder_start (no_key);
  assert_refused (no_key, VISITOR_ERROR_NO_SIGNATURE, 1);

  g_autoptr (Responder) wrong_key = new_responder (IKE_AUTH_METHOD_CERTIFICATE);
  wrong_key->client_signs = other;
  responder_start (wrong_key);
  assert_refused (wrong_key, VISITOR_ERROR_KEY_MISMATCH, 1);

  g_autoptr (Responder) no_hash = new_responder (IKE_AUTH_METHOD_CERTIFICATE);
  no_hash->hash = 1; /* SHA-1 */
  responder_start (no_hash);
  assert_refused (no_hash, VISITOR_ERROR_METHOD_UNSUPPORTED, 1);
  g_assert_cmpuint (no_hash->n_signatures, ==, 0);

  g_autoptr (Responder) one_proof = new_responder (IKE_AUTH_METHOD_CERTIFICATE_EAP);
  one_proof->no_multiple_auth = true;
  responder_start (one_proof);
  assert_refused (one_proof, VISITOR_ERROR_METHOD_UNSUPPORTED, 1);
}

/* The gateway proves itself as ever: with a certificate of its own that nobody knows it gets no EAP. */
static void
test_gateway_untrusted (void)
{
  static const IkeAuthMethod methods[] = { IKE_AUTH_METHOD_CERTIFICATE,
    IKE_AUTH_METHOD_CERTIFICATE_EAP };
  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (Responder) r = new_responder (methods[i]);
    r->trusted = other;
    responder_start (r);
    g_assert_cmpint (r->error, ==, VISITOR_ERROR_GATEWAY_UNTRUSTED);
    g_assert_cmpuint (r->n_secrets, ==, 0);
    g_assert_cmpuint (r->n_added, ==, 0);
  }
}

/* A signature that comes within what a gateway waits goes on with the same SA; one that comes later has
 * to be made anew for a new one, twice at most. What comes unasked is passed over. */
static void
test_slow_key (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_CERTIFICATE);
  r->client_waits = true;
  responder_start (r);
  responder_run_until (r, r->now + 10 * SECOND);
  g_assert_cmpuint (r->sent->len, ==, 1);
  responder_sign (r);
  responder_pump (r);
  assert_up (r);
  responder_sign (r);
  responder_pump (r);
  g_assert_cmpint (r->error, ==, -1);

  g_autoptr (Responder) slow = new_responder (IKE_AUTH_METHOD_CERTIFICATE);
  slow->client_waits = true;
  responder_start (slow);
  for (unsigned int i = 1; i <= 3; i++) {
    g_assert_cmpuint (slow->n_signatures, ==, i);
    g_assert_cmpuint (slow->sent->len, ==, i);
    responder_run_until (slow, slow->now + 60 * SECOND);
    responder_sign (slow);
    responder_pump (slow);
  }
  assert_up (slow);
  g_assert_cmpuint (slow->n_signatures, ==, 3);
}

/* The stream goes while the key is asked: the signature is for the SA, not for the stream. */
static void
test_stream_lost (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_CERTIFICATE);
  r->client_waits = true;
  responder_start (r);
  ike_session_stream_lost (r->session, r->now);
  responder_sign (r);
  responder_pump (r);
  g_assert_cmpuint (r->sent->len, ==, 1);
  ike_session_stream_restored (r->session, &responder_path, r->now);
  responder_pump (r);
  assert_up (r);
}

static void
test_cancel (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_CERTIFICATE);
  r->client_waits = true;
  responder_start (r);
  ike_session_close (r->session, r->now);
  responder_sign (r);
  responder_pump (r);
  g_assert_true (r->closed);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_cmpuint (r->sent->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  key = gateway_key_new (RESPONDER_NAME, 1000000000, 4000000000);
  other = gateway_key_new (RESPONDER_NAME, 1000000000, 4000000000);
  g_test_add_func ("/ike/client-certificate/up", test_up);
  g_test_add_func ("/ike/client-certificate/then-eap", test_then_eap);
  g_test_add_func ("/ike/client-certificate/then-eap-wrong-password", test_then_eap_wrong_password);
  g_test_add_func ("/ike/client-certificate/refusals", test_refusals);
  g_test_add_func ("/ike/client-certificate/gateway-untrusted", test_gateway_untrusted);
  g_test_add_func ("/ike/client-certificate/slow-key", test_slow_key);
  g_test_add_func ("/ike/client-certificate/stream-lost", test_stream_lost);
  g_test_add_func ("/ike/client-certificate/cancel", test_cancel);
  int result = g_test_run ();
  gateway_key_free (key);
  gateway_key_free (other);
  return result;
}
