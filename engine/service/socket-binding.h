/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/socket.h"
#include "site/site.h"

void socket_binding_of_site (
    HostSocketBinding *binding, const Site *site, gboolean resolver_is_local, int socket_type);
