/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IKE_AUTH (RFC 7296 sections 1.2 and 2.16).
 *
 * With a pre-shared key one exchange, with EAP as many as the method takes and one more for the AUTH
 * payloads. The gateway proves itself in its first response; with EAP nothing that depends on the
 * password is asked for or sent before that. */
#include <string.h>

#include "base/cursor.h"
#include "ike/auth.h"
#include "ike/proposal.h"
#include "ike/tasks.h"
#include "wire/ts.h"

#define MAX_CERTS 8
#define CERT_X509_SIGNATURE 4

typedef enum {
  STAGE_FIRST, /* IDi and all that we want */
  STAGE_EAP,
  STAGE_FINAL, /* AUTH with the key that EAP made */
} Stage;

typedef struct {
  IkeTask task;
  Stage stage;
  uint32_t spi_in;
  Eap *eap;
  GBytes *eap_reply;
  IkeIdentity idr; /* as the gateway sent it */
  bool has_idr;
} AuthTask;

static Slice
bytes_slice (GBytes *bytes)
{
  return SLICE (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* The body of an ID payload: type, three reserved octets, data. */
static Slice
write_id_body (const IkeIdentity *identity, uint8_t buf[static IKE_ID_MAX_LEN + 4])
{
  Builder b = builder_init (buf, IKE_ID_MAX_LEN + 4);
  builder_u8 (&b, identity->type);
  builder_zeros (&b, 3);
  builder_slice (&b, ike_identity_slice (identity));
  return builder_result (&b);
}

static void
write_auth (const IkeSession *session, IkeChain *chain, const Secret *key)
{
  uint8_t id[IKE_ID_MAX_LEN + 4], mac[CRYPTO_PRF_MAX_LEN];
  const IkeAuthInput input = {
    .prf = session->sa->keys.prf,
    .message = bytes_slice (session->init_request),
    .nonce = ike_nonce_slice (&session->nonce_r),
    .sk_p = session->sa->keys.sk_pi,
    .id_body = write_id_body (&session->local_identity, id),
  };
  ike_auth_shared_key (&input, key, mac);
  Reserved length = ike_chain_begin (chain, IKE_PAYLOAD_AUTH);
  builder_u8 (&chain->b, IKE_AUTH_SHARED_KEY);
  builder_zeros (&chain->b, 3);
  builder_bytes (&chain->b, mac, crypto_prf_len (input.prf));
  ike_chain_end (chain, length);
  bytes_wipe (mac, sizeof mac);
}

static void
write_child_request (AuthTask *self, IkeSession *session, IkeChain *chain)
{
  uint8_t spi[4];
  Builder b = builder_init (spi, sizeof spi);
  IkeOffer offer;
  const TrafficSelector any[] = { traffic_selector_any (INET_V4), traffic_selector_any (INET_V6) };
  self->spi_in = ike_child_new_spi (session);
  builder_u32 (&b, self->spi_in);
  ike_offer_for_child (builder_result (&b), false, &offer);
  ike_configuration_request (chain);
  ike_sa_payload_write (chain, offer.proposals, offer.n);
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSI, any, G_N_ELEMENTS (any));
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSR, any, G_N_ELEMENTS (any));
}

static void
write_status (IkeChain *chain, IkeNotifyType type)
{
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type, SLICE (NULL, 0));
}

static void
build_first (IkeSession *session, AuthTask *self, IkeChain *chain)
{
  uint8_t id[IKE_ID_MAX_LEN + 4];
  static const uint8_t certreq[] = { CERT_X509_SIGNATURE };
  ike_chain_payload (chain, IKE_PAYLOAD_IDI, write_id_body (&session->local_identity, id));
  if (session->initial_contact)
    write_status (chain, IKE_NOTIFY_INITIAL_CONTACT);
  if (session->auth == IKE_AUTH_METHOD_EAP)
    ike_chain_payload (chain, IKE_PAYLOAD_CERTREQ, SLICE (certreq, sizeof certreq));
  ike_chain_payload (chain, IKE_PAYLOAD_IDR, write_id_body (&session->remote_identity, id));
  if (session->auth == IKE_AUTH_METHOD_PSK)
    write_auth (session, chain, session->psk);
  write_child_request (self, session, chain);
  write_status (chain, IKE_NOTIFY_MOBIKE_SUPPORTED);
}

