/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

char **host_resolv_nameservers (const char *resolv_conf, const char *uplink_resolv_conf);
char **host_resolv_hosts (const char *hosts, const char *name);
