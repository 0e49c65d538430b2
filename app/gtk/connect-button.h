/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/connection.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_CONNECT_BUTTON (visitor_connect_button_get_type ())
G_DECLARE_FINAL_TYPE (
    VisitorConnectButton, visitor_connect_button, VISITOR, CONNECT_BUTTON, GtkButton)

void visitor_connect_button_set_state (VisitorConnectButton *self, VisitorState state);

G_END_DECLS
