/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/connection.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_ATTEMPTS_GROUP (visitor_attempts_group_get_type ())
G_DECLARE_FINAL_TYPE (
    VisitorAttemptsGroup, visitor_attempts_group, VISITOR, ATTEMPTS_GROUP, AdwPreferencesGroup)

void visitor_attempts_group_set_connection (
    VisitorAttemptsGroup *self, VisitorConnection *connection_or_null);

G_END_DECLS
