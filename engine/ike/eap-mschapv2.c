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

#define VALUE_LEN 49
#define SUCCESS_HEX_LEN 40
#define CHALLENGE_HEX_LEN 32
#define ERROR_AUTHENTICATION_FAILURE 691

typedef enum {
  OP_CHALLENGE = 1,
  OP_RESPONSE = 2,
  OP_SUCCESS = 3,
  OP_FAILURE = 4,
} OpCode;

static EapResult
fail (GError **error, int code, const char *what)
{
  g_set_error (error, VISITOR_ERROR, code, "EAP-MSCHAPv2: %s", what);
  return EAP_FAILED;
}

static EapResult
short_reply (EapMschapv2 *m, uint8_t op, GBytes **ret_reply)
{
  uint8_t buf[EAP_HEADER_LEN + 2];
  Builder b = builder_init (buf, sizeof buf);
  builder_u8 (&b, EAP_CODE_RESPONSE);
  builder_u8 (&b, m->eap_id);
  Reserved length = builder_reserve_u16_from (&b, 0);
  builder_u8 (&b, EAP_TYPE_MSCHAPV2);
  builder_u8 (&b, op);
  builder_fill (&b, length);
  *ret_reply = g_bytes_new (buf, b.len);
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
  if (m->state != EAP_MSCHAPV2_START)
    return fail (error, VISITOR_ERROR_PROTOCOL, "the gateway sent a second challenge.");
  memcpy (m->challenge, challenge, sizeof challenge);
  m->mschap_id = mschap_id;
  m->state = EAP_MSCHAPV2_CHALLENGED;
  return EAP_NEED_PASSWORD;
}

/* The octets that text of hexadecimal digits stands for. */
static bool
parse_hex (Slice text, uint8_t *ret_bytes, size_t n)
{
  if (text.len != 2 * n)
    return false;
  for (size_t i = 0; i < n; i++) {
    int high = g_ascii_xdigit_value ((char) text.data[2 * i]);
    int low = g_ascii_xdigit_value ((char) text.data[2 * i + 1]);
    if (high < 0 || low < 0)
      return false;
    ret_bytes[i] = (uint8_t) (high << 4 | low);
  }
  return true;
}

/* "S=" and 40 digits, the gateway's proof; " M=" and a text may follow. */
static EapResult
receive_success (EapMschapv2 *m, Cursor *c, GBytes **ret_reply, GError **error)
{
  if (m->state != EAP_MSCHAPV2_RESPONDED)
    return fail (error, VISITOR_ERROR_PROTOCOL, "the gateway claims success out of turn.");
  Slice key = cursor_slice (c, 2), digits = cursor_slice (c, SUCCESS_HEX_LEN);
  uint8_t proof[sizeof m->expected_response];
  if (digits.data == NULL || memcmp (key.data, "S=", 2) != 0 ||
      !parse_hex (digits, proof, sizeof proof))
    return fail (error, VISITOR_ERROR_PROTOCOL, "the gateway's proof is malformed.");
  if (!bytes_equal_secret (proof, m->expected_response, sizeof proof))
    return fail (error, VISITOR_ERROR_GATEWAY_UNTRUSTED,
        "the gateway does not know the password it asked for.");
  m->state = EAP_MSCHAPV2_AGREED;
  return short_reply (m, OP_SUCCESS, ret_reply);
}

/* The value of one "K=value" word of a Failure-Request; empty if it is not there. */
static Slice
find_word (Slice text, char key)
{
  for (size_t i = 0; i + 1 < text.len; i++) {
    bool starts = i == 0 || text.data[i - 1] == ' ';
    if (!starts || text.data[i] != (uint8_t) key || text.data[i + 1] != '=')
      continue;
    size_t from = i + 2, to = from;
    while (to < text.len && text.data[to] != ' ')
      to++;
    return SLICE (text.data + from, to - from);
  }
  return SLICE (NULL, 0);
}

static unsigned int
parse_number (Slice digits)
{
  unsigned int value = 0;
  if (digits.len == 0 || digits.len > 9)
    return 0;
  for (size_t i = 0; i < digits.len; i++) {
    if (!g_ascii_isdigit ((char) digits.data[i]))
      return 0;
    value = value * 10 + (unsigned int) (digits.data[i] - '0');
  }
  return value;
}

