/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "host/configuration.h"

/* Each connection has a slot, and the slot is what its device, table and rules are called by. The
 * rules stand above `main` (32766), so that no route that a network hands us beats the tunnel's. */
#define NETCFG_SLOTS 16u
#define NETCFG_TABLE_BASE 22089u
#define NETCFG_PRIORITY_BASE 22089u
/* Behind the rules of all slots. */
#define NETCFG_SOURCE_PRIORITY_BASE (NETCFG_PRIORITY_BASE + NETCFG_SLOTS)
/* Routes and rules of ours say so (rtm_protocol, FRA_PROTOCOL): "V" in ASCII. */
#define NETCFG_PROTOCOL 86u

typedef struct _Netcfg Netcfg;
typedef struct _NetcfgLink NetcfgLink;

typedef struct {
  const char *state_dir; /* where journals are kept; must exist */
  const char *resolv_conf; /* usually "/etc/resolv.conf" */
  GDBusConnection *bus; /* where systemd-resolved may be; NULL = it is not asked */
} NetcfgPlaces;

Netcfg *netcfg_new (const NetcfgPlaces *places, GError **error);
void netcfg_free (Netcfg *netcfg);
void netcfg_set_bus (Netcfg *netcfg, GDBusConnection *bus);
gboolean netcfg_replay (Netcfg *netcfg, GError **error);

NetcfgLink *netcfg_apply (Netcfg *netcfg, const HostConfiguration *configuration,
    GCancellable *cancellable, GError **error);
gboolean netcfg_refresh (Netcfg *netcfg, NetcfgLink *link, GError **error);
gboolean netcfg_undo (Netcfg *netcfg, NetcfgLink *link, GError **error);

void netcfg_apply_async (Netcfg *netcfg, const HostConfiguration *configuration,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
NetcfgLink *netcfg_apply_finish (Netcfg *netcfg, GAsyncResult *result, GError **error);
void netcfg_refresh_async (
    Netcfg *netcfg, NetcfgLink *link, GAsyncReadyCallback callback, gpointer user_data);
gboolean netcfg_refresh_finish (Netcfg *netcfg, GAsyncResult *result, GError **error);
void netcfg_undo_async (
    Netcfg *netcfg, NetcfgLink *link, GAsyncReadyCallback callback, gpointer user_data);
gboolean netcfg_undo_finish (Netcfg *netcfg, GAsyncResult *result, GError **error);

gboolean netcfg_set_aside (Netcfg *netcfg, NetcfgLink *link, gboolean aside, GError **error);
void netcfg_set_aside_async (Netcfg *netcfg, NetcfgLink *link, gboolean aside,
    GAsyncReadyCallback callback, gpointer user_data);
gboolean netcfg_set_aside_finish (Netcfg *netcfg, GAsyncResult *result, GError **error);

const char *netcfg_link_interface (const NetcfgLink *link);
int netcfg_link_tun (const NetcfgLink *link);

/* For tests alone: called before and after each change, so that they can kill themselves there. */
typedef enum {
  NETCFG_STEP_JOURNAL,
  NETCFG_STEP_DEVICE,
  NETCFG_STEP_ADDRESS,
  NETCFG_STEP_ROUTE,
  NETCFG_STEP_SOURCE,
  NETCFG_STEP_REVERSE_PATH,
  NETCFG_STEP_RULE,
  NETCFG_STEP_BLOCK,
  NETCFG_STEP_RESOLVED,
  NETCFG_STEP_RESOLV_CONF,
} NetcfgStep;

typedef enum {
  NETCFG_WRITTEN, /* in the journal, not yet made */
  NETCFG_MADE,
  NETCFG_UNDONE,
} NetcfgMoment;

extern void (*netcfg_step_hook) (NetcfgStep step, NetcfgMoment moment);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Netcfg, netcfg_free)
