/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults in the first answer of IKE_AUTH, by a gateway that has the keys of the IKE SA and no right to
 * anything: who it is, how it proves it, and requests before it has. */
#include "fault.h"

#include <string.h>

#include "support/hex.h"

#define MAX_DATA 15000

static bool
is_first (const IkeHeader *header)
{
  return header->exchange == IKE_EXCHANGE_AUTH && header->message_id == 1;
}

/* Nothing but the payloads of the fault. */
static bool
only_these (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  if (!is_first (header))
    return false;
  fault_append_hex (answer, fault_of (r)->first, fault_of (r)->data);
  return true;
}

/* IDr of the type `first`, with `number` octets that say nothing. */
static bool
strange_id (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  if (!is_first (header))
    return false;
  Reserved length = ike_chain_begin (answer, IKE_PAYLOAD_IDR);
  builder_u8 (&answer->b, fault_of (r)->first);
  builder_zeros (&answer->b, 3 + fault_of (r)->number);
  ike_chain_end (answer, length);
  return true;
}

static void
write_cert (IkeChain *answer, uint8_t encoding, Slice data)
{
  Reserved length = ike_chain_begin (answer, IKE_PAYLOAD_CERT);
  builder_u8 (&answer->b, encoding);
  builder_slice (&answer->b, data);
  ike_chain_end (answer, length);
}

/* The right name and certificate, and an AUTH payload out of data. */
static bool
other_auth (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  if (!is_first (header))
    return false;
  responder_take_first (r, request);
  ike_chain_payload (answer, IKE_PAYLOAD_IDR, slice_of_bytes (r->idr));
  if (r->key != NULL)
    write_cert (answer, 4, gateway_key_cert (r->key));
  Reserved length = ike_chain_begin (answer, IKE_PAYLOAD_AUTH);
  g_autoptr (GBytes) body = hex_to_bytes (fault_of (r)->data);
  builder_slice (&answer->b, slice_of_bytes (body));
  builder_zeros (&answer->b, fault_of (r)->number);
  ike_chain_end (answer, length);
  return true;
}

/* The right answer with something behind its last payload's octets: AUTH, as long as it is one that
 * this gateway writes last. */
static bool
longer_auth (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  if (!is_first (header))
    return false;
  responder_take_first (r, request);
  size_t before = answer->b.len;
  responder_prove (r, answer);
  size_t at = answer->next_at;
  g_assert_cmpuint (at, >, before);
  builder_zeros (&answer->b, fault_of (r)->number);
  size_t len = answer->b.len - at;
  builder_patch_u8 (&answer->b, at + 2, (uint8_t) (len >> 8));
  builder_patch_u8 (&answer->b, at + 3, (uint8_t) len);
  return true;
}

/* The right name and AUTH payload; the certificate is `number` octets of nothing, as often as `first`
 * says. */
static bool
other_cert (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  const Fault *fault = fault_of (r);
  g_autofree uint8_t *zeros = g_malloc0 (MAX_DATA);
  if (!is_first (header))
    return false;
  responder_take_first (r, request);
  ike_chain_payload (answer, IKE_PAYLOAD_IDR, slice_of_bytes (r->idr));
  for (unsigned int i = 0; i < fault->first; i++)
    write_cert (answer, fault->data != NULL ? hex_slice (fault->data).data[0] : 4,
        SLICE (zeros, fault->number));
  ike_chain_payload (answer, IKE_PAYLOAD_AUTH, SLICE (zeros, 80));
  return true;
}

/* Sealed requests and answers of every exchange before the gateway has proved itself, then the right
 * answer (CVE-2014-2338, CVE-2019-12312). */
static bool
too_early (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  if (!is_first (header))
    return false;
  for (unsigned int i = 0; i < 2 * 256; i++) {
    uint8_t buf[64], exchange = (uint8_t) i;
    bool is_response = i >= 256;
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    if (is_response && exchange == IKE_EXCHANGE_AUTH)
      continue;
    fault_append_hex (&chain, fault_of (r)->first, fault_of (r)->data);
    g_autoptr (GBytes) message =
        ike_sa_seal (r->sa, exchange, is_response ? 1 : 0, is_response, &chain);
    responder_deliver (r, slice_of_bytes (message));
  }
  return false;
}

