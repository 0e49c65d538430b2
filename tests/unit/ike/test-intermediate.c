/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several key exchanges (RFC 9370) in IKE_INTERMEDIATE (RFC 9242), before anybody is authenticated. */
#include <glib.h>
#include <string.h>

#include "crypto/kem.h"
#include "ike/ke.h"
#include "ike/session.h"
#include "responder.h"

#define FIRST "aes256gcm16-prfsha384-curve25519"
#define ONE FIRST "-ke1_mlkem768"
#define THREE FIRST "-ke1_mlkem768-ke3_ecp384-ke7_modp2048"

static GatewayKey *key;

static void
take_policy (const char *text, AlgorithmPolicy *ret_policy)
{
  g_autoptr (GError) error = NULL;
  algorithm_policy_parse (ALGORITHMS_FOR_IKE, text, ret_policy, &error);
  g_assert_no_error (error);
}

static Responder *
new_responder (IkeAuthMethod auth, const char *session, const char *gateway)
{
  Responder *r = responder_new (auth);
  r->key = auth == IKE_AUTH_METHOD_EAP ? key : NULL;
  take_policy (session, &r->session_ike_policy);
  take_policy (gateway, &r->ike_policy);
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

static unsigned int
count_exchanges (const Responder *r, uint8_t exchange)
{
  unsigned int n = 0;
  uint32_t last = UINT32_MAX;
  for (guint i = 0; i < r->sent->len; i++) {
    IkeHeader header;
    g_assert_true (ike_header_parse (slice_of_bytes (r->sent->pdata[i]), &header));
    n += header.exchange == exchange && header.message_id != last;
    last = header.message_id;
  }
  return n;
}

static const struct {
  const char *what;
  const char *session, *gateway;
  unsigned int n; /* additional key exchanges */
  const char *suite;
} agreements[] = {
  { "one", ONE, ONE, 1, "AES-256-GCM-16, PRF-HMAC-SHA2-384, Curve25519, ML-KEM-768" },
  { "three, with gaps", THREE, THREE, 3,
      "AES-256-GCM-16, PRF-HMAC-SHA2-384, Curve25519, ML-KEM-768, ECP-384, MODP-2048" },
  { "a gateway that knows none takes the proposal without", ONE ", " FIRST, FIRST, 0,
      "AES-256-GCM-16, PRF-HMAC-SHA2-384, Curve25519" },
  { "a gateway that may do without", ONE, FIRST "-ke1_mlkem768-ke1_none", 1,
      "AES-256-GCM-16, PRF-HMAC-SHA2-384, Curve25519, ML-KEM-768" },
  { "a session that may do without", FIRST "-ke1_mlkem768-ke1_none", FIRST, 0,
      "AES-256-GCM-16, PRF-HMAC-SHA2-384, Curve25519" },
  { "a group as the additional one", FIRST "-ke2_ecp256", FIRST "-ke2_ecp256", 1,
      "AES-256-GCM-16, PRF-HMAC-SHA2-384, Curve25519, ECP-256" },
};

/* Each with a key and with a certificate, whole and in fragments both ways: IntAuth is the same. */
static void
test_up (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (agreements); i++) {
    for (size_t fragment_len = 0; fragment_len <= 300; fragment_len += 300) {
      for (IkeAuthMethod auth = IKE_AUTH_METHOD_PSK; auth <= IKE_AUTH_METHOD_EAP; auth++) {
        g_test_message ("%s", agreements[i].what);
        g_autoptr (Responder) r =
            new_responder (auth, agreements[i].session, agreements[i].gateway);
        r->fragment_len = r->session_fragment_len = fragment_len;
        responder_start (r);
        assert_up (r);
        g_assert_cmpuint (count_exchanges (r, IKE_EXCHANGE_INTERMEDIATE), ==, agreements[i].n);
        g_autofree char *suite = ike_session_describe_ike (r->session);
        g_assert_cmpstr (suite, ==, agreements[i].suite);
      }
    }
  }
}

/* A cookie and another group first; a stream that breaks between. */
static void
test_detours (void)
{
  g_autoptr (Responder) r =
      new_responder (IKE_AUTH_METHOD_PSK, "aes256gcm16-prfsha384-curve25519-ecp384-ke1_mlkem768",
          "aes256gcm16-prfsha384-ecp384-ke1_mlkem768");
  r->cookies = 1;
  r->wanted_group = DH_ECP_384;
  r->is_deaf_to = IKE_EXCHANGE_INTERMEDIATE;
  responder_start (r);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_AUTH);
  r->is_deaf_to = 0;
  responder_reconnect (r);
  assert_up (r);
}

