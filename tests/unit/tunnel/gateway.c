/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gateway on the loopback: real sockets, real TLS, real IKE, and moods. It answers by the way that the
 * message came. */
#include "gateway.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/certificate.h"

#define LISTENER 2

struct _Stream {
  Gateway *gateway;
  int fd;
  guint source;
  TlsStream *tls; /* NULL: plain */
  bool is_open;
  StreamDecoder in;
};

static ssize_t
push (void *user, const void *data, size_t len)
{
  return send (((Stream *) user)->fd, data, len, MSG_NOSIGNAL);
}

static ssize_t
pull (void *user, void *buf, size_t size)
{
  return recv (((Stream *) user)->fd, buf, size, 0);
}

static void
stream_free (gpointer data)
{
  Stream *stream = data;
  if (stream->source != 0)
    g_source_remove (stream->source);
  g_clear_pointer (&stream->tls, tls_stream_free);
  close (stream->fd);
  g_free (stream);
}

/* What is sent here is short, and the socket takes it at once. */
static void
stream_write (Stream *stream, Slice octets)
{
  size_t n = 0;
  if (stream->tls != NULL)
    (void) tls_stream_write (stream->tls, octets.data, octets.len, &n, NULL);
  else
    n = (size_t) push (stream, octets.data, octets.len);
  g_test_message ("%zu of %zu octets go to the client", n, octets.len);
}

static void
say (Gateway *self, Slice message)
{
  g_autofree uint8_t *out = g_malloc (STREAM_BUFFER_LEN);
  if (self->stream != NULL) {
    stream_write (self->stream, SLICE (out, stream_write_ike (out, STREAM_BUFFER_LEN, message)));
    return;
  }
  size_t marker = self->from == 1 ? STREAM_MARKER_LEN : 0;
  memset (out, 0, STREAM_MARKER_LEN);
  memcpy (out + marker, message.data, message.len);
  (void) sendto (self->sockets[self->from], out, marker + message.len, 0,
      (const struct sockaddr *) &self->peer, self->peer_len);
}

static void
send_ike (Responder *r, Slice message)
{
  say (r->wire_data, message);
}

static void
send_esp (Responder *r, Slice packet)
{
  g_assert_not_reached ();
}

static void
heard (Responder *r, Slice chain)
{
  static const uint8_t delete[] = { 0, 0, 0, 8, IKE_PROTOCOL_IKE, 0, 0, 0 };
  if (chain.len == sizeof delete &&memcmp (chain.data, delete, sizeof delete) == 0)
    ((Gateway *) r->wire_data)->n_goodbyes++;
}

static const ResponderWire wire = { .ike = send_ike, .esp = send_esp, .heard = heard };

/* A response to that IKE_SA_INIT with one notification, or none that means anything. */
static void
answer_init (Gateway *self, const IkeHeader *header, IkeNotifyType type, Slice data)
{
  uint8_t buf[512];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  const IkeHeader answer = {
    .spi_i = header->spi_i,
    .exchange = IKE_EXCHANGE_SA_INIT,
    .is_response = true,
  };
  ike_chain_notify (&chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type, data);
  responder_send_clear (self->responder, &answer, &chain);
}

static void
send_on (Gateway *self, const IkeHeader *header, Slice message)
{
  uint8_t critical, data[6 + IKE_NONCE_LEN] = { 1, 4, 192, 0, 2, 99 };
  IkePayloads request;
  IkeNonce nonce;
  g_assert_cmpint (
      ike_payloads_parse (header->first_payload,
          SLICE (message.data + IKE_HEADER_LEN, message.len - IKE_HEADER_LEN), &request, &critical),
      ==, IKE_PARSE_OK);
  g_assert_true (ike_nonce_read (&request, &nonce));
  memcpy (data + 6, nonce.data, IKE_NONCE_LEN);
  answer_init (self, header, IKE_NOTIFY_REDIRECT, SLICE (data, sizeof data));
}

static void
take_init (Gateway *self, Mood *mood, const IkeHeader *header, Slice message)
{
  static const char http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
  self->n_inits++;
  switch (*mood) {
  case MOOD_ANSWERS: responder_receive (self->responder, message); break;
  case MOOD_SILENT: break;
  case MOOD_REFUSES_ONCE:
    *mood = MOOD_ANSWERS;
    answer_init (self, header, IKE_NOTIFY_NO_PROPOSAL_CHOSEN, SLICE (NULL, 0));
    break;
  case MOOD_REFUSES:
    answer_init (self, header, IKE_NOTIFY_NO_PROPOSAL_CHOSEN, SLICE (NULL, 0));
    break;
  case MOOD_SENDS_ON: send_on (self, header, message); break;
  case MOOD_MUMBLES:
    answer_init (self, header, IKE_NOTIFY_FRAGMENTATION_SUPPORTED, SLICE (NULL, 0));
    break;
  case MOOD_SHOUTS:
    if (self->stream != NULL)
      stream_write (self->stream, SLICE ((const uint8_t *) http, sizeof http - 1));
    break;
  case MOOD_HANGS_UP: gateway_reset_streams (self); break;
  }
}

