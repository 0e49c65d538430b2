/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults in IKE_SA_INIT. Whoever can write into the stream can send this. What is malformed is sent
 * before the right answer and must be passed over; what is a refusal is believed. */
#include "fault.h"

#include <string.h>

#include "ike/sk.h"
#include "support/hex.h"
#include "wire/sa.h"

#define BUF_LEN 16000

enum {
  AT_SPI_I = 0,
  AT_VERSION = 17,
  AT_EXCHANGE = 18,
  AT_FLAGS = 19,
  AT_MESSAGE_ID = 23,
  AT_LENGTH = 27,
  FLAG_INITIATOR = 0x08,
  FLAG_RESPONSE = 0x20,
};

static IkeHeader
header_of (const Responder *r)
{
  return (IkeHeader){
    .spi_i = r->sa->spi_i,
    .spi_r = r->sa->spi_r,
    .exchange = IKE_EXCHANGE_SA_INIT,
    .is_response = true,
  };
}

static GBytes *
right_answer (const Responder *r, const IkeChain *answer)
{
  IkeHeader header = header_of (r);
  return ike_clear_write (&header, answer);
}

static bool
is_right (size_t at, uint8_t value)
{
  switch (at) {
  case AT_VERSION: return value >> 4 == 2; /* the minor version is nobody's business */
  case AT_EXCHANGE: return value == IKE_EXCHANGE_SA_INIT;
  case AT_FLAGS: return (value & (FLAG_INITIATOR | FLAG_RESPONSE)) == FLAG_RESPONSE;
  default: return false;
  }
}

/* The right answer with one octet of its header turned into each other value; where that makes it no
 * message at all, only into so many that the stream is not taken for a corrupt one. */
static void
turn_header (Responder *r, IkeChain *answer)
{
  size_t at = fault_of (r)->number;
  unsigned int step = at == AT_LENGTH ? 5 : 1;
  g_autoptr (GBytes) right = right_answer (r, answer);
  Slice message = slice_of_bytes (right);
  for (unsigned int value = 0; value < 256; value += step) {
    g_autofree uint8_t *copy = g_memdup2 (message.data, message.len);
    if (value == copy[at] || is_right (at, (uint8_t) value))
      continue;
    copy[at] = (uint8_t) value;
    responder_deliver (r, SLICE (copy, message.len));
  }
}

/* Each beginning of the right answer, with a Length that fits. */
static void
cut_answer (Responder *r, IkeChain *answer)
{
  g_autoptr (GBytes) right = right_answer (r, answer);
  Slice message = slice_of_bytes (right);
  for (size_t len = 0; len < message.len; len++) {
    g_autofree uint8_t *copy = g_memdup2 (message.data, message.len);
    copy[AT_LENGTH] = (uint8_t) len;
    copy[AT_LENGTH - 1] = (uint8_t) (len >> 8);
    responder_deliver (r, SLICE (copy, len));
  }
}

/* The right answer a thousand times: it is one answer. */
static void
repeat_answer (Responder *r, IkeChain *answer)
{
  g_autoptr (GBytes) right = right_answer (r, answer);
  for (int i = 0; i < 1000; i++)
    responder_deliver (r, slice_of_bytes (right));
}

/* Payloads of the fault behind the right ones. */
static void
append_payloads (Responder *r, IkeChain *answer)
{
  fault_append_hex (answer, fault_of (r)->first, fault_of (r)->data);
}

/* The same in a message of its own, before the right one. */
static void
append_before (Responder *r, IkeChain *answer)
{
  uint8_t buf[BUF_LEN];
  const IkeHeader header = header_of (r);
  IkeChain copy = *answer;
  copy.b.data = buf;
  memcpy (buf, answer->b.data, answer->b.len);
  fault_append_hex (&copy, fault_of (r)->first, fault_of (r)->data);
  responder_send_clear (r, &header, &copy);
}

static void
append_vendors (IkeChain *chain, size_t n)
{
  for (size_t i = 0; i < n; i++)
    ike_chain_payload (chain, IKE_PAYLOAD_VENDOR, SLICE (NULL, 0));
}

