/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/journal.h"
#include "host/slot.h"

/* In the order of safety: the rules, from which on packets change their way, after the routes, and after the
 * answers to the worker's own packets can come in. */
typedef enum {
  NETCFG_STAGE_DEVICE,
  NETCFG_STAGE_ADDRESSES,
  NETCFG_STAGE_ROUTES,
  NETCFG_STAGE_SOURCES,
  NETCFG_STAGE_REVERSE_PATHS,
  NETCFG_STAGE_RULES,
  NETCFG_STAGE_DNS,
  NETCFG_N_STAGES,
} NetcfgStage;

/* A device whose reverse path filter is loose for our sake. */
typedef struct {
  ReversePath path; /* as it was */
  guint32 slots; /* who needs it, a bit for each */
} Loosened;

/* What netcfg.c (a configuration as one transaction), netcfg-plan.c (what it means) and netcfg-aside.c (its ways
 * taken out for a while) share. All but the counts is used with the mutex held. */
struct _Netcfg {
  GMutex mutex;
  int state_dir;
  int lock;
  char *resolv_conf;
  GHashTable *loosened; /* a device's name -> owned Loosened */
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
GArray *netcfg_plan (Netcfg *netcfg, NetcfgStage stage, const HostConfiguration *configuration);
gboolean netcfg_is_planned (const GArray *changes, const char *device);
gboolean netcfg_has_a_family (const HostConfiguration *configuration);
gboolean
netcfg_make_change (Netcfg *netcfg, NetcfgLink *link, const JournalChange *change, GError **error);
gboolean
netcfg_undo_change (Netcfg *netcfg, const Slot *slot, const JournalChange *change, GError **error);