static bool
build (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  AuthTask *self = (AuthTask *) task;
  switch (self->stage) {
  case STAGE_FIRST: build_first (session, self, chain); break;
  case STAGE_EAP:
    ike_chain_payload (chain, IKE_PAYLOAD_EAP, bytes_slice (self->eap_reply));
    g_clear_pointer (&self->eap_reply, g_bytes_unref);
    break;
  case STAGE_FINAL: write_auth (session, chain, eap_msk (self->eap)); break;
  }
  return true;
}

/* What an error notification means before both sides are authenticated. */
static void
refuse (IkeSession *session, const IkeNotify *notify)
{
  switch (notify->type) {
  case IKE_NOTIFY_AUTHENTICATION_FAILED:
    ike_session_fail_with (session, VISITOR_ERROR_AUTH_REFUSED,
        "The gateway refused our identity or our key (AUTHENTICATION_FAILED).");
    break;
  case IKE_NOTIFY_NO_PROPOSAL_CHOSEN:
    ike_session_fail_with (
        session, VISITOR_ERROR_PROPOSAL_REFUSED, "The gateway refused our proposals.");
    break;
  default:
    ike_session_fail_with (session, VISITOR_ERROR_PROTOCOL,
        "The gateway refused IKE_AUTH (%s, %u).", ike_notify_to_string (notify->type),
        notify->type);
    break;
  }
}

/* IDr must be what we asked for; it is kept for AUTH. */
static bool
take_idr (IkeSession *session, AuthTask *self, const IkePayloads *response)
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
  self->idr = (IkeIdentity){ .type = type, .len = data.len };
  memcpy (self->idr.data, data.data, data.len);
  self->has_idr = true;
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
    const IkeSession *session, const AuthTask *self, uint8_t id[static IKE_ID_MAX_LEN + 4])
{
  return (IkeAuthInput){
    .prf = session->sa->keys.prf,
    .message = bytes_slice (session->init_response),
    .nonce = ike_nonce_slice (&session->nonce_i),
    .sk_p = session->sa->keys.sk_pr,
    .id_body = write_id_body (&self->idr, id),
  };
}

/* AUTH with the pre-shared key, or with the key that EAP made. */
static bool
check_shared_key (
    IkeSession *session, AuthTask *self, const IkePayloads *response, const Secret *key)
{
  uint8_t method, id[IKE_ID_MAX_LEN + 4];
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
  const IkeAuthInput input = gateway_input (session, self, id);
  if (ike_auth_verify_shared_key (&input, key, auth))
    return true;
  ike_session_fail_with (
      session, VISITOR_ERROR_GATEWAY_UNTRUSTED, "The gateway does not know the shared key.");
  return false;
}

static size_t
read_certs (const IkePayloads *response, Slice ret_chain[static MAX_CERTS])
{
  size_t n = 0;
  for (size_t i = 0; i < response->n && n < MAX_CERTS; i++) {
    Cursor c = cursor_of (response->at[i].body);
    if (response->at[i].type == IKE_PAYLOAD_CERT && cursor_u8 (&c) == CERT_X509_SIGNATURE &&
        cursor_left (&c) > 0)
      ret_chain[n++] = cursor_rest (&c);
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
  case TRUST_OK:
  case TRUST_MALFORMED:
  case TRUST_UNKNOWN_ISSUER:
  case TRUST_WRONG_PURPOSE:
  case TRUST_WEAK: break;
  }
  return VISITOR_ERROR_GATEWAY_UNTRUSTED;
}

