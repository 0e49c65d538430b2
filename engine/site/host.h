/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/inet.h"

bool site_addr_is_of_host (const InetAddr *addr);
char *site_host_normalize (const char *text, GError **error);
char *site_name_normalize (const char *text, GError **error);
