/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "esp/esp.h"
#include "ike/session.h"
#include "site/site.h"

#define CONFIGURATION_DEFAULT_MTU 1400

unsigned int configuration_mtu (const Site *site);
GVariant *configuration_build (
    const Site *site, const IkeConfiguration *given, const EspSa *child, GError **error);
