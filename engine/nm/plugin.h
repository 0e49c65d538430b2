/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "nm/activation.h"

#define NM_SERVICE_NAME "org.freedesktop.NetworkManager.visitor"

#define PLUGIN_TYPE (plugin_get_type ())
G_DECLARE_FINAL_TYPE (Plugin, plugin, VISITOR, PLUGIN, NMVpnServicePlugin)

Plugin *plugin_new (
    const char *bus_name, gboolean watch_peer, const ActivationOptions *options, GError **error);
gboolean plugin_stop (Plugin *self);
