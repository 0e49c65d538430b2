/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/connectivity.h"

typedef struct _ConnectivityWatch ConnectivityWatch;

typedef void (*ConnectivityChangedFunc) (Connectivity connectivity, gpointer user_data);

ConnectivityWatch *connectivity_watch_new (ConnectivityChangedFunc changed, gpointer user_data);
void connectivity_watch_free (ConnectivityWatch *watch);
void connectivity_watch_set_bus (ConnectivityWatch *watch, GDBusConnection *bus);
Connectivity connectivity_watch_get (const ConnectivityWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConnectivityWatch, connectivity_watch_free)
