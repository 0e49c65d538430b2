/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/journal.h"
#include "host/slot.h"

/* What netcfg.c (a configuration as one transaction) and netcfg-aside.c (its ways taken out for a while)
 * share. All but the counts is used with the mutex held. */
struct _Netcfg {
  GMutex mutex;
  int state_dir;
  int lock;
  char *resolv_conf;
  GDBusConnection *bus;
};

struct _NetcfgLink {
  gatomicrefcount refs;
  Slot slot;
  Journal *journal;
  HostConfiguration *configuration;
  GCancellable *cancellable; /* while it is being made; or NULL */
  int tun;
  gint wants_aside; /* atomic: how it is to be */
  gboolean is_aside; /* how it is */
  gboolean is_undone;
};

void netcfg_tell_hook (NetcfgStep step, NetcfgMoment moment);
NetcfgLink *netcfg_link_ref (NetcfgLink *link);
void netcfg_link_unref (NetcfgLink *link);
gboolean
netcfg_make_change (Netcfg *netcfg, NetcfgLink *link, const JournalChange *change, GError **error);
gboolean
netcfg_undo_change (Netcfg *netcfg, const Slot *slot, const JournalChange *change, GError **error);
