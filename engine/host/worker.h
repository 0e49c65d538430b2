/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/attempt.h"
#include "base/connectivity.h"
#include "base/error.h"
#include "base/proxy.h"
#include "base/secret.h"
#include "base/signature-scheme.h"
#include "host/configuration.h"
#include "host/network.h"
#include "host/socket.h"

typedef struct _HostWorker HostWorker;

typedef struct {
  const char *program; /* absolute path of visitor-tunnel */
  const char *user; /* to run it as; NULL = as ourselves, without our capabilities */
} HostWorkerOptions;

/* What a person is asked for; borrowed. */
typedef struct {
  const char *kind; /* "psk", "password", "ppk", or "code": good for once, never to be kept */
  const char *user;
  guint attempt; /* from 1; more: what was given before was refused */
  const char *text; /* the gateway's own, or "" */
} HostQuestion;

/* What a proxy wants to know; borrowed. */
typedef struct {
  const char *kind; /* "proxy-password", "proxy-password-clear" or "proxy-token" */
  const Proxy *proxy;
  const char *user; /* the site's, or "" */
  guint attempt; /* from 1; more: what was given before was refused */
  const char *realm; /* the proxy's own words, or "" */
} HostProxyQuestion;

/* Called in the main context that the worker was started in. Strings are checked: UTF-8, bounded,
 * one line, no control characters. Any may be NULL but ended. The worker may be stopped or
 * unreferenced in any of them. */
typedef struct {
  void (*state) (HostWorker *worker, const char *state, const char *detail, gpointer user_data);
  void (*want_secret) (HostWorker *worker, const HostQuestion *question, gpointer user_data);
  void (*want_trust) (HostWorker *worker, GVariant *question, gpointer user_data);
  /* Before ended with KEY_CHANGED: what was shown, as message.h has it. */
  void (*key_changed) (HostWorker *worker, GVariant *shown, gpointer user_data);
  /* Where a person signs in to this network; the state that waits for it follows. */
  void (*portal) (HostWorker *worker, const char *url, gpointer user_data);
  /* A stream stands; host_worker_remote () says where to. */
  void (*path) (HostWorker *worker, gpointer user_data);
  void (*want_certificate) (HostWorker *worker, gpointer user_data);
  /* By what a new socket goes out: *binding has nothing set before. */
  void (*bind_socket) (
      HostWorker *worker, int socket_type, HostSocketBinding *binding, gpointer user_data);
  void (*want_signature) (
      HostWorker *worker, guint number, SignatureScheme scheme, GBytes *octets, gpointer user_data);
  void (*want_proxies) (HostWorker *worker, gpointer user_data);
  void (*want_proxy_secret) (
      HostWorker *worker, guint number, const HostProxyQuestion *question, gpointer user_data);
  void (*configure) (
      HostWorker *worker, const HostConfiguration *configuration, gpointer user_data);
  void (*status) (HostWorker *worker, GVariant *status, gpointer user_data);
  void (*attempt) (HostWorker *worker, const Attempt *attempt, gpointer user_data);
  void (*finding) (HostWorker *worker, GVariant *finding, gpointer user_data);
  void (*log) (HostWorker *worker, GLogLevelFlags level, const char *line, gpointer user_data);
  /* Once, when the process is gone: error is NULL after an orderly end, WORKER_DIED or PROTOCOL if it
   * was none, and else what the worker failed with. */
  void (*ended) (HostWorker *worker, const GError *error, gpointer user_data);
} HostWorkerCallbacks;

HostWorker *host_worker_start (const HostWorkerOptions *options, GVariant *start,
    const HostWorkerCallbacks *callbacks, gpointer user_data, GError **error);
HostWorker *host_worker_ref (HostWorker *worker);
void host_worker_unref (HostWorker *worker);

void host_worker_answer_secret (HostWorker *worker, const Secret *secret_or_null);
void host_worker_answer_trust (HostWorker *worker, gboolean trusted);
void host_worker_answer_certificate (HostWorker *worker, GVariant *certificate_or_null);
void host_worker_answer_signature (HostWorker *worker, guint number, GVariant *signature_or_null);
void host_worker_answer_proxies (HostWorker *worker, const char *const *uris);
void
host_worker_answer_proxy_secret (HostWorker *worker, guint number, const Secret *secret_or_null);
void host_worker_give_tun (HostWorker *worker, const char *interface, int fd);
void host_worker_rekey (HostWorker *worker, const char *what);
void host_worker_poll_status (HostWorker *worker);
void host_worker_tell_connectivity (HostWorker *worker, Connectivity connectivity);
NetworkVerdict host_worker_aim (HostWorker *worker, GArray *aims, const NetworkSnapshot *now);
NetworkVerdict host_worker_network_changed (HostWorker *worker, const NetworkSnapshot *before,
    const NetworkSnapshot *after, const char *const *nameservers);
NetworkVerdict
host_worker_woke (HostWorker *worker, const NetworkSnapshot *now, const char *const *nameservers);
void host_worker_disconnect (HostWorker *worker);
void host_worker_kill (HostWorker *worker, const GError *reason);

GPid host_worker_pid (const HostWorker *worker);
gboolean host_worker_remote (const HostWorker *worker, InetAddr *ret_remote);
gboolean host_worker_lacked_answer (const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HostWorker, host_worker_unref)
