/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/error.h"
#include "base/inet.h"

int host_socket_open (InetFamily family, int type, guint device, GError **error);
