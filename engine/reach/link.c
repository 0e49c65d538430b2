/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Link: one layer of the way to the gateway (UDP; or TCP, TLS, a proxy's CONNECT). Links
 * stack: each owns the one below it, and the lowest owns the socket. None of them ever blocks; one
 * that cannot go on says LINK_AGAIN and its user waits for the socket. */
#include "reach/link.h"

#include <errno.h>

/* Brings the link up, from the lowest layer to this one; to be called again after LINK_AGAIN. */
LinkStatus
link_open (Link *link, GError **error)
{
  return link->class->open (link, error);
}

/* Reads what there is, at least one octet on LINK_DONE. */
LinkStatus
link_read (Link *link, void *buf, size_t size, size_t *ret_len, GError **error)
{
  return link->class->read (link, buf, size, ret_len, error);
}

/* Takes as many octets as go, at least one on LINK_DONE; on LINK_AGAIN none. A link may hold what it
 * took until the socket is writable, as link_wants_write () tells: a write of no octets sends that, and
 * its LINK_DONE says that nothing is held any more. */
LinkStatus
link_write (Link *link, const void *data, size_t len, size_t *ret_len, GError **error)
{
  return link->class->write (link, data, len, ret_len, error);
}

/* Says goodbye, as far as that is possible without waiting. */
void
link_close (Link *link)
{
  link->class->close (link);
}

/* True if the link waits for the socket to take octets rather than to have some. */
bool
link_wants_write (const Link *link)
{
  return link->class->wants_write (link);
}

/* What the layers negotiated, for people; to be freed. */
char *
link_describe (const Link *link)
{
  return link->class->describe (link);
}

/* What makes the next link to the same server cheaper (TLS resumption), or NULL. */
GBytes *
link_session (Link *link)
{
  return link->class->session (link);
}

/* After link_open () failed because nobody known has issued the peer's certificate: that, in DER. Else
 * NULL. */
GBytes *
link_unvouched_certificate (const Link *link)
{
  return link->class->unvouched_certificate (link);
}

const char *
link_transport (const Link *link)
{
  return link->class->transport;
}

/* True where frames get lost and come out of order (RFC 7296 section 2.1). */
bool
link_has_datagrams (const Link *link)
{
  return link->class->has_datagrams;
}

int
link_fd (const Link *link)
{
  return link->fd;
}

/* Frees the link and all below it; the socket is closed. */
void
link_free (Link *link)
{
  if (link == NULL)
    return;
  g_autoptr (Link) below = link->below;
  link->class->free (link);
}

/* Which of our errors an errno of connect (), recv () or send () is. */
VisitorError
link_error_of_errno (int number)
{
  switch (number) {
  case ECONNREFUSED: return VISITOR_ERROR_REFUSED;
  case ETIMEDOUT: return VISITOR_ERROR_TIMED_OUT;
  case ENETUNREACH:
  case EHOSTUNREACH:
  case ENETDOWN:
  case EHOSTDOWN:
  case EADDRNOTAVAIL:
  case EACCES:
  case EPERM: return VISITOR_ERROR_UNREACHABLE;
  default: return VISITOR_ERROR_STREAM_CLOSED;
  }
}
