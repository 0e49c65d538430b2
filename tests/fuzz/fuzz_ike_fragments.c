/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fragments of RFC 7383 on three levels, by the first octet: a message as it comes off the wire; a set
 * that fragments go into, checked against a slow model of it; and fragments that a gateway with the
 * right keys seals, in a session that is up. */
#include <string.h>

#include "base/cursor.h"
#include "fuzz.h"
#include "responder.h"

#define MAX_STEPS 600

typedef enum {
  LEVEL_WIRE,
  LEVEL_SET,
  LEVEL_SEALED,
  N_LEVELS,
} Level;

static void
read_wire (Slice message)
{
  IkeHeader header;
  IkeSealed sealed;
  if (!ike_header_parse (message, &header) || !ike_sealed_parse (&header, message, &sealed))
    return;
  g_assert (sealed.content_at <= message.len);
  g_assert (sealed.number >= 1 && sealed.number <= sealed.total);
  g_assert (sealed.is_fragment || sealed.total == 1);
}

static IkeSealed
take_step (Cursor *c, uint32_t *ret_id, Slice *ret_content)
{
  *ret_id = cursor_u8 (c) % 4;
  IkeSealed fragment = { .is_fragment = true, .number = cursor_u16 (c), .total = cursor_u16 (c) };
  fragment.first = cursor_u8 (c);
  size_t len = cursor_u16 (c);
  *ret_content = cursor_slice (c, MIN (len, cursor_left (c)));
  return fragment;
}

/* What the set must hold: a copy of each part. */
typedef struct {
  uint32_t id;
  GBytes *parts[IKE_MAX_FRAGMENTS];
} Model;

static void
forget (Model *model)
{
  for (size_t i = 0; i < IKE_MAX_FRAGMENTS; i++)
    g_clear_pointer (&model->parts[i], g_bytes_unref);
}

static void
assert_is_whole (const Model *model, uint16_t total, Slice chain)
{
  Cursor c = cursor_of (chain);
  for (size_t i = 0; i < total; i++) {
    Slice part = slice_of_bytes (model->parts[i]);
    Slice got = cursor_slice (&c, part.len);
    g_assert (!c.failed && (part.len == 0 || memcmp (got.data, part.data, part.len) == 0));
  }
  g_assert (cursor_done (&c));
}

static void
fill_set (Cursor c)
{
  g_auto (IkeFragments) set = { .total = 0 };
  Model model = { .id = 0 };
  for (size_t i = 0; i < MAX_STEPS && cursor_left (&c) > 7; i++) {
    uint32_t id;
    uint8_t first;
    Slice content, chain;
    const IkeSealed fragment = take_step (&c, &id, &content);
    if (fragment.number < 1 || fragment.number > fragment.total ||
        !ike_fragments_wants (&set, id, &fragment))
      continue;
    if (model.id != id || set.total != fragment.total)
      forget (&model);
    model.id = id;
    g_assert (model.parts[fragment.number - 1] == NULL);
    model.parts[fragment.number - 1] = g_bytes_new (content.data, content.len);
    switch (ike_fragments_add (&set, id, &fragment, content, &first, &chain)) {
    case IKE_FRAGMENTS_WAIT: break;
    case IKE_FRAGMENTS_WHOLE:
      assert_is_whole (&model, fragment.total, chain);
      ike_fragments_clear (&set);
      forget (&model);
      break;
    case IKE_FRAGMENTS_TOO_LARGE: forget (&model); break;
    }
  }
  forget (&model);
}

static void
send_sealed (Cursor c)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  r->ignores_strangers = true;
  responder_start (r);
  for (size_t i = 0; i < MAX_STEPS && cursor_left (&c) > 7 && r->error == -1; i++) {
    static const uint8_t exchanges[] = { IKE_EXCHANGE_INFORMATIONAL, IKE_EXCHANGE_CREATE_CHILD_SA };
    uint32_t ahead;
    Slice content;
    const IkeSealed fragment = take_step (&c, &ahead, &content);
    IkeHeader header = {
      .spi_i = r->sa->spi_i,
      .spi_r = r->sa->spi_r,
      .exchange = exchanges[fragment.first % 2],
      .message_id = r->sa->window.next_request + ahead / 2,
      .is_response = ahead % 2 != 0,
    };
    g_autoptr (GBytes) message =
        ike_skf_seal (r->sa->keys.responder, ++r->sa->sealed, &header, &fragment, content);
    if (message == NULL)
      continue;
    guint before = r->sent->len;
    r->is_deaf = true; /* nobody is there who could answer an answer */
    ike_session_receive (r->session, slice_of_bytes (message), r->now);
    responder_pump (r);
    r->sa->window.next_request += r->sent->len > before;
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Cursor c = cursor_init (data, size);
  Level level = (Level) (cursor_u8 (&c) % N_LEVELS);
  switch (level) {
  case LEVEL_WIRE: read_wire (cursor_rest (&c)); break;
  case LEVEL_SET: fill_set (c); break;
  case LEVEL_SEALED: send_sealed (c); break;
  case N_LEVELS: break;
  }
  return 0;
}
