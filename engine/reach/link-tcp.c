/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TCP link: a non-blocking socket on which connect () was already called. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reach/link.h"

/* Unsent octets in the kernel are delay for every inner connection: above this many the socket is
 * not writable, the TUN is no longer read, and inner TCP sees loss instead of seconds of queue. */
#define TCP_UNSENT_OCTETS (64 * 1024)
/* A stream whose octets nobody acknowledged for so long is dead (milliseconds). */
#define TCP_UNACKNOWLEDGED_MS 12000
#define TCP_KEEPALIVE_IDLE_S 20
#define TCP_KEEPALIVE_INTERVAL_S 5
#define TCP_KEEPALIVE_PROBES 3

static void
fail (GError **error, const char *doing, int number)
{
  const char *text = strerrordesc_np (number);
  g_set_error (error, VISITOR_ERROR, (int) link_error_of_errno (number), "TCP %s: %s", doing,
      text != NULL ? text : "unknown error");
}

typedef struct {
  Link link;
  bool connecting; /* connect () has not ended yet */
} TcpLink;

static LinkStatus
tcp_open (Link *link, GError **error)
{
  int number = 0;
  socklen_t len = sizeof number;
  if (getsockopt (link->fd, SOL_SOCKET, SO_ERROR, &number, &len) < 0)
    number = errno;
  if (number != 0) {
    fail (error, "connect", number);
    return LINK_FAILED;
  }
  struct sockaddr_storage peer;
  len = sizeof peer;
  if (getpeername (link->fd, (struct sockaddr *) &peer, &len) == 0) {
    ((TcpLink *) link)->connecting = false;
    return LINK_DONE;
  }
  if (errno == ENOTCONN) {
    ((TcpLink *) link)->connecting = true;
    return LINK_AGAIN;
  }
  fail (error, "connect", errno);
  return LINK_FAILED;
}

static LinkStatus
tcp_read (Link *link, void *buf, size_t size, size_t *ret_len, GError **error)
{
  ssize_t n;
  do
    n = recv (link->fd, buf, size, 0);
  while (n < 0 && errno == EINTR);
  if (n == 0)
    return LINK_CLOSED;
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return LINK_AGAIN;
  if (n < 0) {
    fail (error, "receive", errno);
    return LINK_FAILED;
  }
  *ret_len = (size_t) n;
  return LINK_DONE;
}

static LinkStatus
tcp_write (Link *link, const void *data, size_t len, size_t *ret_len, GError **error)
{
  ssize_t n;
  do
    n = send (link->fd, data, len, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return LINK_AGAIN;
  if (n < 0) {
    fail (error, "send", errno);
    return LINK_FAILED;
  }
  *ret_len = (size_t) n;
  return LINK_DONE;
}

static void
tcp_close (Link *link)
{
  (void) shutdown (link->fd, SHUT_WR);
}

static bool
tcp_wants_write (const Link *link)
{
  return ((const TcpLink *) link)->connecting;
}

static char *
tcp_describe (const Link *link)
{
  return g_strdup ("TCP");
}

static GBytes *
tcp_session (Link *link)
{
  return NULL;
}

static GBytes *
tcp_unvouched_certificate (const Link *link)
{
  return NULL;
}

static void
tcp_free (Link *link)
{
  close (link->fd);
  g_free (link);
}

static const LinkClass tcp_class = {
  .transport = "TCP",
  .open = tcp_open,
  .read = tcp_read,
  .write = tcp_write,
  .close = tcp_close,
  .wants_write = tcp_wants_write,
  .describe = tcp_describe,
  .session = tcp_session,
  .unvouched_certificate = tcp_unvouched_certificate,
  .free = tcp_free,
};

static void
set_number (int fd, int level, int name, int value)
{
  /* None of these decides whether the stream works: an old kernel may lack one. */
  (void) setsockopt (fd, level, name, &value, sizeof value);
}

/* Sets what a tunnel wants of its socket: small packets at once, little queue, and a dead peer
 * noticed within 12 s instead of 15 minutes. */
void
link_tcp_tune (int fd)
{
  set_number (fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_number (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, TCP_UNSENT_OCTETS);
  set_number (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, TCP_UNACKNOWLEDGED_MS);
  set_number (fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_number (fd, IPPROTO_TCP, TCP_KEEPIDLE, TCP_KEEPALIVE_IDLE_S);
  set_number (fd, IPPROTO_TCP, TCP_KEEPINTVL, TCP_KEEPALIVE_INTERVAL_S);
  set_number (fd, IPPROTO_TCP, TCP_KEEPCNT, TCP_KEEPALIVE_PROBES);
}

/* Takes a non-blocking socket that is connected or connecting, and owns it. */
Link *
link_tcp_new (int fd)
{
  TcpLink *self = g_new0 (TcpLink, 1);
  self->link = (Link){ .class = &tcp_class, .fd = fd };
  return &self->link;
}
