/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/netcfg.h"

/* systemd-resolved, over D-Bus */
gboolean resolved_is_in_charge (GDBusConnection *bus, const char *resolv_conf);
gboolean resolved_set (GDBusConnection *bus, const char *device,
    const HostConfiguration *configuration, GCancellable *cancellable, GError **error);
gboolean resolved_revert (GDBusConnection *bus, const char *device, GError **error);

/* a plain resolv.conf */
gboolean resolv_conf_add (int state_dir, const char *path, guint slot,
    const HostConfiguration *configuration, GError **error);
gboolean resolv_conf_remove (int state_dir, const char *path, guint slot, GError **error);
gboolean resolv_conf_remove_all (int state_dir, const char *path, GError **error);
