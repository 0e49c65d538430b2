/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IKE SA first and its CHILD_SA behind it (RFC 6023). */
#include <glib.h>
#include <string.h>

#include "ike/session.h"
#include "responder.h"

static GatewayKey *key;

static Responder *
new_responder (IkeAuthMethod auth)
{
  Responder *r = responder_new (auth);
  r->key = auth == IKE_AUTH_METHOD_EAP ? key : NULL;
  r->childless = r->session_childless = true;
  return r;
}

static void
assert_up (Responder *r)
{
  if (r->error != -1)
    g_error ("%s", r->error_text);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  g_assert_cmpuint (r->n_configured, ==, 1);
  g_assert_cmpuint (r->n_added, ==, 1);
  g_assert_true (responder_passes_esp (r));
}

static unsigned int
count_exchanges (const Responder *r, uint8_t exchange)
{
  unsigned int n = 0;
  for (guint i = 0; i < r->sent->len; i++) {
    IkeHeader header;
    g_assert_true (ike_header_parse (slice_of_bytes (r->sent->pdata[i]), &header));
    n += header.exchange == exchange;
  }
  return n;
}

/* The CHILD_SA has a key exchange of its own; what follows is as ever. */
static void
test_up (void)
{
  for (IkeAuthMethod auth = IKE_AUTH_METHOD_PSK; auth <= IKE_AUTH_METHOD_EAP; auth++) {
    g_autoptr (Responder) r = new_responder (auth);
    responder_start (r);
    assert_up (r);
    g_assert_cmpuint (count_exchanges (r, IKE_EXCHANGE_CREATE_CHILD_SA), ==, 1);
    g_autofree char *child = ike_session_describe_child (r->session);
    g_assert_nonnull (strstr (child, "Curve25519"));
    ike_session_rekey_child (r->session, r->now);
    responder_pump (r);
    g_assert_true (responder_passes_esp (r));
    ike_session_close (r->session, r->now);
    responder_pump (r);
    g_assert_true (r->closed);
  }
}

static void
test_other_group (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  r->child_group = DH_ECP_384;
  responder_start (r);
  assert_up (r);
  g_assert_cmpuint (count_exchanges (r, IKE_EXCHANGE_CREATE_CHILD_SA), ==, 2);
}

/* A gateway that never says so is asked in IKE_AUTH; a session that does not want it asks there too. */
static void
test_not_agreed (void)
{
  g_autoptr (Responder) cannot = new_responder (IKE_AUTH_METHOD_PSK);
  cannot->childless = false;
  responder_start (cannot);
  assert_up (cannot);
  g_assert_cmpuint (count_exchanges (cannot, IKE_EXCHANGE_CREATE_CHILD_SA), ==, 0);
  g_autoptr (Responder) insists = new_responder (IKE_AUTH_METHOD_PSK);
  insists->session_childless = false;
  responder_start (insists);
  g_assert_cmpint (insists->error, ==, VISITOR_ERROR_CHILD_REFUSED);
  g_assert_cmpuint (insists->n_added, ==, 0);
}

static const struct {
  const char *what;
  uint16_t error, group;
  int code;
} refusals[] = {
  { "NO_PROPOSAL_CHOSEN", 14, 0, VISITOR_ERROR_CHILD_REFUSED },
  { "TS_UNACCEPTABLE", 38, 0, VISITOR_ERROR_TRAFFIC_REFUSED },
  { "INTERNAL_ADDRESS_FAILURE", 36, 0, VISITOR_ERROR_NO_ADDRESS },
  { "NO_ADDITIONAL_SAS", 35, 0, VISITOR_ERROR_CHILD_REFUSED },
  { "a group that we do not do", 0, 2, VISITOR_ERROR_CHILD_REFUSED },
};

/* The IKE SA was up: it is deleted in order. */
static void
test_refused (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
    g_test_message ("%s", refusals[i].what);
    r->child_error = refusals[i].error;
    r->child_group = refusals[i].group;
    responder_start (r);
    g_assert_cmpint (r->error, ==, refusals[i].code);
    g_assert_cmpuint (r->n_configured, ==, 0);
    g_assert_cmpuint (count_exchanges (r, IKE_EXCHANGE_INFORMATIONAL), ==, 1);
  }
}

static bool
answer_badly (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  static const uint8_t bytes[32];
  if (header->exchange != IKE_EXCHANGE_CREATE_CHILD_SA)
    return false;
  switch (*(const int *) r->script_data) {
  case 0: break;
  case 1: ike_chain_payload (answer, IKE_PAYLOAD_NONCE, SLICE (bytes, 32)); break;
  default: ike_chain_payload (answer, IKE_PAYLOAD_SA, SLICE (bytes, 32)); break;
  }
  return true;
}

/* Answers without what must be there: no CHILD_SA. */
static void
test_bad_answers (void)
{
  for (int kind = 0; kind < 3; kind++) {
    g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
    r->script = answer_badly;
    r->script_data = &kind;
    responder_start (r);
    g_assert_cmpint (r->error, !=, -1);
    g_assert_cmpuint (r->n_added, ==, 0);
    g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_DEAD);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  key = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  g_test_add_func ("/ike/childless/up", test_up);
  g_test_add_func ("/ike/childless/other-group", test_other_group);
  g_test_add_func ("/ike/childless/not-agreed", test_not_agreed);
  g_test_add_func ("/ike/childless/refused", test_refused);
  g_test_add_func ("/ike/childless/bad-answers", test_bad_answers);
  int status = g_test_run ();
  gateway_key_free (key);
  return status;
}
