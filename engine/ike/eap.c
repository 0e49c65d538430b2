/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eap: the peer's side of EAP inside IKE_AUTH, or inside a tunnel of EAP-TTLS (RFC 3748, RFC 7296
 * section 2.16).
 *
 * The methods stand behind one table. One that the site does not allow is declined with a Nak that
 * names those it does; once one was begun there is no other. EAP-Success counts only after the method
 * itself agreed (CVE-2021-45079). */
#include "ike/eap.h"

#include <string.h>

#include "base/text.h"
#include "ike/eap-private.h"

/* A chain of certificates in fragments takes most of them. */
#define MAX_ROUNDS 192

struct _Eap {
  const EapConfig *config;
  EapMethod *method; /* NULL until the gateway has begun one */
  bool stand_alone;
  unsigned int rounds;
  uint8_t declined; /* the method that we answered with a Nak; 0 = none */
};

static const EapMethodClass *const classes[] = {
  &eap_mschapv2_class,
  &eap_gtc_class,
  &eap_tls_class,
  &eap_ttls_class,
  &eap_md5_class,
};

/* A conversation; config is borrowed for as long. Transfer: full. */
Eap *
eap_new (const EapConfig *config)
{
  Eap *eap = g_new0 (Eap, 1);
  eap->config = config;
  return eap;
}

static void
method_free (EapMethod *method)
{
  g_clear_pointer (&method->msk, secret_unref);
  g_free (method->question_text);
  if (method->class->clear != NULL)
    method->class->clear (method);
  g_free (method);
}

void
eap_free (Eap *eap)
{
  if (eap == NULL)
    return;
  g_clear_pointer (&eap->method, method_free);
  g_free (eap);
}

/* True if the conversation may have that method. */
static bool
is_allowed (const Eap *eap, const EapMethodClass *class)
{
  if ((eap->stand_alone && !class->may_stand_alone) || (class->only_inside && !eap->config->inside))
    return false;
  for (size_t i = 0; i < EAP_MAX_METHODS; i++) {
    if (eap->config->options.methods[i] == class->type)
      return true;
  }
  return false;
}

static const EapMethodClass *
find_class (const Eap *eap, uint8_t type)
{
  for (size_t i = 0; i < G_N_ELEMENTS (classes); i++) {
    if (classes[i]->type == type)
      return is_allowed (eap, classes[i]) ? classes[i] : NULL;
  }
  return NULL;
}

/* The gateway proves itself by the method alone (RFC 5998): false if none of those that the site allows
 * can do that. To be called before the first packet. */
bool
eap_must_stand_alone (Eap *eap)
{
  eap->stand_alone = true;
  for (size_t i = 0; i < EAP_MAX_METHODS; i++) {
    if (find_class (eap, (uint8_t) eap->config->options.methods[i]) != NULL)
      return true;
  }
  return false;
}

/* What is allowed, in the site's order; 0 where that is nothing (RFC 3748 section 5.3.1). */
static GBytes *
nak_reply (const Eap *eap, uint8_t id)
{
  uint8_t buf[EAP_HEADER_LEN + 1 + EAP_MAX_METHODS];
  EapReply reply = eap_reply_begin (buf, sizeof buf, id, EAP_TYPE_NAK);
  size_t before = reply.b.len;
  for (size_t i = 0; i < EAP_MAX_METHODS; i++) {
    uint8_t type = (uint8_t) eap->config->options.methods[i];
    if (find_class (eap, type) != NULL)
      builder_u8 (&reply.b, type);
  }
  if (reply.b.len == before)
    builder_u8 (&reply.b, 0);
  return eap_reply_end (&reply);
}

static EapResult
identity_reply (const Eap *eap, uint8_t id, GBytes **ret_reply, GError **error)
{
  const char *name = eap->config->options.anonymous;
  if (name == NULL || eap->config->inside)
    name = eap->config->user;
  uint8_t buf[EAP_MAX_REPLY];
  EapReply reply = eap_reply_begin (buf, sizeof buf, id, EAP_TYPE_IDENTITY);
  builder_bytes (&reply.b, name, strlen (name));
  *ret_reply = eap_reply_end (&reply);
  if (*ret_reply != NULL)
    return EAP_REPLY;
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, "EAP: the user name is too long.");
  return EAP_FAILED;
}

