/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/gateway-facts.h"

#define GATEWAY_FACTS_FILE_MAX (64 * 1024)

gint64 gateway_facts_file_clock (void);
GatewayFacts *gateway_facts_file_load (const char *path);
void gateway_facts_file_save (const char *path, const GatewayFacts *facts);
