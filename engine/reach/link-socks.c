/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link through a SOCKS proxy, 4a or 5: a few messages each way, then the octets as they are. Each
 * reply is read with no octet more than it has, so that what follows it is the tunnel's. */
#include <string.h>

#include "reach/link-proxy.h"
#include "wire/socks.h"

#define REPLY_MAX 300 /* more than any has */

typedef enum {
  SOCKS_STEP_GREETING, /* SOCKS 5: which methods there are */
  SOCKS_STEP_PASSWORD,
  SOCKS_STEP_REQUEST,
  SOCKS_STEP_OPEN,
} SocksStep;

typedef struct {
  Link link;
  bool is_4a;
  char *host; /* owned */
  uint16_t port;
  ProxyAuth *auth; /* borrowed */
  SocksStep step;
  Secret *out; /* owned: the step's message while it is sent */
  size_t out_pos;
  bool sent; /* the step's message is out, and its reply awaited */
  uint8_t in[REPLY_MAX];
  size_t in_len;
} SocksLink;

static SocksLink *
socks_link (const Link *link)
{
  return (SocksLink *) link;
}

static LinkStatus
fail (GError **error, VisitorError code, const char *why)
{
  g_set_error_literal (error, VISITOR_ERROR, (int) code, why);
  return LINK_FAILED;
}

static size_t
write_step (SocksLink *self, uint8_t *buf, size_t size)
{
  Slice user, password;
  bool has = proxy_auth_credentials (self->auth, &user, &password);
  switch (self->step) {
  case SOCKS_STEP_GREETING: return socks5_greeting_write (has, buf, size);
  case SOCKS_STEP_PASSWORD: return has ? socks5_password_write (user, password, buf, size) : 0;
  case SOCKS_STEP_REQUEST:
    return self->is_4a ? socks4a_request_write (self->host, self->port, buf, size)
                       : socks5_request_write (self->host, self->port, buf, size);
  case SOCKS_STEP_OPEN: break;
  }
  return 0;
}

static LinkStatus
send_step (SocksLink *self, GError **error)
{
  if (self->out == NULL) {
    uint8_t message[SOCKS_MESSAGE_MAX];
    size_t len = write_step (self, message, sizeof message);
    if (len == 0)
      return fail (error, VISITOR_ERROR_PROXY_REFUSED,
          "name or password are longer than SOCKS has room for, or empty");
    self->out = secret_new (message, len);
    self->out_pos = 0;
    bytes_wipe (message, sizeof message);
  }
  Slice octets = secret_slice (self->out);
  while (self->out_pos < octets.len) {
    size_t n = 0;
    LinkStatus status = link_write (
        self->link.below, octets.data + self->out_pos, octets.len - self->out_pos, &n, error);
    if (status != LINK_DONE)
      return status;
    self->out_pos += n;
  }
  g_clear_pointer (&self->out, secret_unref);
  self->sent = true;
  self->in_len = 0;
  return LINK_DONE;
}

static SocksVerdict
parse_step (const SocksLink *self, SocksReply *ret_reply)
{
  Slice octets = SLICE (self->in, self->in_len);
  switch (self->step) {
  case SOCKS_STEP_GREETING: return socks5_method_parse (octets, ret_reply);
  case SOCKS_STEP_PASSWORD: return socks5_password_reply_parse (octets, ret_reply);
  case SOCKS_STEP_REQUEST:
    return self->is_4a ? socks4a_reply_parse (octets, ret_reply)
                       : socks5_reply_parse (octets, ret_reply);
  case SOCKS_STEP_OPEN: break;
  }
  return SOCKS_BAD;
}

static LinkStatus
ask_for_password (SocksLink *self, GError **error)
{
  if (proxy_auth_password_refused (self->auth) == PROXY_AUTH_REFUSED &&
      proxy_auth_was_given (self->auth))
    return fail (error, VISITOR_ERROR_PROXY_AUTH_REFUSED, "the proxy refuses the sign-in");
  return fail (error, VISITOR_ERROR_PROXY_AUTH_REQUIRED, "the proxy asks who we are");
}

static void
enter (SocksLink *self, SocksStep step)
{
  self->step = step;
  self->sent = false;
  if (step == SOCKS_STEP_OPEN)
    proxy_auth_accepted (self->auth);
}

static LinkStatus
granted (SocksLink *self, const SocksReply *reply, GError **error)
{
  Slice user, password;
  switch (self->step) {
  case SOCKS_STEP_GREETING:
    if (reply->code == SOCKS5_PASSWORD && !proxy_auth_credentials (self->auth, &user, &password))
      return ask_for_password (self, error);
    enter (self, reply->code == SOCKS5_PASSWORD ? SOCKS_STEP_PASSWORD : SOCKS_STEP_REQUEST);
    break;
  case SOCKS_STEP_PASSWORD: enter (self, SOCKS_STEP_REQUEST); break;
  case SOCKS_STEP_REQUEST: enter (self, SOCKS_STEP_OPEN); break;
  case SOCKS_STEP_OPEN: break;
  }
  return LINK_DONE;
}

