/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link through an HTTP proxy: CONNECT, and from then on the octets as they are, those included that
 * came with the proxy's answer. Where the proxy wants to know who we are, ProxyAuth says what follows; on
 * this connection that is a second request at most, for the rest another is made. */
#include <string.h>

#include "base/text.h"
#include "reach/link-proxy.h"
#include "wire/http-connect.h"

#define REASON_MAX_LEN 120

typedef enum {
  CONNECT_SENDING,
  CONNECT_READING,
  CONNECT_SKIPPING, /* the body of a refusal, before the next request */
  CONNECT_OPEN,
} ConnectState;

typedef struct {
  Link link;
  char *authority; /* owned */
  ProxyAuth *auth; /* borrowed */
  ConnectState state;
  Secret *request; /* owned, while it is sent */
  size_t sent;
  size_t skip; /* octets of a body that are still to come */
  uint8_t in[HTTP_REPLY_MAX];
  size_t in_pos, in_len; /* what was read and nobody has had */
} ConnectLink;

static ConnectLink *
connect_link (const Link *link)
{
  return (ConnectLink *) link;
}

static LinkStatus
fail (GError **error, VisitorError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static LinkStatus
fail (GError **error, VisitorError code, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, VISITOR_ERROR, (int) code, text);
  return LINK_FAILED;
}

static LinkStatus
send_request (ConnectLink *self, GError **error)
{
  if (self->request == NULL) {
    g_autoptr (Secret) header = proxy_auth_header (self->auth, self->authority);
    self->request = http_connect_request (self->authority, header);
    self->sent = 0;
  }
  Slice octets = secret_slice (self->request);
  while (self->sent < octets.len) {
    size_t n = 0;
    LinkStatus status =
        link_write (self->link.below, octets.data + self->sent, octets.len - self->sent, &n, error);
    if (status != LINK_DONE)
      return status;
    self->sent += n;
  }
  g_clear_pointer (&self->request, secret_unref);
  self->state = CONNECT_READING;
  return LINK_DONE;
}

/* Reads behind what is there; there is room, for a full buffer is a bad reply. */
static LinkStatus
fill (ConnectLink *self, GError **error)
{
  size_t n = 0;
  LinkStatus status = link_read (
      self->link.below, self->in + self->in_len, sizeof self->in - self->in_len, &n, error);
  if (status == LINK_CLOSED)
    return fail (error, VISITOR_ERROR_PROXY_PROTOCOL, "the proxy closed the connection unasked");
  if (status == LINK_DONE)
    self->in_len += n;
  return status;
}

static LinkStatus
take_challenge (ConnectLink *self, const HttpReply *reply, GError **error)
{
  ProxyAuthVerdict verdict =
      proxy_auth_challenged (self->auth, reply->challenges, reply->n_challenges, reply->keeps_open);
  switch (verdict) {
  case PROXY_AUTH_HERE:
    self->in_pos = reply->len;
    self->skip = reply->body_len;
    self->state = CONNECT_SKIPPING;
    return LINK_DONE;
  case PROXY_AUTH_AGAIN:
  case PROXY_AUTH_ASK:
    return fail (error, VISITOR_ERROR_PROXY_AUTH_REQUIRED, "the proxy asks who we are");
  case PROXY_AUTH_REFUSED:
    if (proxy_auth_was_given (self->auth))
      return fail (error, VISITOR_ERROR_PROXY_AUTH_REFUSED, "the proxy refuses the sign-in");
    return fail (error, VISITOR_ERROR_PROXY_AUTH_REQUIRED, "the proxy asks who we are");
  case PROXY_AUTH_UNKNOWN: break;
  }
  return fail (error, VISITOR_ERROR_PROXY_AUTH_REFUSED,
      "the proxy asks for a kind of sign-in that is not known here");
}

/* 502 to 504 tell of what is behind the proxy (RFC 9110 section 15.6), the rest of its own mind. */
static LinkStatus
refused (ConnectLink *self, const HttpReply *reply, GError **error)
{
  g_autofree char *reason = text_one_line (reply->reason, REASON_MAX_LEN);
  const char *words = reason != NULL ? reason : "";
  if (reply->status >= 502 && reply->status <= 504)
    return fail (error, VISITOR_ERROR_PROXY_NO_WAY, "the proxy does not reach %s: %u %s",
        self->authority, reply->status, words);
  return fail (error, VISITOR_ERROR_PROXY_REFUSED, "the proxy does not let us to %s: %u %s",
      self->authority, reply->status, words);
}

