/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Agent, certificate and signatures: what the caller's own program has and the engine never gets, a key,
 * is used there. What comes back is held to bounds here, for it goes on to the worker. */
#include "base/signature-scheme.h"
#include "host/agent-private.h"

static gboolean
refuse (GTask *task, const char *why)
{
  g_task_return_new_error (task, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST, "%s", why);
  return FALSE;
}

static GVariant *
finish_call (GObject *source, GAsyncResult *result, GTask *task)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), NULL, result, &error);
  if (reply == NULL)
    agent_return_error (task, error, VISITOR_ERROR_NO_SIGNATURE);
  return reply;
}

/* (aayas): 1 to CHAIN_MAX_CERTS certificates, CHAIN_MAX_LEN octets in all, and names of schemes. */
static gboolean
check_certificate (GVariant *reply, GTask *task)
{
  g_autoptr (GVariant) chain = g_variant_get_child_value (reply, 0);
  g_autoptr (GVariant) schemes = g_variant_get_child_value (reply, 1);
  gsize n = g_variant_n_children (chain), total = 0;
  if (n == 0 || n > CHAIN_MAX_CERTS)
    return refuse (task, "The agent's chain has no certificate, or too many");
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) der = g_variant_get_child_value (chain, i);
    gsize len = g_variant_get_size (der);
    if (len == 0 || len > CHAIN_MAX_LEN)
      return refuse (task, "The agent's chain is too long");
    total += len;
  }
  gsize n_schemes = g_variant_n_children (schemes);
  if (total > CHAIN_MAX_LEN || n_schemes == 0 || n_schemes >= SIGNATURE_N_SCHEMES)
    return refuse (task, "The agent's chain or its list of schemes is too long, or empty");
  for (gsize i = 0; i < n_schemes; i++) {
    const char *name;
    g_variant_get_child (schemes, i, "&s", &name);
    if (signature_scheme_from_string (name) == SIGNATURE_NONE)
      return refuse (task, "The agent's key signs by a scheme that is none");
  }
  return TRUE;
}

static void
on_certificate_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = finish_call (source, result, task);
  if (reply != NULL && check_certificate (reply, task))
    g_task_return_pointer (task, g_steal_pointer (&reply), (GDestroyNotify) g_variant_unref);
}

/* Asks for the certificate of the site's user, for whose key a passphrase or PIN may have to be typed.
 * Errors of the result: VISITOR_ERROR_CANCELLED, VISITOR_ERROR_NO_SIGNATURE, what the agent says about
 * its key, VISITOR_ERROR_INVALID_REQUEST. */
void
agent_get_certificate_async (Agent *agent, GAsyncReadyCallback callback, gpointer user_data)
{
  GVariantDict request;
  g_variant_dict_init (&request, NULL);
  g_variant_dict_insert (&request, "site", "s", agent->site);
  agent_call (agent, "GetCertificate", g_variant_dict_end (&request), "(aayas)",
      VISITOR_ERROR_NO_SIGNATURE, on_certificate_answered,
      agent_task_new (agent, callback, user_data));
}

/* (aayas): the chain in DER, the own certificate first, and what its key can do, the best first.
 * Transfer: full. */
GVariant *
agent_get_certificate_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_signature_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = finish_call (source, result, task);
  if (reply == NULL)
    return;
  g_autoptr (GVariant) signature = g_variant_get_child_value (reply, 0);
  gsize len = g_variant_get_size (signature);
  if (len == 0 || len > SIGNATURE_MAX_LEN)
    refuse (task, "The agent's signature is empty or too long");
  else
    g_task_return_pointer (task, g_steal_pointer (&signature), (GDestroyNotify) g_variant_unref);
}

/* Asks for a signature over octets. Errors of the result: as above. */
void
agent_sign_async (Agent *agent, SignatureScheme scheme, GBytes *octets,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GVariantDict request;
  g_variant_dict_init (&request, NULL);
  g_variant_dict_insert (&request, "site", "s", agent->site);
  g_variant_dict_insert (&request, "scheme", "s", signature_scheme_to_string (scheme));
  g_variant_dict_insert_value (
      &request, "octets", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, octets, TRUE));
  agent_call (agent, "Sign", g_variant_dict_end (&request), "(ay)", VISITOR_ERROR_NO_SIGNATURE,
      on_signature_answered, agent_task_new (agent, callback, user_data));
}

/* ay. Transfer: full. */
GVariant *
agent_sign_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
