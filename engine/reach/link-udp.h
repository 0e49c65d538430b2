/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "reach/link.h"

Link *link_udp_new (int fd);
void link_udp_move (Link *link);
gint64 link_udp_keep_alive (Link *link, gint64 now);