static void
pose_as_another (Responder *r, const Fault *fault)
{
  r->key = r->misnamed;
}

static void
pose_as_stranger (Responder *r, const Fault *fault)
{
  r->key = r->stranger;
}

static void
show_old_certificate (Responder *r, const Fault *fault)
{
  r->key = r->outdated;
}

static void
break_signature (Responder *r, const Fault *fault)
{
  r->breaks_auth = true;
}

static void
refuse_auth (Responder *r, const Fault *fault)
{
  r->auth_error = (uint16_t) fault->number;
}

#define NAME "0067772e6578616d706c652e74657374" /* what follows the type and two reserved octets */
#define LIVES .phase = FAULT_AUTH, .code = FAULT_LIVES
#define ENDS(error, words) .phase = FAULT_AUTH, .code = VISITOR_ERROR_##error, .says = words
#define MALFORMED ENDS (PROTOCOL, "The gateway's answer (IKE_AUTH) is malformed.")
#define CALLS_ITSELF ENDS (GATEWAY_WRONG_NAME, "The gateway calls itself")
#define BAD_SIGNATURE ENDS (GATEWAY_SIGNATURE, "The gateway's signature")
#define NO_CERT ENDS (GATEWAY_UNTRUSTED, "The gateway's certificate cannot be believed")
#define EAP .auth = IKE_AUTH_METHOD_EAP
#define ECDSA_SHA256 "0c 300a06082a8648ce3d040302"

