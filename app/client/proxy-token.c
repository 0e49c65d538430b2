/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The token that Negotiate (RFC 4559) shows to a proxy: GSSAPI's, made where the user's tickets are. No
 * right of the user is delegated with it. One token is enough for Kerberos; a mechanism that wants to hear
 * the proxy's answer first is not taken up. */
#include "client/proxy-token.h"

#include <gssapi/gssapi.h>
#include <string.h>

#include "base/error.h"

#define TOKEN_MAX_LEN 16384

/* SPNEGO, 1.3.6.1.5.5.2 (RFC 4178 section 3.1) */
static gss_OID_desc spnego = { 6, (void *) "\x2b\x06\x01\x05\x05\x02" };

static char *
status_text (OM_uint32 status, int type)
{
  OM_uint32 minor, more = 0;
  gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
  if (gss_display_status (&minor, status, type, GSS_C_NO_OID, &more, &text) != GSS_S_COMPLETE)
    return g_strdup ("unknown");
  char *copy = g_strndup (text.value, text.length);
  gss_release_buffer (&minor, &text);
  return copy;
}

static gboolean
fail (GError **error, OM_uint32 major, OM_uint32 minor)
{
  g_autofree char *what = status_text (major, GSS_C_GSS_CODE);
  g_autofree char *why = status_text (minor, GSS_C_MECH_CODE);
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET,
      "There is no ticket for the proxy: %s, %s", what, why);
  return FALSE;
}

static gboolean
import_name (const char *host, gss_name_t *ret_name, GError **error)
{
  OM_uint32 minor;
  g_autofree char *service = g_strconcat ("HTTP@", host, NULL);
  gss_buffer_desc buffer = { .value = service, .length = strlen (service) };
  OM_uint32 major = gss_import_name (&minor, &buffer, GSS_C_NT_HOSTBASED_SERVICE, ret_name);
  return major == GSS_S_COMPLETE || fail (error, major, minor);
}

static GBytes *
make_token (gss_name_t name, GError **error)
{
  OM_uint32 minor, ignored;
  gss_ctx_id_t context = GSS_C_NO_CONTEXT;
  gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
  OM_uint32 major = gss_init_sec_context (&minor, GSS_C_NO_CREDENTIAL, &context, name, &spnego, 0,
      0, GSS_C_NO_CHANNEL_BINDINGS, GSS_C_NO_BUFFER, NULL, &token, NULL, NULL);
  GBytes *bytes = NULL;
  if (GSS_ERROR (major))
    fail (error, major, minor);
  else if (token.length == 0 || token.length > TOKEN_MAX_LEN)
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET,
        "The token for the proxy has %zu octets", token.length);
  else
    bytes = g_bytes_new (token.value, token.length);
  gss_release_buffer (&ignored, &token);
  if (context != GSS_C_NO_CONTEXT)
    gss_delete_sec_context (&ignored, &context, GSS_C_NO_BUFFER);
  return bytes;
}

/* It may have to ask a KDC, hence a thread. */
static void
run (GTask *task, gpointer source, gpointer host, GCancellable *cancellable)
{
  OM_uint32 minor;
  gss_name_t name = GSS_C_NO_NAME;
  GError *error = NULL;
  GBytes *token = import_name (host, &name, &error) ? make_token (name, &error) : NULL;
  if (name != GSS_C_NO_NAME)
    gss_release_name (&minor, &name);
  if (token != NULL)
    g_task_return_pointer (task, token, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

/* Makes a token for the proxy at host. */
void
visitor_proxy_token_get_async (
    const char *host, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_task_data (task, g_strdup (host), g_free);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, run);
}

/* NO_SECRET where the user has no ticket that would do. Transfer: full. */
GBytes *
visitor_proxy_token_get_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