/* As many payloads as may be; before that one more, which is too many. */
static void
fill_with_payloads (Responder *r, IkeChain *answer)
{
  uint8_t buf[BUF_LEN], critical;
  const IkeHeader header = header_of (r);
  IkePayloads there;
  IkeChain more = *answer;
  g_assert_cmpint (
      ike_payloads_parse (answer->first, builder_result (&answer->b), &there, &critical), ==,
      IKE_PARSE_OK);
  more.b.data = buf;
  memcpy (buf, answer->b.data, answer->b.len);
  append_vendors (&more, IKE_MAX_PAYLOADS - there.n + 1);
  responder_send_clear (r, &header, &more);
  append_vendors (answer, IKE_MAX_PAYLOADS - there.n);
}

/* The answer with another body of one payload; NULL leaves it out. */
static void
send_with (Responder *r, const IkeChain *answer, IkePayloadType type, const Slice *body)
{
  uint8_t buf[BUF_LEN], critical;
  const IkeHeader header = header_of (r);
  IkePayloads payloads;
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  g_assert_cmpint (
      ike_payloads_parse (answer->first, builder_result (&answer->b), &payloads, &critical), ==,
      IKE_PARSE_OK);
  for (size_t i = 0; i < payloads.n; i++) {
    if (payloads.at[i].type != type)
      ike_chain_payload (&chain, (IkePayloadType) payloads.at[i].type, payloads.at[i].body);
    else if (body != NULL)
      ike_chain_payload (&chain, type, *body);
  }
  responder_send_clear (r, &header, &chain);
}

static Slice
body_of (const IkeChain *answer, IkePayloadType type)
{
  IkePayloads payloads;
  uint8_t critical;
  Slice body = SLICE (NULL, 0);
  g_assert_cmpint (
      ike_payloads_parse (answer->first, builder_result (&answer->b), &payloads, &critical), ==,
      IKE_PARSE_OK);
  g_assert_true (ike_payloads_find (&payloads, type, &body));
  return body;
}

/* Without one of the three that must be there, and with each twice. */
static void
leave_out (Responder *r, IkeChain *answer)
{
  static const IkePayloadType types[] = { IKE_PAYLOAD_SA, IKE_PAYLOAD_KE, IKE_PAYLOAD_NONCE };
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++) {
    uint8_t buf[BUF_LEN];
    const IkeHeader header = header_of (r);
    IkeChain twice = *answer;
    twice.b.data = buf;
    memcpy (buf, answer->b.data, answer->b.len);
    ike_chain_payload (&twice, types[i], body_of (answer, types[i]));
    responder_send_clear (r, &header, &twice);
    send_with (r, answer, types[i], NULL);
  }
}

/* Another body of the payload of type `first`. */
static void
other_body (Responder *r, IkeChain *answer)
{
  const Fault *fault = fault_of (r);
  Slice body = hex_slice (fault->data);
  send_with (r, answer, (IkePayloadType) fault->first, &body);
}

/* A KE payload of every group there can be, with the octets of ours. */
static void
every_group (Responder *r, IkeChain *answer)
{
  Slice right = body_of (answer, IKE_PAYLOAD_KE);
  g_autofree uint8_t *body = g_memdup2 (right.data, right.len);
  uint16_t ours = (uint16_t) (right.data[0] << 8 | right.data[1]);
  for (unsigned int group = 0; group <= 0xffff; group++) {
    const Slice slice = SLICE (body, right.len);
    body[0] = (uint8_t) (group >> 8);
    body[1] = (uint8_t) group;
    if (group != ours)
      send_with (r, answer, IKE_PAYLOAD_KE, &slice);
  }
}

/* Key shares that are too short, too long, or nothing but zeros (RFC 7748 section 6.1). */
static void
bad_shares (Responder *r, IkeChain *answer)
{
  Slice right = body_of (answer, IKE_PAYLOAD_KE);
  g_autofree uint8_t *body = g_malloc0 (BUF_LEN);
  memcpy (body, right.data, right.len);
  for (size_t len = 0; len < BUF_LEN - 1000; len += len < right.len + 2 ? 1 : 997) {
    const Slice slice = SLICE (body, len);
    if (len != right.len)
      send_with (r, answer, IKE_PAYLOAD_KE, &slice);
  }
  const Slice zeros = SLICE (body, right.len);
  memset (body + 4, 0, right.len - 4);
  send_with (r, answer, IKE_PAYLOAD_KE, &zeros);
}

