/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EAP-TTLS, the peer's side (RFC 5281; with TLS 1.3 RFC 9427): a tunnel to a server that proves itself
 * by its certificate, and in it attributes that authenticate the user (ttls-inner.c). */
#include "ike/ttls-inner.h"

#define MAX_EAP_PACKET 4096

typedef struct {
  EapMethod base;
  EapTunnel *tunnel;
  const TtlsInnerClass *class; /* NULL until the tunnel is open */
  TtlsInner inner;
} EapTtls;

static void
ttls_init (EapMethod *method)
{
  EapTtls *self = (EapTtls *) method;
  self->tunnel = eap_tunnel_new (EAP_TYPE_TTLS, "TTLS", method->config);
  self->inner.method = &self->base;
  self->inner.tunnel = self->tunnel;
}

static EapResult
receive_attributes (EapTtls *self, GError **error)
{
  uint8_t buf[MAX_EAP_PACKET];
  Builder packet = builder_init (buf, sizeof buf);
  TtlsInput input;
  if (!ttls_input_parse (eap_tunnel_plain (self->tunnel), &packet, &input))
    return eap_fail (error, VISITOR_ERROR_PROTOCOL, "TTLS",
        "the server's attributes are malformed, or one is not known and must be.");
  return self->class->receive (&self->inner, &input, error);
}

/* What the inside wants: a packet goes, or a person is asked. */
static EapResult
act (EapTtls *self, EapResult result, GBytes **ret_reply)
{
  if (result == EAP_REPLY)
    *ret_reply = eap_tunnel_reply (self->tunnel);
  return result;
}

static EapResult
open_inside (EapTtls *self, GError **error)
{
  self->class = ttls_inner_class (self->base.config->options.inner);
  self->base.msk = eap_tunnel_msk (self->tunnel);
  if (self->base.msk == NULL)
    return eap_fail (error, VISITOR_ERROR_FAILED, "TTLS", "TLS gives no key.");
  if (eap_tunnel_plain (self->tunnel).len > 0)
    return eap_fail (error, VISITOR_ERROR_PROTOCOL, "TTLS", "the server speaks first.");
  g_debug ("EAP-TTLS: %s inside", self->class->name);
  return self->class->begin (&self->inner, error);
}

static EapResult
ttls_receive (EapMethod *method, uint8_t id, Slice data, GBytes **ret_reply, GError **error)
{
  EapTtls *self = (EapTtls *) method;
  switch (eap_tunnel_receive (self->tunnel, id, data, ret_reply, error)) {
  case EAP_TUNNEL_REPLY: return EAP_REPLY;
  case EAP_TUNNEL_FAILED: return EAP_FAILED;
  case EAP_TUNNEL_OPEN: break;
  }
  EapResult result =
      self->class == NULL ? open_inside (self, error) : receive_attributes (self, error);
  return act (self, result, ret_reply);
}

static EapResult
ttls_provide (EapMethod *method, const Secret *secret, GBytes **ret_reply, GError **error)
{
  EapTtls *self = (EapTtls *) method;
  return act (self, self->class->provide (&self->inner, secret, error), ret_reply);
}

static GError *
ttls_refusal (const EapMethod *method)
{
  const EapTtls *self = (const EapTtls *) method;
  if (self->inner.eap != NULL && method->answered)
    return eap_refusal (self->inner.eap);
  if (method->answered)
    return NULL;
  return g_error_new (VISITOR_ERROR, VISITOR_ERROR_AUTH_REFUSED,
      "The gateway refused the user before it asked for anything.");
}

static void
ttls_clear (EapMethod *method)
{
  EapTtls *self = (EapTtls *) method;
  ttls_inner_clear (&self->inner);
  eap_tunnel_free (self->tunnel);
}

const EapMethodClass eap_ttls_class = {
  .type = EAP_TYPE_TTLS,
  .name = "TTLS",
  .may_stand_alone = true,
  .size = sizeof (EapTtls),
  .init = ttls_init,
  .receive = ttls_receive,
  .provide = ttls_provide,
  .refusal = ttls_refusal,
  .clear = ttls_clear,
};
