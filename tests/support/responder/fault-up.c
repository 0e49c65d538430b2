/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of a gateway that is let in: requests that are malformed, out of turn, or too many. */
#include "fault.h"

#include "support/hex.h"
#include "wire/delete.h"

#define BUF_LEN 16000

/* One request out of data; what the client answers is waited for. */
static void
send_request (Responder *r, const Fault *fault)
{
  uint8_t buf[BUF_LEN];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  fault_append_hex (&chain, fault->first, fault->data);
  responder_send_request (r, fault->exchange, &chain);
}

/* The same so many times, each with an ID of its own. */
static void
send_many (Responder *r, const Fault *fault)
{
  uint8_t buf[BUF_LEN];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  fault_append_hex (&chain, fault->first, fault->data);
  for (unsigned int i = 0; i < fault->number; i++)
    responder_send (r, fault->exchange, &chain);
}

/* The same so many times, octet for octet. */
static void
repeat_one (Responder *r, const Fault *fault)
{
  uint8_t buf[BUF_LEN];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  fault_append_hex (&chain, fault->first, fault->data);
  g_autoptr (GBytes) message = responder_seal_request (r, fault->exchange, &chain);
  r->sa->window.next_request++;
  for (unsigned int i = 0; i < fault->number; i++)
    responder_deliver (r, slice_of_bytes (message));
}

