/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "reach/portal-probe.h"
#include "tunnel/start.h"

bool portal_may_ask (const Site *site);
PortalProbe *portal_ask (const Start *start, const GArray *hosts, bool strange_tls,
    SocketSource sockets, PortalProbeDoneFunc done, void *user_data);