/* RFC 1928 section 6: codes 3 to 6 tell of what is behind the proxy. */
static LinkStatus
refused (SocksLink *self, const SocksReply *reply, GError **error)
{
  if (self->step == SOCKS_STEP_PASSWORD)
    return ask_for_password (self, error);
  Slice user, password;
  if (self->step == SOCKS_STEP_GREETING && !proxy_auth_credentials (self->auth, &user, &password))
    return ask_for_password (self, error); /* which was not offered, as there is none */
  if (self->step == SOCKS_STEP_GREETING)
    return fail (error, VISITOR_ERROR_PROXY_AUTH_REFUSED,
        "the proxy asks for a kind of sign-in that is not known here");
  bool no_way = !self->is_4a && reply->code >= 3 && reply->code <= 6;
  const char *why =
      self->is_4a ? socks4_code_to_string (reply->code) : socks5_code_to_string (reply->code);
  g_autofree char *target = host_port_format (self->host, self->port);
  g_set_error (error, VISITOR_ERROR,
      no_way ? VISITOR_ERROR_PROXY_NO_WAY : VISITOR_ERROR_PROXY_REFUSED, "the proxy %s %s: %s",
      no_way ? "does not reach" : "does not let us to", target, why);
  return LINK_FAILED;
}

/* One octet after the other: the next may be the gateway's already. */
static LinkStatus
read_step (SocksLink *self, GError **error)
{
  SocksReply reply = { 0 };
  size_t n = 0;
  LinkStatus status = link_read (self->link.below, self->in + self->in_len, 1, &n, error);
  if (status == LINK_CLOSED)
    return fail (error, VISITOR_ERROR_PROXY_PROTOCOL, "the proxy closed the connection unasked");
  if (status != LINK_DONE)
    return status;
  self->in_len += n;
  switch (parse_step (self, &reply)) {
  case SOCKS_GRANTED: return granted (self, &reply, error);
  case SOCKS_REFUSED: return refused (self, &reply, error);
  case SOCKS_MORE:
    if (self->in_len < sizeof self->in)
      return LINK_DONE;
    break;
  case SOCKS_BAD: break;
  }
  return fail (error, VISITOR_ERROR_PROXY_PROTOCOL, "the answer is not that of a SOCKS proxy");
}

static LinkStatus
socks_open (Link *link, GError **error)
{
  SocksLink *self = socks_link (link);
  LinkStatus status = self->step == SOCKS_STEP_OPEN ? LINK_DONE : link_open (link->below, error);
  while (status == LINK_DONE && self->step != SOCKS_STEP_OPEN)
    status = self->sent ? read_step (self, error) : send_step (self, error);
  return status;
}

static LinkStatus
socks_read (Link *link, void *buf, size_t size, size_t *ret_len, GError **error)
{
  return link_read (link->below, buf, size, ret_len, error);
}

static LinkStatus
socks_write (Link *link, const void *data, size_t len, size_t *ret_len, GError **error)
{
  return link_write (link->below, data, len, ret_len, error);
}

static void
socks_close (Link *link)
{
  link_close (link->below);
}

static bool
socks_wants_write (const Link *link)
{
  return socks_link (link)->out != NULL || link_wants_write (link->below);
}

static char *
socks_describe (const Link *link)
{
  return link_describe (link->below);
}

static GBytes *
socks_session (Link *link)
{
  return NULL;
}

static GBytes *
socks_unvouched_certificate (const Link *link)
{
  return NULL;
}

static void
socks_free (Link *link)
{
  SocksLink *self = socks_link (link);
  g_clear_pointer (&self->out, secret_unref);
  g_free (self->host);
  g_free (self);
}

static const LinkClass socks_class = {
  .transport = "TCP",
  .open = socks_open,
  .read = socks_read,
  .write = socks_write,
  .close = socks_close,
  .wants_write = socks_wants_write,
  .describe = socks_describe,
  .session = socks_session,
  .unvouched_certificate = socks_unvouched_certificate,
  .free = socks_free,
};

/* As link_connect_new (), for a SOCKS proxy. */
Link *
link_socks_new (Link *below, const Proxy *proxy, const char *host, uint16_t port, ProxyAuth *auth)
{
  SocksLink *self = g_new0 (SocksLink, 1);
  self->link = (Link){ .class = &socks_class, .below = below, .fd = below->fd };
  self->is_4a = proxy->kind == PROXY_SOCKS4A;
  self->host = g_strdup (host);
  self->port = port;
  self->auth = auth;
  self->step = self->is_4a ? SOCKS_STEP_REQUEST : SOCKS_STEP_GREETING;
  proxy_auth_begin (auth);
  return &self->link;
}