/* Requests with IDs that are not the next one: nothing of it may be acted on. */
static void
other_ids (Responder *r, const Fault *fault)
{
  static const uint32_t ids[] = { 1, 2, 3, 100, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  fault_append_hex (&chain, fault->first, fault->data);
  for (size_t i = 0; i < G_N_ELEMENTS (ids); i++) {
    uint32_t id = r->sa->window.next_request + ids[i];
    g_autoptr (GBytes) message = ike_sa_seal (r->sa, fault->exchange, id, false, &chain);
    responder_deliver (r, slice_of_bytes (message));
  }
}

/* Answers to questions that nobody asked, of every exchange. */
static void
unasked_answers (Responder *r, const Fault *fault)
{
  for (unsigned int i = 0; i < 4 * 256; i++) {
    uint8_t buf[64];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    fault_append_hex (&chain, fault->first, fault->data);
    g_autoptr (GBytes) message = ike_sa_seal (r->sa, (uint8_t) i, i / 256, true, &chain);
    responder_deliver (r, slice_of_bytes (message));
  }
}

/* Every exchange in the clear, as request and as answer. */
static void
in_the_clear (Responder *r, const Fault *fault)
{
  for (unsigned int i = 0; i < 4 * 256; i++) {
    uint8_t buf[64];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    const IkeHeader header = {
      .spi_i = r->sa->spi_i,
      .spi_r = r->sa->spi_r,
      .exchange = (uint8_t) i,
      .is_response = (i & 256) != 0,
      .is_initiator = (i & 512) != 0,
      .message_id = r->sa->window.next_request,
    };
    fault_append_hex (&chain, fault->first, fault->data);
    responder_send_clear (r, &header, &chain);
  }
}

/* A good request of which each bit in turn is false. */
static void
turn_bits (Responder *r, const Fault *fault)
{
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  fault_append_hex (&chain, fault->first, fault->data);
  g_autoptr (GBytes) message = responder_seal_request (r, fault->exchange, &chain);
  Slice good = slice_of_bytes (message);
  for (size_t bit = 0; bit < 8 * good.len; bit++) {
    g_autofree uint8_t *copy = g_memdup2 (good.data, good.len);
    copy[bit / 8] ^= (uint8_t) (1 << bit % 8);
    responder_deliver (r, SLICE (copy, good.len));
  }
}

/* Ten thousand addresses at which the gateway could be reached too (RFC 4555 section 3.4). */
static void
many_addresses (Responder *r, const Fault *fault)
{
  enum { ADDITIONAL_IP4_ADDRESS = 16397, IN_ONE = 63 };
  for (unsigned int sent = 0; sent < fault->number; sent += IN_ONE) {
    uint8_t buf[BUF_LEN];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    for (unsigned int i = sent; i < sent + IN_ONE; i++) {
      const uint8_t address[] = { 10, 9, (uint8_t) (i >> 8), (uint8_t) i };
      ike_chain_notify (&chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0),
          (IkeNotifyType) ADDITIONAL_IP4_ADDRESS, SLICE (address, sizeof address));
    }
    responder_send (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  }
}

/* Deletes of as many CHILD_SAs as one payload can name, none of which there is. */
static void
delete_strangers (Responder *r, const Fault *fault)
{
  IkeDelete delete = { .protocol = IKE_PROTOCOL_ESP, .n = IKE_MAX_DELETED };
  for (unsigned int i = 0; i < fault->number; i++) {
    uint8_t buf[BUF_LEN];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    for (size_t k = 0; k < delete.n; k++)
      delete.spis[k] = 0x66000000u + i * IKE_MAX_DELETED + (uint32_t) k;
    ike_delete_write (&chain, &delete);
    responder_send (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  }
}

#define LIVES(error) .phase = FAULT_UP, .code = FAULT_LIVES, .notify = error
#define ENDS \
  .phase = FAULT_UP, .code = VISITOR_ERROR_PROTOCOL, .says = "The gateway sent a malformed", \
  .notify = 7
#define INFORMATIONAL .play = send_request, .exchange = 37
#define CREATE_CHILD .play = send_request, .exchange = 36
#define DELETE_IKE .exchange = 37, .first = 42, .data = "0000000801000000"
#define REKEY_STRANGER .exchange = 36, .first = 41, .data = "2100000c 0304 4009 66666666" GCM_SA
#define GCM_SA "00000024 00000020 01030402 11223344 0300000c 01000014 800e0100 00000008 05000000"
#define REKEY_OURS "2100000c 0304 4009 77010203"
#define GCM_SA_MORE \
  "28000024 00000020 01030402 11223344 0300000c 01000014 800e0100 00000008 05000000"

static const Fault faults[] = {
  { "up-empty", LIVES (0), INFORMATIONAL, .data = "" },
  { "up-unknown-payload", LIVES (0), INFORMATIONAL, .first = 200, .data = "00000004" },
  { "up-unknown-critical", LIVES (1), INFORMATIONAL, .first = 200, .data = "00800004" },
  { "up-ikev1-payloads", LIVES (0), INFORMATIONAL, .first = 1,
      .data = "02000004 03000004 04000004 05000004 06000004 07000004 08000004 09000004 0a000004"
              " 0b000004 0c000004 0d000004 00000004" },
  { "up-ikev1-critical", LIVES (1), INFORMATIONAL, .first = 4, .data = "00800004" },
  { "up-payload-past-end", ENDS, INFORMATIONAL, .first = 43, .data = "00000005" },
  { "up-payload-of-3", ENDS, INFORMATIONAL, .first = 43, .data = "00000003" },
  { "up-payload-of-0", ENDS, INFORMATIONAL, .first = 43, .data = "00000000" },
  { "up-behind-the-last", ENDS, INFORMATIONAL, .first = 43, .data = "0000000400000004" },
  { "up-no-payload", ENDS, INFORMATIONAL, .first = 43, .data = "" },
  { "up-sealed-in-sealed", ENDS, INFORMATIONAL, .first = 46, .data = "00000004" },
  { "up-exchange-0", ENDS, .play = send_request, .exchange = 0, .data = "" },
  { "up-sa-init", ENDS, .play = send_request, .exchange = 34, .data = "" },
  { "up-auth-again", ENDS, .play = send_request, .exchange = 35, .data = "" },
  { "up-session-resume", ENDS, .play = send_request, .exchange = 38, .data = "" },
  { "up-gsa-auth", ENDS, .play = send_request, .exchange = 39, .data = "" },
  { "up-intermediate", ENDS, .play = send_request, .exchange = 43, .data = "" },
  { "up-followup-ke", LIVES (47), .play = send_request, .exchange = 44, .data = "" },
  { "up-followup-ke-stranger", LIVES (47), .play = send_request, .exchange = 44, .first = 41,
      .data = "0000000c 00004039 01020304" },
  { "up-exchange-255", ENDS, .play = send_request, .exchange = 255, .data = "" },

  { "up-delete-protocol-0", ENDS, INFORMATIONAL, .first = 42, .data = "0000000800000000" },
  { "up-delete-ah", LIVES (0), INFORMATIONAL, .first = 42, .data = "0000000c0204000100000001" },
  { "up-delete-spi-of-0", ENDS, INFORMATIONAL, .first = 42, .data = "0000000803000001" },
  { "up-delete-spi-of-255", ENDS, INFORMATIONAL, .first = 42, .data = "0000000803ff0001" },
  { "up-delete-count", ENDS, INFORMATIONAL, .first = 42, .data = "0000000c0304ffff00000001" },
  { "up-delete-ike-with-spi", ENDS, INFORMATIONAL, .first = 42,
      .data = "00000010 0108 0001 0000000000000001" },
  { "up-delete-nothing", LIVES (0), INFORMATIONAL, .first = 42, .data = "0000000803040000" },
  { "up-notify-cut", LIVES (0), INFORMATIONAL, .first = 41, .data = "00000007010440" },
  { "up-notify-past-end", LIVES (0), INFORMATIONAL, .first = 41, .data = "0000000803ff4009" },
  { "up-two-cp", ENDS, INFORMATIONAL, .first = 47, .data = "2f000008 03000000 00000008 03000000" },

  { "up-child-without-sa", ENDS, CREATE_CHILD, .data = "" },
  { "up-child-empty-sa", ENDS, CREATE_CHILD, .first = 33, .data = "00000004" },
  { "up-child-proposal-count", ENDS, CREATE_CHILD, .first = 33,
      .data = "00000028 00000024 01030403 11223344 0300000c 01000014 800e0100 03000008 04000013"
              " 00000008 05000000" },
  { "up-child-further", LIVES (35), CREATE_CHILD, .first = 33, .data = GCM_SA },
  { "up-rekey-protocol-0", LIVES (44), CREATE_CHILD, .first = 41,
      .data = "2100000c 0004 4009 77010203" GCM_SA },
  { "up-rekey-spi-of-0", LIVES (44), CREATE_CHILD, .first = 41,
      .data = "21000008 0300 4009" GCM_SA },
  { "up-rekey-spi-of-8", LIVES (44), CREATE_CHILD, .first = 41,
      .data = "21000010 0308 4009 7701020377010203" GCM_SA },
  { "up-rekey-stranger", LIVES (44), .play = send_request, REKEY_STRANGER },
  { "up-rekey-without-nonce", ENDS, CREATE_CHILD, .first = 41, .data = REKEY_OURS GCM_SA },
  { "up-rekey-short-nonce", ENDS, CREATE_CHILD, .first = 41,
      .data = REKEY_OURS GCM_SA_MORE "0000000b 00112233445566" },
  { "up-rekey-without-ts", ENDS, CREATE_CHILD, .first = 41,
      .data = REKEY_OURS GCM_SA_MORE "00000014 00112233445566778899aabbccddeeff" },
  { "up-rekey-other-ts", LIVES (38), CREATE_CHILD, .first = 41,
      .data = REKEY_OURS GCM_SA_MORE "2c000014 00112233445566778899aabbccddeeff"
                                     "2d000018 01000000 07000010 0000ffff 0a090900 0a0909ff"
                                     "00000018 01000000 07000010 0000ffff 0a030001 0a030001" },
  { "up-ike-rekey-spi-of-4", LIVES (14), CREATE_CHILD, .first = 33,
      .data = "0000002c 00000028 01010403 11223344 0300000c 01000014 800e0100 03000008 02000006"
              " 00000008 0400001f" },
  { "up-ike-rekey-without-ke", LIVES (17), CREATE_CHILD, .first = 33,
      .data = "00000030 0000002c 01010803 1122334455667788 0300000c 01000014 800e0100"
              " 03000008 02000006 00000008 0400001f" },
  { "up-ike-rekey-weak-group", LIVES (14), CREATE_CHILD, .first = 33,
      .data = "00000030 0000002c 01010803 1122334455667788 0300000c 01000014 800e0100"
              " 03000008 02000006 00000008 04000002" },

  { "up-other-ids", LIVES (0), .play = other_ids, DELETE_IKE },
  { "up-unasked-answers", LIVES (0), .play = unasked_answers, DELETE_IKE },
  { "up-in-the-clear", LIVES (0), .play = in_the_clear, DELETE_IKE },
  { "up-turned-bits", LIVES (0), .play = turn_bits, DELETE_IKE },
  { "up-repeated", LIVES (0), .play = repeat_one, .number = 1000, REKEY_STRANGER },
  { "up-rekey-storm", LIVES (0), .play = send_many, .number = 1000, REKEY_STRANGER },
  { "up-delete-storm", LIVES (0), .play = delete_strangers, .number = 200 },
  { "up-empty-storm", LIVES (0), .play = send_many, .number = 2000, .exchange = 37, .data = "" },
  { "up-crash-without-token", LIVES (0), .play = in_the_clear, .exchange = 37, .first = 41,
      .data = "00000008 0100 0004" },
  { "up-crash-with-false-token", LIVES (0), .play = in_the_clear, .exchange = 37, .first = 41,
      .data = "29000008 0100 0004 00000018 0100 4023 000102030405060708090a0b0c0d0e0f" },
  { "up-redirect-in-the-clear", LIVES (0), .play = in_the_clear, .exchange = 37, .first = 41,
      .data = "0000000e 0000 4017 0104 c0000263" },
  { "up-redirect-nowhere", LIVES (0), INFORMATIONAL, .first = 41, .data = "00000008 0000 4017" },
  { "up-redirect-to-ourselves", LIVES (0), INFORMATIONAL, .first = 41,
      .data = "0000000e 0000 4017 0104 7f000001" },
  { "up-redirect-to-a-shell", LIVES (0), INFORMATIONAL, .first = 41,
      .data = "00000010 0000 4017 0306 24286c732931" },
  { "up-sync-unasked", LIVES (0), INFORMATIONAL, .first = 41,
      .data = "29000014 0000 4026 01020304 00001000 00001000 0000000c 0000 4027 ffffffff" },
  { "up-ticket-nonsense", LIVES (0), INFORMATIONAL, .first = 41, .data = "00000009 0000 4019 01" },
  { "up-10000-addresses", LIVES (0), .play = many_addresses, .number = 10000 },
};

const FaultTable faults_up = { faults, G_N_ELEMENTS (faults) };
