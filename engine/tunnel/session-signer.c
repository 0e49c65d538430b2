/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, our certificate: the user's own program shows it and signs with its key; the host passes
 * question and answer on.
 *
 * The certificate is asked for before the gateway is looked for, so that whatever is wrong with the key
 * or its passphrase is known before anything is sent, and no gateway waits while somebody types. The key
 * is open from then on, so a signature is a matter of moments. */
#include "tunnel/session-private.h"

/* How long TLS inside EAP waits for a signature; within what a gateway waits. */
#define SIGN_PATIENCE_MS 20000

/* True if the site has a certificate, for IKE_AUTH or for TLS inside EAP. */
bool
session_needs_certificate (const Session *self)
{
  return self->start->site->key != NULL;
}

/* Asks for the certificate; session_take_certificate () goes on. */
void
session_want_certificate (Session *self)
{
  self->awaits_certificate = true;
  control_send (self->control, MESSAGE_WANT_CERTIFICATE, NULL);
}

static unsigned int
send_request (Session *self, SignatureScheme scheme, Slice octets)
{
  GVariant *data = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, octets.data, octets.len, 1);
  self->signature_number++;
  control_send (self->control, MESSAGE_WANT_SIGNATURE,
      g_variant_new ("(us@ay)", self->signature_number, signature_scheme_to_string (scheme), data));
  return self->signature_number;
}

/* The signature in a MESSAGE_SIGNATURE that answers request `number`; NULL if it holds none.
 * Transfer: full. */
static bool
read_answer (GVariant *body, unsigned int number, GBytes **ret_signature)
{
  guint32 answered;
  g_autoptr (GVariant) octets = NULL;
  g_variant_get (body, "(u@ay)", &answered, &octets);
  if (answered != number)
    return false;
  *ret_signature = g_variant_get_size (octets) > 0 ? g_variant_get_data_as_bytes (octets) : NULL;
  return true;
}

/* CryptoSignFunc for TLS, whose handshake cannot be left and taken up again. */
static GBytes *
sign_and_wait (void *user_data, SignatureScheme scheme, Slice octets)
{
  Session *self = user_data;
  unsigned int number = send_request (self, scheme, octets);
  gint64 until = g_get_monotonic_time () + SIGN_PATIENCE_MS * G_TIME_SPAN_MILLISECOND;
  for (;;) {
    g_auto (Message) message = { .fd = -1 };
    GBytes *signature;
    if (!control_wait_for (self->control, MESSAGE_SIGNATURE, until, &message))
      return NULL;
    if (read_answer (message.body, number, &signature))
      return signature;
  }
}

static CryptoSigner *
read_certificate (Session *self, GVariant *body, GError **error)
{
  g_autoptr (GVariantIter) certs = NULL;
  g_autofree const char **names = NULL;
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  SignatureScheme schemes[SIGNATURE_N_SCHEMES];
  size_t n = 0;
  g_variant_get (body, "(aay^a&s)", &certs, &names);
  GVariant *der;
  while ((der = g_variant_iter_next_value (certs)) != NULL) {
    g_ptr_array_add (chain, g_variant_get_data_as_bytes (der));
    g_variant_unref (der);
  }
  for (size_t i = 0; names[i] != NULL && n < G_N_ELEMENTS (schemes); i++)
    schemes[n++] = signature_scheme_from_string (names[i]);
  if (chain->len > 0)
    return crypto_signer_new (chain, schemes, n, sign_and_wait, self, error);
  g_set_error_literal (
      error, VISITOR_ERROR, VISITOR_ERROR_NO_SIGNATURE, "there is no certificate to sign in with");
  return NULL;
}

/* The host's answer. Without a certificate the session ends before it began. */
void
session_take_certificate (Session *self, GVariant *body)
{
  if (!self->awaits_certificate)
    return;
  self->awaits_certificate = false;
  g_autoptr (GError) error = NULL;
  self->signer = read_certificate (self, body, &error);
  if (self->signer == NULL) {
    session_end (self, error);
    return;
  }
  g_info ("we have a certificate of %zu octets and %zu behind it",
      crypto_signer_cert (self->signer, 0).len, crypto_signer_n_certs (self->signer) - 1);
  session_connect_again (self);
}

/* What IKE_AUTH needs; session_take_signature () goes on. */
void
session_ask_signature (Session *self, const IkeEvent *event)
{
  send_request (self, event->scheme, slice_of_bytes (event->message));
}

/* The host's answer. */
void
session_take_signature (Session *self, GVariant *body)
{
  g_autoptr (GBytes) signature = NULL;
  if (!read_answer (body, self->signature_number, &signature))
    return;
  if (self->successor_awaits_signature && self->successor != NULL) {
    self->successor_awaits_signature = false;
    successor_provide_signature (self->successor, signature);
    return;
  }
  if (!self->awaits_signature || self->ike == NULL)
    return;
  self->awaits_signature = false;
  ike_session_provide_signature (self->ike, signature, g_get_monotonic_time ());
  session_pump (self);
}
