/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "host/configuration.h"

GVariant *
ip_config_general (const HostConfiguration *c, const InetAddr *gateway, const char *device);
GVariant *ip_config_v4 (const HostConfiguration *c);
GVariant *ip_config_v6 (const HostConfiguration *c);
