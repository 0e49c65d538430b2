/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a TlsStream failed: one error for the cause that says most, be it the peer's certificate, a peer that
 * speaks something else, the transport, or TLS itself. */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "crypto/tls-private.h"

/* RFC 8446 section 5.1: a record starts with its type, 20 to 23, and 0x03. */
static bool
greeting_is_tls (const TlsStream *stream)
{
  const uint8_t *g = stream->greeting;
  if (stream->greeting_len == 0)
    return true;
  return g[0] >= 20 && g[0] <= 23 && (stream->greeting_len == 1 || g[1] == 3);
}

static void
set_not_tls_error (const TlsStream *stream, GError **error)
{
  char text[TLS_GREETING_LEN + 1] = { 0 };
  memcpy (text, stream->greeting, stream->greeting_len);
  g_autofree char *shown = g_strescape (text, NULL);
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NOT_VISITOR_MODE,
      "The peer does not speak TLS: its answer starts with \"%s\"", shown);
}

static VisitorError
verdict_to_error (TrustVerdict verdict)
{
  switch (verdict) {
  case TRUST_WRONG_NAME: return VISITOR_ERROR_TLS_WRONG_NAME;
  case TRUST_EXPIRED:
  case TRUST_NOT_YET_VALID: return VISITOR_ERROR_TLS_EXPIRED;
  case TRUST_REVOKED: return VISITOR_ERROR_CERTIFICATE_REVOKED;
  case TRUST_UNPROVEN: return VISITOR_ERROR_REVOCATION_UNKNOWN;
  case TRUST_UNKNOWN_ISSUER:
  case TRUST_BAD_CHAIN:
  case TRUST_WRONG_PURPOSE:
  case TRUST_WEAK: return VISITOR_ERROR_TLS_UNTRUSTED;
  case TRUST_MALFORMED:
  case TRUST_OK: break;
  }
  return VISITOR_ERROR_TLS;
}

static void
set_verdict_error (const TlsStream *stream, GError **error)
{
  g_autoptr (GBytes) certificate = tls_stream_peer_certificate (stream);
  g_autofree char *shown = NULL;
  if (certificate != NULL) {
    size_t len;
    const uint8_t *der = g_bytes_get_data (certificate, &len);
    shown = crypto_certificate_describe (SLICE (der, len));
  }
  g_set_error (error, VISITOR_ERROR, verdict_to_error (stream->verdict),
      "The certificate for \"%s\" is refused: %s (%s)", stream->expected_name,
      trust_verdict_to_string (stream->verdict), shown != NULL ? shown : "none was sent");
}

/* The transport failed, other than by the peer's end of it. */
bool
tls_stream_broke (const TlsStream *stream)
{
  int code = stream->transport_errno;
  return code != 0 && code != EAGAIN && code != EINTR;
}

/* Turns a fatal code of the library into the error the user sees; the order matters, as one cause
 * shows in several places. */
TlsStatus
tls_stream_fail (TlsStream *stream, int code, GError **error)
{
  stream->got_alert = code == GNUTLS_E_FATAL_ALERT_RECEIVED;
  if (stream->trust != NULL && stream->verdict != TRUST_OK)
    set_verdict_error (stream, error);
  else if (!greeting_is_tls (stream))
    set_not_tls_error (stream, error);
  else if (tls_stream_broke (stream))
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED, "The stream broke: %s",
        g_strerror (stream->transport_errno));
  else if (stream->transport_eof)
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED, "The stream was cut %s",
        stream->handshaken ? "without the end of TLS (close_notify)" : "within the TLS handshake");
  else if (code == GNUTLS_E_FATAL_ALERT_RECEIVED)
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_TLS, "The peer ended TLS: %s",
        gnutls_alert_get_name (gnutls_alert_get (stream->session)));
  else
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_TLS, "TLS failed: %s", gnutls_strerror (code));
  return TLS_FAILED;
}
