/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IKE_AUTH (RFC 7296 sections 1.2 and 2.16).
 *
 * With a pre-shared key or a certificate one exchange; with EAP as many as the method takes and one more
 * for the AUTH payloads; with a certificate and then EAP the one behind the other, and between them our
 * second identity (RFC 4739). The gateway proves itself in its first response; nothing that depends on
 * a password is asked for or sent before that (CVE-2015-4171). Where the site allows that the gateway
 * proves itself by EAP alone (RFC 5998) and it does not sign, only a method is taken in which its
 * server proves itself before anything secret is asked for. */
#include "ike/auth-gateway.h"
#include "ike/auth-own.h"
#include "ike/first-child.h"
#include "ike/moves.h"
#include "ike/ppk.h"
#include "ike/tasks.h"
#include "wire/describe.h"

/* How often a person may answer, wrong answers included. */
#define MAX_ATTEMPTS 3

typedef enum {
  STAGE_FIRST, /* IDi and all that we want */
  STAGE_SECOND, /* the certificate was taken: IDi again, and no AUTH, which asks for EAP */
  STAGE_EAP,
  STAGE_FINAL, /* AUTH with the key that EAP made */
} Stage;

typedef struct {
  IkeTask task;
  Stage stage;
  uint32_t spi_in; /* of the CHILD_SA that was asked for; 0 = none */
  Eap *eap;
  GBytes *eap_reply;
  IkeIdentity idi; /* of the proof that is under way */
  IkeIdentity idr; /* as the gateway sent it */
} AuthTask;

static void
write_status (IkeChain *chain, IkeNotifyType type)
{
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type, SLICE (NULL, 0));
}

/* Our proof in the first request: none with EAP, which begins after the gateway's. */
static void
write_first_proof (const IkeSession *session, const AuthTask *self, IkeChain *chain)
{
  switch (session->auth) {
  case IKE_AUTH_METHOD_PSK:
    ike_own_write_shared_key (session, &self->idi, session->psk, chain);
    break;
  case IKE_AUTH_METHOD_CERTIFICATE_EAP:
    write_status (chain, IKE_NOTIFY_MULTIPLE_AUTH_SUPPORTED);
    write_status (chain, IKE_NOTIFY_ANOTHER_AUTH_FOLLOWS);
    ike_own_write_signature (session, chain);
    break;
  case IKE_AUTH_METHOD_CERTIFICATE: ike_own_write_signature (session, chain); break;
  case IKE_AUTH_METHOD_EAP: break;
  }
}

static void
write_idi (const AuthTask *self, IkeChain *chain)
{
  uint8_t id[IKE_ID_BODY_MAX_LEN];
  ike_chain_payload (chain, IKE_PAYLOAD_IDI, ike_identity_write_body (&self->idi, id));
}

static void
build_first (IkeSession *session, AuthTask *self, IkeChain *chain)
{
  uint8_t id[IKE_ID_BODY_MAX_LEN];
  static const uint8_t certreq[] = { IKE_CERT_X509_SIGNATURE };
  /* No list of responders that we believe: whom the gateway's issuer appointed will do (RFC 4806). */
  static const uint8_t ocspreq[] = { IKE_CERT_OCSP_CONTENT };
  write_idi (self, chain);
  if (ike_own_has_certificate (session))
    ike_own_write_certificates (session, chain);
  if (session->initial_contact)
    write_status (chain, IKE_NOTIFY_INITIAL_CONTACT);
  if (session->auth != IKE_AUTH_METHOD_PSK) {
    ike_chain_payload (chain, IKE_PAYLOAD_CERTREQ, SLICE (certreq, sizeof certreq));
    ike_chain_payload (chain, IKE_PAYLOAD_CERTREQ, SLICE (ocspreq, sizeof ocspreq));
  }
  ike_chain_payload (
      chain, IKE_PAYLOAD_IDR, ike_identity_write_body (&session->remote_identity, id));
  if (session->auth == IKE_AUTH_METHOD_EAP && session->eap_only)
    write_status (chain, IKE_NOTIFY_EAP_ONLY_AUTHENTICATION);
  write_first_proof (session, self, chain);
  if (session->childless && session->has_childless)
    ike_configuration_request (chain, session->wanted_addresses);
  else
    self->spi_in = ike_first_child_request (session, chain);
  write_status (chain, IKE_NOTIFY_MOBIKE_SUPPORTED);
  ike_sync_write_supported (chain);
  ike_ticket_request (chain);
}

