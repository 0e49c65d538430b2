/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/connectivity.h"
#include "reach/ladder.h"
#include "site/site.h"

/* What the host tells at the start. */
typedef struct {
  Site *site;
  GArray *nameservers; /* InetAddr */
  GHashTable *hosts; /* name of a gateway -> GArray of InetAddr: what /etc/hosts has */
  GHashTable *last_good; /* likewise: where it has answered */
  LadderWay last_way; /* out of this network */
  GVariant *proxies; /* as, URIs; NULL = the host knows of none */
  bool waits_for_portal; /* rather than give up behind one */
  Connectivity connectivity; /* as the machine's network manager says */
  bool no_network; /* the machine is in none */
  bool diagnose; /* instead of connecting */
  GLogLevelFlags log_level;
} Start;

Start *start_parse (GVariant *body, GError **error);
void start_free (Start *start);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Start, start_free)