/* "E=691 R=1 C=<32 digits> V=3 M=text". With R=1 and a new challenge the user may try again. */
static EapResult
receive_failure (EapMschapv2 *m, uint8_t mschap_id, Cursor *c, GBytes **ret_reply, GError **error)
{
  if (m->state != EAP_MSCHAPV2_RESPONDED)
    return fail (error, VISITOR_ERROR_PROTOCOL, "the gateway refuses out of turn.");
  Slice text = cursor_rest (c);
  unsigned int code = parse_number (find_word (text, 'E'));
  bool may_retry = parse_number (find_word (text, 'R')) == 1;
  g_debug ("EAP-MSCHAPv2: the gateway refuses with error %u%s", code,
      may_retry ? " and allows another try" : "");
  uint8_t challenge[sizeof m->challenge];
  if (code == ERROR_AUTHENTICATION_FAILURE && may_retry &&
      parse_hex (find_word (text, 'C'), challenge, sizeof challenge)) {
    memcpy (m->challenge, challenge, sizeof challenge);
    m->mschap_id = (uint8_t) (mschap_id + 1); /* RFC 2759 section 6 */
    m->state = EAP_MSCHAPV2_CHALLENGED;
    return EAP_NEED_PASSWORD;
  }
  m->state = EAP_MSCHAPV2_REFUSED;
  return short_reply (m, OP_FAILURE, ret_reply);
}

/* Takes the data behind the EAP type. */
EapResult
eap_mschapv2_receive (EapMschapv2 *m, uint8_t id, Slice data, GBytes **ret_reply, GError **error)
{
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
  uint8_t buf[EAP_MAX_REPLY];
  Builder b = builder_init (buf, sizeof buf);
  builder_u8 (&b, EAP_CODE_RESPONSE);
  builder_u8 (&b, m->eap_id);
  Reserved length = builder_reserve_u16_from (&b, 0);
  builder_u8 (&b, EAP_TYPE_MSCHAPV2);
  size_t from = b.len;
  builder_u8 (&b, OP_RESPONSE);
  builder_u8 (&b, m->mschap_id);
  Reserved ms_length = builder_reserve_u16_from (&b, from);
  builder_u8 (&b, VALUE_LEN);
  builder_bytes (&b, peer_challenge, 16);
  builder_zeros (&b, 8);
  builder_bytes (&b, response->nt_response, sizeof response->nt_response);
  builder_u8 (&b, 0);
  builder_bytes (&b, m->user, strlen (m->user));
  builder_fill (&b, ms_length);
  builder_fill (&b, length);
  Slice reply = builder_result (&b);
  return builder_ok (&b) ? g_bytes_new (reply.data, reply.len) : NULL;
}

/* Answers the pending challenge. The password is borrowed. */
EapResult
eap_mschapv2_provide_password (
    EapMschapv2 *m, const Secret *password, GBytes **ret_reply, GError **error)
{
  g_return_val_if_fail (m->state == EAP_MSCHAPV2_CHALLENGED, EAP_FAILED);
  uint8_t peer_challenge[16];
  m->random (peer_challenge, sizeof peer_challenge);
  Mschapv2Response response;
  g_clear_pointer (&m->msk, secret_unref);
  if (!mschapv2_respond (password, m->user, m->challenge, peer_challenge, &response, &m->msk))
    return fail (error, VISITOR_ERROR_PASSWORD_REFUSED,
        "the password cannot be used: it must be text of at most 256 characters.");
  g_autoptr (GBytes) reply = build_response (m, peer_challenge, &response);
  memcpy (m->expected_response, response.authenticator_response, sizeof m->expected_response);
  bytes_wipe (&response, sizeof response);
  if (reply == NULL)
    return fail (error, VISITOR_ERROR_SITE_INVALID, "the user name is too long.");
  m->state = EAP_MSCHAPV2_RESPONDED;
  *ret_reply = g_steal_pointer (&reply);
  return EAP_REPLY;
}

void
eap_mschapv2_clear (EapMschapv2 *m)
{
  g_clear_pointer (&m->msk, secret_unref);
  bytes_wipe (m->expected_response, sizeof m->expected_response);
}
