/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cli/exit-code.h"
#include "client/client.h"

VisitorClient *engine_open (GError **error);
GPtrArray *engine_list (VisitorClient *client, GError **error);
VisitorConnection *engine_find (GPtrArray *connections, const char *site);
VisitorConnection *engine_find_over (GPtrArray *connections, const char *site);
ExitCode engine_complain_absent (const char *site);
void engine_drop_those_over (GPtrArray *connections);
GPtrArray *engine_list_all (ExitCode *ret_code);
GPtrArray *engine_list_running (const char *site, ExitCode *ret_code);
VisitorConnection *engine_choose (const char *site, const char *several, ExitCode *ret_code);
