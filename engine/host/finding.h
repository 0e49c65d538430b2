/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

GVariant *host_finding_parse (GVariant *body);