static const Fault faults[] = {
  { "auth-nothing", ENDS (PROTOCOL, "no IDr"), .script = only_these, .data = "" },
  { "auth-idr-empty", CALLS_ITSELF, .script = only_these, .first = 36, .data = "00000004" },
  { "auth-idr-of-1", CALLS_ITSELF, .script = only_these, .first = 36, .data = "0000000502" },
  { "auth-idr-without-name", CALLS_ITSELF, .script = strange_id, .first = 2, .number = 0 },
  { "auth-idr-other-name", CALLS_ITSELF, .script = only_these, .first = 36,
      .data = "0000000902000000 41" },
  { "auth-idr-control-characters", CALLS_ITSELF, .script = only_these, .first = 36,
      .data = "0000001c02000000 0a1b5b324a0d0a206661696c656420e280ae00ff" },
  { "auth-idr-fqdn-15000", CALLS_ITSELF, .script = strange_id, .first = 2, .number = 15000 },
  { "auth-idr-ipv4-of-3", CALLS_ITSELF, .script = strange_id, .first = 1, .number = 3 },
  { "auth-idr-ipv4-15000", CALLS_ITSELF, .script = strange_id, .first = 1, .number = 15000 },
  { "auth-idr-ipv6-of-4", CALLS_ITSELF, .script = strange_id, .first = 5, .number = 4 },
  { "auth-idr-mail", CALLS_ITSELF, .script = strange_id, .first = 3, .number = 255 },
  { "auth-idr-dn-empty", CALLS_ITSELF, .script = strange_id, .first = 9, .number = 0 },
  { "auth-idr-dn-of-1", CALLS_ITSELF, .script = strange_id, .first = 9, .number = 1 },
  { "auth-idr-dn-inner-length", CALLS_ITSELF, .script = only_these, .first = 36,
      .data = "0000000c09000000 3084ffff" },
  { "auth-idr-dn-inner-set", CALLS_ITSELF, .script = only_these, .first = 36,
      .data = "0000001209000000 3008 317f 307f 06ff 5504" },
  { "auth-idr-gn", CALLS_ITSELF, .script = strange_id, .first = 10, .number = 300 },
  { "auth-idr-key-id", CALLS_ITSELF, .script = strange_id, .first = 11, .number = 15000 },
  { "auth-idr-type-0", CALLS_ITSELF, .script = strange_id, .first = 0, .number = 256 },
  { "auth-idr-type-255", CALLS_ITSELF, .script = strange_id, .first = 255, .number = 15000 },
  { "auth-idr-twice", MALFORMED, .script = only_these, .first = 36,
      .data = "24000017020000" NAME "00000017020000" NAME },

  { "auth-none", ENDS (GATEWAY_UNTRUSTED, "did not prove itself (no AUTH)"), .script = only_these,
      .first = 36, .data = "00000017020000" NAME },
  { "auth-of-0", ENDS (GATEWAY_UNTRUSTED, "did not prove itself (no AUTH)"), .script = other_auth,
      .data = "" },
  { "auth-method-0", ENDS (METHOD_UNSUPPORTED, "by method 0"), .script = other_auth,
      .data = "00000000" },
  { "auth-method-255", ENDS (METHOD_UNSUPPORTED, "by method 255"), .script = other_auth,
      .data = "ff000000", .number = 48 },
  { "auth-method-null", ENDS (METHOD_UNSUPPORTED, "by method 13"), .script = other_auth,
      .data = "0d000000", .number = 48 },
  { "auth-psk-empty", ENDS (GATEWAY_UNTRUSTED, "does not know the shared key"),
      .script = other_auth, .data = "02000000" },
  { "auth-psk-zeros", ENDS (GATEWAY_UNTRUSTED, "does not know the shared key"),
      .script = other_auth, .data = "02000000", .number = 48 },
  { "auth-psk-15000", ENDS (GATEWAY_UNTRUSTED, "does not know the shared key"),
      .script = other_auth, .data = "02000000", .number = 15000 },
  { "auth-psk-longer", ENDS (GATEWAY_UNTRUSTED, "does not know the shared key"),
      .script = longer_auth, .number = 1 },
  { "auth-psk-broken", ENDS (GATEWAY_UNTRUSTED, "does not know the shared key"),
      .prepare = break_signature },
  { "auth-twice", MALFORMED, .script = only_these, .first = 36,
      .data = "27000017020000" NAME "27000008 02000000 00000008 02000000" },

  { "cert-none", EAP, ENDS (GATEWAY_UNTRUSTED, "did not show a certificate"), .script = other_cert,
      .first = 0 },
  { "cert-empty", EAP, ENDS (GATEWAY_UNTRUSTED, "did not show a certificate"), .script = other_cert,
      .first = 1, .number = 0 },
  { "cert-garbage", EAP, NO_CERT, .script = other_cert, .first = 1, .number = 500 },
  { "cert-15000", EAP, NO_CERT, .script = other_cert, .first = 1, .number = 15000 },
  { "cert-60-times", EAP, NO_CERT, .script = other_cert, .first = 60, .number = 100 },
  { "cert-hash-and-url", EAP, ENDS (GATEWAY_UNTRUSTED, "did not show a certificate"),
      .script = other_cert, .first = 1, .number = 60, .data = "0c" },
  { "cert-pkcs7", EAP, ENDS (GATEWAY_UNTRUSTED, "did not show a certificate"), .script = other_cert,
      .first = 1, .number = 60, .data = "01" },
  { "cert-other-name", EAP, ENDS (GATEWAY_WRONG_NAME, "issued for another name"),
      .prepare = pose_as_another },
  { "cert-stranger", EAP, ENDS (GATEWAY_UNTRUSTED, "issued by nobody we trust"),
      .prepare = pose_as_stranger },
  { "cert-expired", EAP, ENDS (GATEWAY_EXPIRED, "expired"), .prepare = show_old_certificate },

  { "sign-empty", EAP, ENDS (GATEWAY_UNTRUSTED, "did not show a certificate and a signature"),
      .script = other_auth, .data = "" },
  { "sign-nothing", EAP, BAD_SIGNATURE, .script = other_auth, .data = "0e000000" },
  { "sign-no-algorithm", EAP, BAD_SIGNATURE, .script = other_auth, .data = "0e000000 00",
      .number = 70 },
  { "sign-algorithm-past-end", EAP, BAD_SIGNATURE, .script = other_auth,
      .data = "0e000000 ff 3045" },
  { "sign-no-signature", EAP, BAD_SIGNATURE, .script = other_auth,
      .data = "0e000000" ECDSA_SHA256 },
  { "sign-zeros", EAP, BAD_SIGNATURE, .script = other_auth, .data = "0e000000" ECDSA_SHA256,
      .number = 70 },
  { "sign-r-and-s-zero", EAP, BAD_SIGNATURE, .script = other_auth,
      .data = "0e000000" ECDSA_SHA256 "3006 020100 020100" },
  { "sign-r-and-s-one", EAP, BAD_SIGNATURE, .script = other_auth,
      .data = "0e000000" ECDSA_SHA256 "3006 020101 020101" },
  { "sign-15000", EAP, BAD_SIGNATURE, .script = other_auth, .data = "0e000000" ECDSA_SHA256 "30",
      .number = 14000 },
  { "sign-longer", EAP, BAD_SIGNATURE, .script = longer_auth, .number = 1 },
  { "sign-sha1", EAP, BAD_SIGNATURE, .script = other_auth,
      .data = "0e000000 0b 300906072a8648ce3d0401 3006 020101 020101" },
  { "sign-rsa-with-ecdsa-key", EAP, BAD_SIGNATURE, .script = other_auth,
      .data = "0e000000 0f 300d06092a864886f70d01010b0500", .number = 256 },
  { "sign-pss-defaults", EAP, BAD_SIGNATURE, .script = other_auth,
      .data = "0e000000 0f 300d06092a864886f70d01010a3000", .number = 256 },
  { "sign-pss-huge-salt", EAP, BAD_SIGNATURE, .script = other_auth,
      .data =
          "0e000000 4b"
          "304906092a864886f70d01010a303ca00f300d060960864801650304020105 00"
          "a11c301a06092a864886f70d010108300d06096086480165030402010500a2060204 7fffffff a3030201"
          "01",
      .number = 256 },
  { "sign-broken", EAP, BAD_SIGNATURE, .prepare = break_signature },
  { "sign-method-1", EAP, ENDS (METHOD_UNSUPPORTED, "The gateway signs by method 1"),
      .script = other_auth, .data = "01000000", .number = 256 },
  { "sign-method-psk", EAP, ENDS (METHOD_UNSUPPORTED, "The gateway signs by method 2"),
      .script = other_auth, .data = "02000000", .number = 48 },

  { "auth-refused", ENDS (AUTH_REFUSED, "(AUTHENTICATION_FAILED)"), .prepare = refuse_auth,
      .number = 24 },
  { "auth-unknown-error", ENDS (PROTOCOL, "refused IKE_AUTH"), .prepare = refuse_auth,
      .number = 9999 },
  { "auth-critical", ENDS (PROTOCOL, "has a payload that we do not understand"),
      .script = only_these, .first = 200, .data = "00800004" },
  { "auth-ikev1-payloads", ENDS (PROTOCOL, "no IDr"), .script = only_these, .first = 1,
      .data = "02000004 03000004 04000004 05000004 06000004 07000004 08000004 09000004 0a000004"
              " 0b000004 0c000004 0d000004 00000004" },
  { "auth-sealed-in-sealed", MALFORMED, .script = only_these, .first = 46, .data = "00000004" },
  { "auth-65-payloads", MALFORMED, .script = only_these, .first = 43,
      .data = "2b0000042b0000042b0000042b0000042b0000042b0000042b0000042b000004"
              "2b0000042b0000042b0000042b0000042b0000042b0000042b0000042b000004"
              "2b0000042b0000042b0000042b0000042b0000042b0000042b0000042b000004"
              "2b0000042b0000042b0000042b0000042b0000042b0000042b0000042b000004"
              "2b0000042b0000042b0000042b0000042b0000042b0000042b0000042b000004"
              "2b0000042b0000042b0000042b0000042b0000042b0000042b0000042b000004"
              "2b0000042b0000042b0000042b0000042b0000042b0000042b0000042b000004"
              "2b0000042b0000042b0000042b0000042b0000042b0000042b0000042b000004"
              "00000004" },
  { "early-delete", LIVES, .script = too_early, .first = 42, .data = "0000000801000000" },
  { "early-rekey", LIVES, .script = too_early, .first = 41, .data = "0000000c 0304400977010203" },
  { "early-error", LIVES, .script = too_early, .first = 41, .data = "0000000800000018" },
  { "early-delete-eap", EAP, LIVES, .script = too_early, .first = 42, .data = "0000000801000000",
      .sends_proof = true },
};

const FaultTable faults_auth = { faults, G_N_ELEMENTS (faults) };
