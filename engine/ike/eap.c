/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eap: the peer's side of EAP inside IKE_AUTH (RFC 3748, RFC 7296 section 2.16).
 *
 * One method is spoken, EAP-MSCHAPv2; any other that the gateway proposes is declined with a Nak that
 * names it. EAP-Success counts only after the method itself agreed (CVE-2021-45079). */
#include "ike/eap.h"

#include "ike/eap-private.h"

#define MAX_ROUNDS 32

struct _Eap {
  char *user;
  unsigned int rounds;
  bool declined; /* we answered with a Nak */
  uint8_t proposed; /* the method that we declined */
  EapMschapv2 mschapv2;
};

/* A conversation for that user. Transfer: full. */
Eap *
eap_new (const char *user, CryptoRandomFunc random)
{
  Eap *eap = g_new0 (Eap, 1);
  eap->user = g_strdup (user);
  eap->mschapv2.user = eap->user;
  eap->mschapv2.random = random;
  return eap;
}

void
eap_free (Eap *eap)
{
  if (eap == NULL)
    return;
  eap_mschapv2_clear (&eap->mschapv2);
  g_free (eap->user);
  g_free (eap);
}

static EapResult
type_reply (uint8_t id, uint8_t type, Slice data, GBytes **ret_reply)
{
  uint8_t buf[EAP_HEADER_LEN + 8];
  Builder b = builder_init (buf, sizeof buf);
  builder_u8 (&b, EAP_CODE_RESPONSE);
  builder_u8 (&b, id);
  Reserved length = builder_reserve_u16_from (&b, 0);
  builder_u8 (&b, type);
  builder_slice (&b, data);
  builder_fill (&b, length);
  *ret_reply = g_bytes_new (buf, b.len);
  return EAP_REPLY;
}

static EapResult
receive_request (Eap *eap, uint8_t id, Cursor *c, GBytes **ret_reply, GError **error)
{
  uint8_t type = cursor_u8 (c);
  if (c->failed || ++eap->rounds > MAX_ROUNDS) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "EAP: %s",
        c->failed ? "a request without a type." : "the conversation does not end.");
    return EAP_FAILED;
  }
  switch (type) {
  case EAP_TYPE_IDENTITY:
    *ret_reply = eap_identity_reply (id, eap->user);
    if (*ret_reply != NULL)
      return EAP_REPLY;
    g_set_error (
        error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, "EAP: the user name is too long.");
    return EAP_FAILED;
  case EAP_TYPE_NOTIFICATION:
    return type_reply (id, EAP_TYPE_NOTIFICATION, SLICE (NULL, 0), ret_reply);
  case EAP_TYPE_MSCHAPV2:
    return eap_mschapv2_receive (&eap->mschapv2, id, cursor_rest (c), ret_reply, error);
  default: break;
  }
  if (eap->mschapv2.state != EAP_MSCHAPV2_START) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
        "EAP: the gateway changes the method in the middle.");
    return EAP_FAILED;
  }
  g_debug ("EAP: the gateway proposes method %u; answering that we speak MSCHAPv2", type);
  eap->declined = true;
  eap->proposed = type;
  static const uint8_t wanted[] = { EAP_TYPE_MSCHAPV2 };
  return type_reply (id, EAP_TYPE_NAK, SLICE (wanted, sizeof wanted), ret_reply);
}

static EapResult
receive_failure (const Eap *eap, GError **error)
{
  switch (eap->mschapv2.state) {
  case EAP_MSCHAPV2_START:
    if (eap->declined)
      g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_METHOD_UNSUPPORTED,
          "The gateway wants EAP method %u and does not take MSCHAPv2.", eap->proposed);
    else
      g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_AUTH_REFUSED,
          "The gateway refused the user before it asked for a password.");
    return EAP_FAILED;
  case EAP_MSCHAPV2_CHALLENGED:
  case EAP_MSCHAPV2_RESPONDED:
  case EAP_MSCHAPV2_REFUSED:
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PASSWORD_REFUSED,
        "The gateway refused the user name or the password.");
    return EAP_FAILED;
  case EAP_MSCHAPV2_AGREED: break;
  }
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_AUTH_REFUSED,
      "The gateway took the password and refused the user.");
  return EAP_FAILED;
}

/* Takes one EAP packet. *ret_reply is set with EAP_REPLY alone (transfer: full), the error with
 * EAP_FAILED alone. */
EapResult
eap_receive (Eap *eap, Slice packet, GBytes **ret_reply, GError **error)
{
  Cursor c = cursor_of (packet);
  uint8_t code = cursor_u8 (&c), id = cursor_u8 (&c);
  uint16_t length = cursor_u16 (&c);
  if (c.failed || length != packet.len) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "EAP: a packet of wrong length.");
    return EAP_FAILED;
  }
  switch (code) {
  case EAP_CODE_REQUEST: return receive_request (eap, id, &c, ret_reply, error);
  case EAP_CODE_FAILURE: return receive_failure (eap, error);
  case EAP_CODE_SUCCESS:
    if (eap->mschapv2.state == EAP_MSCHAPV2_AGREED)
      return EAP_SUCCESS;
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
        "EAP: the gateway claims success without having asked for the password.");
    return EAP_FAILED;
  default:
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "EAP: a packet of unknown kind.");
    return EAP_FAILED;
  }
}

/* Goes on after EAP_NEED_PASSWORD. The password is borrowed. */
EapResult
eap_provide_password (Eap *eap, Secret *password, GBytes **ret_reply, GError **error)
{
  return eap_mschapv2_provide_password (&eap->mschapv2, password, ret_reply, error);
}

/* The Master Session Key after EAP_SUCCESS, borrowed; 64 octets. */
const Secret *
eap_msk (const Eap *eap)
{
  return eap->mschapv2.state == EAP_MSCHAPV2_AGREED ? eap->mschapv2.msk : NULL;
}
