/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our proof of who we are, in IKE_AUTH (RFC 7296 section 2.15): AUTH by a key that both know, or CERT
 * and AUTH by a signature in the form of RFC 7427.
 *
 * We sign by method 14 alone, with a hash that the gateway listed in SIGNATURE_HASH_ALGORITHMS: method 1
 * is RSA with SHA-1, and what 9 to 11 do for ECDSA, 14 does too. The signature comes from whoever has the
 * key, by an event, before IKE_AUTH is sent. What the gateway asks for by CERTREQ, hashes of the keys of
 * CAs (RFC 7296 section 3.7), is not judged: the CA itself is not in our chain, and we have one chain. */
#include "ike/auth-own.h"

#include "base/cursor.h"
#include "ike/auth-gateway.h"
#include "ike/auth.h"
#include "ike/ppk.h"

#define MAX_LATE_SIGNATURES 2

static IkeAuthInput
own_input (
    const IkeSession *session, const IkeIdentity *idi, uint8_t id[static IKE_ID_BODY_MAX_LEN])
{
  return (IkeAuthInput){
    .prf = session->sa->keys.prf,
    .message = slice_of_bytes (session->init_request),
    .nonce = ike_nonce_slice (&session->nonce_r),
    .sk_p = session->ppk_sk_pi != NULL ? session->ppk_sk_pi : session->sa->keys.sk_pi,
    .id_body = ike_identity_write_body (idi, id),
    .int_auth = ike_int_auth_octets (&session->int_auth),
  };
}

static Reserved
begin_auth (IkeChain *chain, IkeAuthWire method)
{
  Reserved length = ike_chain_begin (chain, IKE_PAYLOAD_AUTH);
  builder_u8 (&chain->b, (uint8_t) method);
  builder_zeros (&chain->b, 3);
  return length;
}

/* The same AUTH without the PPK, for a gateway that lacks ours. There is none beside a signature, which
 * would have to be made twice: a gateway that knows PPKs must have this one then. */
static void
write_no_ppk_auth (
    const IkeSession *session, const IkeAuthInput *with_ppk, const Secret *key, IkeChain *chain)
{
  uint8_t mac[CRYPTO_PRF_MAX_LEN];
  IkeAuthInput input = *with_ppk;
  input.sk_p = session->sa->keys.sk_pi;
  ike_auth_shared_key (&input, key != NULL ? key : input.sk_p, mac);
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_NO_PPK_AUTH,
      SLICE (mac, crypto_prf_len (input.prf)));
  bytes_wipe (mac, sizeof mac);
}

/* AUTH with a pre-shared key, with the key that EAP made, or with NULL where it made none (RFC 7296
 * section 2.16). idi: who we said we are in this round. */
void
ike_own_write_shared_key (
    const IkeSession *session, const IkeIdentity *idi, const Secret *key, IkeChain *chain)
{
  uint8_t id[IKE_ID_BODY_MAX_LEN], mac[CRYPTO_PRF_MAX_LEN];
  const IkeAuthInput input = own_input (session, idi, id);
  ike_auth_shared_key (&input, key != NULL ? key : input.sk_p, mac);
  Reserved length = begin_auth (chain, IKE_AUTH_SHARED_KEY);
  builder_bytes (&chain->b, mac, crypto_prf_len (input.prf));
  ike_chain_end (chain, length);
  bytes_wipe (mac, sizeof mac);
  if (session->ppk_sk_pi == NULL)
    return;
  ike_ppk_write_identity (session, chain);
  if (!session->ppk_required)
    write_no_ppk_auth (session, &input, key, chain);
}

/* True if we prove ourselves by certificate, alone or before EAP. */
bool
ike_own_has_certificate (const IkeSession *session)
{
  switch (session->auth) {
  case IKE_AUTH_METHOD_CERTIFICATE:
  case IKE_AUTH_METHOD_CERTIFICATE_EAP: return true;
  case IKE_AUTH_METHOD_PSK:
  case IKE_AUTH_METHOD_EAP: break;
  }
  return false;
}

/* What the gateway can do, as IKE_SA_INIT says: the hashes it takes signatures with (RFC 7427 section
 * 4), and whether it takes one proof after the other (RFC 4739). Its own AUTH covers that message. */
void
ike_own_note_hashes (IkeSession *session, const IkePayloads *init_response)
{
  IkeNotify notify;
  session->signature_hashes = 0;
  session->has_multiple_auth =
      ike_payloads_notify (init_response, IKE_NOTIFY_MULTIPLE_AUTH_SUPPORTED, &notify);
  if (!ike_payloads_notify (init_response, IKE_NOTIFY_SIGNATURE_HASH_ALGORITHMS, &notify))
    return;
  Cursor c = cursor_of (notify.data);
  while (cursor_left (&c) >= 2) {
    uint16_t hash = cursor_u16 (&c);
    if (hash < 32)
      session->signature_hashes |= 1u << hash;
  }
}

