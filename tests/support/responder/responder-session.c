/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Responder, the session that it talks to: makes it, moves its clock, and notes or answers its events. */
#include <string.h>

#include "responder-private.h"

static void
give_secret (Responder *r, const IkeEvent *event)
{
  unsigned int attempt = event->attempt;
  r->n_secrets++;
  r->asked_kind = event->secret_kind;
  r->asked_attempt = attempt;
  g_free (r->asked_text);
  r->asked_text = g_strdup (event->secret_text);
  if (r->user_waits)
    return;
  const char *text = attempt <= G_N_ELEMENTS (r->given) ? r->given[attempt - 1] : NULL;
  if (event->secret_kind == IKE_SECRET_PPK) {
    g_assert_cmpstr (event->user, ==, r->session_ppk_identity);
    text = r->session_ppk;
  }
  g_autoptr (Secret) secret = text != NULL ? secret_new (text, strlen (text)) : NULL;
  ike_session_provide_secret (r->session, secret, r->now);
}

/* Answers what the session asked to be signed. */
void
responder_sign (Responder *r)
{
  enum { ALGORITHM_LEN = 13 }; /* which IKE writes itself */
  const GatewayKey *key = r->client_signs != NULL ? r->client_signs : r->client;
  g_autoptr (GBytes) signature = NULL;
  if (!r->client_refuses) {
    g_autoptr (GBytes) whole = gateway_key_sign (key, slice_of_bytes (r->to_sign));
    signature =
        g_bytes_new_from_bytes (whole, ALGORITHM_LEN, g_bytes_get_size (whole) - ALGORITHM_LEN);
  }
  ike_session_provide_signature (r->session, signature, r->now);
}

static void
ask_client (Responder *r, const IkeEvent *event)
{
  g_assert_cmpint (event->scheme, ==, SIGNATURE_ECDSA_SHA256);
  r->n_signatures++;
  g_clear_pointer (&r->to_sign, g_bytes_unref);
  r->to_sign = g_bytes_ref (event->message);
  if (!r->client_waits)
    responder_sign (r);
}

static CryptoSigner *
make_signer (const Responder *r)
{
  static const SignatureScheme schemes[] = { SIGNATURE_ECDSA_SHA256 };
  if (r->client == NULL)
    return NULL;
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  Slice der = gateway_key_cert (r->client);
  g_ptr_array_add (chain, g_bytes_new (der.data, der.len));
  return crypto_signer_new (chain, schemes, 1, NULL, NULL, NULL);
}

static bool
is_deaf_to (const Responder *r, GBytes *message)
{
  IkeHeader header;
  g_assert_true (ike_header_parse (slice_of_bytes (message), &header));
  return r->is_deaf_to != 0 && header.exchange == r->is_deaf_to && !header.is_response;
}

static bool
is_lost (Responder *r)
{
  if (r->n_lost < r->loses) {
    r->n_lost++;
    return true;
  }
  r->n_lost = 0;
  return false;
}

