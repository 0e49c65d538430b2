/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkeSession, how it is made of what it is told, and what is freed at its end. */
#include "ike/auth-own.h"
#include "ike/session-private.h"
#include "ike/ticket.h"

#define DEFAULT_IKE_LIFETIME_US (INT64_C (4 * 3600) * G_USEC_PER_SEC)
#define DEFAULT_CHILD_LIFETIME_US (INT64_C (3600) * G_USEC_PER_SEC)

static void
sa_free (gpointer data)
{
  ike_sa_free (data);
}

static void
child_free (gpointer data)
{
  ike_child_free (data);
}

/* IDi is what the site says, else the subject of our certificate; where it says that subject, then with
 * the octets that the certificate has. */
static bool
take_local_identity (const IkeConfig *config, IkeIdentity *ret_identity, GError **error)
{
  IkeIdentity subject = { 0 };
  bool has_subject = config->signer != NULL &&
      ike_identity_of_certificate (crypto_signer_cert (config->signer, 0), &subject);
  if (config->local_identity == NULL && has_subject) {
    *ret_identity = subject;
    return true;
  }
  if (!ike_identity_parse (config->local_identity, ret_identity, error)) {
    g_prefix_error (error, "Our identity: ");
    return false;
  }
  if (has_subject &&
      ike_identity_matches (ret_identity, subject.type, ike_identity_slice (&subject)))
    *ret_identity = subject;
  return true;
}

static bool
check_config (const IkeConfig *config, IkeSession *session, GError **error)
{
  if (config->env.random == NULL || config->env.wall_clock == NULL) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "An IKE session needs a source of random octets and a clock.");
    return false;
  }
  if (session->auth != IKE_AUTH_METHOD_PSK && config->trust == NULL) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "This sign-in needs something by which to know the gateway: a CA or a pinned key.");
    return false;
  }
  if (ike_own_has_certificate (session) && config->signer == NULL) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "To sign in by certificate there must be one.");
    return false;
  }
  if (!ike_identity_parse (config->remote_identity, &session->remote_identity, error)) {
    g_prefix_error (error, "The gateway's identity: ");
    return false;
  }
  return take_local_identity (config, &session->local_identity, error);
}

static void
take_policy (const AlgorithmPolicy *given, AlgorithmUse use, AlgorithmPolicy *ret_policy)
{
  if (given != NULL && given->n > 0)
    *ret_policy = *given;
  else
    algorithm_policy_default (use, ret_policy);
}

static void
set_eap (IkeSession *session, const IkeConfig *config)
{
  session->eap = (EapConfig){
    .options = config->eap,
    .user = session->user,
    .random = config->env.random,
    .wall_clock = config->env.wall_clock,
    .trust = config->trust,
    .signer = config->signer,
  };
  EapOptions *options = &session->eap.options;
  options->anonymous = g_strdup (options->anonymous);
  options->server_name =
      g_strdup (options->server_name != NULL ? options->server_name : config->remote_identity);
  if (options->methods[0] == EAP_TYPE_NONE)
    options->methods[0] = EAP_TYPE_MSCHAPV2;
  session->eap_only = config->eap_only && config->auth == IKE_AUTH_METHOD_EAP;
}

/* A session that has not begun. Everything in config is copied but trust and signer, which must
 * outlive the session. Errors: VISITOR_ERROR_SITE_INVALID. Transfer: full. */
IkeSession *
ike_session_new (const IkeConfig *config, GError **error)
{
  g_autoptr (IkeSession) session = g_new0 (IkeSession, 1);
  g_queue_init (&session->tasks);
  g_queue_init (&session->events);
  session->old_sas = g_ptr_array_new_with_free_func (sa_free);
  session->wanted_addresses = g_array_new (FALSE, FALSE, sizeof (InetPrefix));
  session->addresses = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  session->children = g_ptr_array_new_with_free_func (child_free);
  ike_configuration_init (&session->configuration);
  ike_answers_init (&session->answers);
  session->auth = config->auth;
  session->ticket = config->ticket;
  if (!check_config (config, session, error))
    return NULL;
  session->retransmit_at = session->silent_at = G_MAXINT64;
  session->env = config->env;
  session->remote_name = g_strdup (config->remote_identity);
  session->user = g_strdup (config->user != NULL ? config->user : config->local_identity);
  session->trust = config->trust;
  session->signer = config->signer;
  take_policy (config->ike_policy, ALGORITHMS_FOR_IKE, &session->ike_policy);
  take_policy (config->esp_policy, ALGORITHMS_FOR_ESP, &session->esp_policy);
  set_eap (session, config);
  if (config->addresses != NULL)
    g_array_append_vals (
        session->wanted_addresses, config->addresses->data, config->addresses->len);
  session->redirected_from = config->redirected_from;
  session->initial_contact = config->initial_contact;
  session->fragment_len = config->fragment_len;
  session->childless = config->childless;
  session->ppk_identity = g_strdup (config->ppk_identity);
  session->ppk_required = config->ppk_required;
  session->liveness.idle_us = config->liveness_us > 0 ? config->liveness_us : IKE_LIVENESS_IDLE_US;
  session->sign_in_lifetime_us = config->sign_in_lifetime_us;
  session->ike_lifetime_us =
      config->ike_lifetime_us > 0 ? config->ike_lifetime_us : DEFAULT_IKE_LIFETIME_US;
  session->child_lifetime_us =
      config->child_lifetime_us > 0 ? config->child_lifetime_us : DEFAULT_CHILD_LIFETIME_US;
  return g_steal_pointer (&session);
}

void
ike_session_free (IkeSession *session)
{
  if (session == NULL)
    return;
  ike_session_drop_tasks (session);
  ike_session_drop_keys (session);
  ike_answers_clear (&session->answers);
  g_ptr_array_unref (session->old_sas);
  g_ptr_array_unref (session->children);
  g_array_unref (session->addresses);
  g_array_unref (session->wanted_addresses);
  ike_ticket_free (session->ticket);
  g_queue_clear_full (&session->events, ike_event_free);
  ike_configuration_clear (&session->configuration);
  g_clear_pointer (&session->init_request, g_bytes_unref);
  g_clear_pointer (&session->init_response, g_bytes_unref);
  g_clear_error (&session->refusal);
  g_clear_pointer (&session->signature, g_bytes_unref);
  g_clear_pointer (&session->unvouched_certificate, g_bytes_unref);
  g_clear_error (&session->end_error);
  g_free (session->remote_name);
  g_free (session->user);
  g_free (session->ppk_identity);
  g_free ((char *) session->eap.options.anonymous);
  g_free ((char *) session->eap.options.server_name);
  g_free (session);
}
