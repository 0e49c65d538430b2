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

HostConfiguration *configuration_of (const char *text);
