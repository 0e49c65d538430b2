/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TtlsInner: what authenticates the user inside the tunnel of EAP-TTLS (RFC 5281 section 11.2): PAP, the
 * MS-CHAP-V2 of RADIUS, or a whole EAP conversation of its own. */
#include "ike/ttls-inner.h"

#include <string.h>

#include "crypto/mschapv2.h"
#include "ike/mschap-text.h"
#include "ike/ttls-avp.h"

#define MAX_MESSAGE 4096
#define PASSWORD_BLOCK 16
#define MSCHAP_CHALLENGE_LEN 16

/* One message of attributes, sealed; what it holds is wiped. */
static EapResult
send_attributes (TtlsInner *inner, Builder *b, GError **error)
{
  Slice octets = builder_result (b);
  bool sent = builder_ok (b) && eap_tunnel_write (inner->tunnel, octets, error);
  bytes_wipe (b->data, b->len);
  if (sent)
    return EAP_REPLY;
  return builder_ok (b)
      ? EAP_FAILED
      : eap_fail (error, VISITOR_ERROR_PASSWORD_REFUSED, "TTLS", "user or password is too long.");
}

static Slice
user_name (const TtlsInner *inner)
{
  const char *user = inner->method->config->user;
  return SLICE ((const uint8_t *) user, strlen (user));
}

static EapResult
ask_password (TtlsInner *inner, GError **error)
{
  return eap_ask (inner->method, IKE_SECRET_PASSWORD, SLICE (NULL, 0), false);
}

/* The server has nothing to say to a password but EAP-Success or Failure, outside. */
static EapResult
pap_receive (TtlsInner *inner, const TtlsInput *input, GError **error)
{
  return EAP_REPLY;
}

/* The password is filled up with zeros, so that a listener does not learn its length (section 11.2.5). */
static EapResult
pap_provide (TtlsInner *inner, const Secret *password, GError **error)
{
  uint8_t buf[MAX_MESSAGE], padded[MAX_MESSAGE];
  Builder b = builder_init (buf, sizeof buf), p = builder_init (padded, sizeof padded);
  builder_slice (&p, secret_slice (password));
  builder_zeros (&p, (PASSWORD_BLOCK - p.len % PASSWORD_BLOCK) % PASSWORD_BLOCK);
  ttls_avp_write (&b, 0, AVP_USER_NAME, user_name (inner));
  if (builder_ok (&p))
    ttls_avp_write (&b, 0, AVP_USER_PASSWORD, builder_result (&p));
  else
    b.failed = true;
  bytes_wipe (padded, p.len);
  inner->method->answered = inner->method->agreed = true;
  return send_attributes (inner, &b, error);
}

/* Ident, flags 0, peer's challenge, 8 zeros, response (RFC 2548 section 2.3.2). */
static void
write_mschap_response (Builder *b, uint8_t ident, const uint8_t peer_challenge[static 16],
    const Mschapv2Response *response)
{
  uint8_t buf[50];
  Builder value = builder_init (buf, sizeof buf);
  builder_u8 (&value, ident);
  builder_u8 (&value, 0);
  builder_bytes (&value, peer_challenge, 16);
  builder_zeros (&value, 8);
  builder_bytes (&value, response->nt_response, sizeof response->nt_response);
  ttls_avp_write (b, AVP_VENDOR_MICROSOFT, AVP_MS_CHAP2_RESPONSE, builder_result (&value));
}

/* Challenge and identifier come out of the tunnel at both ends (section 11.2.4). */
static EapResult
mschap_provide (TtlsInner *inner, const Secret *password, GError **error)
{
  const EapConfig *config = inner->method->config;
  uint8_t buf[MAX_MESSAGE], peer_challenge[16];
  g_autoptr (Secret) implied = eap_tunnel_challenge (inner->tunnel, MSCHAP_CHALLENGE_LEN + 1);
  g_autoptr (Secret) unused_key = NULL;
  Mschapv2Response response;
  if (implied == NULL)
    return eap_fail (error, VISITOR_ERROR_FAILED, "TTLS", "TLS gives no challenge.");
  const uint8_t *challenge = secret_slice (implied).data;
  config->random (peer_challenge, sizeof peer_challenge);
  if (!mschapv2_respond (password, config->user, challenge, peer_challenge, &response, &unused_key))
    return eap_fail (error, VISITOR_ERROR_PASSWORD_REFUSED, "TTLS",
        "the password cannot be used: it must be text of at most 256 characters.");
  Builder b = builder_init (buf, sizeof buf);
  ttls_avp_write (&b, 0, AVP_USER_NAME, user_name (inner));
  ttls_avp_write (
      &b, AVP_VENDOR_MICROSOFT, AVP_MS_CHAP_CHALLENGE, SLICE (challenge, MSCHAP_CHALLENGE_LEN));
  write_mschap_response (&b, challenge[MSCHAP_CHALLENGE_LEN], peer_challenge, &response);
  memcpy (
      inner->expected_response, response.authenticator_response, sizeof inner->expected_response);
  bytes_wipe (&response, sizeof response);
  inner->method->answered = true;
  return send_attributes (inner, &b, error);
}