static void
act_on_event (Responder *r, IkeEvent *event)
{
  switch (event->type) {
  case IKE_EVENT_SEND:
    g_ptr_array_add (r->sent, g_bytes_ref (event->message));
    if (!r->is_deaf && !is_deaf_to (r, event->message) && !is_lost (r))
      responder_receive (r, slice_of_bytes (event->message));
    break;
  case IKE_EVENT_STATE: break;
  case IKE_EVENT_NEED_SECRET: give_secret (r, event); break;
  case IKE_EVENT_NEED_SIGNATURE: ask_client (r, event); break;
  case IKE_EVENT_CONFIGURED:
    g_assert_cmpuint (r->n_added, ==, 0);
    r->n_configured++;
    break;
  case IKE_EVENT_CHILD_ADDED:
    r->n_added++;
    r->added_spi = event->spi_in;
    if (!event->inbound_only)
      r->outbound_spi = event->spi_in;
    g_assert_true (g_hash_table_insert (
        r->session_esps, GUINT_TO_POINTER (event->spi_in), g_steal_pointer (&event->child)));
    break;
  case IKE_EVENT_CHILD_OUTBOUND: r->outbound_spi = event->spi_in; break;
  case IKE_EVENT_REAUTHENTICATE: r->n_reauthenticate++; break;
  case IKE_EVENT_IKE_REKEYED: r->n_ike_rekeys++; break;
  case IKE_EVENT_CHILD_REMOVED:
    r->n_removed++;
    r->removed_spi = event->spi_in;
    g_assert_true (g_hash_table_remove (r->session_esps, GUINT_TO_POINTER (event->spi_in)));
    break;
  case IKE_EVENT_ADDRESSES:
    r->n_addresses = event->addresses->len;
    r->n_address_lists++;
    break;
  case IKE_EVENT_REDIRECTED:
    r->n_redirects++;
    g_free (r->redirected_to);
    r->redirected_to = g_strdup (event->host);
    break;
  case IKE_EVENT_ESP_SKIP: r->esp_skip += event->esp_skip; break;
  case IKE_EVENT_PATH_SILENT: r->n_silent++; break;
  case IKE_EVENT_PATH_CONFIRMED: r->n_paths++; break;
  case IKE_EVENT_REFUSED: r->n_refused++; break;
  case IKE_EVENT_FAILED:
    g_assert_cmpint (r->error, ==, -1);
    r->error = event->error->code;
    r->error_text = g_strdup (event->error->message);
    break;
  case IKE_EVENT_CLOSED: r->closed = true; break;
  }
}

/* Lets both talk until neither has anything to say. */
void
responder_pump (Responder *r)
{
  for (;;) {
    g_auto (IkeEvent) event = { .type = IKE_EVENT_STATE };
    if (!ike_session_next_event (r->session, &event))
      return;
    act_on_event (r, &event);
  }
}

/* Makes the session and lets both talk. */
void
responder_start (Responder *r)
{
  g_autoptr (GError) error = NULL;
  const GatewayKey *trusted = r->trusted != NULL ? r->trusted : r->key;
  if (trusted != NULL)
    r->trust = crypto_trust_new (r->trusts_nobody ? NULL : gateway_key_ca_pem (trusted), NULL);
  const IkeConfig config = {
    .env = { .random = responder_random, .wall_clock = responder_wall_clock },
    .remote_identity = r->expected != NULL ? r->expected : RESPONDER_NAME,
    .local_identity = r->client != NULL ? NULL : "alice@example.test",
    .user = RESPONDER_USER,
    .auth = r->auth,
    .trust = r->trust,
    .signer = r->signer = make_signer (r),
    .ike_policy = &r->session_ike_policy,
    .esp_policy = &r->session_esp_policy,
    .initial_contact = true,
    .sign_in_lifetime_us = r->sign_in_lifetime_us,
    .redirected_from = r->redirected_from,
    .ticket = g_steal_pointer (&r->session_ticket),
    .fragment_len = r->session_fragment_len,
    .childless = r->session_childless,
    .ppk_identity = r->session_ppk_identity,
    .ppk_required = r->session_ppk_required,
    .eap = r->session_eap,
    .eap_only = r->session_eap_only,
  };
  r->session = ike_session_new (&config, &error);
  g_assert_no_error (error);
  IkePath path = responder_path;
  path.has_datagrams = r->over_datagrams;
  path.hurries = r->hurries;
  ike_session_start (r->session, &path, r->now);
  responder_pump (r);
}

/* Moves the clock from deadline to deadline. */
void
responder_run_until (Responder *r, int64_t until)
{
  for (;;) {
    int64_t at = ike_session_next_timeout (r->session);
    if (at > until)
      break;
    g_assert_cmpint (at, >=, r->now);
    r->now = at;
    ike_session_timeout (r->session, r->now);
    responder_pump (r);
    g_assert_cmpint (ike_session_next_timeout (r->session), >, r->now);
  }
  r->now = until;
}

void
responder_reconnect (Responder *r)
{
  IkePath path = responder_path;
  path.local_port = (uint16_t) (path.local_port + r->n_paths + 1);
  path.has_datagrams = r->over_datagrams;
  ike_session_stream_lost (r->session, r->now);
  responder_pump (r);
  ike_session_stream_restored (r->session, &path, r->now);
  responder_pump (r);
}
