/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EAP-MSCHAPv2, the peer's side: draft-kamath-pppext-eap-mschapv2, RFC 2759, keys of RFC 3079.
 *
 * Challenge -> Response -> Success-Request with the gateway's own proof -> Success-Response; or
 * Failure-Request, which may grant another try with a new challenge. Each of them is taken in one
 * state only and every length in them is checked against what has come (CVE-2025-62291), because the
 * old implementations failed exactly there. */
#include <string.h>

#include "crypto/mschapv2.h"
#include "ike/eap-private.h"
#include "ike/mschap-text.h"

#define VALUE_LEN 49

/* Where it stands: each message of the gateway is legal in one state only. */
typedef enum {
  STATE_START,
  STATE_CHALLENGED, /* the password is missing */
  STATE_RESPONDED,
  STATE_AGREED, /* the gateway proved that it knows the password */
  STATE_REFUSED, /* the gateway said no and will not take another try */
} State;

typedef struct {
  EapMethod base;
  State state;
  uint8_t eap_id;
  uint8_t mschap_id;
  uint8_t challenge[16];
  uint8_t expected_response[20];
  unsigned int error_code; /* of the last Failure-Request */
} EapMschapv2;

typedef enum {
  OP_CHALLENGE = 1,
  OP_RESPONSE = 2,
  OP_SUCCESS = 3,
  OP_FAILURE = 4,
} OpCode;

static EapResult
fail (GError **error, int code, const char *what)
{
  return eap_fail (error, code, "MSCHAPv2", what);
}

static EapResult
short_reply (EapMschapv2 *m, uint8_t op, GBytes **ret_reply)
{
  uint8_t buf[EAP_HEADER_LEN + 2];
  EapReply reply = eap_reply_begin (buf, sizeof buf, m->eap_id, EAP_TYPE_MSCHAPV2);
  builder_u8 (&reply.b, op);
  *ret_reply = eap_reply_end (&reply);
  return EAP_REPLY;
}

/* Value-Size, Challenge, Name. */
static EapResult
receive_challenge (EapMschapv2 *m, uint8_t mschap_id, Cursor *c, GError **error)
{
  uint8_t challenge[sizeof m->challenge];
  bool sized = cursor_u8 (c) == sizeof challenge;
  if (!cursor_copy (c, challenge, sizeof challenge) || !sized)
    return fail (error, VISITOR_ERROR_PROTOCOL, "the gateway's challenge is malformed.");
  if (m->state != STATE_START)
    return fail (error, VISITOR_ERROR_PROTOCOL, "the gateway sent a second challenge.");
  memcpy (m->challenge, challenge, sizeof challenge);
  m->mschap_id = mschap_id;
  m->state = STATE_CHALLENGED;
  return eap_ask (&m->base, IKE_SECRET_PASSWORD, SLICE (NULL, 0), false);
}

/* "S=" and 40 digits, the gateway's proof; " M=" and a text may follow. */
static EapResult
receive_success (EapMschapv2 *m, Cursor *c, GBytes **ret_reply, GError **error)
{
  if (m->state != STATE_RESPONDED)
    return fail (error, VISITOR_ERROR_PROTOCOL, "the gateway claims success out of turn.");
  uint8_t proof[sizeof m->expected_response];
  if (!mschap_text_success (cursor_rest (c), proof))
    return fail (error, VISITOR_ERROR_PROTOCOL, "the gateway's proof is malformed.");
  if (!bytes_equal_secret (proof, m->expected_response, sizeof proof))
    return fail (error, VISITOR_ERROR_GATEWAY_UNTRUSTED,
        "the gateway does not know the password it asked for.");
  m->state = STATE_AGREED;
  m->base.accepted = m->base.agreed = true;
  return short_reply (m, OP_SUCCESS, ret_reply);
}

/* "E=691 R=1 C=<32 digits> V=3 M=text". With R=1 and a new challenge the user may try again. */
static EapResult
receive_failure (EapMschapv2 *m, uint8_t mschap_id, Cursor *c, GBytes **ret_reply, GError **error)
{
  if (m->state != STATE_RESPONDED)
    return fail (error, VISITOR_ERROR_PROTOCOL, "the gateway refuses out of turn.");
  MschapFailure failure = mschap_text_failure (cursor_rest (c));
  m->error_code = failure.code;
  g_debug ("EAP-MSCHAPv2: the gateway refuses with error %u%s", failure.code,
      failure.may_retry ? " and allows another try" : "");
  if (failure.code == MSCHAP_ERROR_AUTHENTICATION && failure.may_retry && failure.has_challenge) {
    memcpy (m->challenge, failure.challenge, sizeof m->challenge);
    m->mschap_id = (uint8_t) (mschap_id + 1); /* RFC 2759 section 6 */
    m->state = STATE_CHALLENGED;
    return eap_ask (&m->base, IKE_SECRET_PASSWORD, SLICE (NULL, 0), true);
  }
  m->state = STATE_REFUSED;
  return short_reply (m, OP_FAILURE, ret_reply);
}

