/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gateway's proof of who it is, in IKE_AUTH (RFC 7296 section 2.15): IDr, its certificate or a key
 * that both know, and AUTH over its IKE_SA_INIT. Each function ends the session where the proof does
 * not hold. */
#include "ike/auth-gateway.h"

#include <string.h>

#include "base/cursor.h"
#include "ike/auth.h"

#define MAX_CERTS 8

/* IDr, which must be what we asked for; AUTH covers it as the gateway sent it. */
bool
ike_gateway_take_identity (IkeSession *session, const IkePayloads *response, IkeIdentity *ret_idr)
{
  Slice body;
  if (!ike_payloads_find (response, IKE_PAYLOAD_IDR, &body)) {
    ike_session_fail_with (
        session, VISITOR_ERROR_PROTOCOL, "The gateway did not say who it is (no IDr).");
    return false;
  }
  Cursor c = cursor_of (body);
  uint8_t type = cursor_u8 (&c);
  cursor_skip (&c, 3);
  Slice data = cursor_rest (&c);
  if (c.failed || !ike_identity_matches (&session->remote_identity, type, data)) {
    g_autofree char *got = ike_identity_describe (type, data);
    ike_session_fail_with (session, VISITOR_ERROR_GATEWAY_WRONG_NAME,
        "The gateway calls itself %s, not %s.", got, session->remote_name);
    return false;
  }
  *ret_idr = (IkeIdentity){ .type = type, .len = data.len };
  memcpy (ret_idr->data, data.data, data.len);
  return true;
}

static bool
read_auth (const IkePayloads *response, uint8_t *ret_method, Slice *ret_data)
{
  Slice body;
  if (!ike_payloads_find (response, IKE_PAYLOAD_AUTH, &body))
    return false;
  Cursor c = cursor_of (body);
  *ret_method = cursor_u8 (&c);
  cursor_skip (&c, 3);
  *ret_data = cursor_rest (&c);
  return !c.failed;
}

static IkeAuthInput
gateway_input (
    const IkeSession *session, const IkeIdentity *idr, uint8_t id[static IKE_ID_BODY_MAX_LEN])
{
  return (IkeAuthInput){
    .prf = session->sa->keys.prf,
    .message = slice_of_bytes (session->init_response),
    .nonce = ike_nonce_slice (&session->nonce_i),
    .sk_p = session->sa->keys.sk_pr,
    .id_body = ike_identity_write_body (idr, id),
    .int_auth = ike_int_auth_octets (&session->int_auth),
  };
}

/* AUTH with the pre-shared key, or with the key that EAP made. */
bool
ike_gateway_check_shared_key (
    IkeSession *session, const IkeIdentity *idr, const IkePayloads *response, const Secret *key)
{
  uint8_t method, id[IKE_ID_BODY_MAX_LEN];
  Slice auth;
  if (!read_auth (response, &method, &auth)) {
    ike_session_fail_with (
        session, VISITOR_ERROR_GATEWAY_UNTRUSTED, "The gateway did not prove itself (no AUTH).");
    return false;
  }
  if (method != IKE_AUTH_SHARED_KEY) {
    ike_session_fail_with (session, VISITOR_ERROR_METHOD_UNSUPPORTED,
        "The gateway proves itself by method %u where a shared key is agreed.", method);
    return false;
  }
  const IkeAuthInput input = gateway_input (session, idr, id);
  if (ike_auth_verify_shared_key (&input, key, auth))
    return true;
  ike_session_fail_with (
      session, VISITOR_ERROR_GATEWAY_UNTRUSTED, "The gateway does not know the shared key.");
  return false;
}

/* What CERT payloads of one encoding hold, as many as there is room for; more are passed over. */
static size_t
read_certs (const IkePayloads *response, IkeCertEncoding encoding, Slice ret[static MAX_CERTS])
{
  size_t n = 0;
  for (size_t i = 0; i < response->n && n < MAX_CERTS; i++) {
    Cursor c = cursor_of (response->at[i].body);
    if (response->at[i].type == IKE_PAYLOAD_CERT && cursor_u8 (&c) == encoding &&
        cursor_left (&c) > 0)
      ret[n++] = cursor_rest (&c);
  }
  return n;
}

static int
verdict_code (TrustVerdict verdict)
{
  switch (verdict) {
  case TRUST_WRONG_NAME: return VISITOR_ERROR_GATEWAY_WRONG_NAME;
  case TRUST_EXPIRED:
  case TRUST_NOT_YET_VALID: return VISITOR_ERROR_GATEWAY_EXPIRED;
  case TRUST_REVOKED: return VISITOR_ERROR_CERTIFICATE_REVOKED;
  case TRUST_UNPROVEN: return VISITOR_ERROR_REVOCATION_UNKNOWN;
  case TRUST_OK:
  case TRUST_MALFORMED:
  case TRUST_UNKNOWN_ISSUER:
  case TRUST_BAD_CHAIN:
  case TRUST_WRONG_PURPOSE:
  case TRUST_WEAK: break;
  }
  return VISITOR_ERROR_GATEWAY_UNTRUSTED;
}

/* The gateway's certificate for its name, and its signature with that certificate's key. */
bool
ike_gateway_check_certificate (
    IkeSession *session, const IkeIdentity *idr, const IkePayloads *response)
{
  Slice chain[MAX_CERTS], ocsp[MAX_CERTS], crls[MAX_CERTS], auth;
  uint8_t method, id[IKE_ID_BODY_MAX_LEN];
  size_t n = read_certs (response, IKE_CERT_X509_SIGNATURE, chain);
  const TrustEvidence evidence = {
    .ocsp = ocsp,
    .n_ocsp = read_certs (response, IKE_CERT_OCSP_CONTENT, ocsp),
    .crls = crls,
    .n_crls = read_certs (response, IKE_CERT_CRL, crls),
  };
  if (n == 0 || !read_auth (response, &method, &auth)) {
    ike_session_fail_with (session, VISITOR_ERROR_GATEWAY_UNTRUSTED,
        "The gateway did not show a certificate and a signature.");
    return false;
  }
  TrustVerdict verdict = crypto_trust_verify (session->trust, chain, n, &evidence,
      TRUST_PURPOSE_IKE_GATEWAY, session->remote_name, session->env.wall_clock ());
  g_autofree char *shown = crypto_certificate_describe (chain[0]);
  g_debug ("IKE: the gateway's certificate: %s: %s", shown, trust_verdict_to_string (verdict));
  if (verdict == TRUST_UNKNOWN_ISSUER)
    session->unvouched_certificate = g_bytes_new (chain[0].data, chain[0].len);
  if (verdict != TRUST_OK) {
    ike_session_fail_with (session, verdict_code (verdict),
        "The gateway's certificate cannot be believed: %s.", trust_verdict_to_string (verdict));
    return false;
  }
  if (method != IKE_AUTH_DIGITAL_SIGNATURE) {
    ike_session_fail_with (session, VISITOR_ERROR_METHOD_UNSUPPORTED,
        "The gateway signs by method %u; only digital signatures of RFC 7427 are taken.", method);
    return false;
  }
  GError *error = NULL;
  const IkeAuthInput input = gateway_input (session, idr, id);
  if (ike_auth_verify_signature (&input, chain[0], auth, &error))
    return true;
  ike_session_fail (session, error);
  return false;
}

/* After VISITOR_ERROR_GATEWAY_UNTRUSTED because nobody known has issued the gateway's certificate: that,
 * in DER. Else NULL. Borrowed. */
GBytes *
ike_session_unvouched_certificate (const IkeSession *session)
{
  return session->unvouched_certificate;
}