/* Asks for the signature of the first AUTH; nothing goes on before ike_session_provide_signature (). The
 * keys of the SA and the gateway's nonce must be there. */
void
ike_own_ask_signature (IkeSession *session)
{
  if (session->auth == IKE_AUTH_METHOD_CERTIFICATE_EAP && !session->has_multiple_auth) {
    ike_session_fail_with (session, VISITOR_ERROR_METHOD_UNSUPPORTED,
        "The gateway does not take a certificate and then EAP (no MULTIPLE_AUTH_SUPPORTED).");
    return;
  }
  session->signature_scheme = crypto_signer_choose (session->signer, session->signature_hashes);
  if (session->signature_scheme == SIGNATURE_NONE) {
    ike_session_fail_with (session, VISITOR_ERROR_METHOD_UNSUPPORTED,
        "The gateway takes no signature that our key can make (RFC 7427, hashes 0x%x).",
        session->signature_hashes);
    return;
  }
  uint8_t id[IKE_ID_BODY_MAX_LEN];
  const IkeAuthInput input = own_input (session, &session->local_identity, id);
  IkeEvent *event = ike_session_push_event (session, IKE_EVENT_NEED_SIGNATURE);
  event->scheme = session->signature_scheme;
  event->message = ike_auth_octets (&input);
  g_debug ("IKE: signing by %s", signature_scheme_to_string (event->scheme));
  session->wants_signature = true;
  session->task_waits = true;
}

/* Keeps the signature that was asked for; false, and the session ends, if our certificate does not
 * verify it. */
static bool
take_signature (IkeSession *session, GBytes *signature)
{
  uint8_t id[IKE_ID_BODY_MAX_LEN];
  const IkeAuthInput input = own_input (session, &session->local_identity, id);
  g_autoptr (GBytes) octets = ike_auth_octets (&input);
  const Slice part = slice_of_bytes (octets);
  if (!crypto_signer_made (
          session->signer, session->signature_scheme, &part, 1, slice_of_bytes (signature))) {
    ike_session_fail_with (session, VISITOR_ERROR_KEY_MISMATCH,
        "The signature that came is not one of our certificate's key.");
    return false;
  }
  g_clear_pointer (&session->signature, g_bytes_unref);
  session->signature = g_bytes_ref (signature);
  return true;
}

/* CERT: our own certificate first, then what leads to its CA (RFC 7296 section 3.6). */
void
ike_own_write_certificates (const IkeSession *session, IkeChain *chain)
{
  for (size_t i = 0; i < crypto_signer_n_certs (session->signer); i++) {
    Reserved length = ike_chain_begin (chain, IKE_PAYLOAD_CERT);
    builder_u8 (&chain->b, IKE_CERT_X509_SIGNATURE);
    builder_slice (&chain->b, crypto_signer_cert (session->signer, i));
    ike_chain_end (chain, length);
  }
}

/* AUTH of method 14: length and AlgorithmIdentifier, then the signature (RFC 7427 section 3). */
void
ike_own_write_signature (const IkeSession *session, IkeChain *chain)
{
  Slice identifier = signature_scheme_identifier (session->signature_scheme);
  Reserved length = begin_auth (chain, IKE_AUTH_DIGITAL_SIGNATURE);
  builder_u8 (&chain->b, (uint8_t) identifier.len);
  builder_slice (&chain->b, identifier);
  builder_slice (&chain->b, slice_of_bytes (session->signature));
  ike_chain_end (chain, length);
  if (session->ppk_sk_pi != NULL)
    ike_ppk_write_identity (session, chain);
}

/* The answer to NEED_SIGNATURE; borrowed. NULL ends the session: the key could not be used. One that took
 * longer than a gateway waits, as with a token that somebody has to touch, is made anew, not for ever. */
void
ike_session_provide_signature (IkeSession *session, GBytes *signature_or_null, int64_t now)
{
  session->now = now;
  if (!session->wants_signature || session->state == IKE_STATE_DEAD)
    return;
  session->wants_signature = false;
  if (signature_or_null == NULL) {
    ike_session_fail_with (
        session, VISITOR_ERROR_NO_SIGNATURE, "No signature was made with our key.");
  } else if (take_signature (session, signature_or_null)) {
    bool late = now - session->begun_at > IKE_HALF_OPEN_US;
    if (late && session->late_signatures++ < MAX_LATE_SIGNATURES) {
      g_debug ("IKE: the gateway may have given up meanwhile; beginning anew");
      ike_session_begin_anew (session);
    } else {
      ike_session_resume (session);
    }
  }
  ike_session_settle (session);
}
