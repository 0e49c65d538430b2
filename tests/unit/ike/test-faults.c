/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every fault of tests/support/responder/fault-*.c, played to a session: it ends for the one reason
 * there is, or goes on as if nothing was; and nothing that its secret could be guessed from leaves
 * before the gateway has proved itself. */
#include <glib.h>
#include <string.h>

#include "fault.h"

static GatewayKey *key, *misnamed, *stranger, *outdated;

static Responder *
responder_for (const Fault *fault)
{
  Responder *r = responder_new (fault->auth);
  r->key = fault->auth == IKE_AUTH_METHOD_EAP ? key : NULL;
  r->trusted = r->key;
  r->misnamed = misnamed;
  r->stranger = stranger;
  r->outdated = outdated;
  fault_prepare (r, fault);
  if (r->key == misnamed || r->key == outdated)
    r->trusted = r->key; /* the CA is a good one */
  return r;
}

static void
assert_lives (Responder *r, const Fault *fault)
{
  if (r->error != -1)
    g_error ("%s: %s", fault->name, r->error_text);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  g_assert_cmpuint (r->n_added, ==, 1);
  g_assert_cmpuint (r->n_removed, ==, 0);
  if (fault->phase != FAULT_ESP) /* whose sequence numbers run ahead of those of this check */
    g_assert_true (responder_passes_esp (r));
}

static void
assert_ends (Responder *r, const Fault *fault)
{
  g_assert_cmpint (r->error, ==, fault->code);
  if (strstr (r->error_text, fault->says) == NULL)
    g_error ("%s: \"%s\"", fault->name, r->error_text);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_DEAD);
  g_assert_cmpuint (r->n_added, ==, fault->phase == FAULT_UP ? 1 : 0);
  g_assert_cmpint (ike_session_next_timeout (r->session), ==, G_MAXINT64);

  /* What comes late wakes nothing: a timer, an answer of the user, a stream (CVE-2024-2357). */
  guint sent = r->sent->len;
  g_autoptr (Secret) secret = secret_new (RESPONDER_PASSWORD, strlen (RESPONDER_PASSWORD));
  ike_session_timeout (r->session, r->now + INT64_C (1000) * G_USEC_PER_SEC);
  ike_session_provide_secret (r->session, secret, r->now);
  ike_session_stream_lost (r->session, r->now);
  ike_session_stream_restored (r->session, &responder_path, r->now);
  ike_session_close (r->session, r->now);
  responder_pump (r);
  g_assert_cmpuint (r->sent->len, ==, sent);
  g_assert_false (r->closed);
}

static void
assert_dropped (const Responder *r, const Fault *fault)
{
  unsigned int n = 0;
  for (int verdict = 0; verdict < ESP_N_VERDICTS; verdict++) {
    bool wanted = strcmp (esp_verdict_to_string ((EspVerdict) verdict), fault->says) == 0;
    n += wanted ? r->esp_verdicts[verdict] : 0;
  }
  g_assert_cmpuint (n, >, 0);
}

static void
assert_answered (const Responder *r, const Fault *fault)
{
  IkePayloads response;
  IkeNotify notify;
  if (r->response == NULL) {
    g_assert_cmpint (fault->notify, ==, 0);
    return;
  }
  g_assert_true (responder_response (r, &response));
  bool has_error = ike_payloads_error (&response, &notify);
  g_assert_cmpint (has_error ? notify.type : 0, ==, fault->notify);
}

static void
test_fault (gconstpointer data)
{
  const Fault *fault = data;
  g_autoptr (Responder) r = responder_for (fault);
  responder_start (r);
  if (fault->play != NULL) {
    g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
    fault->play (r, fault);
    responder_pump (r);
    assert_answered (r, fault);
  }
  if (fault->code == FAULT_LIVES)
    assert_lives (r, fault);
  else
    assert_ends (r, fault);
  if (fault->phase == FAULT_ESP)
    assert_dropped (r, fault);
  g_assert_cmpint (r->n_proofs > 0, ==, fault->sends_proof);
}

/* Each has a name of its own, and says what must be said. */
static void
test_table (void)
{
  const Fault *fault;
  size_t n = 0;
  for (; (fault = fault_at (n)) != NULL; n++) {
    g_assert_true (fault_find (fault->name) == fault);
    g_assert_true (fault->code == FAULT_LIVES || fault->says != NULL);
  }
  g_assert_cmpuint (n, >, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  key = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  misnamed = gateway_key_new ("other.example.test", 1900000000, 2100000000);
  stranger = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  outdated = gateway_key_new (RESPONDER_NAME, 1900000000, 1950000000);
  g_test_add_func ("/ike/faults/table", test_table);
  const Fault *fault;
  for (size_t i = 0; (fault = fault_at (i)) != NULL; i++) {
    g_autofree char *path = g_strdup_printf ("/ike/faults/%s", fault->name);
    g_test_add_data_func (path, fault, test_fault);
  }
  int status = g_test_run ();
  gateway_key_free (key);
  gateway_key_free (misnamed);
  gateway_key_free (stranger);
  gateway_key_free (outdated);
  return status;
}
