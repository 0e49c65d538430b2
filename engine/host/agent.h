/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/secret.h"
#include "host/worker.h"
#include "base/signature-scheme.h"

typedef struct _Agent Agent;

/* How many questions may be open at once, to all agents of a user: a question that was withdrawn is open for the
 * bus until it is answered, and the bus allows a program so many. Copied; user_data must outlive the answers. */
typedef struct {
  gboolean (*take) (gpointer user_data, uid_t uid, GError **error);
  void (*give_back) (gpointer user_data, uid_t uid);
  gpointer user_data;
  uid_t uid;
} AgentLimit;

Agent *agent_new (GDBusConnection *bus, const char *name, const char *path,
    const char *connection_path, const char *site);
void agent_set_limit (Agent *agent, const AgentLimit *limit);
void agent_free (Agent *agent);
void agent_cancel (Agent *agent);

void agent_get_secret_async (
    Agent *agent, const HostQuestion *question, GAsyncReadyCallback callback, gpointer user_data);
Secret *agent_get_secret_finish (GAsyncResult *result, GError **error);

void agent_ask_trust_async (
    Agent *agent, GVariant *question, GAsyncReadyCallback callback, gpointer user_data);
gboolean agent_ask_trust_finish (GAsyncResult *result, gboolean *ret_trusted, GError **error);

void agent_get_certificate_async (Agent *agent, GAsyncReadyCallback callback, gpointer user_data);
GVariant *agent_get_certificate_finish (GAsyncResult *result, GError **error);

void agent_sign_async (Agent *agent, SignatureScheme scheme, GBytes *octets,
    GAsyncReadyCallback callback, gpointer user_data);
GVariant *agent_sign_finish (GAsyncResult *result, GError **error);

gboolean agent_proxies_are_valid (const char *const *uris);
void agent_get_proxies_async (
    Agent *agent, const char *host, guint16 port, GAsyncReadyCallback callback, gpointer user_data);
char **agent_get_proxies_finish (GAsyncResult *result, GError **error);

void agent_get_proxy_secret_async (Agent *agent, const HostProxyQuestion *question,
    GAsyncReadyCallback callback, gpointer user_data);
Secret *agent_get_proxy_secret_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Agent, agent_free)