/* The gateway's certificate for its name, and its signature with that certificate's key. */
static bool
check_certificate (IkeSession *session, AuthTask *self, const IkePayloads *response)
{
  Slice chain[MAX_CERTS], auth;
  uint8_t method, id[IKE_ID_MAX_LEN + 4];
  size_t n = read_certs (response, chain);
  if (n == 0 || !read_auth (response, &method, &auth)) {
    ike_session_fail_with (session, VISITOR_ERROR_GATEWAY_UNTRUSTED,
        "The gateway did not show a certificate and a signature.");
    return false;
  }
  TrustVerdict verdict = crypto_trust_verify (session->trust, chain, n, TRUST_PURPOSE_IKE_GATEWAY,
      session->remote_name, session->env.wall_clock ());
  g_autofree char *shown = crypto_cert_describe (chain[0]);
  g_debug ("IKE: the gateway's certificate: %s: %s", shown, trust_verdict_to_string (verdict));
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
  const IkeAuthInput input = gateway_input (session, self, id);
  if (ike_auth_verify_signature (&input, chain[0], auth, &error))
    return true;
  ike_session_fail (session, error);
  return false;
}

static int
child_error_code (uint16_t notify)
{
  switch (notify) {
  case IKE_NOTIFY_TS_UNACCEPTABLE: return VISITOR_ERROR_TRAFFIC_REFUSED;
  case IKE_NOTIFY_INTERNAL_ADDRESS_FAILURE:
  case IKE_NOTIFY_FAILED_CP_REQUIRED: return VISITOR_ERROR_NO_ADDRESS;
  default: return VISITOR_ERROR_CHILD_REFUSED;
  }
}

/* The IKE SA is up and of no use: it is deleted in order. */
static void
end_with (IkeSession *session, int code, const char *what)
{
  ike_session_end (session, g_error_new (VISITOR_ERROR, code, "%s", what));
}

static bool
take_configuration (IkeSession *session, const IkePayloads *response)
{
  Slice body;
  g_autofree IkeCpPayload *cp = g_new (IkeCpPayload, 1);
  if (ike_payloads_find (response, IKE_PAYLOAD_CP, &body) && ike_cp_payload_parse (body, cp) &&
      cp->cfg_type == IKE_CFG_REPLY)
    ike_configuration_take (&session->configuration, cp);
  return session->configuration.addresses->len > 0;
}

static bool
read_selectors (const IkePayloads *response, IkePayloadType type,
    TrafficSelector ret_ts[static IKE_MAX_SELECTORS], size_t *ret_n)
{
  Slice body;
  return ike_payloads_find (response, type, &body) && ike_ts_payload_parse (body, ret_ts, ret_n) &&
      *ret_n > 0;
}

static bool
is_among (const TrafficSelector *ts, const TrafficSelector *list, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (traffic_selector_is_subset (ts, list + i))
      return true;
  }
  return false;
}

/* Cuts our end of the CHILD_SA to the addresses that we were given (RFC 7296 section 2.19), whatever
 * the gateway's TSi takes beside them: what it sends to others through us is not ours to pass on. */
static size_t
keep_own (const IkeSession *session, TrafficSelector ts[static IKE_MAX_SELECTORS], size_t n)
{
  const GArray *addresses = session->configuration.addresses;
  TrafficSelector own[IKE_MAX_SELECTORS];
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    for (guint k = 0; k < addresses->len && kept < IKE_MAX_SELECTORS; k++) {
      TrafficSelector one = ts[i];
      one.start = one.end = g_array_index (addresses, InetPrefix, k).addr;
      if (traffic_selector_is_subset (&one, &ts[i]) && !is_among (&one, own, kept))
        own[kept++] = one;
    }
  }
  memcpy (ts, own, kept * sizeof *own);
  return kept;
}

