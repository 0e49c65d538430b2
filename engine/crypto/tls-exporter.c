/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys that other protocols take from a TLS session (RFC 5705, RFC 8446 section 7.5). */
#include "crypto/tls-exporter.h"

#include <string.h>

#include "crypto/tls-private.h"

bool
tls_stream_is_tls13 (const TlsStream *stream)
{
  return gnutls_protocol_get_version (stream->session) == GNUTLS_TLS1_3;
}

/* len octets that both ends of a finished handshake can compute, and nobody else. With TLS 1.2 and no
 * context this is also the PRF over both randoms that older protocols name (RFC 5216 section 2.3).
 * NULL if the library refuses. Transfer: full. */
Secret *
tls_stream_export (const TlsStream *stream, const char *label, Slice context, size_t len)
{
  uint8_t *room;
  g_autoptr (Secret) secret = secret_new_empty (len, &room);
  int code = gnutls_prf_rfc5705 (stream->session, strlen (label), label, context.len,
      (const char *) context.data, len, (char *) room);
  return code == 0 ? g_steal_pointer (&secret) : NULL;
}
