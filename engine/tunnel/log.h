/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "tunnel/control.h"

void log_to_host (Control *control);
void log_set_level (GLogLevelFlags least_important);
