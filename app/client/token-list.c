/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The certificates on the tokens that are plugged in, so that nobody has to write a PKCS#11 URI.
 *
 * Keys are mostly seen by who has typed a PIN; the certificates beside them are not secret, and have the
 * same id. Tokens that hold what the system trusts are none of a person's. */
#include "client/token-list.h"

#include <gnutls/pkcs11.h>
#include <gnutls/x509.h>

#include "base/error.h"

#define TEXT_MAX 256

static void
token_key_free (gpointer data)
{
  VisitorTokenKey *key = data;
  g_free (key->label);
  g_free (key->token);
  g_free (key->uri);
  g_free (key);
}

static char *
info (gnutls_pkcs11_obj_t object, gnutls_pkcs11_obj_info_t what)
{
  char text[TEXT_MAX];
  size_t len = sizeof text;
  if (gnutls_pkcs11_obj_get_info (object, what, text, &len) != 0)
    return g_strdup ("");
  return g_utf8_make_valid (text, -1);
}

/* The URI of the key, which differs from that of its certificate by the type alone; what only names the
 * place at this moment is left out. */
static char *
key_uri (gnutls_pkcs11_obj_t object)
{
  char *text = NULL;
  if (gnutls_pkcs11_obj_export_url (object, GNUTLS_PKCS11_URL_GENERIC, &text) != 0)
    return NULL;
  g_autoptr (GString) uri = g_string_new (text);
  gnutls_free (text);
  if (g_string_replace (uri, "type=cert", "type=private", 1) != 1)
    return NULL;
  return g_string_free (g_steal_pointer (&uri), FALSE);
}

static void
add (GPtrArray *keys, gnutls_pkcs11_obj_t object)
{
  char *uri = key_uri (object);
  if (uri == NULL)
    return;
  VisitorTokenKey *key = g_new (VisitorTokenKey, 1);
  key->label = info (object, GNUTLS_PKCS11_OBJ_LABEL);
  key->token = info (object, GNUTLS_PKCS11_OBJ_TOKEN_LABEL);
  key->uri = uri;
  g_ptr_array_add (keys, key);
}

static void
add_token (GPtrArray *keys, const char *url)
{
  unsigned int flags = 0, n = 0;
  gnutls_pkcs11_obj_t *list = NULL;
  if (gnutls_pkcs11_token_get_flags (url, &flags) != 0 ||
      (flags & GNUTLS_PKCS11_TOKEN_TRUSTED) != 0 ||
      gnutls_pkcs11_obj_list_import_url4 (&list, &n, url, GNUTLS_PKCS11_OBJ_FLAG_CRT) < 0)
    return;
  for (unsigned int i = 0; i < n; i++) {
    add (keys, list[i]);
    gnutls_pkcs11_obj_deinit (list[i]);
  }
  gnutls_free (list);
}

static void
list_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (token_key_free);
  char *url = NULL;
  for (unsigned int i = 0; gnutls_pkcs11_token_get_url (i, GNUTLS_PKCS11_URL_GENERIC, &url) == 0;
       i++) {
    add_token (keys, url);
    gnutls_free (url);
  }
  g_task_return_pointer (task, keys, (GDestroyNotify) g_ptr_array_unref);
}

/* Looks at all tokens; a slow reader keeps nobody waiting. */
void
visitor_token_list_async (
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_run_in_thread (task, list_in_thread);
}

/* VisitorTokenKey; none is no error. Transfer: full. */
GPtrArray *
visitor_token_list_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
