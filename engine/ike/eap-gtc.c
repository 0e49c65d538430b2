/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EAP-GTC, the peer's side (RFC 3748 section 5.6): the gateway shows a text, the person types what the
 * token shows, and it goes out as it is. So it is spoken only to a gateway that has proved itself
 * (CVE-2015-4171). The gateway may ask several times: a password, then a code. There is no proof that
 * it took the answer but the EAP-Success, and no key. */
#include "ike/eap-private.h"

typedef struct {
  EapMethod base;
  uint8_t id;
} EapGtc;

static EapResult
gtc_receive (EapMethod *method, uint8_t id, Slice data, GBytes **ret_reply, GError **error)
{
  EapGtc *self = (EapGtc *) method;
  self->id = id;
  method->agreed = false; /* it wants more than it has */
  return eap_ask (method, IKE_SECRET_CODE, data, false);
}

static EapResult
gtc_provide (EapMethod *method, const Secret *secret, GBytes **ret_reply, GError **error)
{
  EapGtc *self = (EapGtc *) method;
  uint8_t buf[EAP_MAX_REPLY];
  EapReply reply = eap_reply_begin (buf, sizeof buf, self->id, EAP_TYPE_GTC);
  builder_slice (&reply.b, secret_slice (secret));
  *ret_reply = eap_reply_end (&reply);
  bytes_wipe (buf, sizeof buf);
  if (*ret_reply == NULL)
    return eap_fail (error, VISITOR_ERROR_CODE_REFUSED, "GTC", "the answer is too long.");
  method->answered = method->agreed = true;
  return EAP_REPLY;
}

const EapMethodClass eap_gtc_class = {
  .type = EAP_TYPE_GTC,
  .name = "GTC",
  .size = sizeof (EapGtc),
  .receive = gtc_receive,
  .provide = gtc_provide,
};
