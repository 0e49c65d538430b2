/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "reach/link.h"
#include "reach/proxy-auth.h"

Link *link_connect_new (Link *below, const char *authority, ProxyAuth *auth);
Link *
link_socks_new (Link *below, const Proxy *proxy, const char *host, uint16_t port, ProxyAuth *auth);
