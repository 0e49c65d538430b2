/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "dbus/visitor-dbus.h"
#include "service/parts.h"

#define ENGINE_TYPE (engine_get_type ())
G_DECLARE_FINAL_TYPE (Engine, engine, VISITOR, ENGINE, VisitorDBusEngine1Skeleton)

Engine *engine_new (const ServiceParts *parts);
gboolean engine_join_bus (Engine *self, GError **error);
gboolean engine_is_idle (Engine *self);
void engine_tell_connectivity (Engine *self, Connectivity connectivity);
void engine_stop (Engine *self);
