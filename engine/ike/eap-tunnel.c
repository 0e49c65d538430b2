/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EapTunnel: TLS over EAP packets, as EAP-TLS (RFC 5216, RFC 9190) and EAP-TTLS (RFC 5281, RFC 9427)
 * have it in common: the handshake, the server's proof, records, and the keys that come of it.
 *
 * The server is the gateway's or one behind it (AAA). Its certificate must come from whom the site
 * trusts for its gateway, be for a TLS server, and carry the name that the site expects: else anybody
 * with a certificate of the same authority could take the password. Nothing is written into the tunnel
 * before that is so. A session is never resumed. */
#include "ike/eap-tunnel.h"

#include <errno.h>
#include <string.h>

#include "crypto/tls.h"
#include "crypto/tls-exporter.h"
#include "ike/eap-fragments.h"

#define MAX_PLAIN 16384
#define MSK_LEN 64
#define KEY_MATERIAL_LEN 128

struct _EapTunnel {
  EapType type;
  const char *name; /* of the method, for errors */
  const EapConfig *config;
  EapFragments fragments;
  size_t consumed; /* octets of fragments.in that TLS has read */
  GByteArray *plain; /* what the last message brought; wiped */
  TlsStream *tls; /* NULL before the Start packet */
  bool open;
  uint8_t id; /* of the request that is to be answered */
};

static ssize_t
pull (void *user, void *buf, size_t size)
{
  EapTunnel *self = user;
  size_t n = MIN (size, self->fragments.in->len - self->consumed);
  if (n == 0) {
    errno = EAGAIN;
    return -1;
  }
  memcpy (buf, self->fragments.in->data + self->consumed, n);
  self->consumed += n;
  return (ssize_t) n;
}

static ssize_t
push (void *user, const void *data, size_t len)
{
  EapTunnel *self = user;
  g_byte_array_append (self->fragments.out, data, (guint) len);
  return (ssize_t) len;
}

/* A tunnel for the method of that type. config is borrowed. Transfer: full. */
EapTunnel *
eap_tunnel_new (EapType type, const char *name, const EapConfig *config)
{
  EapTunnel *self = g_new0 (EapTunnel, 1);
  self->type = type;
  self->name = name;
  self->config = config;
  self->plain = g_byte_array_new ();
  eap_fragments_init (&self->fragments);
  return self;
}

static void
drop_plain (EapTunnel *self)
{
  if (self->plain->len > 0)
    bytes_wipe (self->plain->data, self->plain->len);
  g_byte_array_set_size (self->plain, 0);
}

void
eap_tunnel_free (EapTunnel *tunnel)
{
  if (tunnel == NULL)
    return;
  drop_plain (tunnel);
  g_byte_array_unref (tunnel->plain);
  g_clear_pointer (&tunnel->tls, tls_stream_free);
  eap_fragments_clear (&tunnel->fragments);
  g_free (tunnel);
}

static bool
start (EapTunnel *self, GError **error)
{
  const TlsTransport transport = { .push = push, .pull = pull, .user = self };
  const TlsClientConfig config = {
    .expected_name = self->config->options.server_name,
    .trust = self->config->trust,
    .signer = self->type == EAP_TYPE_TLS ? self->config->signer : NULL,
    .old_servers = true, /* strongSwan 5.9 is one */
    .wall_clock = self->config->wall_clock,
  };
  self->tls = tls_stream_new_client (&config, &transport, error);
  return self->tls != NULL;
}

/* The VisitorError of a server that does not go on: once it has our certificate, that is what it refuses. */
int
eap_tunnel_refusal (const EapTunnel *tunnel)
{
  bool shown = tunnel->type == EAP_TYPE_TLS && tunnel->tls != NULL &&
      tls_stream_wants_certificate (tunnel->tls);
  return shown ? VISITOR_ERROR_CERTIFICATE_REFUSED : VISITOR_ERROR_AUTH_REFUSED;
}

/* What TLS says, in the words of a sign-in: the same codes would blame the stream to the gateway. */
static EapTunnelResult
tls_failed (const EapTunnel *self, GError *why, GError **error)
{
  int code = VISITOR_ERROR_PROTOCOL;
  if (why == NULL)
    why = g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_TLS, "TLS is over.");
  switch (why->code) {
  case VISITOR_ERROR_TLS_UNTRUSTED:
  case VISITOR_ERROR_TLS_WRONG_NAME:
  case VISITOR_ERROR_TLS_EXPIRED: code = VISITOR_ERROR_SIGN_IN_SERVER_UNTRUSTED; break;
  default:
    if (tls_stream_got_alert (self->tls))
      code = eap_tunnel_refusal (self);
    break;
  }
  g_set_error (error, VISITOR_ERROR, code, "EAP-%s: %s", self->name, why->message);
  g_error_free (why);
  return EAP_TUNNEL_FAILED;
}

