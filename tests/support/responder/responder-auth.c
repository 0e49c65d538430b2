/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The test gateway's side of IKE_AUTH: a pre-shared key, or its certificate and EAP-MSCHAPv2. */
#include <string.h>

#include "base/cursor.h"
#include "crypto/dn.h"
#include "crypto/mschapv2.h"
#include "crypto/prf.h"
#include "ike/auth.h"
#include "ike/identity.h"
#include "ike/proposal.h"
#include "responder-private.h"
#include "support/hex.h"
#include "wire/cp.h"

#define AUTH_HEADER_LEN 4

static IkeAuthInput
own_input (const Responder *r)
{
  return (IkeAuthInput){
    .prf = r->sa->keys.prf,
    .message = slice_of_bytes (r->init_response),
    .nonce = ike_nonce_slice (&r->ni),
    .sk_p = r->sa->keys.sk_pr,
    .id_body = slice_of_bytes (r->idr),
    .int_auth = ike_int_auth_octets (&r->int_auth),
  };
}

static void
write_auth (Responder *r, uint8_t method, Slice data, IkeChain *answer)
{
  Reserved length = ike_chain_begin (answer, IKE_PAYLOAD_AUTH);
  builder_u8 (&answer->b, method);
  builder_zeros (&answer->b, 3);
  builder_slice (&answer->b, data);
  if (r->breaks_auth)
    answer->b.data[answer->b.len - 1] ^= 1;
  ike_chain_end (answer, length);
}

static void
write_shared_auth (Responder *r, const Secret *key, IkeChain *answer)
{
  uint8_t mac[CRYPTO_PRF_MAX_LEN];
  const IkeAuthInput input = own_input (r);
  ike_auth_shared_key (&input, key, mac);
  write_auth (r, IKE_AUTH_SHARED_KEY, SLICE (mac, crypto_prf_len (input.prf)), answer);
}

static void
write_signature (Responder *r, IkeChain *answer)
{
  const IkeAuthInput input = own_input (r);
  uint8_t mac[CRYPTO_PRF_MAX_LEN];
  crypto_prf (input.prf, secret_slice (input.sk_p), &input.id_body, 1, mac);
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  g_byte_array_append (octets, input.message.data, (guint) input.message.len);
  g_byte_array_append (octets, input.nonce.data, (guint) input.nonce.len);
  g_byte_array_append (octets, mac, (guint) crypto_prf_len (input.prf));
  g_byte_array_append (octets, input.int_auth.data, (guint) input.int_auth.len);
  g_autoptr (GBytes) signature = gateway_key_sign (r->key, SLICE (octets->data, octets->len));
  write_auth (r, IKE_AUTH_DIGITAL_SIGNATURE, slice_of_bytes (signature), answer);
}

static IkeAuthInput
client_input (const Responder *r)
{
  return (IkeAuthInput){
    .prf = r->sa->keys.prf,
    .message = slice_of_bytes (r->init_request),
    .nonce = ike_nonce_slice (&r->nr),
    .sk_p = r->sa->keys.sk_pi,
    .id_body = slice_of_bytes (r->idi),
    .int_auth = ike_int_auth_octets (&r->int_auth),
  };
}

/* True if the first request has the client's certificate, its subject as IDi, and its signature. */
static bool
knows_certificate (Responder *r, const IkePayloads *request)
{
  Slice cert, auth;
  const Slice expected = gateway_key_cert (r->client), idi = slice_of_bytes (r->idi);
  g_autoptr (GBytes) subject = crypto_cert_subject (expected);
  g_assert_true (ike_payloads_find (request, IKE_PAYLOAD_CERT, &cert));
  g_assert_cmpmem (cert.data + 1, cert.len - 1, expected.data, expected.len);
  g_assert_cmpint (idi.data[0], ==, IKE_ID_DER_ASN1_DN);
  g_assert_cmpmem (
      idi.data + 4, idi.len - 4, g_bytes_get_data (subject, NULL), g_bytes_get_size (subject));
  g_assert_true (ike_payloads_find (request, IKE_PAYLOAD_AUTH, &auth));
  g_assert_cmpint (auth.data[0], ==, IKE_AUTH_DIGITAL_SIGNATURE);
  const IkeAuthInput input = client_input (r);
  return ike_auth_verify_signature (
      &input, expected, SLICE (auth.data + AUTH_HEADER_LEN, auth.len - AUTH_HEADER_LEN), NULL);
}

