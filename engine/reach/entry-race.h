/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "reach/connector.h"

typedef struct _EntryRace EntryRace;

/* winner: the connector whose link stands, at the entry point `entry`; borrowed, as long as the race is.
 * Without a link error says what came farthest, and winner is whose error it is. The race may be freed
 * from inside. */
typedef void (*EntryRaceDoneFunc) (
    size_t entry, Connector *winner, Link *link, const GError *error, void *user_data);

/* How one of the connectors is to be made. */
typedef struct {
  ConnectorConfig config; /* its entry points are not looked at */
  const GPtrArray *entries; /* EntryPoint */
  size_t first; /* who begins */
  bool first_is_known; /* and is ahead of the others */
  InetAddr first_addr; /* where it answered the last time, or INET_NONE */
  Proxy proxy; /* through which all go, or PROXY_DIRECT */
  InetAddr proxy_addr; /* where that answered the last time, or INET_NONE */
  GBytes *resume; /* a TLS session, or NULL */
} EntryRaceConfig;

EntryRace *entry_race_new (const EntryRaceConfig *config, EntryRaceDoneFunc done, void *user_data);
void entry_race_free (EntryRace *entry_race);
bool entry_race_go_on (EntryRace *entry_race, const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntryRace, entry_race_free)
