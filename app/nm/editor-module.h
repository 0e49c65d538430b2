/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

/* What an editor module exports, by the name below. Transfer of the result: full. */
#define EDITOR_FACTORY nm_vpn_editor_factory_visitor
#define EDITOR_FACTORY_NAME "nm_vpn_editor_factory_visitor"

typedef NMVpnEditor *(*EditorFactory) (
    NMVpnEditorPlugin *plugin, NMConnection *connection, GError **error);

NMVpnEditor *
editor_module_open (NMVpnEditorPlugin *plugin, NMConnection *connection, GError **error);