/* Reads what the message brought behind the handshake. */
static EapTunnelResult
read_plain (EapTunnel *self, GError **error)
{
  for (;;) {
    uint8_t buf[4096];
    size_t n = 0;
    GError *why = NULL;
    TlsStatus status = tls_stream_read (self->tls, buf, sizeof buf, &n, &why);
    switch (status) {
    case TLS_DONE: g_byte_array_append (self->plain, buf, (guint) n); break;
    case TLS_AGAIN:
    case TLS_CLOSED: bytes_wipe (buf, sizeof buf); return EAP_TUNNEL_OPEN;
    case TLS_FAILED: return tls_failed (self, why, error);
    }
    bytes_wipe (buf, n);
    if (self->plain->len > MAX_PLAIN) {
      eap_fail (error, VISITOR_ERROR_PROTOCOL, self->name, "the server says too much at once.");
      return EAP_TUNNEL_FAILED;
    }
  }
}

static EapTunnelResult
take_message (EapTunnel *self, GBytes **ret_reply, GError **error)
{
  GError *why = NULL;
  self->consumed = 0;
  drop_plain (self);
  if (!self->open) {
    switch (tls_stream_handshake (self->tls, &why)) {
    case TLS_AGAIN: *ret_reply = eap_tunnel_reply (self); return EAP_TUNNEL_REPLY;
    case TLS_DONE: break;
    case TLS_CLOSED:
    case TLS_FAILED: return tls_failed (self, why, error);
    }
    self->open = true;
    g_autofree char *shown = tls_stream_describe (self->tls);
    g_debug ("EAP-%s: the server proved that it is %s (%s)", self->name,
        self->config->options.server_name, shown);
  }
  return read_plain (self, error);
}

/* Takes what stands behind the type of a request. *ret_reply: transfer full. */
EapTunnelResult
eap_tunnel_receive (EapTunnel *tunnel, uint8_t id, Slice data, GBytes **ret_reply, GError **error)
{
  tunnel->id = id;
  switch (eap_fragments_receive (&tunnel->fragments, data)) {
  case EAP_FRAGMENTS_START:
    if (!start (tunnel, error))
      return EAP_TUNNEL_FAILED;
    return take_message (tunnel, ret_reply, error);
  case EAP_FRAGMENTS_MORE: *ret_reply = eap_tunnel_reply (tunnel); return EAP_TUNNEL_REPLY;
  case EAP_FRAGMENTS_WHOLE: return take_message (tunnel, ret_reply, error);
  case EAP_FRAGMENTS_BROKEN: break;
  }
  eap_fail (error, VISITOR_ERROR_PROTOCOL, tunnel->name, "a packet of the server is malformed.");
  return EAP_TUNNEL_FAILED;
}

/* Seals octets for the next reply; the tunnel is open. */
bool
eap_tunnel_write (EapTunnel *tunnel, Slice plain, GError **error)
{
  size_t n = 0;
  GError *why = NULL;
  if (tls_stream_write (tunnel->tls, plain.data, plain.len, &n, &why) == TLS_DONE && n == plain.len)
    return true;
  tls_failed (tunnel, why, error);
  return false;
}

/* The next packet to the server: of what waits to be sent, or an empty one. Transfer: full. */
GBytes *
eap_tunnel_reply (EapTunnel *tunnel)
{
  return eap_fragments_next (&tunnel->fragments, tunnel->id, (uint8_t) tunnel->type);
}

/* What the message that was taken last brought, decrypted; borrowed until the next one. */
Slice
eap_tunnel_plain (const EapTunnel *tunnel)
{
  return SLICE (tunnel->plain->data, tunnel->plain->len);
}

bool
eap_tunnel_is_tls13 (const EapTunnel *tunnel)
{
  return tls_stream_is_tls13 (tunnel->tls);
}

/* The MSK: the first 64 octets of Key_Material (RFC 5216 section 2.3, RFC 5281 section 8; with TLS 1.3
 * RFC 9190 section 2.3 and RFC 9427 section 2.1, whose output depends on the length asked for). NULL if
 * TLS cannot. Transfer: full. */
Secret *
eap_tunnel_msk (const EapTunnel *tunnel)
{
  const uint8_t context = (uint8_t) tunnel->type;
  const char *old_label =
      tunnel->type == EAP_TYPE_TLS ? "client EAP encryption" : "ttls keying material";
  g_autoptr (Secret) material = eap_tunnel_is_tls13 (tunnel)
      ? tls_stream_export (
            tunnel->tls, "EXPORTER_EAP_TLS_Key_Material", SLICE (&context, 1), KEY_MATERIAL_LEN)
      : tls_stream_export (tunnel->tls, old_label, SLICE (NULL, 0), KEY_MATERIAL_LEN);
  return material != NULL ? secret_new (secret_slice (material).data, MSK_LEN) : NULL;
}

/* The challenge that both ends take from the tunnel instead of sending one (RFC 5281 section 11.1, RFC
 * 9427 section 2.4). NULL if TLS cannot. Transfer: full. */
Secret *
eap_tunnel_challenge (const EapTunnel *tunnel, size_t len)
{
  return tls_stream_export (tunnel->tls, "ttls challenge", SLICE (NULL, 0), len);
}