static void
mix_ppk (const Responder *r, Secret **key)
{
  const Slice seed = secret_slice (*key);
  const Slice ppk = SLICE ((const uint8_t *) r->ppk, strlen (r->ppk));
  Secret *mixed = crypto_prf_plus (r->sa->keys.prf, ppk, &seed, 1, seed.len);
  secret_unref (*key);
  *key = mixed;
}

/* With the PPK that the client names, or without one, as both must do from now on (RFC 8784). */
static void
take_ppk (Responder *r, const IkePayloads *request, IkeChain *answer)
{
  IkeNotify notify;
  if (!ike_payloads_notify (request, IKE_NOTIFY_PPK_IDENTITY, &notify))
    return;
  g_assert_true (r->knows_ppk);
  g_assert_cmpint (notify.data.data[0], ==, 2);
  g_assert_cmpmem (notify.data.data + 1, notify.data.len - 1, r->session_ppk_identity,
      strlen (r->session_ppk_identity));
  if (r->ppk != NULL) {
    mix_ppk (r, &r->sa->keys.sk_d);
    mix_ppk (r, &r->sa->keys.sk_pi);
    mix_ppk (r, &r->sa->keys.sk_pr);
    r->uses_ppk = true;
  }
  if (r->uses_ppk || r->claims_ppk)
    ike_chain_notify (
        answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_PPK_IDENTITY, SLICE (NULL, 0));
}

static bool
knows_key (Responder *r, const IkePayloads *request, const Secret *key)
{
  Slice body;
  if (!ike_payloads_find (request, IKE_PAYLOAD_AUTH, &body))
    return false;
  const IkeAuthInput input = client_input (r);
  IkeNotify no_ppk;
  if (!r->uses_ppk && ike_payloads_notify (request, IKE_NOTIFY_NO_PPK_AUTH, &no_ppk))
    return ike_auth_verify_shared_key (&input, key, no_ppk.data);
  return ike_auth_verify_shared_key (
      &input, key, SLICE (body.data + AUTH_HEADER_LEN, body.len - AUTH_HEADER_LEN));
}

static void
write_error (uint16_t type, IkeChain *answer)
{
  ike_chain_notify (
      answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0), (IkeNotifyType) type, SLICE (NULL, 0));
}

static void
write_configuration (const Responder *r, IkeChain *answer)
{
  static const uint8_t address[] = { 10, 3, 0, 1 }, dns[] = { 10, 1, 0, 10 };
  static const uint8_t address6[17] = { 0xfd, 3, [15] = 1, [16] = 128 };
  static const uint8_t subnet[] = { 10, 1, 0, 0, 255, 255, 255, 0 };
  static const char domain[] = "corp.example.test";
  IkeCpPayload cp = { .cfg_type = IKE_CFG_REPLY };
  if (!r->no_address) {
    cp.attributes[cp.n++] = (IkeAttribute){ IKE_ATTR_IP4_ADDRESS, SLICE (address, 4) };
    cp.attributes[cp.n++] = (IkeAttribute){ IKE_ATTR_IP6_ADDRESS, SLICE (address6, 17) };
  }
  cp.attributes[cp.n++] = (IkeAttribute){ IKE_ATTR_IP4_DNS, SLICE (dns, 4) };
  cp.attributes[cp.n++] = (IkeAttribute){ IKE_ATTR_IP4_SUBNET, SLICE (subnet, 8) };
  cp.attributes[cp.n++] =
      (IkeAttribute){ IKE_ATTR_DNS_DOMAIN, SLICE ((const uint8_t *) domain, sizeof domain - 1) };
  ike_cp_payload_write (answer, &cp);
}