/* SAr2, TSi, TSr: the first CHILD_SA, with the nonces of IKE_SA_INIT (RFC 7296 section 2.17). */
static void
take_child (IkeSession *session, AuthTask *self, const IkePayloads *response)
{
  Slice body, spi;
  IkeOffer offer;
  g_autofree IkeSaPayload *answer = g_new (IkeSaPayload, 1);
  TrafficSelector local[IKE_MAX_SELECTORS], remote[IKE_MAX_SELECTORS];
  IkeChildParams params = {
    .spi_in = self->spi_in,
    .is_initiator = true,
    .ni = ike_nonce_slice (&session->nonce_i),
    .nr = ike_nonce_slice (&session->nonce_r),
    .local_ts = local,
    .remote_ts = remote,
  };
  ike_offer_for_child (SLICE (NULL, 0), false, &offer);
  if (!ike_payloads_find (response, IKE_PAYLOAD_SA, &body) ||
      !ike_sa_payload_parse (body, answer) ||
      !ike_offer_accept (&offer, answer, 4, &params.suite, &spi) ||
      !read_selectors (response, IKE_PAYLOAD_TSI, local, &params.n_local_ts) ||
      !read_selectors (response, IKE_PAYLOAD_TSR, remote, &params.n_remote_ts)) {
    end_with (session, VISITOR_ERROR_CHILD_REFUSED,
        "The gateway's answer for the CHILD_SA is not one to our offer.");
    return;
  }
  params.n_local_ts = keep_own (session, local, params.n_local_ts);
  if (params.n_local_ts == 0) {
    end_with (session, VISITOR_ERROR_TRAFFIC_REFUSED,
        "The gateway opens a tunnel for other addresses than it gives us.");
    return;
  }
  Cursor c = cursor_of (spi);
  params.spi_out = cursor_u32 (&c);
  EspSa *esp;
  if (ike_child_add (session, &params, &esp) == NULL)
    return;
  IkeEvent *event = ike_session_push_event (session, IKE_EVENT_CONFIGURED);
  event->configuration = &session->configuration;
  ike_child_announce (session, esp);
}

/* Both sides are authenticated: the rest of the last response. */
static IkeTaskResult
establish (IkeSession *session, AuthTask *self, const IkePayloads *response)
{
  IkeNotify notify;
  session->is_authenticated = true;
  session->has_mobike = ike_payloads_notify (response, IKE_NOTIFY_MOBIKE_SUPPORTED, &notify);
  g_clear_pointer (&session->psk, secret_unref);
  if (ike_payloads_error (response, &notify)) {
    g_autofree char *what =
        g_strdup_printf ("The gateway gives no tunnel (%s).", ike_notify_to_string (notify.type));
    end_with (session, child_error_code (notify.type), what);
    return IKE_TASK_DONE;
  }
  if (!take_configuration (session, response)) {
    end_with (session, VISITOR_ERROR_NO_ADDRESS, "The gateway gives no address.");
    return IKE_TASK_DONE;
  }
  ike_session_set_state (session, IKE_STATE_ESTABLISHED, "both sides are authenticated");
  if (session->request_repeated) /* which moves no path (RFC 9329 section 6.1) */
    ike_task_update_path (session);
  take_child (session, self, response);
  return IKE_TASK_DONE;
}

/* The user is asked, unless the password was given while an SA before this one ran out. */
static EapResult
use_kept_password (
    IkeSession *session, AuthTask *self, EapResult result, GBytes **ret_reply, GError **error)
{
  if (result != EAP_NEED_PASSWORD || session->kept_password == NULL)
    return result;
  g_autoptr (Secret) kept = g_steal_pointer (&session->kept_password);
  return eap_provide_password (self->eap, kept, ret_reply, error);
}