/* The gateway chooses ML-KEM and does not say that it knows IKE_INTERMEDIATE: no answer at all. */
static void
test_without_intermediate (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK, ONE, ONE);
  r->no_intermediate = true;
  responder_start (r);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_INIT_SENT);
  g_assert_cmpuint (count_exchanges (r, IKE_EXCHANGE_INTERMEDIATE), ==, 0);
}

/* What the gateway answers instead of KEr. */
typedef struct {
  const char *what;
  DhGroup method;
  size_t len;
  uint16_t notify;
} BadAnswer;

static const BadAnswer bad_answers[] = {
  { "nothing", DH_NONE, 0, 0 },
  { "a ciphertext of no octets", DH_MLKEM_768, 0, 0 },
  { "one octet short", DH_MLKEM_768, CRYPTO_KEM_CIPHERTEXT_LEN - 1, 0 },
  { "one octet long", DH_MLKEM_768, CRYPTO_KEM_CIPHERTEXT_LEN + 1, 0 },
  { "as long as a public key", DH_MLKEM_768, CRYPTO_KEM_PUBLIC_LEN, 0 },
  { "another method", DH_CURVE25519, 32, 0 },
  { "a method nobody knows", (DhGroup) 65535, CRYPTO_KEM_CIPHERTEXT_LEN, 0 },
  { "INVALID_SYNTAX", DH_NONE, 0, IKE_NOTIFY_INVALID_SYNTAX },
  { "NO_PROPOSAL_CHOSEN", DH_NONE, 0, IKE_NOTIFY_NO_PROPOSAL_CHOSEN },
  { "INVALID_KE_PAYLOAD", DH_NONE, 0, IKE_NOTIFY_INVALID_KE_PAYLOAD },
  { "STATE_NOT_FOUND", DH_NONE, 0, IKE_NOTIFY_STATE_NOT_FOUND },
};

static bool
answer_badly (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  static const uint8_t zeros[2000];
  const BadAnswer *bad = r->script_data;
  if (header->exchange != IKE_EXCHANGE_INTERMEDIATE)
    return false;
  if (bad->method != DH_NONE)
    ike_ke_write_value (answer, bad->method, SLICE (zeros, bad->len));
  if (bad->notify != 0)
    ike_chain_notify (
        answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0), (IkeNotifyType) bad->notify, SLICE (NULL, 0));
  return true;
}

/* Nothing but a good answer leads on to IKE_AUTH: our identity stays with us. */
static void
test_bad_answers (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bad_answers); i++) {
    g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK, ONE, ONE);
    g_test_message ("%s", bad_answers[i].what);
    r->script = answer_badly;
    r->script_data = (void *) &bad_answers[i];
    responder_start (r);
    g_assert_cmpint (r->error, ==, VISITOR_ERROR_PROTOCOL);
    g_assert_cmpuint (count_exchanges (r, IKE_EXCHANGE_AUTH), ==, 0);
  }
}

/* A ciphertext of the right length that was not made for our key: keys differ from then on, so that
 * IKE_AUTH is not understood, and its answer not by us. */
static void
test_wrong_ciphertext (void)
{
  static const BadAnswer wrong = { "", DH_MLKEM_768, CRYPTO_KEM_CIPHERTEXT_LEN, 0 };
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK, ONE, ONE);
  r->script = answer_badly;
  r->script_data = (void *) &wrong;
  r->is_deaf_to = IKE_EXCHANGE_AUTH;
  responder_start (r);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_AUTH);
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  ike_chain_notify (&chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_AUTHENTICATION_FAILED,
      SLICE (NULL, 0));
  g_autoptr (GBytes) message = ike_sa_seal (r->sa, IKE_EXCHANGE_AUTH, 2, true, &chain);
  ike_session_receive (r->session, slice_of_bytes (message), r->now);
  responder_pump (r);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_AUTH);
  responder_run_until (r, r->now + 60 * G_USEC_PER_SEC);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_PEER_SILENT);
}

/* The gateway counts something else than what was said: one octet of its IntAuth, or a notification
 * that it leaves out. */
static bool
turn_int_auth (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  size_t at = GPOINTER_TO_SIZE (r->script_data);
  if (header->exchange == IKE_EXCHANGE_AUTH && header->message_id == r->int_auth.n + 1)
    r->int_auth.octets[at < r->int_auth.len ? at : r->int_auth.len - 1] ^= 1;
  return false;
}