/* CP, SA and TS of a CHILD_SA, without those whose ResponderPart is in `without`. */
void
responder_write_child (Responder *r, unsigned int without, IkeChain *answer)
{
  const IkeSuite suite = { .encr = ENCR_AES_GCM_16, .key_bits = 256 };
  const IkeProposal proposal = { .number = 1, .protocol = IKE_PROTOCOL_ESP };
  const uint8_t spi[] = { 0x77, 1, 2, 3 };
  if ((without & RESPONDER_CP) == 0)
    write_configuration (r, answer);
  if ((without & RESPONDER_SA) == 0)
    ike_offer_answer (answer, &proposal, SLICE (spi, 4), &suite);
  if ((without & RESPONDER_TS) == 0)
    responder_write_selectors (answer, false);
  responder_add_child (r, &suite, 0x77010203, r->offered_spi, false, &r->ni, &r->nr, NULL);
}

/* What follows the last AUTH: CP, SA, TS, or why there is none. */
void
responder_write_last (Responder *r, IkeChain *answer)
{
  if (r->child_script != NULL) {
    r->child_script (r, answer);
    return;
  }
  uint8_t seconds[4];
  Builder b = builder_init (seconds, sizeof seconds);
  builder_u32 (&b, r->auth_lifetime);
  if (r->auth_lifetime != 0)
    ike_chain_notify (
        answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_AUTH_LIFETIME, builder_result (&b));
  if (r->ticket_lifetime != 0)
    responder_write_ticket (r, answer);
  if (!r->no_mobike)
    write_error (IKE_NOTIFY_MOBIKE_SUPPORTED, answer);
  if (r->childless && r->offered_spi == 0) {
    write_configuration (r, answer);
    return;
  }
  if (r->childless || r->child_error != 0) {
    write_error (r->childless ? IKE_NOTIFY_INVALID_SYNTAX : r->child_error, answer);
    return;
  }
  responder_write_child (r, 0, answer);
}

static void
write_eap (Slice packet, IkeChain *answer)
{
  ike_chain_payload (answer, IKE_PAYLOAD_EAP, packet);
}

static void
write_eap_request (uint8_t id, uint8_t op, const void *data, size_t len, IkeChain *answer)
{
  uint8_t buf[256];
  Builder b = builder_init (buf, sizeof buf);
  builder_u8 (&b, 1);
  builder_u8 (&b, id);
  Reserved length = builder_reserve_u16_from (&b, 0);
  builder_u8 (&b, 26);
  builder_u8 (&b, op);
  builder_u8 (&b, id);
  Reserved ms_length = builder_reserve_u16_from (&b, 5);
  builder_bytes (&b, data, len);
  builder_fill (&b, ms_length);
  builder_fill (&b, length);
  write_eap (builder_result (&b), answer);
}

static void
write_challenge (Responder *r, IkeChain *answer)
{
  uint8_t data[20] = { 16 };
  responder_random (r->challenge, 16);
  memcpy (data + 1, r->challenge, 16);
  memcpy (data + 17, "srv", 3);
  write_eap_request (3, 1, data, sizeof data, answer);
}

static void
write_refusal (Responder *r, IkeChain *answer)
{
  GString *text = g_string_new (NULL);
  responder_random (r->challenge, 16);
  g_string_append_printf (text, "E=691 R=%d C=", r->retries_password);
  for (size_t i = 0; i < 16; i++)
    g_string_append_printf (text, "%02X", r->challenge[i]);
  g_string_append (text, " V=3 M=no");
  write_eap_request (4, 4, text->str, text->len, answer);
  g_string_free (text, TRUE);
}

