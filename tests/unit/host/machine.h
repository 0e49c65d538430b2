/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "host/netcfg.h"

/* A machine of our own to change: network and mount namespaces with an uplink, a state directory and
 * a resolv.conf. */
typedef struct {
  char *dir;
  char *state_dir;
  char *resolv_conf;
} Machine;

gboolean machine_enter (void);
Machine machine_new (void);
void machine_clear (Machine *machine);

Netcfg *machine_open (const Machine *machine);
char *machine_snapshot (const Machine *machine);
char *machine_ask (const char *command);
void machine_run (const char *command);

/* Two connections' configurations, for configuration_of (): all traffic, and some. */
extern const char machine_full[], machine_split[];
/* All traffic of one family, by a gateway that has no other. */
extern const char machine_full_v4[], machine_full_v6[];

HostConfiguration *configuration_of (const char *text);

/* Each fails the test where it does not succeed. */
NetcfgLink *machine_apply (Netcfg *netcfg, const char *text);
void machine_undo (Netcfg *netcfg, NetcfgLink *link);
void machine_replay (Netcfg *netcfg);
void machine_set_aside (Netcfg *netcfg, NetcfgLink *link, gboolean aside);
void machine_set_filter (const char *device, guint filter);
void machine_assert_filter (const char *device, guint expected);
void machine_assert_has (const char *command, const char *text, gboolean expected);
