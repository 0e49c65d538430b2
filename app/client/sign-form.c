/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SignForm: whether octets have the form of what an initiator signs in IKE_AUTH (RFC 7296 section 2.15):
 *
 *     IKE_SA_INIT request | nonce of the responder | prf (SK_pi, ID) [| IntAuth of RFC 9242]
 *
 * Who asks for a signature may be an engine or a worker that somebody has taken over. What they get
 * must be good for signing in to an IKE gateway and for nothing else: no document, no certificate, no
 * handshake of TLS. So the header is held to every bit that is fixed, the payloads to those of this
 * message, and what is behind them to its greatest length. Of the transcript that TLS 1.2 signs a client
 * chooses the beginning, which could be made to look like this message; but then the server's certificate
 * and key exchange stand behind it, which are longer than what is allowed there. */
#include "client/sign-form.h"

#include <string.h>

#include "base/cursor.h"

#define HEADER_LEN 28
#define MESSAGE_MAX_LEN 8192
#define NONCE_MIN_LEN 16
#define NONCE_MAX_LEN 256
#define PRF_MIN_LEN 32
#define PRF_MAX_LEN 64
#define INT_AUTH_MAX_LEN (2 * PRF_MAX_LEN + 4)
/* A notification's body, a vendor's name: a cookie makes 68 octets, the rest less. REDIRECTED_FROM (RFC 5685)
 * may also hold a name of 255; ours says by its address who sent us on, which makes 22 at most. */
#define SMALL_MAX_LEN 128

enum {
  NONE = 0,
  SA = 33,
  KE = 34,
  NONCE = 40,
  NOTIFY = 41,
  VENDOR = 43,

  VERSION_2_0 = 0x20,
  IKE_SA_INIT = 34,
  FROM_INITIATOR = 0x08,
};

/* SPI of the initiator, none of the responder, version 2.0, IKE_SA_INIT, a request, message ID 0. */
static Cursor
enter_message (Cursor *c, guint8 *ret_first)
{
  gboolean ok = cursor_u64 (c) != 0 && cursor_u64 (c) == 0;
  *ret_first = cursor_u8 (c);
  ok = ok && cursor_u8 (c) == VERSION_2_0 && cursor_u8 (c) == IKE_SA_INIT &&
      cursor_u8 (c) == FROM_INITIATOR && cursor_u32 (c) == 0;
  guint32 len = cursor_u32 (c);
  if (!ok || len < HEADER_LEN || len > MESSAGE_MAX_LEN)
    cursor_fail (c);
  return cursor_sub (c, len - HEADER_LEN);
}

/* SA, KE and Nonce once each and in this order; notifications and vendor IDs, which are small, anywhere. */
static gboolean
is_known_payload (guint8 type, gsize len, guint8 *expected)
{
  static const guint8 order[] = { SA, KE, NONCE, NONE };
  if (type == NOTIFY || type == VENDOR)
    return len <= SMALL_MAX_LEN;
  if (type != order[*expected])
    return FALSE;
  (*expected)++;
  return type != NONCE || (len >= NONCE_MIN_LEN && len <= NONCE_MAX_LEN);
}

static gboolean
payloads_are_known (Cursor *c, guint8 type)
{
  enum { GENERIC_HEADER_LEN = 4, N_EXPECTED = 3 };
  guint8 expected = 0;
  while (type != NONE && !c->failed) {
    guint8 next = cursor_u8 (c), flags = cursor_u8 (c);
    guint16 len = cursor_u16 (c);
    if (flags != 0 || len < GENERIC_HEADER_LEN ||
        !is_known_payload (type, len - GENERIC_HEADER_LEN, &expected))
      return FALSE;
    cursor_skip (c, len - GENERIC_HEADER_LEN);
    type = next;
  }
  return cursor_done (c) && expected == N_EXPECTED;
}

/* TRUE if it has that form. */
gboolean
visitor_sign_form_is_ike_auth (Slice octets)
{
  guint8 first;
  Cursor c = cursor_of (octets);
  Cursor message = enter_message (&c, &first);
  gsize behind = cursor_left (&c);
  return !c.failed && payloads_are_known (&message, first) &&
      behind >= NONCE_MIN_LEN + PRF_MIN_LEN &&
      behind <= NONCE_MAX_LEN + PRF_MAX_LEN + INT_AUTH_MAX_LEN;
}

/* RFC 8446 section 4.4.3: 64 blanks, the context, a zero and the hash of the transcript. */
static gboolean
is_tls_1_3 (Slice octets)
{
  static const char context[] = "TLS 1.3, client CertificateVerify"; /* with its zero */
  enum { BLANKS = 64, SHA256_LEN = 32, SHA384_LEN = 48 };
  Cursor c = cursor_of (octets);
  Slice blanks = cursor_slice (&c, BLANKS), said = cursor_slice (&c, sizeof context);
  if (c.failed || memcmp (said.data, context, sizeof context) != 0)
    return FALSE;
  for (gsize i = 0; i < blanks.len; i++) {
    if (blanks.data[i] != ' ')
      return FALSE;
  }
  return cursor_left (&c) == SHA256_LEN || cursor_left (&c) == SHA384_LEN;
}

/* RFC 5246 section 7.4.8: all messages of the handshake so far, from ClientHello to ClientKeyExchange. */
static gboolean
is_tls_1_2 (Slice octets)
{
  enum { CLIENT_HELLO = 1, SERVER_HELLO = 2, CLIENT_KEY_EXCHANGE = 16 };
  Cursor c = cursor_of (octets);
  guint8 type = 0;
  for (guint n = 0; cursor_left (&c) > 0; n++) {
    type = cursor_u8 (&c);
    gsize len = (gsize) cursor_u8 (&c) << 16;
    len |= cursor_u16 (&c);
    cursor_skip (&c, len);
    if ((n == 0 && type != CLIENT_HELLO) || (n == 1 && type != SERVER_HELLO) ||
        (n > 1 && type <= SERVER_HELLO))
      return FALSE;
  }
  return cursor_done (&c) && type == CLIENT_KEY_EXCHANGE;
}

/* TRUE if it is what a client of TLS signs to prove its certificate: for EAP-TLS. Which server it is that
 * is proved to cannot be seen from it. */
gboolean
visitor_sign_form_is_tls_client (Slice octets)
{
  return is_tls_1_3 (octets) || is_tls_1_2 (octets);
}