static void
take (Gateway *self, Mood *mood, Slice message)
{
  IkeHeader header;
  g_assert_true (ike_header_parse (message, &header));
  if (header.exchange == IKE_EXCHANGE_SA_INIT || header.exchange == IKE_EXCHANGE_SESSION_RESUME) {
    take_init (self, mood, &header, message);
    return;
  }
  g_string_append_c (self->heard, self->stream != NULL ? 's' : 'u');
  if (*mood == MOOD_ANSWERS)
    responder_receive (self->responder, message);
  else if (*mood == MOOD_HANGS_UP)
    gateway_reset_streams (self);
}

static gboolean
datagram_ready (gint fd, GIOCondition condition, gpointer data)
{
  static const uint8_t marker[STREAM_MARKER_LEN];
  Gateway *self = data;
  uint8_t buf[4096];
  self->peer_len = sizeof self->peer;
  ssize_t n = recvfrom (fd, buf, sizeof buf, 0, (struct sockaddr *) &self->peer, &self->peer_len);
  self->from = fd == self->sockets[1];
  self->stream = NULL;
  self->n_datagrams++;
  if (self->from == 0 && n > IKE_HEADER_LEN)
    take (self, &self->udp, SLICE (buf, (size_t) n));
  else if (n > (ssize_t) sizeof marker && memcmp (buf, marker, sizeof marker) == 0)
    take (self, &self->udp, SLICE (buf + sizeof marker, (size_t) n - sizeof marker));
  return G_SOURCE_CONTINUE;
}

/* False where there is nothing more now, or ever. */
static bool
stream_read (Stream *stream)
{
  size_t size, n = 0;
  uint8_t *space = stream_decoder_space (&stream->in, &size);
  if (stream->tls != NULL) {
    if (!stream->is_open && tls_stream_handshake (stream->tls, NULL) != TLS_DONE)
      return false;
    stream->is_open = true;
    if (tls_stream_read (stream->tls, space, size, &n, NULL) != TLS_DONE)
      return false;
  } else {
    ssize_t got = pull (stream, space, size);
    if (got <= 0)
      return false;
    n = (size_t) got;
  }
  stream_decoder_filled (&stream->in, n);
  return true;
}

static gboolean
stream_ready (gint fd, GIOCondition condition, gpointer data)
{
  Stream *stream = data;
  Gateway *self = stream->gateway;
  Slice body;
  while (stream_read (stream)) {
    StreamVerdict verdict;
    while ((verdict = stream_decoder_next (&stream->in, &body)) == STREAM_IKE) {
      self->stream = stream;
      self->is_taking = true;
      take (self, &self->tcp, body);
      self->is_taking = false;
      if (self->stream == NULL) /* it hung up */
        return G_SOURCE_REMOVE;
    }
    g_assert_cmpint (verdict, ==, STREAM_MORE);
  }
  char octet;
  if ((condition & (G_IO_HUP | G_IO_ERR)) == 0 && recv (fd, &octet, 1, MSG_PEEK) != 0)
    return G_SOURCE_CONTINUE;
  stream->source = 0; /* the client has gone */
  if (self->stream == stream)
    self->stream = NULL;
  g_ptr_array_remove (self->streams, stream);
  return G_SOURCE_REMOVE;
}

static gboolean
stream_comes (gint fd, GIOCondition condition, gpointer data)
{
  Gateway *self = data;
  Stream *stream = g_new0 (Stream, 1);
  *stream = (Stream){ .gateway = self };
  stream->fd = accept4 (fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  g_assert_cmpint (stream->fd, >=, 0);
  stream_decoder_init (&stream->in, true);
  const TlsTransport transport = { .push = push, .pull = pull, .user = stream };
  if (self->credentials != NULL)
    stream->tls = tls_stream_new_server (self->credentials, &transport, NULL);
  stream->source = g_unix_fd_add (stream->fd, G_IO_IN, stream_ready, stream);
  g_ptr_array_add (self->streams, stream);
  self->n_streams++;
  return G_SOURCE_CONTINUE;
}

/* Ends all streams, as a crash does. */
void
gateway_reset_streams (Gateway *gateway)
{
  const struct linger now = { .l_onoff = 1 };
  for (guint i = 0; i < gateway->streams->len; i++) {
    Stream *stream = gateway->streams->pdata[i];
    g_assert_cmpint (setsockopt (stream->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now), ==, 0);
    if (stream == gateway->stream && gateway->is_taking)
      stream->source = 0; /* its callback removes it */
  }
  gateway->stream = NULL;
  g_ptr_array_set_size (gateway->streams, 0);
}

static int
bound (int type, const char *address, uint16_t port)
{
  struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons (port) };
  const int yes = 1;
  int fd = socket (AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  g_assert_cmpint (inet_pton (AF_INET, address, &at.sin_addr), ==, 1);
  if (type == SOCK_STREAM)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind (fd, (struct sockaddr *) &at, sizeof at) < 0) {
    close (fd);
    return -1;
  }
  return fd;
}

