/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/live.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_OTHER_CONNECTIONS (visitor_other_connections_get_type ())
G_DECLARE_FINAL_TYPE (
    VisitorOtherConnections, visitor_other_connections, VISITOR, OTHER_CONNECTIONS, GtkWidget)

void visitor_other_connections_set_live (VisitorOtherConnections *self, VisitorLive *live);

G_END_DECLS
