/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults in EAP, by a gateway with a good certificate that does not know the password: it wants it, or
 * wants in without it (CVE-2021-45079, CVE-2015-8023, CVE-2025-62291). Each row is what the gateway
 * sends, in order. */
#include "fault.h"

#include <string.h>

#include "support/hex.h"

#define IDENTITY "0101000501"
#define CHALLENGE "0103001a1a0103001510000102030405060708090a0b0c0d0e0f"
#define SUCCESS "03060004"
#define FAILURE "04060004"
#define ZERO_PROOF \
  "010400361a03040031533d303030303030303030303030303030303030303030303030303030303030" \
  "30303030303030303030204d3d"
#define ZEROS_16 "00000000000000000000000000000000"
#define PACKETS(...) \
  .eap = (const char *const[]) \
  { \
    __VA_ARGS__, NULL \
  }

/* A Failure-Request whose M= has as many octets as `number` says, control characters among them. */
static bool
long_failure (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  static const char words[] = "E=691 R=0 C=00112233445566778899AABBCCDDEEFF V=3 M=\x1b[2J\n";
  size_t n = fault_of (r)->number, len = sizeof words - 1 + n;
  if (header->exchange != IKE_EXCHANGE_AUTH || header->message_id != 3)
    return false;
  Reserved payload = ike_chain_begin (answer, IKE_PAYLOAD_EAP);
  builder_u16 (&answer->b, 0x0104);
  builder_u16 (&answer->b, (uint16_t) (9 + len));
  builder_u16 (&answer->b, 0x1a04);
  builder_u8 (&answer->b, 4);
  builder_u16 (&answer->b, (uint16_t) (4 + len));
  builder_bytes (&answer->b, words, sizeof words - 1);
  memset (builder_space (&answer->b, n), 'm', n);
  ike_chain_end (answer, payload);
  return true;
}

/* EAP-Success in time, then an AUTH payload that is made with nothing. */
static bool
no_key_after_success (
    Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  Slice packet;
  if (header->exchange != IKE_EXCHANGE_AUTH || header->message_id == 1 ||
      ike_payloads_find (request, IKE_PAYLOAD_EAP, &packet))
    return false;
  fault_append_hex (answer, fault_of (r)->first, fault_of (r)->data);
  return true;
}

static void
pose_as_another (Responder *r, const Fault *fault)
{
  r->key = r->misnamed;
}

#define EAP .phase = FAULT_EAP, .auth = IKE_AUTH_METHOD_EAP
#define ENDS(error, words) EAP, .code = VISITOR_ERROR_##error, .says = words
#define TOO_EARLY ENDS (PROTOCOL, "claims success")
#define BAD_PACKET ENDS (PROTOCOL, "EAP: ")
#define BAD_MSCHAP ENDS (PROTOCOL, "EAP-MSCHAPv2: ")
#define OTHER_METHOD ENDS (METHOD_UNSUPPORTED, "The gateway wants EAP method")
#define AFTER_PROOF .sends_proof = true
#define REFUSED ENDS (PASSWORD_REFUSED, "refused the user name or the password"), AFTER_PROOF

