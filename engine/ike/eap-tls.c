/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EAP-TLS, the peer's side: both ends show a certificate (RFC 5216; with TLS 1.3 RFC 9190).
 *
 * With TLS 1.2 the server's Finished says that it took our certificate. With TLS 1.3 our certificate is
 * the last thing said, and only an octet 0 of application data behind it, the protected success
 * indication, says so (RFC 9190 section 2.1.1): EAP-Success counts after that alone. */
#include "ike/eap-tunnel.h"

typedef struct {
  EapMethod base;
  EapTunnel *tunnel;
} EapTls;

static void
tls_init (EapMethod *method)
{
  EapTls *self = (EapTls *) method;
  self->tunnel = eap_tunnel_new (EAP_TYPE_TLS, "TLS", method->config);
}

static EapResult
tls_receive (EapMethod *method, uint8_t id, Slice data, GBytes **ret_reply, GError **error)
{
  EapTls *self = (EapTls *) method;
  if (method->agreed)
    return eap_fail (error, VISITOR_ERROR_PROTOCOL, "TLS", "the server goes on after the end.");
  switch (eap_tunnel_receive (self->tunnel, id, data, ret_reply, error)) {
  case EAP_TUNNEL_REPLY: return EAP_REPLY;
  case EAP_TUNNEL_FAILED: return EAP_FAILED;
  case EAP_TUNNEL_OPEN: break;
  }
  Slice plain = eap_tunnel_plain (self->tunnel);
  bool indicated = plain.len == 1 && plain.data[0] == 0;
  if (plain.len > 0 && !indicated)
    return eap_fail (
        error, VISITOR_ERROR_PROTOCOL, "TLS", "the server sent data where none is in order.");
  if (method->msk == NULL)
    method->msk = eap_tunnel_msk (self->tunnel);
  method->answered = true;
  method->agreed = method->msk != NULL && (indicated || !eap_tunnel_is_tls13 (self->tunnel));
  *ret_reply = eap_tunnel_reply (self->tunnel);
  return EAP_REPLY;
}

static EapResult
tls_provide (EapMethod *method, const Secret *secret, GBytes **ret_reply, GError **error)
{
  return eap_fail (error, VISITOR_ERROR_FAILED, "TLS", "nothing was asked for.");
}

static GError *
tls_refusal (const EapMethod *method)
{
  const EapTls *self = (const EapTls *) method;
  if (method->agreed)
    return g_error_new (VISITOR_ERROR, VISITOR_ERROR_AUTH_REFUSED,
        "The gateway took the certificate and refused the user.");
  int code = eap_tunnel_refusal (self->tunnel);
  return g_error_new (VISITOR_ERROR, code,
      code == VISITOR_ERROR_CERTIFICATE_REFUSED ? "The gateway refused our certificate in EAP-TLS."
                                                : "The gateway refused EAP-TLS.");
}

static void
tls_clear (EapMethod *method)
{
  EapTls *self = (EapTls *) method;
  eap_tunnel_free (self->tunnel);
}

const EapMethodClass eap_tls_class = {
  .type = EAP_TYPE_TLS,
  .name = "TLS",
  .may_stand_alone = true,
  .size = sizeof (EapTls),
  .init = tls_init,
  .receive = tls_receive,
  .provide = tls_provide,
  .refusal = tls_refusal,
  .clear = tls_clear,
};