/* The Response's peer challenge and NT-Response against what the gateway believes. */
static void
check_response (Responder *r, Slice packet, IkeChain *answer)
{
  Mschapv2Response want;
  const char *password = r->secret != NULL ? r->secret : RESPONDER_PASSWORD;
  g_autoptr (Secret) secret = secret_new (password, strlen (password));
  g_clear_pointer (&r->msk, secret_unref);
  g_assert_cmpuint (packet.len, >, 59);
  g_assert_true (
      mschapv2_respond (secret, RESPONDER_USER, r->challenge, packet.data + 10, &want, &r->msk));
  if (memcmp (packet.data + 34, want.nt_response, sizeof want.nt_response) != 0) {
    write_refusal (r, answer);
    return;
  }
  GString *text = g_string_new ("S=");
  for (size_t i = 0; i < sizeof want.authenticator_response; i++)
    g_string_append_printf (text, "%02X", want.authenticator_response[i]);
  g_string_append (text, " M=welcome");
  write_eap_request (5, 3, text->str, text->len, answer);
  g_string_free (text, TRUE);
}

static void
answer_eap (Responder *r, const IkePayloads *request, IkeChain *answer)
{
  static const uint8_t success[] = { 3, 6, 0, 4 }, failure[] = { 4, 6, 0, 4 };
  Slice packet;
  g_assert_true (ike_payloads_find (request, IKE_PAYLOAD_EAP, &packet));
  g_assert_cmpuint (packet.len, >=, 5);
  uint8_t op = packet.data[4] == 26 ? packet.data[5] : 0;
  if (packet.data[4] == 1)
    write_challenge (r, answer);
  else if (op == 2)
    check_response (r, packet, answer);
  else if (op == 3)
    write_eap (SLICE (success, 4), answer);
  else
    write_eap (SLICE (failure, 4), answer);
}

static void
write_scripted_eap (Responder *r, IkeChain *answer)
{
  const char *hex = r->eap_script[r->eap_round];
  if (hex == NULL) {
    write_error (IKE_NOTIFY_AUTHENTICATION_FAILED, answer);
    return;
  }
  r->eap_round++;
  write_eap (hex_slice (hex), answer);
}

static GBytes *
id_body (const char *name)
{
  uint8_t buf[300];
  Builder b = builder_init (buf, sizeof buf);
  builder_u8 (&b, 2);
  builder_zeros (&b, 3);
  builder_bytes (&b, name, strlen (name));
  return g_bytes_new (buf, b.len);
}

/* Remembers what the first request of IKE_AUTH says, which later answers need. */
void
responder_take_first (Responder *r, const IkePayloads *request)
{
  Slice body;
  g_autofree IkeSaPayload *offered = g_new (IkeSaPayload, 1);
  g_assert_true (ike_payloads_find (request, IKE_PAYLOAD_IDI, &body));
  g_clear_pointer (&r->idi, g_bytes_unref);
  g_clear_pointer (&r->idr, g_bytes_unref);
  r->idi = g_bytes_new (body.data, body.len);
  r->idr = id_body (r->identity != NULL ? r->identity : RESPONDER_NAME);
  r->offered_spi = 0;
  if (!ike_payloads_find (request, IKE_PAYLOAD_SA, &body))
    return;
  g_assert_true (ike_sa_payload_parse (body, offered));
  Cursor c = cursor_of (offered->proposals[0].spi);
  r->offered_spi = cursor_u32 (&c);
  r->eap_round = 0;
}

static Secret *
own_psk (const Responder *r)
{
  const char *text = r->secret != NULL ? r->secret : RESPONDER_PSK;
  return secret_new (text, strlen (text));
}

/* IDr, CERT and AUTH, by which the gateway proves who it is. */
void
responder_prove (Responder *r, IkeChain *answer)
{
  ike_chain_payload (answer, IKE_PAYLOAD_IDR, slice_of_bytes (r->idr));
  if (r->auth == IKE_AUTH_METHOD_PSK) {
    g_autoptr (Secret) psk = own_psk (r);
    write_shared_auth (r, psk, answer);
    return;
  }
  Reserved length = ike_chain_begin (answer, IKE_PAYLOAD_CERT);
  builder_u8 (&answer->b, 4);
  builder_slice (&answer->b, gateway_key_cert (r->key));
  ike_chain_end (answer, length);
  write_signature (r, answer);
}