static const Fault faults[] = {
  { "eap-success-first", TOO_EARLY, PACKETS (SUCCESS) },
  { "eap-success-after-identity", TOO_EARLY, PACKETS (IDENTITY, SUCCESS) },
  { "eap-success-after-challenge", TOO_EARLY, PACKETS (IDENTITY, CHALLENGE, SUCCESS), AFTER_PROOF },
  { "eap-failure-first", ENDS (AUTH_REFUSED, "refused the user"), PACKETS (FAILURE) },
  { "eap-method-switch", ENDS (PROTOCOL, "changes the method in the middle"),
      PACKETS (IDENTITY, CHALLENGE, "0104000604ff"), AFTER_PROOF },
  { "eap-mschapv2-success-first", BAD_MSCHAP, PACKETS (ZERO_PROOF) },
  { "eap-mschapv2-success-early", BAD_MSCHAP, PACKETS (IDENTITY, ZERO_PROOF) },
  { "eap-wrong-authenticator", ENDS (GATEWAY_UNTRUSTED, "does not know the password"),
      PACKETS (IDENTITY, CHALLENGE, ZERO_PROOF), AFTER_PROOF },
  { "eap-short-authenticator", BAD_MSCHAP,
      PACKETS (IDENTITY, CHALLENGE, "0104000d1a03040008533d3030"), AFTER_PROOF },
  { "eap-mschapv2-failure-first", BAD_MSCHAP, PACKETS ("010400091a04040004") },
  { "eap-failure-of-0", BAD_MSCHAP, PACKETS (CHALLENGE, "010400051a"), AFTER_PROOF },
  { "eap-failure-of-1", BAD_MSCHAP, PACKETS (CHALLENGE, "010400061a04"), AFTER_PROOF },
  { "eap-failure-of-2", BAD_MSCHAP, PACKETS (CHALLENGE, "010400071a0404"), AFTER_PROOF },
  { "eap-failure-of-3", BAD_MSCHAP, PACKETS (CHALLENGE, "010400081a040400"), AFTER_PROOF },
  { "eap-failure-says-3", BAD_MSCHAP, PACKETS (CHALLENGE, "010400091a04040003"), AFTER_PROOF },
  { "eap-failure-says-65535", BAD_MSCHAP, PACKETS (CHALLENGE, "010400091a0404ffff"), AFTER_PROOF },
  { "eap-failure-of-4", REFUSED, PACKETS (CHALLENGE, "010400091a04040004", FAILURE) },
  { "eap-failure-of-5", REFUSED, PACKETS (CHALLENGE, "0104000a1a0404000545", FAILURE) },
  { "eap-failure-of-8", REFUSED, PACKETS (CHALLENGE, "0104000d1a04040008453d3639", FAILURE) },
  { "eap-failure-huge", EAP, .code = VISITOR_ERROR_PASSWORD_REFUSED,
      .says = "refused the user name or the password", .script = long_failure, .number = 14000,
      AFTER_PROOF },
  { "eap-challenge-of-15", BAD_MSCHAP,
      PACKETS (IDENTITY, "010300191a0103001410000102030405060708090a0b0c0d0e") },
  { "eap-value-size-15", BAD_MSCHAP,
      PACKETS (IDENTITY, "0103001a1a010300150f000102030405060708090a0b0c0d0e0f") },
  { "eap-second-challenge", BAD_MSCHAP, PACKETS (IDENTITY, CHALLENGE, CHALLENGE), AFTER_PROOF },
  { "eap-mschapv2-unknown", BAD_MSCHAP, PACKETS (IDENTITY, "010300091a09030004") },
  { "eap-response", BAD_PACKET, PACKETS ("0201000501") },
  { "eap-code-0", BAD_PACKET, PACKETS ("00010004") },
  { "eap-length-too-long", BAD_PACKET, PACKETS ("0101000601") },
  { "eap-length-too-short", BAD_PACKET, PACKETS ("0101000501ff") },
  { "eap-without-type", BAD_PACKET, PACKETS ("01010004") },
  { "eap-of-3", BAD_PACKET, PACKETS ("010100") },
  { "eap-of-0", BAD_PACKET, PACKETS ("") },
  { "eap-success-without-key", ENDS (GATEWAY_UNTRUSTED, "does not know the shared key"),
      .script = no_key_after_success, .first = 39,
      .data = "00000038 02000000" ZEROS_16 ZEROS_16 ZEROS_16, AFTER_PROOF },
  { "eap-success-without-auth", ENDS (GATEWAY_UNTRUSTED, "did not prove itself (no AUTH)"),
      .script = no_key_after_success, .first = 43, .data = "00000004", AFTER_PROOF },
  /* methods that the site does not have: declined, and nothing of the password is in the answer */
  { "eap-asks-md5", OTHER_METHOD,
      PACKETS (IDENTITY, "0102001604 10 000102030405060708090a0b0c0d0e0f", FAILURE) },
  { "eap-asks-gtc", OTHER_METHOD, PACKETS (IDENTITY, "0102000d 06 50617373776f7264", FAILURE) },
  { "eap-asks-tls", OTHER_METHOD, PACKETS (IDENTITY, "01020006 0d 20", FAILURE) },
  { "eap-asks-ttls", OTHER_METHOD, PACKETS (IDENTITY, "01020006 15 20", FAILURE) },
  { "eap-asks-expanded", OTHER_METHOD, PACKETS (IDENTITY, "0102000c fe 000000 0000001a", FAILURE) },
  { "eap-asks-nothing", ENDS (AUTH_REFUSED, "refused the user"),
      PACKETS (IDENTITY, "01020005 00", FAILURE) },
  { "eap-rogue-asks-mschapv2", ENDS (GATEWAY_WRONG_NAME, "issued for another name"),
      .prepare = pose_as_another, PACKETS (CHALLENGE) },
  { "eap-rogue-asks-gtc", ENDS (GATEWAY_WRONG_NAME, "issued for another name"),
      .prepare = pose_as_another, PACKETS ("0101000d 06 50617373776f7264") },
};

const FaultTable faults_eap = { faults, G_N_ELEMENTS (faults) };