/* Nonces of fewer than 16 and of more than 256 octets (RFC 7296 section 3.9). */
static void
bad_nonces (Responder *r, IkeChain *answer)
{
  g_autofree uint8_t *body = g_malloc0 (BUF_LEN);
  for (size_t len = 0; len < BUF_LEN - 1000; len += len < 16 ? 1 : 997) {
    const Slice slice = SLICE (body, len == 16 ? 257 : len);
    send_with (r, answer, IKE_PAYLOAD_NONCE, &slice);
  }
}

static void
no_spi (Responder *r, IkeChain *answer)
{
  IkeHeader header = header_of (r);
  header.spi_r = 0;
  responder_send_clear (r, &header, answer);
}

/* Only a notification: its type, then its data. */
static void
notify_only (Responder *r, IkeChain *answer)
{
  uint8_t buf[1024];
  const IkeHeader header = header_of (r);
  const Slice data = hex_slice (fault_of (r)->data);
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  ike_chain_notify (
      &chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), (IkeNotifyType) fault_of (r)->number, data);
  responder_send_clear (r, &header, &chain);
}

static void
ask_for_cookies (Responder *r, const Fault *fault)
{
  r->cookies = fault->number;
}

#define LIVES .phase = FAULT_INIT, .code = FAULT_LIVES
#define ENDS(error, words) .phase = FAULT_INIT, .code = VISITOR_ERROR_##error, .says = words
#define NO_GROUP \
  ENDS (PROPOSAL_REFUSED, "The gateway asks for a Diffie-Hellman group that we did not offer.")
#define V "00000004" /* a generic header with nothing behind it */
#define COOKIE_16 "000102030405060708090a0b0c0d0e0f"

