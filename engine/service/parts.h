/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "host/last-good.h"
#include "host/netcfg.h"
#include "host/way-memory.h"
#include "host/worker.h"
#include "service/bouncer.h"
#include "service/connectivity.h"
#include "service/quota.h"

/* What the engine and its connections share; all borrowed from main, which outlives them. */
typedef struct {
  GDBusConnection *bus;
  Bouncer *bouncer;
  Quotas *quotas;
  LastGood *last_good;
  WayMemory *ways;
  const char *ways_file; /* where it is kept */
  Netcfg *netcfg;
  const ConnectivityWatch *connectivity;
  HostWorkerOptions worker;
  const char *resolv_conf;
} ServiceParts;
