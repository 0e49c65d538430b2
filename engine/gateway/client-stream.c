/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ClientStream: octets from and to a client, the same whether TLS is around them or not. Nothing here
 * blocks. */
#include "gateway/client-stream.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static ssize_t
socket_push (void *user, const void *data, size_t len)
{
  const ClientStream *stream = user;
  return send (stream->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static ssize_t
socket_pull (void *user, void *buf, size_t size)
{
  const ClientStream *stream = user;
  return recv (stream->fd, buf, size, MSG_DONTWAIT);
}

/* Expects the TLS handshake of a client; false if no memory is there for it. The stream must stay where
 * it is in memory from now on. */
bool
client_stream_begin_tls (ClientStream *stream, TlsServerCredentials *credentials)
{
  const TlsTransport transport = { socket_push, socket_pull, stream };
  stream->tls = tls_stream_new_server (credentials, &transport, NULL);
  return stream->tls != NULL;
}

static TlsStatus
plain_status (ssize_t n, size_t *ret_len)
{
  if (n < 0)
    return errno == EAGAIN || errno == EINTR ? TLS_AGAIN : TLS_FAILED;
  *ret_len = (size_t) n;
  return TLS_DONE;
}

/* What has come, at most size octets. */
TlsStatus
client_stream_read (ClientStream *stream, void *buf, size_t size, size_t *ret_len)
{
  if (stream->tls != NULL)
    return tls_stream_read (stream->tls, buf, size, ret_len, NULL);
  TlsStatus status = plain_status (socket_pull (stream, buf, size), ret_len);
  return status == TLS_DONE && *ret_len == 0 ? TLS_CLOSED : status;
}

/* As much of it as the stream takes. */
TlsStatus
client_stream_write (ClientStream *stream, const void *data, size_t len, size_t *ret_len)
{
  if (stream->tls != NULL)
    return tls_stream_write (stream->tls, data, len, ret_len, NULL);
  return plain_status (socket_push (stream, data, len), ret_len);
}

/* True while a TLS record is half out. */
bool
client_stream_wants_write (const ClientStream *stream)
{
  return stream->tls != NULL && tls_stream_wants_write (stream->tls);
}

/* Octets that were read from the socket and not yet from the stream: no poll tells of them. */
size_t
client_stream_pending (const ClientStream *stream)
{
  return stream->tls != NULL ? tls_stream_pending (stream->tls) : 0;
}

/* Tells the client that nothing more will come: the end of TLS, then that of the stream. */
void
client_stream_finish (ClientStream *stream)
{
  if (stream->tls != NULL)
    tls_stream_bye (stream->tls);
  shutdown (stream->fd, SHUT_WR);
}

/* Throws away what has come. False once nothing more can. */
bool
client_stream_drain (ClientStream *stream)
{
  uint8_t waste[4096];
  ssize_t n = socket_pull (stream, waste, sizeof waste);
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

void
client_stream_clear (ClientStream *stream)
{
  close (stream->fd);
  stream->fd = -1;
  g_clear_pointer (&stream->tls, tls_stream_free);
}