static EapResult
notification_reply (uint8_t id, Slice text, GBytes **ret_reply)
{
  uint8_t buf[EAP_HEADER_LEN + 1];
  g_autofree char *line = text_one_line (text, EAP_MAX_TEXT);
  g_message ("EAP: the gateway says: %s", line != NULL ? line : "(nothing)");
  EapReply reply = eap_reply_begin (buf, sizeof buf, id, EAP_TYPE_NOTIFICATION);
  *ret_reply = eap_reply_end (&reply);
  return EAP_REPLY;
}

static void
begin_method (Eap *eap, const EapMethodClass *class)
{
  g_debug ("EAP: the gateway begins EAP-%s", class->name);
  eap->method = g_malloc0 (class->size);
  eap->method->class = class;
  eap->method->config = eap->config;
  if (class->init != NULL)
    class->init (eap->method);
}

static EapResult
method_request (Eap *eap, uint8_t id, uint8_t type, Slice data, GBytes **ret_reply, GError **error)
{
  const EapMethodClass *class = find_class (eap, type);
  if (eap->method != NULL && eap->method->class != class) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
        "EAP: the gateway changes the method in the middle.");
    return EAP_FAILED;
  }
  if (class == NULL) {
    g_debug ("EAP: declining method %u, which the gateway proposes", type);
    eap->declined = type;
    *ret_reply = nak_reply (eap, id);
    return EAP_REPLY;
  }
  if (eap->method == NULL)
    begin_method (eap, class);
  return class->receive (eap->method, id, data, ret_reply, error);
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
  case EAP_TYPE_IDENTITY: return identity_reply (eap, id, ret_reply, error);
  case EAP_TYPE_NOTIFICATION: return notification_reply (id, cursor_rest (c), ret_reply);
  default: return method_request (eap, id, type, cursor_rest (c), ret_reply, error);
  }
}

static GError *
usual_refusal (const EapMethod *method)
{
  if (method->accepted)
    return g_error_new (VISITOR_ERROR, VISITOR_ERROR_AUTH_REFUSED,
        "The gateway took the password and refused the user.");
  if (method->question.kind == IKE_SECRET_CODE)
    return g_error_new (VISITOR_ERROR, VISITOR_ERROR_CODE_REFUSED, "The gateway refused the code.");
  return g_error_new (VISITOR_ERROR, VISITOR_ERROR_PASSWORD_REFUSED,
      "The gateway refused the user name or the password.");
}

/* What an EAP-Failure means at this point. Transfer: full. */
GError *
eap_refusal (const Eap *eap)
{
  const EapMethod *method = eap->method;
  if (method != NULL) {
    GError *own = method->class->refusal != NULL ? method->class->refusal (method) : NULL;
    return own != NULL ? own : usual_refusal (method);
  }
  if (eap->declined != 0)
    return g_error_new (VISITOR_ERROR, VISITOR_ERROR_METHOD_UNSUPPORTED,
        "The gateway wants EAP method %u and takes none that the site allows.", eap->declined);
  return g_error_new (VISITOR_ERROR, VISITOR_ERROR_AUTH_REFUSED,
      "The gateway refused the user before it asked for anything.");
}

/* True if an EAP-Success would count now. */
bool
eap_has_agreed (const Eap *eap)
{
  return eap->method != NULL && eap->method->agreed;
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
  case EAP_CODE_FAILURE: g_propagate_error (error, eap_refusal (eap)); return EAP_FAILED;
  case EAP_CODE_SUCCESS:
    if (eap_has_agreed (eap))
      return EAP_SUCCESS;
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
        "EAP: the gateway claims success that no method has agreed to.");
    return EAP_FAILED;
  default:
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "EAP: a packet of unknown kind.");
    return EAP_FAILED;
  }
}

/* What the person is to be asked after EAP_NEED_SECRET; borrowed until the next call. */
const IkeQuestion *
eap_question (const Eap *eap)
{
  return &eap->method->question;
}

/* Goes on after EAP_NEED_SECRET. */
EapResult
eap_provide_secret (Eap *eap, const Secret *secret, GBytes **ret_reply, GError **error)
{
  return eap->method->class->provide (eap->method, secret, ret_reply, error);
}

/* The Master Session Key after EAP_SUCCESS, borrowed; 64 octets. NULL with a method that makes none:
 * AUTH is then made with SK_pi and SK_pr (RFC 7296 section 2.16). */
const Secret *
eap_msk (const Eap *eap)
{
  return eap_has_agreed (eap) ? eap->method->msk : NULL;
}
