/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eap-server.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "base/builder.h"

#define HEADER_LEN 6 /* of a packet: EAP, type, flags */

struct _EapServer {
  EapServerSpec spec;
  gnutls_certificate_credentials_t credentials;
  gnutls_session_t tls;
  GByteArray *in, *out, *heard;
  size_t read, sent;
  unsigned int fragments; /* of the peer that had more behind them */
  uint8_t id;
  bool began, acknowledges, open;
};

static ssize_t
push (gnutls_transport_ptr_t user, const void *data, size_t len)
{
  EapServer *server = user;
  g_byte_array_append (server->out, data, (guint) len);
  return (ssize_t) len;
}

static ssize_t
pull (gnutls_transport_ptr_t user, void *buf, size_t size)
{
  EapServer *server = user;
  size_t n = MIN (size, server->in->len - server->read);
  if (n == 0) {
    gnutls_transport_set_errno (server->tls, EAGAIN);
    return -1;
  }
  memcpy (buf, server->in->data + server->read, n);
  server->read += n;
  return (ssize_t) n;
}

static int
is_readable (gnutls_transport_ptr_t user, unsigned int milliseconds)
{
  return 1;
}

static void
set_chain (EapServer *server)
{
  g_autofree char *own = certificate_pem (server->spec.certificate);
  g_autofree char *issuer = certificate_pem (server->spec.issuer);
  g_autofree char *both = g_strconcat (own, issuer, NULL);
  gnutls_datum_t pem = { (unsigned char *) both, (unsigned int) strlen (both) }, key;
  gnutls_x509_privkey_t private_key;
  g_assert_cmpint (
      gnutls_privkey_export_x509 (certificate_key (server->spec.certificate), &private_key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_export2 (private_key, GNUTLS_X509_FMT_PEM, &key), ==, 0);
  g_assert_cmpint (
      gnutls_certificate_set_x509_key_mem (server->credentials, &pem, &key, GNUTLS_X509_FMT_PEM),
      >=, 0);
  gnutls_free (key.data);
  gnutls_x509_privkey_deinit (private_key);
}

static void
name_authority (EapServer *server)
{
  g_autofree char *text = certificate_pem (server->spec.named);
  const gnutls_datum_t pem = { (unsigned char *) text, (unsigned int) strlen (text) };
  g_assert_cmpint (
      gnutls_certificate_set_x509_trust_mem (server->credentials, &pem, GNUTLS_X509_FMT_PEM), ==,
      1);
}

EapServer *
eap_server_new (const EapServerSpec *spec)
{
  EapServer *server = g_new0 (EapServer, 1);
  server->spec = *spec;
  server->in = g_byte_array_new ();
  server->out = g_byte_array_new ();
  server->heard = g_byte_array_new ();
  g_assert_cmpint (gnutls_certificate_allocate_credentials (&server->credentials), ==, 0);
  set_chain (server);
  if (spec->named != NULL)
    name_authority (server);
  g_assert_cmpint (gnutls_init (&server->tls, GNUTLS_SERVER | GNUTLS_NONBLOCK), ==, 0);
  const char *priorities =
      spec->tls13 ? "NORMAL:-VERS-ALL:+VERS-TLS1.3" : "NORMAL:-VERS-ALL:+VERS-TLS1.2";
  g_assert_cmpint (gnutls_priority_set_direct (server->tls, priorities, NULL), ==, 0);
  gnutls_credentials_set (server->tls, GNUTLS_CRD_CERTIFICATE, server->credentials);
  if (spec->wants_certificate)
    gnutls_certificate_server_set_request (server->tls, GNUTLS_CERT_REQUIRE);
  gnutls_transport_set_ptr (server->tls, server);
  gnutls_transport_set_push_function (server->tls, push);
  gnutls_transport_set_pull_function (server->tls, pull);
  gnutls_transport_set_pull_timeout_function (server->tls, is_readable);
  return server;
}

void
eap_server_free (EapServer *server)
{
  gnutls_deinit (server->tls);
  gnutls_certificate_free_credentials (server->credentials);
  g_byte_array_unref (server->in);
  g_byte_array_unref (server->out);
  g_byte_array_unref (server->heard);
  g_free (server);
}

static GBytes *
packet (EapServer *server, uint8_t flags, bool with_length, Slice data)
{
  uint8_t buf[4096];
  Builder b = builder_init (buf, sizeof buf);
  builder_u8 (&b, 1);
  builder_u8 (&b, ++server->id);
  Reserved length = builder_reserve_u16_from (&b, 0);
  builder_u8 (&b, server->spec.type);
  builder_u8 (&b, flags);
  if (with_length)
    builder_u32 (&b, server->out->len);
  builder_slice (&b, data);
  builder_fill (&b, length);
  g_assert_true (builder_ok (&b));
  return g_bytes_new (buf, b.len);
}

static GBytes *
next_fragment (EapServer *server)
{
  size_t left = server->out->len - server->sent, n = MIN (left, server->spec.fragment);
  bool first = server->sent == 0;
  const Slice data = SLICE (server->out->data + server->sent, n);
  GBytes *made =
      packet (server, (uint8_t) ((first ? 0x80 : 0) | (n < left ? 0x40 : 0)), first, data);
  server->sent += n;
  if (n == left) {
    g_byte_array_set_size (server->out, 0);
    server->sent = 0;
  }
  return made;
}

static void
read_tls (EapServer *server)
{
  uint8_t buf[4096];
  ssize_t n;
  if (!server->open)
    server->open = gnutls_handshake (server->tls) == 0;
  while (server->open && (n = gnutls_record_recv (server->tls, buf, sizeof buf)) > 0)
    g_byte_array_append (server->heard, buf, (guint) n);
  g_byte_array_set_size (server->in, 0);
  server->read = 0;
}

/* Takes a response of the peer. */
void
eap_server_take (EapServer *server, GBytes *reply)
{
  Slice response = slice_of_bytes (reply);
  g_assert_cmpuint (response.len, >=, HEADER_LEN);
  g_assert_cmpuint (response.data[1], ==, server->id);
  g_assert_cmpuint (response.data[4], ==, server->spec.type);
  uint8_t flags = response.data[5];
  size_t skip = HEADER_LEN + ((flags & 0x80) != 0 ? 4 : 0);
  g_byte_array_append (server->in, response.data + skip, (guint) (response.len - skip));
  server->acknowledges = (flags & 0x40) != 0;
  server->fragments += server->acknowledges;
  if (!server->acknowledges && server->sent == 0)
    read_tls (server);
}

/* The next request: the start, an acknowledgement, or a fragment. Transfer: full. */
GBytes *
eap_server_next (EapServer *server)
{
  if (server->began && !server->acknowledges)
    return next_fragment (server);
  uint8_t flags = server->began ? 0 : 0x20;
  server->began = true;
  return packet (server, flags, false, SLICE (NULL, 0));
}

/* Puts application data behind what goes out next. */
void
eap_server_say (EapServer *server, Slice plain)
{
  g_assert_cmpint (gnutls_record_send (server->tls, plain.data, plain.len), ==, plain.len);
}

/* True if the peer has shown that certificate, and that it has its key. */
bool
eap_server_knows_peer (const EapServer *server, Slice der)
{
  unsigned int n = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (server->tls, &n);
  return server->open && n == 1 && chain[0].size == der.len &&
      memcmp (chain[0].data, der.data, der.len) == 0;
}

/* True after the handshake. */
bool
eap_server_is_open (const EapServer *server)
{
  return server->open;
}

/* Everything that the peer has said inside. */
Slice
eap_server_heard (const EapServer *server)
{
  return SLICE (server->heard->data, server->heard->len);
}

unsigned int
eap_server_fragments (const EapServer *server)
{
  return server->fragments;
}

void
eap_server_export (
    const EapServer *server, const char *label, Slice context, uint8_t *ret_key, size_t len)
{
  g_assert_cmpint (gnutls_prf_rfc5705 (server->tls, strlen (label), label, context.len,
                       (const char *) context.data, len, (char *) ret_key),
      ==, 0);
}
