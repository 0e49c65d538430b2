/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "dbus/visitor-dbus.h"
#include "host/network.h"
#include "service/connection-state.h"
#include "service/parts.h"
#include "site/site.h"

#define CONNECTION_TYPE (connection_get_type ())
G_DECLARE_FINAL_TYPE (Connection, connection, VISITOR, CONNECTION, VisitorDBusConnection1Skeleton)

/* What a caller of Engine1.Connect wants; borrowed. */
typedef struct {
  uid_t uid;
  GDBusConnection *bus; /* that brought the call */
  const char *sender; /* its unique bus name */
  const char *agent; /* object path there */
  const char *path; /* object path of the new connection */
  const char *id; /* the caller's name for the site */
  const char *site_text;
  const Site *site;
  GLogLevelFlags log_level;
  const char *const *nameservers;
  GVariant *hosts; /* as host_start_hosts () has it */
  const char *const *proxies; /* valid; NULL = the session has named none */
} ConnectionRequest;

Connection *connection_new (const ServiceParts *parts, const ConnectionRequest *request);
gboolean connection_start (Connection *self, const ConnectionRequest *request, GError **error);
gboolean connection_join_bus (Connection *self, GError **error);
void connection_disconnect (Connection *self, const char *reason);
void connection_tell_connectivity (Connection *self, Connectivity connectivity);

const char *connection_path (Connection *self);
const char *connection_id (Connection *self);
uid_t connection_owner (Connection *self);
gboolean connection_is_over (Connection *self);
gboolean connection_has_failed (Connection *self);
gboolean connection_has_nameserver (Connection *self, const char *server);

void connection_begin_network (Connection *self, const NetworkSnapshot *now);
void connection_network_changed (Connection *self, const NetworkSnapshot *before,
    const NetworkSnapshot *after, const char *const *nameservers);
void connection_woke (Connection *self, const NetworkSnapshot *now, const char *const *nameservers);