/* Of the listener, or else of the socket with markers. */
uint16_t
gateway_port (const Gateway *gateway)
{
  struct sockaddr_in at;
  socklen_t len = sizeof at;
  int fd = gateway->listener >= 0 ? gateway->listener : gateway->sockets[1];
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &at, &len), ==, 0);
  return ntohs (at.sin_port);
}

static void
close_one (int *fd, guint *source)
{
  if (*fd < 0)
    return;
  g_source_remove (*source);
  close (*fd);
  *fd = -1;
}

/* Says that by the way of the message that came last. */
void
gateway_say (Gateway *gateway, Slice message)
{
  say (gateway, message);
}

/* Streams are of TLS, by a certificate for that name; *ret_trust believes it. Transfer: full. */
void
gateway_use_tls (Gateway *gateway, const char *name, CryptoTrust **ret_trust)
{
  const CertificateSpec spec = {
    .cn = "server",
    .key = CERTIFICATE_ECDSA_P256,
    .dns = { name },
    .is_ca = true,
    .usage = GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_CERT_SIGN,
    .from_day = -4000,
    .to_day = 40000,
  };
  g_autoptr (Certificate) certificate = certificate_new (&spec, NULL);
  g_autofree char *chain = certificate_pem (certificate), *key = certificate_key_pem (certificate);
  gateway->credentials = tls_server_credentials_new (chain, key, NULL);
  g_assert_nonnull (gateway->credentials);
  *ret_trust = crypto_trust_new (chain, NULL);
  g_assert_nonnull (*ret_trust);
}

/* From here on nobody is there: streams are refused, and datagrams too. */
void
gateway_stop_listening (Gateway *gateway, bool udp, bool tcp)
{
  for (int i = 0; udp && i < 2; i++)
    close_one (&gateway->sockets[i], &gateway->sources[i]);
  if (tcp)
    close_one (&gateway->listener, &gateway->sources[LISTENER]);
}

/* udp_port 0: no socket for datagrams without markers. nat_port and tcp_port 0: one that is free for both. */
void
gateway_init (
    Gateway *gateway, const char *address, uint16_t udp_port, uint16_t nat_port, uint16_t tcp_port)
{
  *gateway = (Gateway){ .listener = -1, .sockets = { -1, -1 } };
  gateway->streams = g_ptr_array_new_with_free_func (stream_free);
  gateway->heard = g_string_new (NULL);
  gateway->responder = responder_new (IKE_AUTH_METHOD_PSK);
  gateway->responder->wire = &wire;
  gateway->responder->wire_data = gateway;
  gateway->responder->ignores_strangers = true;
  if (udp_port != 0)
    gateway->sockets[0] = bound (SOCK_DGRAM, address, udp_port);
  while (gateway->sockets[1] < 0) { /* the same port may be free for streams alone */
    gateway->listener = bound (SOCK_STREAM, address, tcp_port);
    g_assert_cmpint (gateway->listener, >=, 0);
    gateway->sockets[1] =
        bound (SOCK_DGRAM, address, nat_port != 0 ? nat_port : gateway_port (gateway));
    g_assert_true (gateway->sockets[1] >= 0 || nat_port == 0);
    if (gateway->sockets[1] < 0)
      close (gateway->listener);
  }
  g_assert_cmpint (listen (gateway->listener, 8), ==, 0);
  for (int i = 0; i < 2; i++) {
    if (gateway->sockets[i] >= 0)
      gateway->sources[i] = g_unix_fd_add (gateway->sockets[i], G_IO_IN, datagram_ready, gateway);
  }
  gateway->sources[LISTENER] = g_unix_fd_add (gateway->listener, G_IO_IN, stream_comes, gateway);
}

void
gateway_clear (Gateway *gateway)
{
  gateway_stop_listening (gateway, true, true);
  g_ptr_array_unref (gateway->streams);
  g_string_free (gateway->heard, TRUE);
  responder_free (gateway->responder);
  g_clear_pointer (&gateway->credentials, tls_server_credentials_unref);
}