static EapResult
mschapv2_receive (EapMethod *method, uint8_t id, Slice data, GBytes **ret_reply, GError **error)
{
  EapMschapv2 *m = (EapMschapv2 *) method;
  Cursor c = cursor_of (data);
  uint8_t op = cursor_u8 (&c), mschap_id = cursor_u8 (&c);
  uint16_t length = cursor_u16 (&c);
  if (c.failed || length != data.len)
    return fail (error, VISITOR_ERROR_PROTOCOL, "a message of the gateway lies about its length.");
  m->eap_id = id;
  switch (op) {
  case OP_CHALLENGE: return receive_challenge (m, mschap_id, &c, error);
  case OP_SUCCESS: return receive_success (m, &c, ret_reply, error);
  case OP_FAILURE: return receive_failure (m, mschap_id, &c, ret_reply, error);
  default: return fail (error, VISITOR_ERROR_PROTOCOL, "the gateway sent an unknown message.");
  }
}

static GBytes *
build_response (
    const EapMschapv2 *m, const uint8_t peer_challenge[static 16], const Mschapv2Response *response)
{
  const char *user = m->base.config->user;
  uint8_t buf[EAP_MAX_REPLY];
  EapReply reply = eap_reply_begin (buf, sizeof buf, m->eap_id, EAP_TYPE_MSCHAPV2);
  size_t from = reply.b.len;
  builder_u8 (&reply.b, OP_RESPONSE);
  builder_u8 (&reply.b, m->mschap_id);
  Reserved ms_length = builder_reserve_u16_from (&reply.b, from);
  builder_u8 (&reply.b, VALUE_LEN);
  builder_bytes (&reply.b, peer_challenge, 16);
  builder_zeros (&reply.b, 8);
  builder_bytes (&reply.b, response->nt_response, sizeof response->nt_response);
  builder_u8 (&reply.b, 0);
  builder_bytes (&reply.b, user, strlen (user));
  builder_fill (&reply.b, ms_length);
  return eap_reply_end (&reply);
}

/* Answers the pending challenge. */
static EapResult
mschapv2_provide (EapMethod *method, const Secret *password, GBytes **ret_reply, GError **error)
{
  EapMschapv2 *m = (EapMschapv2 *) method;
  g_return_val_if_fail (m->state == STATE_CHALLENGED, EAP_FAILED);
  uint8_t peer_challenge[16];
  method->config->random (peer_challenge, sizeof peer_challenge);
  Mschapv2Response response;
  g_clear_pointer (&method->msk, secret_unref);
  if (!mschapv2_respond (
          password, method->config->user, m->challenge, peer_challenge, &response, &method->msk))
    return fail (error, VISITOR_ERROR_PASSWORD_REFUSED,
        "the password cannot be used: it must be text of at most 256 characters.");
  g_autoptr (GBytes) reply = build_response (m, peer_challenge, &response);
  memcpy (m->expected_response, response.authenticator_response, sizeof m->expected_response);
  bytes_wipe (&response, sizeof response);
  if (reply == NULL)
    return fail (error, VISITOR_ERROR_SITE_INVALID, "the user name is too long.");
  m->state = STATE_RESPONDED;
  method->answered = true;
  *ret_reply = g_steal_pointer (&reply);
  return EAP_REPLY;
}

static GError *
mschapv2_refusal (const EapMethod *method)
{
  return mschap_text_refusal (((const EapMschapv2 *) method)->error_code);
}

static void
mschapv2_clear (EapMethod *method)
{
  EapMschapv2 *m = (EapMschapv2 *) method;
  bytes_wipe (m->expected_response, sizeof m->expected_response);
}

const EapMethodClass eap_mschapv2_class = {
  .type = EAP_TYPE_MSCHAPV2,
  .name = "MSCHAPv2",
  .size = sizeof (EapMschapv2),
  .receive = mschapv2_receive,
  .provide = mschapv2_provide,
  .refusal = mschapv2_refusal,
  .clear = mschapv2_clear,
};