static const Fault faults[] = {
  { "init-version", LIVES, .init = turn_header, .number = AT_VERSION },
  { "init-exchange", LIVES, .init = turn_header, .number = AT_EXCHANGE },
  { "init-flags", LIVES, .init = turn_header, .number = AT_FLAGS },
  { "init-spi", LIVES, .init = turn_header, .number = AT_SPI_I },
  { "init-message-id", LIVES, .init = turn_header, .number = AT_MESSAGE_ID },
  { "init-length", LIVES, .init = turn_header, .number = AT_LENGTH },
  { "init-redirect-beside", LIVES, .init = append_payloads, .first = 41,
      .data = "0000000e 0000 4017 0104 c0000263" },
  { "init-cut", LIVES, .init = cut_answer },
  { "init-repeated", LIVES, .init = repeat_answer },
  { "init-spi-zero", LIVES, .init = no_spi },
  { "init-left-out", LIVES, .init = leave_out },

  { "init-ikev1-payloads", LIVES, .init = append_payloads, .first = 1,
      .data = "02000004 03000004 04000004 05000004 06000004 07000004 08000004 09000004 0a000004"
              " 0b000004 0c000004 0d000004" V },
  { "init-ikev1-critical", LIVES, .init = append_before, .first = 1, .data = "00800004" },
  { "init-unknown-payload", LIVES, .init = append_payloads, .first = 200, .data = V },
  { "init-unknown-critical", LIVES, .init = append_before, .first = 200, .data = "00800004" },
  { "init-64-payloads", LIVES, .init = fill_with_payloads },
  { "init-payload-past-end", LIVES, .init = append_before, .first = 43, .data = "00000005" },
  { "init-payload-of-3", LIVES, .init = append_before, .first = 43, .data = "00000003" },
  { "init-encrypted", LIVES, .init = append_before, .first = 46, .data = V },
  { "init-behind-the-last", LIVES, .init = append_before, .first = 43, .data = V V },
  { "init-auth-payload", LIVES, .init = append_payloads, .first = 39, .data = "0000000802000000" },
  { "init-notify-past-end", LIVES, .init = append_payloads, .first = 41,
      .data = "0000000801ff4009" },

  { "init-every-group", LIVES, .init = every_group },
  { "init-bad-shares", LIVES, .init = bad_shares },
  { "init-bad-nonces", LIVES, .init = bad_nonces },
  { "init-sa-empty", LIVES, .init = other_body, .first = 33, .data = "" },
  { "init-sa-3des", LIVES, .init = other_body, .first = 33, /* 3DES, MD5, group 2 */
      .data = "00000028 01010004 03000008 01000003 03000008 02000001 03000008 03000001"
              " 00000008 04000002" },
  { "init-sa-short-key", LIVES, .init = other_body, .first = 33, /* AES-GCM-16 with 64 bits */
      .data = "00000024 01010003 0300000c 01000014 800e0040 03000008 02000005 00000008 0400001f" },
  { "init-sa-proposal-0", LIVES, .init = other_body, .first = 33,
      .data = "00000024 00010003 0300000c 01000014 800e0100 03000008 02000005 00000008 0400001f" },
  { "init-sa-proposal-9", LIVES, .init = other_body, .first = 33,
      .data = "00000024 09010003 0300000c 01000014 800e0100 03000008 02000005 00000008 0400001f" },
  { "init-sa-esp", LIVES, .init = other_body, .first = 33, /* protocol 3 */
      .data = "00000024 01030003 0300000c 01000014 800e0100 03000008 02000005 00000008 0400001f" },
  { "init-sa-two-groups", LIVES, .init = other_body, .first = 33,
      .data = "0000002c 01010004 0300000c 01000014 800e0100 03000008 02000005 03000008 0400001f"
              " 00000008 04000013" },
  { "init-sa-count", LIVES, .init = other_body, .first = 33, /* 255 transforms, and three */
      .data = "00000024 010100ff 0300000c 01000014 800e0100 03000008 02000005 00000008 0400001f" },
  { "init-sa-spi-past-end", LIVES, .init = other_body, .first = 33,
      .data = "00000024 0101ff03 0300000c 01000014 800e0100 03000008 02000005 00000008 0400001f" },
  { "init-sa-attribute-past-end", LIVES, .init = other_body, .first = 33,
      .data = "00000014 01010001 0000000c 01000014 000effff" },

  { "init-cookie-flood", ENDS (PROTOCOL, "The gateway keeps asking for another IKE_SA_INIT"),
      .prepare = ask_for_cookies, .number = 1000 },
  { "init-cookie-empty", LIVES, .init = notify_only, .number = IKE_NOTIFY_COOKIE, .data = "" },
  { "init-cookie-of-65", LIVES, .init = notify_only, .number = IKE_NOTIFY_COOKIE,
      .data = COOKIE_16 COOKIE_16 COOKIE_16 COOKIE_16 "00" },
  { "init-group-0", NO_GROUP, .init = notify_only, .number = 17, .data = "0000" },
  { "init-group-1", NO_GROUP, .init = notify_only, .number = 17, .data = "0001" },
  { "init-group-22", NO_GROUP, .init = notify_only, .number = 17, .data = "0016" },
  { "init-group-1025", NO_GROUP, .init = notify_only, .number = 17, .data = "0401" },
  { "init-group-65535", NO_GROUP, .init = notify_only, .number = 17, .data = "ffff" },
  { "init-group-again", NO_GROUP, .init = notify_only, .number = 17, .data = "001f" },
  { "init-group-of-0", NO_GROUP, .init = notify_only, .number = 17, .data = "" },
  { "init-group-of-1", NO_GROUP, .init = notify_only, .number = 17, .data = "13" },
  { "init-group-of-3", NO_GROUP, .init = notify_only, .number = 17, .data = "001300" },
  { "init-no-proposal", ENDS (PROPOSAL_REFUSED, "(NO_PROPOSAL_CHOSEN)"), .init = notify_only,
      .number = 14, .data = "" },
  { "init-unknown-error", ENDS (PROTOCOL, "(an error we have no name for)"), .init = notify_only,
      .number = 9999, .data = "" },
};

const FaultTable faults_init = { faults, G_N_ELEMENTS (faults) };