static EapResult
mschap_receive (TtlsInner *inner, const TtlsInput *input, GError **error)
{
  uint8_t proof[sizeof inner->expected_response];
  if (input->mschap_error.len > 0) {
    MschapFailure failure = mschap_text_failure (input->mschap_error);
    GError *own = mschap_text_refusal (failure.code);
    if (own == NULL)
      return eap_fail (error, VISITOR_ERROR_PASSWORD_REFUSED, "TTLS",
          "the server refused the user name or the password.");
    g_propagate_error (error, own);
    return EAP_FAILED;
  }
  if (input->mschap_success.len == 0)
    return EAP_REPLY;
  if (!inner->method->answered || !mschap_text_success (input->mschap_success, proof))
    return eap_fail (error, VISITOR_ERROR_PROTOCOL, "TTLS", "the server's proof is malformed.");
  if (!bytes_equal_secret (proof, inner->expected_response, sizeof proof))
    return eap_fail (error, VISITOR_ERROR_SIGN_IN_SERVER_UNTRUSTED, "TTLS",
        "the server does not know the password it asked for.");
  inner->method->accepted = inner->method->agreed = true;
  return EAP_REPLY;
}

/* Passes on what the conversation inside wants: a packet, or an answer of the person. */
static EapResult
act_on_eap (TtlsInner *inner, EapResult result, GBytes *reply, GError **error)
{
  EapMethod *outer = inner->method;
  g_autoptr (GBytes) owned = reply;
  uint8_t buf[MAX_MESSAGE];
  Builder b = builder_init (buf, sizeof buf);
  outer->agreed = eap_has_agreed (inner->eap);
  switch (result) {
  case EAP_REPLY:
    ttls_avp_write (&b, 0, AVP_EAP_MESSAGE, slice_of_bytes (owned));
    return send_attributes (inner, &b, error);
  case EAP_NEED_SECRET: outer->question = *eap_question (inner->eap); return EAP_NEED_SECRET;
  case EAP_SUCCESS: return EAP_REPLY;
  case EAP_FAILED: break;
  }
  return EAP_FAILED;
}

static EapResult
eap_inner_receive (TtlsInner *inner, const TtlsInput *input, GError **error)
{
  GBytes *reply = NULL;
  if (input->eap.len == 0)
    return EAP_REPLY;
  EapResult result = eap_receive (inner->eap, input->eap, &reply, error);
  return act_on_eap (inner, result, reply, error);
}

/* The peer opens with its identity, as if it had been asked for (section 11.2.1). */
static EapResult
eap_inner_begin (TtlsInner *inner, GError **error)
{
  static const uint8_t request[] = { EAP_CODE_REQUEST, 0, 0, 5, EAP_TYPE_IDENTITY };
  const TtlsInput input = { .eap = SLICE (request, sizeof request) };
  inner->config = *inner->method->config;
  inner->config.inside = true;
  const TtlsInnerClass *class = ttls_inner_class (inner->config.options.inner);
  memcpy (inner->config.options.methods, class->methods, sizeof class->methods);
  inner->eap = eap_new (&inner->config);
  return eap_inner_receive (inner, &input, error);
}

static EapResult
eap_inner_provide (TtlsInner *inner, const Secret *secret, GError **error)
{
  GBytes *reply = NULL;
  EapResult result = eap_provide_secret (inner->eap, secret, &reply, error);
  inner->method->answered = true;
  return act_on_eap (inner, result, reply, error);
}

#define EAP_INSIDE \
  .begin = eap_inner_begin, .receive = eap_inner_receive, .provide = eap_inner_provide

static const TtlsInnerClass classes[] = {
  [EAP_INNER_EAP] = { .name = "EAP",
      .methods = { EAP_TYPE_MSCHAPV2, EAP_TYPE_GTC, EAP_TYPE_MD5 },
      EAP_INSIDE },
  [EAP_INNER_PAP] = { .name = "PAP",
      .begin = ask_password,
      .receive = pap_receive,
      .provide = pap_provide },
  [EAP_INNER_MSCHAPV2] = { .name = "MSCHAPv2",
      .begin = ask_password,
      .receive = mschap_receive,
      .provide = mschap_provide },
  [EAP_INNER_EAP_MSCHAPV2] = { .name = "EAP-MSCHAPv2",
      .methods = { EAP_TYPE_MSCHAPV2 },
      EAP_INSIDE },
  [EAP_INNER_EAP_GTC] = { .name = "EAP-GTC", .methods = { EAP_TYPE_GTC }, EAP_INSIDE },
  [EAP_INNER_EAP_MD5] = { .name = "EAP-MD5", .methods = { EAP_TYPE_MD5 }, EAP_INSIDE },
};

const TtlsInnerClass *
ttls_inner_class (EapInner inner)
{
  return &classes[inner];
}

void
ttls_inner_clear (TtlsInner *inner)
{
  g_clear_pointer (&inner->eap, eap_free);
  bytes_wipe (inner->expected_response, sizeof inner->expected_response);
}
