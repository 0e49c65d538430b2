/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keyring: passwords that the user agreed to keep, in the default collection of the Secret Service.
 *
 * An own schema {site, user, kind} tells ours from all others. Nothing here waits for ever: looking has
 * a short limit, and a locked keyring, which asks the user in a window of its own, a longer one. A
 * keyring that is locked, absent or silent is an error that says so (NO_SECRET); there is no other
 * place where a secret is ever put. */
#include "config.h"

#include "client/keyring.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

#include "base/error.h"
#include "base/names.h"

#define LOOK_SECONDS 10
#define UNLOCK_SECONDS 30

static const SecretSchema schema = {
  .name = VISITOR_SECRET_SCHEMA,
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "site", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

/* A call of the keyring: the caller's cancellable and the limit of time in one. */
typedef struct {
  GHashTable *attributes;
  GCancellable *cancellable; /* owned; what libsecret gets */
  GCancellable *outer; /* owned; the caller's, or NULL */
  gulong outer_handler;
  guint timeout;
  gboolean timed_out;
  gboolean locked;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;
  g_clear_handle_id (&call->timeout, g_source_remove);
  if (call->outer != NULL)
    g_cancellable_disconnect (call->outer, call->outer_handler);
  g_clear_object (&call->outer);
  g_object_unref (call->cancellable);
  g_hash_table_unref (call->attributes);
  g_free (call);
}

static gboolean
on_timeout (gpointer user_data)
{
  Call *call = user_data;
  call->timeout = 0;
  call->timed_out = TRUE;
  g_cancellable_cancel (call->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_outer_cancelled (GCancellable *outer, gpointer inner)
{
  g_cancellable_cancel (inner);
}

static void
limit (Call *call, guint seconds)
{
  g_clear_handle_id (&call->timeout, g_source_remove);
  call->timeout = g_timeout_add_seconds (seconds, on_timeout, call);
}

static Call *
call_new (GHashTable *attributes, GCancellable *outer)
{
  Call *call = g_new0 (Call, 1);
  call->attributes = attributes;
  call->cancellable = g_cancellable_new ();
  if (outer != NULL) {
    call->outer = g_object_ref (outer);
    call->outer_handler = g_cancellable_connect (
        outer, G_CALLBACK (on_outer_cancelled), g_object_ref (call->cancellable), g_object_unref);
  }
  limit (call, LOOK_SECONDS);
  return call;
}

static GTask *
task_new (GHashTable *attributes, GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, call_new (attributes, cancellable), call_free);
  return task;
}

static void
return_failure (GTask *task, GError *error)
{
  Call *call = g_task_get_task_data (task);
  if (call->outer != NULL && g_cancellable_is_cancelled (call->outer))
    g_task_return_new_error (
        task, VISITOR_ERROR, VISITOR_ERROR_CANCELLED, "%s", _ ("You cancelled."));
  else if (call->locked)
    g_task_return_new_error (task, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET, "%s",
        _ ("The keyring is locked and was not unlocked."));
  else if (call->timed_out)
    g_task_return_new_error (task, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET, "%s",
        _ ("The keyring did not answer in time."));
  else
    g_task_return_new_error (task, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET,
        _ ("No keyring can be used here (%s)."), error->message);
  g_clear_error (&error);
}

static void
secret_unref_notify (gpointer secret)
{
  secret_unref (secret);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  SecretValue *value = secret_password_lookup_binary_finish (result, &error);
  Call *call = g_task_get_task_data (task);
  if (error != NULL || (value == NULL && call->locked)) {
    return_failure (task, error);
    return;
  }
  Secret *secret = NULL;
  if (value != NULL) {
    gsize len;
    const char *data = secret_value_get (value, &len);
    secret = secret_new (data, len);
    secret_value_unref (value);
  }
  g_task_return_pointer (task, secret, secret_unref_notify);
}

static gboolean
is_locked (GList *items)
{
  for (; items != NULL; items = items->next) {
    if (SECRET_IS_ITEM (items->data) && secret_item_get_locked (items->data))
      return TRUE;
  }
  return FALSE;
}

/* Looked for first, since a lookup at once would open a window where nothing is to be had. */
static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  GList *items = secret_password_search_finish (result, &error);
  if (error != NULL) {
    return_failure (task, error);
    return;
  }
  if (items == NULL) {
    g_task_return_pointer (task, NULL, NULL);
    return;
  }
  call->locked = is_locked (items);
  g_list_free_full (items, g_object_unref);
  limit (call, call->locked ? UNLOCK_SECONDS : LOOK_SECONDS);
  secret_password_lookupv (
      &schema, call->attributes, call->cancellable, on_found, g_object_ref (task));
}

/* Looks for a kept secret of kind ("psk", "password", "ppk"); unlocking may ask the user. */
void
visitor_keyring_lookup_async (const char *site, const char *user, const char *kind,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GHashTable *attributes =
      secret_attributes_build (&schema, "site", site, "user", user, "kind", kind, NULL);
  GTask *task = task_new (attributes, cancellable, callback, user_data);
  Call *call = g_task_get_task_data (task);
  secret_password_searchv (
      &schema, attributes, SECRET_SEARCH_NONE, call->cancellable, on_searched, task);
}

/* *ret_secret is NULL where the keyring has none. NO_SECRET or CANCELLED otherwise, with a sentence for
 * the user. Transfer: full. */
gboolean
visitor_keyring_lookup_finish (GAsyncResult *result, Secret **ret_secret, GError **error)
{
  GError *why = NULL;
  Secret *secret = g_task_propagate_pointer (G_TASK (result), &why);
  if (why != NULL) {
    g_propagate_error (error, why);
    return FALSE;
  }
  *ret_secret = secret;
  return TRUE;
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    return_failure (task, error);
}

/* Keeps a secret in the default collection, in the place of the one before. */
void
visitor_keyring_store_async (const char *site, const char *user, const char *kind,
    const Secret *secret, GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data)
{
  GHashTable *attributes =
      secret_attributes_build (&schema, "site", site, "user", user, "kind", kind, NULL);
  GTask *task = task_new (attributes, cancellable, callback, user_data);
  Call *call = g_task_get_task_data (task);
  limit (call, UNLOCK_SECONDS);
  Slice octets = secret_slice (secret);
  SecretValue *value =
      secret_value_new ((const char *) octets.data, (gssize) octets.len, "text/plain");
  /* Translators: how the keyring's own window calls a password; the user, then the site */
  g_autofree char *label = g_strdup_printf (_ ("VPN password of %s for %s"), user, site);
  secret_password_storev_binary (&schema, attributes, SECRET_COLLECTION_DEFAULT, label, value,
      call->cancellable, on_stored, task);
  secret_value_unref (value);
}

gboolean
visitor_keyring_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean removed = secret_password_clear_finish (result, &error);
  if (error != NULL)
    return_failure (task, error);
  else
    g_task_return_boolean (task, removed);
}

/* Removes every secret of a site. */
void
visitor_keyring_forget_async (
    const char *site, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GHashTable *attributes = secret_attributes_build (&schema, "site", site, NULL);
  GTask *task = task_new (attributes, cancellable, callback, user_data);
  Call *call = g_task_get_task_data (task);
  secret_password_clearv (&schema, attributes, call->cancellable, on_cleared, task);
}

/* TRUE if there was one; FALSE without an error if there was none. */
gboolean
visitor_keyring_forget_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