static IkeTaskResult
act_on_eap (IkeSession *session, AuthTask *self, EapResult result, GBytes *reply, GError *error)
{
  switch (result) {
  case EAP_REPLY: self->eap_reply = reply; return IKE_TASK_AGAIN;
  case EAP_NEED_PASSWORD:
    ike_session_ask_secret (session, IKE_SECRET_PASSWORD);
    return IKE_TASK_WAIT;
  case EAP_SUCCESS: self->stage = STAGE_FINAL; return IKE_TASK_AGAIN;
  case EAP_FAILED: ike_session_fail (session, error); return IKE_TASK_DONE;
  }
  return IKE_TASK_DONE;
}

static IkeTaskResult
process_eap (IkeSession *session, AuthTask *self, const IkePayloads *response)
{
  Slice packet;
  GBytes *reply = NULL;
  GError *error = NULL;
  if (!ike_payloads_find (response, IKE_PAYLOAD_EAP, &packet)) {
    ike_session_fail_with (session, VISITOR_ERROR_METHOD_UNSUPPORTED,
        "The gateway does not go on with EAP; it may want another way to log in.");
    return IKE_TASK_DONE;
  }
  EapResult result = eap_receive (self->eap, packet, &reply, &error);
  result = use_kept_password (session, self, result, &reply, &error);
  return act_on_eap (session, self, result, reply, error);
}

static IkeTaskResult
process_first (IkeSession *session, AuthTask *self, const IkePayloads *response)
{
  if (!take_idr (session, self, response))
    return IKE_TASK_DONE;
  if (session->auth == IKE_AUTH_METHOD_PSK)
    return check_shared_key (session, self, response, session->psk)
        ? establish (session, self, response)
        : IKE_TASK_DONE;
  if (!check_certificate (session, self, response))
    return IKE_TASK_DONE;
  g_debug ("IKE: the gateway proved that it is %s", session->remote_name);
  self->stage = STAGE_EAP;
  return process_eap (session, self, response);
}

static IkeTaskResult
process (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  AuthTask *self = (AuthTask *) task;
  IkeNotify notify;
  bool has_auth = ike_payloads_count (response, IKE_PAYLOAD_AUTH) > 0;
  bool has_eap = ike_payloads_count (response, IKE_PAYLOAD_EAP) > 0;
  if (!has_auth && !has_eap && ike_payloads_error (response, &notify)) {
    refuse (session, &notify);
    return IKE_TASK_DONE;
  }
  switch (self->stage) {
  case STAGE_FIRST: return process_first (session, self, response);
  case STAGE_EAP: return process_eap (session, self, response);
  case STAGE_FINAL:
    return check_shared_key (session, self, response, eap_msk (self->eap))
        ? establish (session, self, response)
        : IKE_TASK_DONE;
  }
  return IKE_TASK_DONE;
}

static void
auth_free (IkeTask *task)
{
  AuthTask *self = (AuthTask *) task;
  eap_free (self->eap);
  g_clear_pointer (&self->eap_reply, g_bytes_unref);
  g_free (self);
}

static const IkeTaskClass auth_class = {
  .name = "IKE_AUTH",
  .exchange = IKE_EXCHANGE_AUTH,
  .build = build,
  .process = process,
  .free = auth_free,
};

/* The second exchange of a session. Transfer: full. */
IkeTask *
ike_task_auth_new (IkeSession *session)
{
  AuthTask *self = g_new0 (AuthTask, 1);
  self->task.class = &auth_class;
  if (session->auth == IKE_AUTH_METHOD_EAP)
    self->eap = eap_new (session->user, session->env.random);
  return &self->task;
}

/* Goes on with the password that EAP waits for; borrowed. */
void
ike_task_auth_provide_password (IkeSession *session, Secret *password)
{
  g_return_if_fail (session->task != NULL && session->task->class == &auth_class);
  AuthTask *self = (AuthTask *) session->task;
  GBytes *reply = NULL;
  GError *error = NULL;
  EapResult result = eap_provide_password (self->eap, password, &reply, &error);
  ike_session_resume (session);
  if (act_on_eap (session, self, result, reply, error) == IKE_TASK_WAIT)
    session->task_waits = true;
}
