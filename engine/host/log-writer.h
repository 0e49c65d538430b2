/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

void log_writer_install (gboolean debug);
