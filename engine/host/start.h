/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/connectivity.h"

/* What a worker is told at its start; all borrowed. */
typedef struct {
  const char *site_text;
  const char *const *nameservers; /* literals, for the worker's own queries */
  GVariant *hosts; /* a{sas}: what /etc/hosts has for the names of the site's gateways */
  GVariant *last_good; /* a{sas}: where they have answered; NULL = nothing is known */
  const char *last_transport; /* that led out of this network last time; NULL = none is known */
  const char *const *proxies; /* URIs of the user's session; NULL = none is known */
  gboolean waits_for_portal;
  Connectivity connectivity;
  gboolean diagnose; /* instead of connecting */
  GLogLevelFlags log_level; /* of the least important line wanted */
} HostStart;

GVariant *host_start_message (const HostStart *start);
GVariant *host_start_hosts (const char *hosts_file, const GPtrArray *names);