static void
answer_first (Responder *r, const IkePayloads *request, IkeChain *answer)
{
  static const uint8_t identity[] = { 1, 1, 0, 5, 1 };
  g_autoptr (Secret) psk = own_psk (r);
  responder_take_first (r, request);
  take_ppk (r, request, answer);
  if (r->auth == IKE_AUTH_METHOD_PSK && !knows_key (r, request, psk)) {
    write_error (IKE_NOTIFY_AUTHENTICATION_FAILED, answer);
    return;
  }
  if (r->client != NULL && !knows_certificate (r, request)) {
    write_error (IKE_NOTIFY_AUTHENTICATION_FAILED, answer);
    return;
  }
  if (r->hides_certificate)
    ike_chain_payload (answer, IKE_PAYLOAD_IDR, slice_of_bytes (r->idr));
  else
    responder_prove (r, answer);
  if (r->auth == IKE_AUTH_METHOD_CERTIFICATE_EAP)
    return;
  if (r->auth != IKE_AUTH_METHOD_EAP)
    responder_write_last (r, answer);
  else if (r->eap_script != NULL)
    write_scripted_eap (r, answer);
  else
    write_eap (SLICE (identity, sizeof identity), answer);
}

/* The second proof begins: who the user is (RFC 4739). */
static void
answer_second (Responder *r, const IkePayloads *request, IkeChain *answer)
{
  static const uint8_t identity[] = { 1, 1, 0, 5, 1 };
  Slice body;
  g_assert_true (ike_payloads_find (request, IKE_PAYLOAD_IDI, &body));
  g_assert_cmpuint (request->n, ==, 1);
  g_clear_pointer (&r->idi, g_bytes_unref);
  r->idi = g_bytes_new (body.data, body.len);
  write_eap (SLICE (identity, sizeof identity), answer);
}

/* Octets from which whoever has them can guess the password, or the password itself. */
void
responder_count_proof (Responder *r, const IkePayloads *request)
{
  enum { MD5 = 4, GTC = 6, MSCHAPV2 = 26, MSCHAPV2_RESPONSE = 2 };
  Slice packet;
  if (!ike_payloads_find (request, IKE_PAYLOAD_EAP, &packet) || packet.len < 6)
    return;
  uint8_t type = packet.data[4];
  if (type == MD5 || type == GTC || (type == MSCHAPV2 && packet.data[5] == MSCHAPV2_RESPONSE))
    r->n_proofs++;
}

/* One IKE_AUTH request; false if the gateway does not answer it. */
bool
responder_answer_auth (
    Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  if (r->is_resumed) {
    responder_answer_resumed_auth (r, request, answer);
  } else if (r->auth_error != 0) {
    write_error (r->auth_error, answer);
  } else if (header->message_id == 1 + r->int_auth.n) {
    answer_first (r, request, answer);
  } else if (r->auth == IKE_AUTH_METHOD_CERTIFICATE_EAP && header->message_id == 2) {
    answer_second (r, request, answer);
  } else if (ike_payloads_count (request, IKE_PAYLOAD_EAP) > 0) {
    if (r->eap_script != NULL)
      write_scripted_eap (r, answer);
    else
      answer_eap (r, request, answer);
  } else if (r->makes_no_key && knows_key (r, request, r->sa->keys.sk_pi)) {
    write_shared_auth (r, r->sa->keys.sk_pr, answer);
    responder_write_last (r, answer);
  } else if (r->msk != NULL) {
    take_ppk (r, request, answer);
    if (!knows_key (r, request, r->msk)) {
      write_error (IKE_NOTIFY_AUTHENTICATION_FAILED, answer);
      return true;
    }
    write_shared_auth (r, r->msk, answer);
    responder_write_last (r, answer);
  } else {
    write_error (IKE_NOTIFY_AUTHENTICATION_FAILED, answer);
  }
  return true;
}
