/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Activation, the worker's questions: what NM sent along is the answer, or an agent of NM's asks a person,
 * or nobody can be asked. A secret that was refused is not tried again, with one exception: a code, for
 * which the person is asked once more. */
#include "nm/activation-private.h"

/* Notes why no answer is given; the first reason stands. */
void
activation_refuse (Activation *self, VisitorError code, const char *format, ...)
{
  va_list args;
  if (self->refusal != NULL)
    return;
  va_start (args, format);
  self->refusal = g_error_new_valist (VISITOR_ERROR, (int) code, format, args);
  va_end (args);
}

static Secret **
place_of (Activation *self, SiteSecret secret)
{
  return &self->secrets[g_bit_nth_lsf (secret, -1)];
}

/* Keeps what NM has sent; what it did not send stays as it was. */
void
activation_take_secrets (Activation *self, NMConnection *connection)
{
  for (unsigned int bit = 0; bit < SITE_N_SECRETS; bit++) {
    Secret *secret = profile_get_secret (connection, (SiteSecret) (1u << bit));
    if (secret == NULL)
      continue;
    g_clear_pointer (&self->secrets[bit], secret_unref);
    self->secrets[bit] = secret;
  }
}

/* What is there of a secret; what is good for once is not there a second time. Transfer: full. */
static Secret *
use_secret (Activation *self, SiteSecret secret)
{
  Secret **place = place_of (self, secret);
  if (*place == NULL)
    return NULL;
  return site_secret_may_be_kept (secret) ? secret_ref (*place) : g_steal_pointer (place);
}

/* Has a person asked; FALSE if nobody can be. */
static gboolean
ask (Activation *self, SiteSecret secret, const char *message)
{
  if (!self->can_ask || self->asked != 0)
    return FALSE;
  self->asked = secret;
  self->callbacks.ask (secret, message, self->user_data);
  return TRUE;
}

void
activation_want_secret (HostWorker *worker, const HostQuestion *question, gpointer user_data)
{
  Activation *self = user_data;
  SiteSecret secret = site_secret_from_name (question->kind);
  gboolean is_fresh = secret == SITE_SECRET_CODE || question->attempt == 1;
  g_autoptr (Secret) given = secret != 0 && is_fresh ? use_secret (self, secret) : NULL;
  if (given != NULL) {
    host_worker_answer_secret (worker, given);
    return;
  }
  if (secret != 0 && is_fresh && ask (self, secret, question->text))
    return;
  if (question->attempt == 1)
    activation_refuse (self, VISITOR_ERROR_NO_SECRET,
        "The gateway asks for the %s, which the connection does not have, and nobody can be asked "
        "now",
        question->kind);
  host_worker_answer_secret (worker, NULL);
}

/* NM has no place for such a question, so that the answer has to be in the profile before. */
void
activation_want_trust (HostWorker *worker, GVariant *question, gpointer user_data)
{
  Activation *self = user_data;
  const char *part = "tls", *name = "", *reason = "";
  (void) g_variant_lookup (question, "part", "&s", &part);
  (void) g_variant_lookup (question, "name", "&s", &name);
  (void) g_variant_lookup (question, "reason", "&s", &reason);
  activation_refuse (self, VISITOR_ERROR_TRUST_DECLINED,
      "The certificate for %s is not believed (%s), and NetworkManager has no way to ask about it: "
      "give "
      "the connection the CA of the gateway (%s.ca) or the fingerprint of its key (%s.pins)",
      name, reason, part, part);
  host_worker_answer_trust (worker, FALSE);
}

static SiteSecret
opens_key (const Activation *self)
{
  return site_key_is_uri (self->profile->site->key) ? SITE_SECRET_PIN : SITE_SECRET_PASSPHRASE;
}

static void
on_key_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) certificate = key_holder_open_finish (result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* by key_holder_free (): there may be no activation any more */
  Activation *self = user_data;
  if (certificate == NULL) {
    g_clear_pointer (&self->key, key_holder_free);
    if (g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET) &&
        ask (self, opens_key (self), ""))
      return;
    activation_refuse (self, (VisitorError) error->code, "%s", error->message);
  }
  self->certificate = g_steal_pointer (&certificate);
  if (self->worker != NULL)
    host_worker_answer_certificate (self->worker, self->certificate);
}

static void
open_key (Activation *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) secret = use_secret (self, opens_key (self));
  g_clear_pointer (&self->key, key_holder_free);
  self->key = key_holder_start (self->key_program, self->profile, secret, &error);
  if (self->key != NULL) {
    key_holder_open_async (self->key, on_key_open, self);
    return;
  }
  activation_refuse (self, (VisitorError) error->code, "%s", error->message);
  host_worker_answer_certificate (self->worker, NULL);
}

/* The key stays open: a token's PIN is asked for once. */
void
activation_want_certificate (HostWorker *worker, gpointer user_data)
{
  Activation *self = user_data;
  if (self->certificate != NULL)
    host_worker_answer_certificate (worker, self->certificate);
  else
    open_key (self);
}

typedef struct {
  HostWorker *worker; /* owned */
  guint number;
} Signing;

static void
on_signed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Signing *signing = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) signature = key_holder_sign_finish (result, &error);
  if (signature == NULL)
    g_message ("Nothing was signed: %s", error->message);
  host_worker_answer_signature (signing->worker, signing->number, signature);
  host_worker_unref (signing->worker);
  g_free (signing);
}

void
activation_want_signature (
    HostWorker *worker, guint number, SignatureScheme scheme, GBytes *octets, gpointer user_data)
{
  Activation *self = user_data;
  if (self->key == NULL) {
    host_worker_answer_signature (worker, number, NULL);
    return;
  }
  Signing *signing = g_new0 (Signing, 1);
  signing->worker = host_worker_ref (worker);
  signing->number = number;
  key_holder_sign_async (self->key, scheme, octets, on_signed, signing);
}

/* What NM's agents have answered, or not, to the last question. */
void
activation_answer (Activation *self, NMConnection *connection)
{
  SiteSecret asked = self->asked;
  self->asked = 0;
  if (self->worker == NULL || asked == 0)
    return;
  activation_take_secrets (self, connection);
  if (asked == SITE_SECRET_PASSPHRASE || asked == SITE_SECRET_PIN) {
    if (*place_of (self, asked) != NULL) {
      open_key (self);
      return;
    }
    activation_refuse (self, VISITOR_ERROR_NO_SECRET, "Nothing was given that opens the key");
    host_worker_answer_certificate (self->worker, NULL);
    return;
  }
  g_autoptr (Secret) secret = use_secret (self, asked);
  if (secret == NULL)
    activation_refuse (self, VISITOR_ERROR_NO_SECRET, "No answer was given");
  host_worker_answer_secret (self->worker, secret);
}
