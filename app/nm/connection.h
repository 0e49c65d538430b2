/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "site/site.h"

#define VISITOR_NM_SERVICE "org.freedesktop.NetworkManager.visitor"

NMConnection *visitor_connection_from_site (const Site *site, const char *key_file_or_null);
Site *visitor_connection_get_site (NMConnection *connection, char **ret_key_file, GError **error);
void visitor_connection_set_site (
    NMConnection *connection, const Site *site, const char *key_file_or_null);
