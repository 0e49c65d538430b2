/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

char *network_id (const char *routes, const char *neighbours, const char *routes6);
char *network_id_now (void);
