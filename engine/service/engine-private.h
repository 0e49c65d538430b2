/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/network-monitor.h"
#include "host/sleep-watch.h"
#include "service/connection.h"
#include "service/engine.h"
#include "service/watchers.h"

struct _Engine {
  VisitorDBusEngine1Skeleton parent_instance;

  const ServiceParts *parts; /* borrowed */
  Watchers *watchers; /* owned */
  GPtrArray *connections; /* owned Connection, oldest first */
  GPtrArray *diagnoses; /* owned Diagnosis */
  char **nameservers; /* of the machine itself, without those of the tunnels */
  NetworkMonitor *network; /* owned; NULL where the kernel tells nothing */
  SleepWatch *sleep; /* owned; of the bus that there is */
  guint late_timer; /* for what changes behind the network */
  guint number; /* of the last connection */
  gboolean stopping;
};

/* engine-memory.c */
gboolean engine_handle_forget (
    VisitorDBusEngine1 *object, GDBusMethodInvocation *invocation, const char *const *hosts);

/* engine-network.c */
void engine_begin_network (Engine *self);
void engine_end_network (Engine *self);
void engine_watch_sleep (Engine *self);
void engine_refresh_nameservers (Engine *self);
