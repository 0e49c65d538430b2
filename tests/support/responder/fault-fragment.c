/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults in fragments (RFC 7383): authentic ones that never become a message, or become none that can
 * be read, and what anybody can put before one. */
#include "fault.h"

#include "ike/fragments.h"

typedef struct {
  uint8_t exchange;
  uint32_t message_id;
  bool is_response;
} Place;

/* The answer to IKE_AUTH that the client waits for. */
static const Place answer_place = { IKE_EXCHANGE_AUTH, 1, true };

static void
send_fragment (
    Responder *r, const Place *place, uint16_t number, uint16_t total, uint8_t first, Slice content)
{
  IkeHeader header = {
    .spi_i = r->sa->spi_i,
    .spi_r = r->sa->spi_r,
    .exchange = place->exchange,
    .is_response = place->is_response,
    .message_id = place->message_id,
  };
  const IkeSealed fragment = {
    .is_fragment = true, .number = number, .total = total, .first = first
  };
  g_autoptr (GBytes) message =
      ike_skf_seal (r->sa->keys.responder, ++r->sa->sealed, &header, &fragment, content);
  g_assert_nonnull (message);
  responder_deliver (r, slice_of_bytes (message));
}

/* Numbers and totals that cannot be: of each a fragment, then all there is of a set but one. */
static void
send_odd_ones (Responder *r, const Place *place)
{
  static const struct {
    uint16_t number, total;
  } rows[] = { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 2, 1 }, { 65535, 65535 }, { 1, 65535 }, { 1, 256 },
    { 256, 256 }, { 65535, 2 } };
  static const uint8_t octet[1];
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    send_fragment (r, place, rows[i].number, rows[i].total, 43, SLICE (octet, 1));
  for (uint16_t number = IKE_MAX_FRAGMENTS; number > 1; number--)
    send_fragment (r, place, number, IKE_MAX_FRAGMENTS, 43, SLICE (octet, 0));
}

/* Sets that grow and shrink, the same fragment again and again, and other messages between them. */
static void
send_restless_ones (Responder *r, const Place *place)
{
  static const uint8_t octets[100];
  for (uint16_t i = 2; i < 300; i++) {
    Place other = *place;
    other.message_id += i;
    send_fragment (r, place, 1, i, 43, SLICE (octets, sizeof octets));
    send_fragment (r, place, 1, i, 43, SLICE (octets, sizeof octets));
    send_fragment (r, place, 2, (uint16_t) (300 - i), 43, SLICE (octets, sizeof octets));
    send_fragment (r, &other, 1, 2, 43, SLICE (octets, sizeof octets));
  }
}

/* Two fragments of a chain that ends in the middle of a payload; the second comes first. */
static void
send_senseless (Responder *r, const Place *place)
{
  static const uint8_t chain[] = { 0, 0, 0, 9 };
  send_fragment (r, place, 2, 2, 0, SLICE (chain + 2, 2));
  send_fragment (r, place, 1, 2, 43, SLICE (chain, 2));
}

/* More than a message may have. */
static void
send_too_much (Responder *r, const Place *place)
{
  g_autofree uint8_t *octets = g_malloc0 (IKE_MAX_MESSAGE);
  send_fragment (r, place, 1, 3, 43, SLICE (octets, IKE_MAX_MESSAGE - 10));
  send_fragment (r, place, 2, 3, 43, SLICE (octets, 11));
}

/* So many payloads in the clear before a fragment that is not authentic (CVE-2026-12413). */
static void
send_behind_payloads (Responder *r, const Place *place)
{
  for (size_t n = 0; n < 200; n++) {
    uint8_t buf[2048];
    Builder b = builder_init (buf, sizeof buf);
    Reserved length;
    const IkeHeader header = {
      .spi_i = r->sa->spi_i,
      .spi_r = r->sa->spi_r,
      .first_payload = n > 0 ? 200 : IKE_PAYLOAD_SKF,
      .exchange = place->exchange,
      .is_response = place->is_response,
      .message_id = place->message_id,
    };
    ike_header_write (&b, &header, &length);
    for (size_t i = 0; i < n; i++)
      builder_u32 (&b, (i + 1 < n ? 200u : IKE_PAYLOAD_SKF) << 24 | 4);
    builder_u32 (&b, 8 + 64);
    builder_u32 (&b, 0x00010002);
    builder_zeros (&b, 64);
    builder_fill (&b, length);
    responder_deliver (r, builder_result (&b));
  }
}

typedef void (*Sender) (Responder *r, const Place *place);

static const Sender senders[] = {
  send_odd_ones,
  send_restless_ones,
  send_senseless,
  send_too_much,
  send_behind_payloads,
};

/* Before the right answer to IKE_AUTH. */
static bool
before_answer (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  if (header->exchange == IKE_EXCHANGE_AUTH && header->message_id == 1)
    senders[fault_of (r)->number](r, &answer_place);
  return false;
}

/* As the next request; where it becomes none, that ID is still free. */
static void
as_request (Responder *r, const Fault *fault)
{
  const Place place = { IKE_EXCHANGE_INFORMATIONAL, r->sa->window.next_request, false };
  senders[fault->number](r, &place);
}

#define ANSWER .phase = FAULT_AUTH, .script = before_answer
#define REQUEST .phase = FAULT_UP, .play = as_request
#define LIVES .code = FAULT_LIVES
#define ENDS(words) .code = VISITOR_ERROR_PROTOCOL, .says = words

static const Fault faults[] = {
  { "fragment-odd", ANSWER, LIVES, .number = 0 },
  { "fragment-restless", ANSWER, LIVES, .number = 1 },
  { "fragment-senseless", ANSWER, ENDS ("is malformed"), .number = 2 },
  { "fragment-too-much", ANSWER, ENDS ("a message of more than"), .number = 3 },
  { "fragment-behind-payloads", ANSWER, LIVES, .number = 4 },
  { "up-fragment-odd", REQUEST, LIVES, .number = 0 },
  { "up-fragment-restless", REQUEST, LIVES, .number = 1 },
  { "up-fragment-senseless", REQUEST, ENDS ("sent a malformed request"), .number = 2 },
  { "up-fragment-too-much", REQUEST, ENDS ("a message of more than"), .number = 3 },
  { "up-fragment-behind-payloads", REQUEST, LIVES, .number = 4 },
};

const FaultTable faults_fragment = { faults, G_N_ELEMENTS (faults) };
