/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "host/network.h"

typedef struct _NetworkMonitor NetworkMonitor;

/* Something has changed, and for a moment nothing else did. Both are borrowed and may be equal: what is not in a
 * snapshot, a route to one host say, may be another. */
typedef void (*NetworkChangedFunc) (
    const NetworkSnapshot *before, const NetworkSnapshot *after, gpointer user_data);

NetworkMonitor *
network_monitor_new (NetworkChangedFunc changed, gpointer user_data, GError **error);
void network_monitor_free (NetworkMonitor *monitor);
const NetworkSnapshot *network_monitor_now (const NetworkMonitor *monitor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetworkMonitor, network_monitor_free)
