/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TLS link: a client's TLS stream over the link below it. */
#include <errno.h>

#include "reach/link.h"

typedef struct {
  Link link;
  TlsStream *tls; /* owned */
  bool below_open;
  GError *below_error; /* owned: what broke the link below while TLS was using it */
} TlsLink;

static TlsLink *
tls_link (const Link *link)
{
  return (TlsLink *) link;
}

/* LinkStatus as recv () and send () tell it; the GError of the link below is kept aside. */
static ssize_t
as_system_call (TlsLink *self, LinkStatus status, size_t len)
{
  switch (status) {
  case LINK_DONE: return (ssize_t) len;
  case LINK_CLOSED: return 0;
  case LINK_AGAIN: errno = EAGAIN; return -1;
  case LINK_FAILED: break;
  }
  errno = self->below_error->code == VISITOR_ERROR_TIMED_OUT ? ETIMEDOUT : ECONNRESET;
  return -1;
}

/* What the link below holds goes first: a proxy's TLS may have sealed a record that the socket did not
 * take. */
static void
flush_below (TlsLink *self)
{
  size_t n = 0;
  if (self->below_open && link_wants_write (self->link.below))
    (void) link_write (self->link.below, NULL, 0, &n, NULL);
}

static ssize_t
push (void *user, const void *data, size_t len)
{
  TlsLink *self = user;
  size_t n = 0;
  g_clear_error (&self->below_error);
  LinkStatus status = link_write (self->link.below, data, len, &n, &self->below_error);
  return as_system_call (self, status, n);
}

static ssize_t
pull (void *user, void *buf, size_t size)
{
  TlsLink *self = user;
  size_t n = 0;
  g_clear_error (&self->below_error);
  flush_below (self);
  LinkStatus status = link_read (self->link.below, buf, size, &n, &self->below_error);
  return as_system_call (self, status, n);
}

static LinkStatus
from_tls (TlsLink *self, TlsStatus status, GError **error, GError *tls_error)
{
  g_autoptr (GError) own = tls_error;
  switch (status) {
  case TLS_DONE: return LINK_DONE;
  case TLS_AGAIN: return LINK_AGAIN;
  case TLS_CLOSED: return LINK_CLOSED;
  case TLS_FAILED: break;
  }
  /* Of a stream that broke below, the link below knows more. */
  if (self->below_error != NULL &&
      g_error_matches (own, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED))
    g_propagate_error (error, g_steal_pointer (&self->below_error));
  else
    g_propagate_error (error, g_steal_pointer (&own));
  return LINK_FAILED;
}

static LinkStatus
tls_open (Link *link, GError **error)
{
  TlsLink *self = tls_link (link);
  if (!self->below_open) {
    LinkStatus status = link_open (link->below, error);
    if (status != LINK_DONE)
      return status;
    self->below_open = true;
  }
  GError *tls_error = NULL;
  TlsStatus status = tls_stream_handshake (self->tls, &tls_error);
  return from_tls (self, status, error, tls_error);
}

static LinkStatus
tls_read (Link *link, void *buf, size_t size, size_t *ret_len, GError **error)
{
  GError *tls_error = NULL;
  TlsStatus status = tls_stream_read (tls_link (link)->tls, buf, size, ret_len, &tls_error);
  return from_tls (tls_link (link), status, error, tls_error);
}

static LinkStatus
tls_write (Link *link, const void *data, size_t len, size_t *ret_len, GError **error)
{
  GError *tls_error = NULL;
  TlsStatus status = tls_stream_write (tls_link (link)->tls, data, len, ret_len, &tls_error);
  if (status == TLS_DONE && len == 0)
    flush_below (tls_link (link));
  if (status == TLS_DONE && len == 0 && link_wants_write (link->below))
    return LINK_AGAIN;
  return from_tls (tls_link (link), status, error, tls_error);
}

static void
tls_close (Link *link)
{
  if (tls_link (link)->below_open)
    (void) tls_stream_bye (tls_link (link)->tls);
  link_close (link->below);
}

static bool
tls_wants_write (const Link *link)
{
  if (link_wants_write (link->below))
    return true;
  return tls_link (link)->below_open && tls_stream_wants_write (tls_link (link)->tls);
}

static char *
tls_describe (const Link *link)
{
  TlsStream *tls = tls_link (link)->tls;
  g_autofree char *what = tls_stream_describe (tls);
  return g_strconcat (what, tls_stream_resumed (tls) ? ", resumed" : "", NULL);
}

static GBytes *
tls_session (Link *link)
{
  return tls_stream_session (tls_link (link)->tls);
}

static GBytes *
tls_unvouched_certificate (const Link *link)
{
  return tls_stream_unvouched_certificate (tls_link (link)->tls);
}

static void
tls_free (Link *link)
{
  TlsLink *self = tls_link (link);
  tls_stream_free (self->tls);
  g_clear_error (&self->below_error);
  g_free (self);
}

static const LinkClass tls_class = {
  .transport = "TLS",
  .open = tls_open,
  .read = tls_read,
  .write = tls_write,
  .close = tls_close,
  .wants_write = tls_wants_write,
  .describe = tls_describe,
  .session = tls_session,
  .unvouched_certificate = tls_unvouched_certificate,
  .free = tls_free,
};

/* Puts TLS on top of `below`, which the new link owns, also when this fails. */
Link *
link_tls_new (Link *below, const TlsClientConfig *config, GError **error)
{
  TlsLink *self = g_new0 (TlsLink, 1);
  self->link = (Link){ .class = &tls_class, .below = below, .fd = below->fd };
  TlsTransport transport = { .push = push, .pull = pull, .user = self };
  self->tls = tls_stream_new_client (config, &transport, error);
  if (self->tls == NULL) {
    g_free (self);
    link_free (below);
    return NULL;
  }
  return &self->link;
}
