/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/agent.h"
#include "service/attempt-list.h"
#include "service/connection.h"
#include "service/log-ring.h"
#include "service/watchers.h"

struct _Connection {
  VisitorDBusConnection1Skeleton parent_instance;

  /* borrowed */
  const ServiceParts *parts;

  /* what was asked for */
  uid_t uid;
  char *path;
  char *id;
  Site *site;
  gboolean resolver_is_local; /* queries go to this machine itself, and nowhere else */

  /* owned */
  Agent *agent;
  Watchers *watchers;
  LogRing *log;
  AttemptList *attempts;
  char **proxies; /* the session's last good answer; NULL = it has given none */
  HostWorker *worker; /* NULL before and after its life */
  NetcfgLink *link; /* NULL while nothing is applied; goes by netcfg_undo_async () */
  HostConfiguration *configuration; /* what link was made from */
  HostConfiguration *wanted; /* what netcfg is applying */
  GCancellable *giving_up; /* cancelled when the connection is to end */
  GHashTable *status; /* owned key -> owned GVariant */
  GQueue *asking; /* owned GDBusMethodInvocation: GetStatus that waits for the worker */
  guint asking_timeout;

  /* state */
  ConnectionState state;
  guint changes; /* of the network, under way */
  gboolean aside; /* the tunnel has stepped aside */
  guint aside_timeout;
  GError *failure; /* why it is going to end as failed; the first reason stands */
  GError *refusal; /* what the agent said when it gave no answer */
};

void connection_set_state (Connection *self, ConnectionState state, const char *detail);
void connection_set_status (Connection *self, const char *key, GVariant *value);
void connection_tell (Connection *self);
GVariant *connection_status (Connection *self);
void connection_log (Connection *self, GLogLevelFlags level, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void connection_note_failure (Connection *self, const GError *error);
void connection_over (Connection *self);
void connection_dismissed (Connection *self);

/* connection-calls.c */
void connection_calls_init (VisitorDBusConnection1Iface *iface);
void connection_answer_status (Connection *self);

/* connection-link.c */
void connection_wind_up (Connection *self);
void connection_configure (
    HostWorker *worker, const HostConfiguration *configuration, gpointer user_data);

/* connection-agent.c */
void connection_want_secret (HostWorker *worker, const HostQuestion *asked, gpointer user_data);
void connection_want_trust (HostWorker *worker, GVariant *question, gpointer user_data);
void connection_want_proxies (HostWorker *worker, gpointer user_data);
void connection_want_proxy_secret (
    HostWorker *worker, guint number, const HostProxyQuestion *asked, gpointer user_data);
void connection_want_certificate (HostWorker *worker, gpointer user_data);
void connection_want_signature (
    HostWorker *worker, guint number, SignatureScheme scheme, GBytes *octets, gpointer user_data);

/* connection-aside.c */
void connection_step_aside (Connection *self, GDBusMethodInvocation *invocation);
void connection_step_back (Connection *self);
