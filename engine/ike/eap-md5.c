/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EAP-MD5, the peer's side (RFC 3748 section 5.4), inside a tunnel of EAP-TTLS and nowhere else. */
#include "crypto/chap.h"
#include "ike/eap-private.h"

#define MAX_CHALLENGE 255

typedef struct {
  EapMethod base;
  uint8_t id;
  uint8_t challenge[MAX_CHALLENGE];
  size_t challenge_len; /* 0 = none came */
} EapMd5;

/* Value-Size, Value, Name. */
static EapResult
md5_receive (EapMethod *method, uint8_t id, Slice data, GBytes **ret_reply, GError **error)
{
  EapMd5 *self = (EapMd5 *) method;
  Cursor c = cursor_of (data);
  Slice challenge = cursor_slice (&c, cursor_u8 (&c));
  if (c.failed || challenge.len == 0 || self->challenge_len != 0)
    return eap_fail (error, VISITOR_ERROR_PROTOCOL, "MD5",
        self->challenge_len != 0 ? "the server sent a second challenge."
                                 : "the server's challenge is malformed.");
  self->id = id;
  for (size_t i = 0; i < challenge.len; i++)
    self->challenge[i] = challenge.data[i];
  self->challenge_len = challenge.len;
  return eap_ask (method, IKE_SECRET_PASSWORD, SLICE (NULL, 0), false);
}

static EapResult
md5_provide (EapMethod *method, const Secret *password, GBytes **ret_reply, GError **error)
{
  EapMd5 *self = (EapMd5 *) method;
  uint8_t buf[EAP_HEADER_LEN + 2 + CHAP_MD5_LEN], response[CHAP_MD5_LEN];
  chap_md5 (self->id, password, SLICE (self->challenge, self->challenge_len), response);
  EapReply reply = eap_reply_begin (buf, sizeof buf, self->id, EAP_TYPE_MD5);
  builder_u8 (&reply.b, CHAP_MD5_LEN);
  builder_bytes (&reply.b, response, sizeof response);
  *ret_reply = eap_reply_end (&reply);
  method->answered = method->agreed = true;
  return EAP_REPLY;
}

const EapMethodClass eap_md5_class = {
  .type = EAP_TYPE_MD5,
  .name = "MD5",
  .only_inside = true,
  .size = sizeof (EapMd5),
  .receive = md5_receive,
  .provide = md5_provide,
};
