/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EapFragments: TLS messages in EAP-TLS and EAP-TTLS packets (RFC 5216 section 3, RFC 5281 section 9):
 * an octet of flags, the whole length where L is set, data. Who gets a packet with M answers an empty
 * one and gets the next. A peer chooses every length in this, so that the sum is bounded, and has to
 * be what was announced. */
#include "ike/eap-fragments.h"

#include "base/cursor.h"
#include "ike/eap-private.h"

#define FLAG_LENGTH 0x80
#define FLAG_MORE 0x40
#define FLAG_START 0x20
#define VERSION_MASK 0x07

/* A chain of ten large certificates is less. */
#define MAX_MESSAGE 65536
/* Data in one packet: what fits the EAP MTU that everybody has to take (RFC 3748 section 3.1). */
#define FRAGMENT 1000

void
eap_fragments_init (EapFragments *f)
{
  *f = (EapFragments){ .in = g_byte_array_new (), .out = g_byte_array_new () };
}

void
eap_fragments_clear (EapFragments *f)
{
  g_clear_pointer (&f->in, g_byte_array_unref);
  g_clear_pointer (&f->out, g_byte_array_unref);
}

static EapFragmentsResult
take_data (EapFragments *f, uint8_t flags, Cursor *c)
{
  size_t announced = (flags & FLAG_LENGTH) != 0 ? cursor_u32 (c) : 0;
  Slice data = cursor_rest (c);
  if (!f->incomplete) {
    g_byte_array_set_size (f->in, 0);
    f->expected = announced;
  }
  if (c->failed || announced > MAX_MESSAGE || data.len > MAX_MESSAGE - f->in->len ||
      (announced != 0 && announced != f->expected))
    return EAP_FRAGMENTS_BROKEN;
  if (data.len > 0)
    g_byte_array_append (f->in, data.data, (guint) data.len);
  f->incomplete = (flags & FLAG_MORE) != 0;
  if (f->incomplete && data.len == 0)
    return EAP_FRAGMENTS_BROKEN;
  if (f->expected != 0 && (f->incomplete ? f->in->len >= f->expected : f->in->len != f->expected))
    return EAP_FRAGMENTS_BROKEN;
  return f->incomplete ? EAP_FRAGMENTS_MORE : EAP_FRAGMENTS_WHOLE;
}

/* Takes what stands behind the type of a request. While a message of ours is going, only its
 * acknowledgements are in order. */
EapFragmentsResult
eap_fragments_receive (EapFragments *f, Slice data)
{
  Cursor c = cursor_of (data);
  uint8_t flags = cursor_u8 (&c);
  if (c.failed || (flags & VERSION_MASK) != 0)
    return EAP_FRAGMENTS_BROKEN;
  if (!f->started) {
    f->started = (flags & FLAG_START) != 0;
    return f->started ? EAP_FRAGMENTS_START : EAP_FRAGMENTS_BROKEN;
  }
  if ((flags & FLAG_START) != 0)
    return EAP_FRAGMENTS_BROKEN;
  if (f->sent < f->out->len)
    return (flags & FLAG_MORE) == 0 && cursor_done (&c) ? EAP_FRAGMENTS_MORE : EAP_FRAGMENTS_BROKEN;
  return take_data (f, flags, &c);
}

/* The next packet of what is in `out`, which is emptied with the last one; an empty packet where
 * nothing is. Transfer: full. */
GBytes *
eap_fragments_next (EapFragments *f, uint8_t id, uint8_t type)
{
  uint8_t buf[EAP_MAX_REPLY];
  EapReply reply = eap_reply_begin (buf, sizeof buf, id, (EapType) type);
  size_t left = f->out->len - f->sent, n = MIN (left, FRAGMENT);
  bool first_of_many = f->sent == 0 && left > n;
  builder_u8 (&reply.b, (uint8_t) ((first_of_many ? FLAG_LENGTH : 0) | (left > n ? FLAG_MORE : 0)));
  if (first_of_many)
    builder_u32 (&reply.b, (uint32_t) f->out->len);
  builder_bytes (&reply.b, f->out->data + f->sent, n);
  f->sent += n;
  if (f->sent == f->out->len) {
    g_byte_array_set_size (f->out, 0);
    f->sent = 0;
  }
  return eap_reply_end (&reply);
}
