/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a session asks a person for while it signs in by EAP: in order, once for each answer that the
 * gateway takes, in the gateway's words, and of nobody before the gateway has proved itself. */
#include "ike/session.h"

#include <string.h>

#include "ike/answers.h"
#include "responder.h"
#include "support/hex.h"

#define IDENTITY "0101000501"
#define ASKS_PASSWORD "0102000d0650617373776f7264"
#define ASKS_CODE "0103000906436f6465"
#define SUCCESS "03060004"
#define FAILURE "04060004"
#define SECOND(n) (INT64_C (n) * G_USEC_PER_SEC)

static GatewayKey *key;

static Responder *
gtc_responder (const char *const *script)
{
  Responder *r = responder_new (IKE_AUTH_METHOD_EAP);
  r->key = key;
  r->eap_script = script;
  r->makes_no_key = true;
  r->session_eap.methods[0] = EAP_TYPE_GTC;
  return r;
}

static void
answer (Responder *r, const char *text)
{
  g_autoptr (Secret) secret = secret_new (text, strlen (text));
  ike_session_provide_secret (r->session, secret, r->now);
  responder_pump (r);
}

/* AUTH is made with SK_pi and SK_pr where the method makes no key (RFC 7296 section 2.16). */
static void
test_code (void)
{
  static const char *const script[] = { IDENTITY, ASKS_CODE, SUCCESS, NULL };
  g_autoptr (Responder) r = gtc_responder (script);
  r->given[0] = "123456";
  responder_start (r);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  g_assert_cmpint (r->asked_kind, ==, IKE_SECRET_CODE);
  g_assert_cmpstr (r->asked_text, ==, "Code");

  g_autoptr (Responder) liar = gtc_responder (script);
  liar->breaks_auth = true;
  liar->key = key;
  responder_start (liar);
  g_assert_cmpint (liar->error, !=, -1);
  g_assert_cmpuint (liar->n_added, ==, 0);
}

static void
test_several (void)
{
  static const char *const script[] = { IDENTITY, ASKS_PASSWORD, ASKS_CODE, SUCCESS, NULL };
  g_autoptr (Responder) r = gtc_responder (script);
  r->user_waits = true;
  responder_start (r);
  g_assert_cmpstr (r->asked_text, ==, "Password");
  answer (r, "Wonderland1");
  g_assert_cmpstr (r->asked_text, ==, "Code");
  g_assert_cmpuint (r->asked_attempt, ==, 1);
  answer (r, "123456");
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  g_assert_cmpuint (r->n_secrets, ==, 2);
}

/* The second answer comes when the gateway has given up: all is said again, and nobody is asked again. */
static void
test_late (void)
{
  static const char *const script[] = { IDENTITY, ASKS_PASSWORD, ASKS_CODE, SUCCESS, NULL };
  g_autoptr (Responder) r = gtc_responder (script);
  r->user_waits = true;
  responder_start (r);
  answer (r, "Wonderland1");
  responder_run_until (r, r->now + SECOND (60));
  answer (r, "123456");
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  g_assert_cmpuint (r->n_secrets, ==, 2);
}

/* It asks for something else than the time before: that was not answered yet. */
static void
test_late_other_question (void)
{
  static const char *const before[] = { IDENTITY, ASKS_PASSWORD, ASKS_CODE, SUCCESS, NULL };
  static const char *const after[] = { IDENTITY, ASKS_CODE, SUCCESS, NULL };
  g_autoptr (Responder) r = gtc_responder (before);
  r->user_waits = true;
  responder_start (r);
  r->eap_script = after;
  responder_run_until (r, r->now + SECOND (60));
  answer (r, "Wonderland1");
  g_assert_cmpuint (r->n_secrets, ==, 2);
  g_assert_cmpstr (r->asked_text, ==, "Code");
  g_assert_cmpuint (r->n_proofs, ==, 0);
  answer (r, "123456");
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
}

/* A refusal ends the conversation; a new one asks again, with the number of the attempt. */
static void
test_refused (void)
{
  static const char *const no[] = { IDENTITY, ASKS_CODE, FAILURE, NULL };
  static const char *const yes[] = { IDENTITY, ASKS_CODE, SUCCESS, NULL };
  g_autoptr (Responder) r = gtc_responder (no);
  r->user_waits = true;
  responder_start (r);
  answer (r, "111111");
  g_assert_cmpuint (r->asked_attempt, ==, 2);
  r->eap_script = yes;
  r->eap_round = 2;
  answer (r, "222222");
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);

  g_autoptr (Responder) never = gtc_responder (no);
  never->given[0] = never->given[1] = never->given[2] = never->given[3] = "111111";
  responder_start (never);
  g_assert_cmpint (never->error, ==, VISITOR_ERROR_CODE_REFUSED);
  g_assert_cmpuint (never->n_secrets, ==, 3);

  g_autoptr (Responder) once = gtc_responder (no);
  once->given[0] = "111111";
  responder_start (once);
  g_assert_cmpint (once->error, ==, VISITOR_ERROR_CODE_REFUSED);
  g_assert_cmpuint (once->n_secrets, ==, 2);
}

