/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rogue gateway's stream: TLS or plain TCP. Writing waits for the client, and keeps what the client
 * says meanwhile, so that neither waits for the other. */
#include "rogue.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 10000

static ssize_t
push (void *user, const void *data, size_t len)
{
  return send (((Rogue *) user)->fd, data, len, MSG_NOSIGNAL);
}

static ssize_t
pull (void *user, void *buf, size_t size)
{
  return recv (((Rogue *) user)->fd, buf, size, 0);
}

/* False if it does not come within the patience. */
static bool
wait_for (const Rogue *rogue, short events)
{
  struct pollfd p = { .fd = rogue->fd, .events = events };
  return poll (&p, 1, PATIENCE_MS) == 1;
}

/* Ends the stream as a crash does: no close_notify. */
void
rogue_hang_up (Rogue *rogue)
{
  if (rogue->fd < 0)
    return;
  g_clear_pointer (&rogue->tls, tls_stream_free);
  close (rogue->fd);
  rogue->fd = -1;
  g_print ("hung up\n");
}

/* The same with a TCP reset. */
void
rogue_reset (Rogue *rogue)
{
  const struct linger now = { .l_onoff = 1 };
  if (rogue->fd >= 0)
    setsockopt (rogue->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  rogue_hang_up (rogue);
}

/* TLS_DONE with some octets, or why there are none. */
static TlsStatus
read_some (Rogue *rogue, uint8_t *buf, size_t size, size_t *ret_len)
{
  if (rogue->tls != NULL)
    return tls_stream_read (rogue->tls, buf, size, ret_len, NULL);
  ssize_t n = pull (rogue, buf, size);
  if (n < 0)
    return errno == EAGAIN ? TLS_AGAIN : TLS_FAILED;
  *ret_len = (size_t) n;
  return n == 0 ? TLS_CLOSED : TLS_DONE;
}

/* Takes what there is without waiting; false if the stream is over, which hangs up. */
bool
rogue_read (Rogue *rogue)
{
  while (rogue->fd >= 0) {
    uint8_t buf[16384];
    size_t n = 0;
    TlsStatus status = read_some (rogue, buf, sizeof buf, &n);
    if (status == TLS_AGAIN)
      return true;
    if (status != TLS_DONE) {
      rogue_hang_up (rogue);
      return false;
    }
    g_byte_array_append (rogue->backlog, buf, (guint) n);
    if (rogue->record != NULL)
      fwrite (buf, 1, n, rogue->record);
  }
  return false;
}

static TlsStatus
write_some (Rogue *rogue, Slice octets, size_t *ret_len)
{
  if (rogue->tls != NULL)
    return tls_stream_write (rogue->tls, octets.data, octets.len, ret_len, NULL);
  ssize_t n = push (rogue, octets.data, octets.len);
  if (n < 0)
    return errno == EAGAIN ? TLS_AGAIN : TLS_FAILED;
  *ret_len = (size_t) n;
  return TLS_DONE;
}

/* Writes all of it, unless the client has gone. */
void
rogue_write (Rogue *rogue, Slice octets)
{
  while (octets.len > 0 && rogue_read (rogue)) {
    size_t n = 0;
    const Slice part = SLICE (octets.data, rogue->one_by_one ? 1 : octets.len);
    TlsStatus status = write_some (rogue, part, &n);
    if (status == TLS_AGAIN && wait_for (rogue, POLLIN | POLLOUT))
      continue;
    if (status != TLS_DONE) {
      rogue_hang_up (rogue);
      return;
    }
    octets = SLICE (octets.data + n, octets.len - n);
  }
}

static bool
shake_hands (Rogue *rogue)
{
  const TlsTransport transport = { .push = push, .pull = pull, .user = rogue };
  g_autoptr (GError) error = NULL;
  rogue->tls = tls_stream_new_server (rogue->credentials, &transport, &error);
  g_assert_no_error (error);
  for (;;) {
    TlsStatus status = tls_stream_handshake (rogue->tls, &error);
    short events = tls_stream_wants_write (rogue->tls) ? POLLOUT : POLLIN;
    if (status == TLS_DONE)
      return true;
    if (status != TLS_AGAIN || !wait_for (rogue, events)) {
      g_print ("no TLS: %s\n", error != NULL ? error->message : "it takes too long");
      return false;
    }
  }
}

/* Takes the next stream instead of the one that there was; false if it came to nothing. */
bool
rogue_accept (Rogue *rogue)
{
  const int yes = 1;
  rogue_hang_up (rogue);
  rogue->fd = accept (rogue->listener, NULL, NULL);
  if (rogue->fd < 0)
    return false;
  fcntl (rogue->fd, F_SETFL, O_NONBLOCK);
  setsockopt (rogue->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  g_byte_array_set_size (rogue->backlog, 0);
  stream_decoder_init (&rogue->in, true);
  if (rogue->credentials != NULL && !shake_hands (rogue)) {
    rogue_hang_up (rogue);
    return false;
  }
  g_print ("a stream stands\n");
  return true;
}
