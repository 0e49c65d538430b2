/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every EAP method needs: the frame of a response (RFC 3748 section 4), a question, an error. */
#include "ike/eap-private.h"

#include "base/text.h"

static void
free_secret (gpointer secret)
{
  secret_unref (secret);
}

/* Begins a Response of that type in buf, which the caller wipes if it holds a secret. */
EapReply
eap_reply_begin (void *buf, size_t size, uint8_t id, EapType type)
{
  EapReply reply = { .b = builder_init (buf, size) };
  builder_u8 (&reply.b, EAP_CODE_RESPONSE);
  builder_u8 (&reply.b, id);
  reply.length = builder_reserve_u16_from (&reply.b, 0);
  builder_u8 (&reply.b, (uint8_t) type);
  return reply;
}

/* The Response, or NULL if it did not fit. It may hold a secret, and is wiped when it is freed.
 * Transfer: full. */
GBytes *
eap_reply_end (EapReply *reply)
{
  builder_fill (&reply->b, reply->length);
  if (!builder_ok (&reply->b))
    return NULL;
  Slice packet = builder_result (&reply->b);
  Secret *kept = secret_new (packet.data, packet.len);
  Slice octets = secret_slice (kept);
  return g_bytes_new_with_free_func (octets.data, octets.len, free_secret, kept);
}

EapResult
eap_fail (GError **error, int code, const char *method, const char *what)
{
  g_set_error (error, VISITOR_ERROR, code, "EAP-%s: %s", method, what);
  return EAP_FAILED;
}

/* Asks the person, with the words of the gateway where it has some. */
EapResult
eap_ask (EapMethod *method, IkeSecretKind kind, Slice text, bool refused)
{
  g_free (method->question_text);
  method->question_text = text_one_line (text, EAP_MAX_TEXT);
  method->question =
      (IkeQuestion){ .kind = kind, .text = method->question_text, .refused = refused };
  return EAP_NEED_SECRET;
}
