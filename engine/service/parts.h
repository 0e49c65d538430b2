/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "host/gateway-memory.h"
#include "host/netcfg.h"
#include "host/worker.h"
#include "service/bouncer.h"
#include "host/connectivity.h"
#include "service/quota.h"

/* What the engine and its connections share; all borrowed from main, which outlives them. */
typedef struct {
  GDBusConnection *bus;
  Bouncer *bouncer;
  Quotas *quotas;
  GatewayMemory *memory;
  Netcfg *netcfg;
  const ConnectivityWatch *connectivity;
  HostWorkerOptions worker;
  const char *resolv_conf;
} ServiceParts;