static const struct {
  const char *what;
  bool allowed; /* by the site */
  EapType method; /* of the site */
  const char *script[4];
  int code;
} eap_only[] = {
  { "a site that does not allow it", false, EAP_TYPE_TTLS, { IDENTITY },
      VISITOR_ERROR_GATEWAY_UNTRUSTED },
  { "a site without a method that is fit", true, EAP_TYPE_GTC, { ASKS_CODE },
      VISITOR_ERROR_GATEWAY_UNTRUSTED },
  { "a gateway that asks for a code", true, EAP_TYPE_TTLS, { IDENTITY, ASKS_CODE, FAILURE },
      VISITOR_ERROR_METHOD_UNSUPPORTED },
  { "a gateway that claims success", true, EAP_TYPE_TTLS, { IDENTITY, SUCCESS },
      VISITOR_ERROR_PROTOCOL },
};

/* A gateway that does not sign is asked for its proof by EAP, or gets nothing (RFC 5998, CVE-2015-4171). */
static void
test_eap_only (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (eap_only); i++) {
    g_autoptr (Responder) r = gtc_responder (eap_only[i].script);
    g_test_message ("%s", eap_only[i].what);
    r->hides_certificate = true;
    r->session_eap_only = eap_only[i].allowed;
    r->session_eap.methods[0] = eap_only[i].method;
    responder_start (r);
    g_assert_cmpint (r->error, ==, eap_only[i].code);
    g_assert_cmpuint (r->n_secrets, ==, 0);
    g_assert_cmpuint (r->n_proofs, ==, 0);
  }
}

/* One that signs where EAP alone would do is held to its signature. */
static void
test_eap_only_signs (void)
{
  static const char *const script[] = { IDENTITY, ASKS_CODE, SUCCESS, NULL };
  g_autoptr (GatewayKey) stranger = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  g_autoptr (Responder) r = gtc_responder (script);
  r->session_eap_only = true;
  r->session_eap.methods[1] = EAP_TYPE_TTLS;
  r->key = stranger;
  r->trusted = key;
  responder_start (r);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_GATEWAY_UNTRUSTED);
  g_assert_cmpuint (r->n_secrets, ==, 0);
}

static void
test_answers (void)
{
  const IkeQuestion first = { IKE_SECRET_PASSWORD, NULL, false };
  const IkeQuestion second = { IKE_SECRET_CODE, "Code", false };
  const IkeQuestion again = { IKE_SECRET_CODE, "Code", true };
  g_autoptr (Secret) a = secret_new ("a", 1), b = secret_new ("b", 1);
  IkeAnswers answers;
  ike_answers_init (&answers);
  g_assert_null (ike_answers_find (&answers, &first));
  ike_answers_add (&answers, &first, a);
  g_assert_null (ike_answers_find (&answers, &second));
  ike_answers_add (&answers, &second, b);
  ike_answers_begin_anew (&answers);
  g_assert_true (ike_answers_find (&answers, &first) == a);
  g_assert_true (ike_answers_find (&answers, &second) == b);
  g_assert_null (ike_answers_find (&answers, &again)); /* which takes b away */
  g_assert_cmpuint (answers.refusals, ==, 1);
  ike_answers_begin_anew (&answers);
  g_assert_true (ike_answers_find (&answers, &first) == a);
  g_assert_null (ike_answers_find (&answers, &second));
  ike_answers_refused (&answers, IKE_SECRET_CODE);
  g_assert_null (ike_answers_find (&answers, &first));
  g_assert_cmpuint (answers.refusals, ==, 2);
  ike_answers_clear (&answers);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  key = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  g_test_add_func ("/ike/eap-questions/code", test_code);
  g_test_add_func ("/ike/eap-questions/several", test_several);
  g_test_add_func ("/ike/eap-questions/late", test_late);
  g_test_add_func ("/ike/eap-questions/late-other", test_late_other_question);
  g_test_add_func ("/ike/eap-questions/refused", test_refused);
  g_test_add_func ("/ike/eap-questions/eap-only", test_eap_only);
  g_test_add_func ("/ike/eap-questions/eap-only-signs", test_eap_only_signs);
  g_test_add_func ("/ike/eap-questions/answers", test_answers);
  int rc = g_test_run ();
  gateway_key_free (key);
  return rc;
}