static bool
build (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  AuthTask *self = (AuthTask *) task;
  switch (self->stage) {
  case STAGE_FIRST: build_first (session, self, chain); break;
  case STAGE_SECOND: write_idi (self, chain); break;
  case STAGE_EAP:
    ike_chain_payload (chain, IKE_PAYLOAD_EAP, slice_of_bytes (self->eap_reply));
    g_clear_pointer (&self->eap_reply, g_bytes_unref);
    break;
  case STAGE_FINAL:
    ike_own_write_shared_key (session, &self->idi, eap_msk (self->eap), chain);
    break;
  }
  return true;
}

/* What an error notification means before both sides are authenticated. */
static void
refuse (IkeSession *session, const AuthTask *self, const IkeNotify *notify)
{
  switch (notify->type) {
  case IKE_NOTIFY_AUTHENTICATION_FAILED:
    if (self->stage == STAGE_FIRST && ike_own_has_certificate (session))
      ike_session_fail_with (session, VISITOR_ERROR_CERTIFICATE_REFUSED,
          "The gateway refused our certificate (AUTHENTICATION_FAILED).");
    else
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

/* Whatever the gateway asks for is answered with what was typed before, or by a person. */
static EapResult
use_kept_answer (
    IkeSession *session, AuthTask *self, EapResult result, GBytes **ret_reply, GError **error)
{
  if (result != EAP_NEED_SECRET)
    return result;
  const Secret *kept = ike_answers_find (&session->answers, eap_question (self->eap));
  return kept != NULL ? eap_provide_secret (self->eap, kept, ret_reply, error) : result;
}

/* True if a person may be asked again; the gateway has ended this conversation. */
static bool
may_try_again (IkeSession *session, AuthTask *self, const GError *error)
{
  if (error->code != VISITOR_ERROR_PASSWORD_REFUSED && error->code != VISITOR_ERROR_CODE_REFUSED)
    return false;
  ike_answers_refused (&session->answers, eap_question (self->eap)->kind);
  return session->answers.refusals < MAX_ATTEMPTS;
}

static IkeTaskResult
act_on_eap (IkeSession *session, AuthTask *self, EapResult result, GBytes *reply, GError *error)
{
  switch (result) {
  case EAP_REPLY: self->eap_reply = reply; return IKE_TASK_AGAIN;
  case EAP_NEED_SECRET:
    ike_session_ask_secret (session, eap_question (self->eap));
    return IKE_TASK_WAIT;
  case EAP_SUCCESS: self->stage = STAGE_FINAL; return IKE_TASK_AGAIN;
  case EAP_FAILED: break;
  }
  if (may_try_again (session, self, error)) {
    g_debug ("IKE: %s Beginning anew to ask once more", error->message);
    g_error_free (error);
    return IKE_TASK_BEGIN_ANEW;
  }
  ike_session_fail (session, error);
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
  result = use_kept_answer (session, self, result, &reply, &error);
  return act_on_eap (session, self, result, reply, error);
}

/* The first EAP packet of the gateway, which has proved itself. */
static IkeTaskResult
begin_eap (IkeSession *session, AuthTask *self, const IkePayloads *response)
{
  self->stage = STAGE_EAP;
  return process_eap (session, self, response);
}

/* The last response, whose AUTH is made with that key, or with NULL where EAP made none. */
static IkeTaskResult
process_final (IkeSession *session, AuthTask *self, const IkePayloads *response, const Secret *key)
{
  if (ike_ppk_settle (session, response) &&
      ike_gateway_check_shared_key (
          session, &self->idr, response, key != NULL ? key : session->sa->keys.sk_pr))
    ike_first_child_establish (session, self->spi_in, response);
  return IKE_TASK_DONE;
}

/* After the certificate comes EAP, as the user (RFC 4739 section 2.1). */
static IkeTaskResult
go_on_with_user (IkeSession *session, AuthTask *self)
{
  GError *error = NULL;
  if (!ike_identity_parse (session->user, &self->idi, &error)) {
    ike_session_fail (session, error);
    return IKE_TASK_DONE;
  }
  self->stage = STAGE_SECOND;
  return IKE_TASK_AGAIN;
}

/* By its certificate, or later by EAP where the site allows that and the gateway shows none. */
static bool
prove_gateway (IkeSession *session, AuthTask *self, const IkePayloads *response)
{
  bool signs = ike_payloads_count (response, IKE_PAYLOAD_AUTH) > 0;
  if (!signs && session->auth == IKE_AUTH_METHOD_EAP && session->eap_only &&
      eap_must_stand_alone (self->eap)) {
    g_debug ("IKE: the gateway will prove itself by EAP");
    return true;
  }
  if (!ike_gateway_check_certificate (session, &self->idr, response))
    return false;
  g_debug ("IKE: the gateway proved that it is %s", session->remote_name);
  return !ike_redirect_in_auth (session, response);
}

static IkeTaskResult
process_first (IkeSession *session, AuthTask *self, const IkePayloads *response)
{
  if (!ike_gateway_take_identity (session, response, &self->idr))
    return IKE_TASK_DONE;
  if (session->auth == IKE_AUTH_METHOD_PSK)
    return process_final (session, self, response, session->psk);
  if (session->auth != IKE_AUTH_METHOD_EAP && !ike_ppk_settle (session, response))
    return IKE_TASK_DONE;
  if (!prove_gateway (session, self, response))
    return IKE_TASK_DONE;
  if (session->auth == IKE_AUTH_METHOD_CERTIFICATE_EAP)
    return go_on_with_user (session, self);
  if (session->auth == IKE_AUTH_METHOD_CERTIFICATE) {
    ike_first_child_establish (session, self->spi_in, response);
    return IKE_TASK_DONE;
  }
  return begin_eap (session, self, response);
}

static IkeTaskResult
process (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  AuthTask *self = (AuthTask *) task;
  IkeNotify notify;
  bool has_auth = ike_payloads_count (response, IKE_PAYLOAD_AUTH) > 0;
  bool has_eap = ike_payloads_count (response, IKE_PAYLOAD_EAP) > 0;
  if (!has_auth && !has_eap && ike_payloads_error (response, &notify)) {
    refuse (session, self, &notify);
    return IKE_TASK_DONE;
  }
  ike_sync_note (session, response);
  switch (self->stage) {
  case STAGE_FIRST: return process_first (session, self, response);
  case STAGE_SECOND: return begin_eap (session, self, response);
  case STAGE_EAP: return process_eap (session, self, response);
  case STAGE_FINAL: return process_final (session, self, response, eap_msk (self->eap));
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
  self->idi = session->local_identity;
  if (session->auth == IKE_AUTH_METHOD_EAP || session->auth == IKE_AUTH_METHOD_CERTIFICATE_EAP)
    self->eap = eap_new (&session->eap);
  if (ike_ppk_begin (session) && ike_own_has_certificate (session))
    ike_own_ask_signature (session);
  return &self->task;
}

/* Keeps the answer to the question that EAP waits with, should all of it have to be said again. */
void
ike_task_auth_keep_answer (IkeSession *session, Secret *secret)
{
  g_return_if_fail (session->task != NULL && session->task->class == &auth_class);
  AuthTask *self = (AuthTask *) session->task;
  ike_answers_add (&session->answers, eap_question (self->eap), secret);
}

/* Goes on with the answer that EAP waits for. */
void
ike_task_auth_provide_secret (IkeSession *session, const Secret *secret)
{
  g_return_if_fail (session->task != NULL && session->task->class == &auth_class);
  AuthTask *self = (AuthTask *) session->task;
  GBytes *reply = NULL;
  GError *error = NULL;
  EapResult result = eap_provide_secret (self->eap, secret, &reply, &error);
  ike_session_resume (session);
  result = use_kept_answer (session, self, result, &reply, &error);
  ike_session_finish_task (session, act_on_eap (session, self, result, reply, error));
}
