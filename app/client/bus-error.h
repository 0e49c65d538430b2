/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

void visitor_bus_error_normalize (GError **error);