static LinkStatus
read_reply (ConnectLink *self, GError **error)
{
  HttpReply reply;
  const char *why = NULL;
  LinkStatus status = fill (self, error);
  if (status != LINK_DONE)
    return status;
  switch (http_reply_parse (SLICE (self->in, self->in_len), &reply, &why)) {
  case HTTP_REPLY_MORE: return LINK_DONE;
  case HTTP_REPLY_DONE: break;
  case HTTP_REPLY_BAD:
    return fail (
        error, VISITOR_ERROR_PROXY_PROTOCOL, "the answer is not that of an HTTP proxy: %s", why);
  }
  if (reply.status == 407)
    return take_challenge (self, &reply, error);
  if (!http_reply_is_tunnel (&reply))
    return refused (self, &reply, error);
  self->in_pos = reply.len;
  self->state = CONNECT_OPEN;
  proxy_auth_accepted (self->auth);
  return LINK_DONE;
}

/* Nothing that a proxy says unasked behind the body is taken for the next answer. */
static LinkStatus
skip_body (ConnectLink *self, GError **error)
{
  size_t n = MIN (self->skip, self->in_len - self->in_pos);
  self->skip -= n;
  self->in_pos += n;
  if (self->skip == 0) {
    if (self->in_pos < self->in_len)
      return fail (error, VISITOR_ERROR_PROXY_PROTOCOL, "the proxy answers more than it was asked");
    self->in_pos = self->in_len = 0;
    self->state = CONNECT_SENDING;
    return LINK_DONE;
  }
  self->in_pos = self->in_len = 0;
  return fill (self, error);
}

static LinkStatus
connect_open (Link *link, GError **error)
{
  ConnectLink *self = connect_link (link);
  LinkStatus status = self->state == CONNECT_OPEN ? LINK_DONE : link_open (link->below, error);
  while (status == LINK_DONE && self->state != CONNECT_OPEN) {
    switch (self->state) {
    case CONNECT_SENDING: status = send_request (self, error); break;
    case CONNECT_READING: status = read_reply (self, error); break;
    case CONNECT_SKIPPING: status = skip_body (self, error); break;
    case CONNECT_OPEN: break;
    }
  }
  return status;
}

static LinkStatus
connect_read (Link *link, void *buf, size_t size, size_t *ret_len, GError **error)
{
  ConnectLink *self = connect_link (link);
  if (self->in_pos == self->in_len)
    return link_read (link->below, buf, size, ret_len, error);
  size_t n = MIN (size, self->in_len - self->in_pos);
  memcpy (buf, self->in + self->in_pos, n);
  self->in_pos += n;
  *ret_len = n;
  return LINK_DONE;
}

static LinkStatus
connect_write (Link *link, const void *data, size_t len, size_t *ret_len, GError **error)
{
  return link_write (link->below, data, len, ret_len, error);
}

static void
connect_close (Link *link)
{
  link_close (link->below);
}

static bool
connect_wants_write (const Link *link)
{
  return connect_link (link)->request != NULL || link_wants_write (link->below);
}

static char *
connect_describe (const Link *link)
{
  return link_describe (link->below);
}

static GBytes *
connect_session (Link *link)
{
  return NULL;
}

static GBytes *
connect_unvouched_certificate (const Link *link)
{
  return NULL;
}

static void
connect_free (Link *link)
{
  ConnectLink *self = connect_link (link);
  g_clear_pointer (&self->request, secret_unref);
  g_free (self->authority);
  g_free (self);
}

static const LinkClass connect_class = {
  .transport = "TCP",
  .open = connect_open,
  .read = connect_read,
  .write = connect_write,
  .close = connect_close,
  .wants_write = connect_wants_write,
  .describe = connect_describe,
  .session = connect_session,
  .unvouched_certificate = connect_unvouched_certificate,
  .free = connect_free,
};

/* Asks the proxy at the other end of `below`, which the new link owns, for a tunnel to authority,
 * HOST:PORT. auth is borrowed for the link's life; after a failure with PROXY_AUTH_REQUIRED it says what
 * is next. */
Link *
link_connect_new (Link *below, const char *authority, ProxyAuth *auth)
{
  ConnectLink *self = g_new0 (ConnectLink, 1);
  self->link = (Link){ .class = &connect_class, .below = below, .fd = below->fd };
  self->authority = g_strdup (authority);
  self->auth = auth;
  proxy_auth_begin (auth);
  return &self->link;
}