static void
test_wrong_int_auth (void)
{
  for (size_t at = 0; at < 2 * 48 + 4; at += 9) {
    g_autoptr (Responder) psk = new_responder (IKE_AUTH_METHOD_PSK, ONE, ONE);
    psk->script = turn_int_auth;
    psk->script_data = GSIZE_TO_POINTER (at);
    responder_start (psk);
    g_assert_cmpint (
        psk->error, ==, VISITOR_ERROR_AUTH_REFUSED); /* the gateway sees ours as wrong */
    g_autoptr (Responder) eap = new_responder (IKE_AUTH_METHOD_EAP, ONE, ONE);
    eap->script = turn_int_auth;
    eap->script_data = GSIZE_TO_POINTER (at);
    responder_start (eap);
    g_assert_cmpint (eap->error, ==, VISITOR_ERROR_GATEWAY_SIGNATURE);
    g_assert_cmpuint (eap->n_secrets, ==, 0);
  }
}

/* IKE_INTERMEDIATE out of turn, sealed with good keys: as an answer nobody waits for, as a request of the
 * gateway before anybody is authenticated, and when the SA is up. */
static void
test_out_of_turn (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_EAP, ONE, ONE);
  r->user_waits = true;
  responder_start (r);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_AUTH);
  guint before = r->sent->len;
  for (uint32_t id = 0; id < 6; id++) {
    for (int is_response = 0; is_response < 2; is_response++) {
      uint8_t buf[64];
      IkeChain chain = ike_chain_init (buf, sizeof buf);
      g_autoptr (GBytes) message =
          ike_sa_seal (r->sa, IKE_EXCHANGE_INTERMEDIATE, id, is_response != 0, &chain);
      ike_session_receive (r->session, slice_of_bytes (message), r->now);
      responder_pump (r);
    }
  }
  g_assert_cmpuint (r->sent->len, ==, before);
  g_assert_cmpint (r->error, ==, -1);
  g_autoptr (Responder) up = new_responder (IKE_AUTH_METHOD_PSK, ONE, ONE);
  responder_start (up);
  assert_up (up);
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  responder_send_request (up, IKE_EXCHANGE_INTERMEDIATE, &chain);
  responder_pump (up);
  g_assert_cmpint (up->error, ==, VISITOR_ERROR_PROTOCOL);
}

/* A gateway that answers with what was not offered, or twice with the same method. */
static void
test_not_agreed (void)
{
  static const char *const gateways[] = {
    FIRST "-ke1_ecp256",
    FIRST "-ke2_mlkem768",
    FIRST "-ke1_mlkem768-ke2_ecp256",
    FIRST "-ke1_mlkem768-ke2_mlkem768",
  };
  IkeOffer offer;
  AlgorithmPolicy mine;
  take_policy (ONE, &mine);
  ike_offer_for_ike (&mine, SLICE (NULL, 0), &offer);
  for (size_t i = 0; i < G_N_ELEMENTS (gateways); i++) {
    AlgorithmPolicy theirs;
    IkeOffer answer;
    IkeSuite suite;
    Slice spi;
    take_policy (gateways[i], &theirs);
    ike_offer_for_ike (&theirs, SLICE (NULL, 0), &answer);
    g_autofree IkeSaPayload *payload = g_new0 (IkeSaPayload, 1);
    payload->n = 1;
    payload->proposals[0] = answer.proposals[0];
    g_assert_false (ike_offer_accept (&offer, payload, 0, &suite, &spi));
  }
}

static void
test_same_twice (void)
{
  IkeOffer offer;
  AlgorithmPolicy policy;
  IkeSuite suite;
  Slice spi;
  take_policy (FIRST "-ke1_mlkem768-ke2_mlkem768", &policy);
  ike_offer_for_ike (&policy, SLICE (NULL, 0), &offer);
  g_autofree IkeSaPayload *payload = g_new0 (IkeSaPayload, 1);
  payload->n = 1;
  payload->proposals[0] = offer.proposals[0];
  g_assert_false (ike_offer_accept (&offer, payload, 0, &suite, &spi));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  key = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  g_test_add_func ("/ike/intermediate/up", test_up);
  g_test_add_func ("/ike/intermediate/detours", test_detours);
  g_test_add_func ("/ike/intermediate/without-intermediate", test_without_intermediate);
  g_test_add_func ("/ike/intermediate/bad-answers", test_bad_answers);
  g_test_add_func ("/ike/intermediate/wrong-ciphertext", test_wrong_ciphertext);
  g_test_add_func ("/ike/intermediate/wrong-int-auth", test_wrong_int_auth);
  g_test_add_func ("/ike/intermediate/out-of-turn", test_out_of_turn);
  g_test_add_func ("/ike/intermediate/not-agreed", test_not_agreed);
  g_test_add_func ("/ike/intermediate/same-twice", test_same_twice);
  int status = g_test_run ();
  gateway_key_free (key);
  return status;
}
