/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/client.h"

VisitorClient *engine_open (GError **error);
GPtrArray *engine_list (VisitorClient *client, GError **error);
VisitorConnection *engine_find (GPtrArray *connections, const char *site);
void engine_drop_those_over (GPtrArray *connections);
