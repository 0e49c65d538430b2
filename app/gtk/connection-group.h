/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/connection.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_CONNECTION_GROUP (visitor_connection_group_get_type ())
G_DECLARE_FINAL_TYPE (VisitorConnectionGroup, visitor_connection_group, VISITOR, CONNECTION_GROUP,
    AdwPreferencesGroup)

void visitor_connection_group_set_connection (
    VisitorConnectionGroup *self, VisitorConnection *connection_or_null);

G_END_DECLS
