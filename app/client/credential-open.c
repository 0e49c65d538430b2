/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening a credential: as often as a person has an answer.
 *
 * A passphrase may be in the keyring, which is asked once. A PIN is never kept anywhere, and what a person
 * typed is tried once: a token locks. When the last answer was wrong and there is no other, that it was
 * wrong is what is told. */
#include "client/credential-open.h"

#include "client/keyring.h"

typedef struct {
  VisitorCredential *credential; /* owned */
  char *site;
  gboolean use_keyring;
  VisitorAskFunc ask;
  gpointer ask_data;
  const char *kind; /* of what is asked for */
  guint attempt; /* 0 until something had to be asked for */
  GError *wrong; /* owned: about the answer before */
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;
  visitor_credential_unref (opening->credential);
  g_clear_error (&opening->wrong);
  g_free (opening->site);
  g_free (opening);
}

static void on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data);

static void
try (GTask *task, Secret *secret_or_null)
{
  Opening *opening = g_task_get_task_data (task);
  visitor_credential_unlock_async (
      opening->credential, secret_or_null, on_unlocked, g_object_ref (task));
}

static void
on_answer (const Secret *secret_or_null, VisitorError code, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  if (secret_or_null != NULL)
    try (task, (Secret *) secret_or_null);
  else if (opening->wrong != NULL && code != VISITOR_ERROR_CANCELLED)
    g_task_return_error (task, g_steal_pointer (&opening->wrong));
  else
    g_task_return_new_error (
        task, VISITOR_ERROR, (int) code, "Nothing was typed that could open the key");
}

static void
ask_person (GTask *task, const GError *keyring_problem)
{
  Opening *opening = g_task_get_task_data (task);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    on_answer (NULL, VISITOR_ERROR_CANCELLED, g_object_ref (task));
    return;
  }
  VisitorSecretRequest *request = visitor_secret_request_new_local (opening->site, opening->kind,
      visitor_credential_get_label (opening->credential), opening->attempt, on_answer,
      g_object_ref (task));
  visitor_secret_request_set_last_try (
      request, visitor_credential_is_last_try (opening->credential));
  opening->ask (request, keyring_problem, opening->ask_data);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (Secret) secret = NULL;
  g_autoptr (GError) problem = NULL;
  visitor_keyring_lookup_finish (result, &secret, &problem);
  if (secret != NULL)
    try (task, secret);
  else
    ask_person (task, problem);
}

static void
ask_for_answer (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  gboolean kept = opening->use_keyring && opening->attempt == 0 &&
      g_str_equal (opening->kind, VISITOR_SECRET_KEY_PASSPHRASE);
  opening->attempt++;
  if (kept)
    visitor_keyring_lookup_async (opening->site, visitor_credential_get_label (opening->credential),
        opening->kind, g_task_get_cancellable (task), on_looked_up, g_object_ref (task));
  else
    ask_person (task, NULL);
}

static gboolean
is_wrong_answer (const GError *error)
{
  return g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_PASSPHRASE_WRONG) ||
      g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_PIN_WRONG);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  VisitorCredentialNeed need;
  GError *error = NULL;
  gboolean ok = visitor_credential_unlock_finish (result, &need, &error);
  if (ok && need == VISITOR_CREDENTIAL_READY) {
    g_task_return_boolean (task, TRUE);
  } else if (ok) {
    opening->kind =
        need == VISITOR_CREDENTIAL_NEEDS_PIN ? VISITOR_SECRET_PIN : VISITOR_SECRET_KEY_PASSPHRASE;
    ask_for_answer (task);
  } else if (opening->attempt > 0 && is_wrong_answer (error)) {
    g_clear_error (&opening->wrong);
    opening->wrong = error;
    ask_for_answer (task);
  } else {
    g_task_return_error (task, error);
  }
}

/* Opens a credential for the site with this id, asking the keyring and then a person where something has
 * to be typed. Errors of the result: those of visitor_credential_unlock (), NO_SECRET, CANCELLED. */
void
visitor_credential_open_async (VisitorCredential *credential, const char *site,
    gboolean use_keyring, VisitorAskFunc ask, gpointer ask_data, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_check_cancellable (task, FALSE);
  Opening *opening = g_new0 (Opening, 1);
  opening->credential = visitor_credential_ref (credential);
  opening->site = g_strdup (site);
  opening->use_keyring = use_keyring;
  opening->ask = ask;
  opening->ask_data = ask_data;
  g_task_set_task_data (task, opening, opening_free);
  try (task, NULL);
}

gboolean
visitor_credential_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
