/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorPendingSecrets: what was typed and may go into the keyring, once the connection is up. */
#include "client/pending-secrets.h"

#include "client/keyring.h"

typedef struct {
  char *proxy; /* whose it is; NULL = the site's */
  char *kind;
  char *user;
  Secret *secret;
} Pending;

struct _VisitorPendingSecrets {
  GPtrArray *all; /* Pending */
};

static void
pending_free (gpointer data)
{
  Pending *pending = data;
  g_free (pending->proxy);
  g_free (pending->kind);
  g_free (pending->user);
  secret_unref (pending->secret);
  g_free (pending);
}

/* Transfer: full. */
VisitorPendingSecrets *
visitor_pending_secrets_new (void)
{
  VisitorPendingSecrets *pending = g_new0 (VisitorPendingSecrets, 1);
  pending->all = g_ptr_array_new_with_free_func (pending_free);
  return pending;
}

void
visitor_pending_secrets_free (VisitorPendingSecrets *pending)
{
  g_ptr_array_unref (pending->all);
  g_free (pending);
}

/* Forgets the secret of that kind: it was refused, or another is asked for. */
void
visitor_pending_secrets_drop (VisitorPendingSecrets *pending, const char *kind)
{
  for (guint i = pending->all->len; i > 0; i--) {
    const Pending *each = g_ptr_array_index (pending->all, i - 1);
    if (g_str_equal (each->kind, kind))
      g_ptr_array_remove_index (pending->all, i - 1);
  }
}

/* Holds a copy of the secret, in the place of the one of that kind before; proxy: the URI of the proxy
 * that it is for, NULL: it is for the gateway. */
void
visitor_pending_secrets_put (VisitorPendingSecrets *pending, const char *proxy, const char *kind,
    const char *user, const Secret *secret)
{
  visitor_pending_secrets_drop (pending, kind);
  Slice octets = secret_slice (secret);
  Pending *each = g_new0 (Pending, 1);
  each->proxy = g_strdup (proxy);
  each->kind = g_strdup (kind);
  each->user = g_strdup (user);
  each->secret = secret_new (octets.data, octets.len);
  g_ptr_array_add (pending->all, each);
}

gboolean
visitor_pending_secrets_are_there (const VisitorPendingSecrets *pending)
{
  return pending->all->len > 0;
}

typedef struct {
  char *site;
  GPtrArray *left; /* Pending */
} Keeping;

static void
keeping_free (gpointer data)
{
  Keeping *keeping = data;
  g_free (keeping->site);
  g_ptr_array_unref (keeping->left);
  g_free (keeping);
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Keeping *keeping = g_task_get_task_data (task);
  GError *error = NULL;
  if (result != NULL && !visitor_keyring_store_finish (result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  if (keeping->left->len == 0) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  Pending *next = g_ptr_array_steal_index (keeping->left, 0);
  const char *whose = next->proxy != NULL ? next->proxy : keeping->site;
  visitor_keyring_store_async (whose, next->user, next->kind, next->secret,
      g_task_get_cancellable (task), on_kept, g_object_ref (task));
  pending_free (next);
}

/* Puts all of them into the keyring, one after the other, and forgets them here. */
void
visitor_pending_secrets_keep_async (VisitorPendingSecrets *pending, const char *site,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Keeping *keeping = g_new0 (Keeping, 1);
  keeping->site = g_strdup (site);
  keeping->left = g_steal_pointer (&pending->all);
  pending->all = g_ptr_array_new_with_free_func (pending_free);
  g_task_set_task_data (task, keeping, keeping_free);
  on_kept (NULL, NULL, task);
}

gboolean
visitor_pending_secrets_keep_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
