/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/way-memory.h"

WayMemory *way_file_load (const char *path);
void way_file_save (const char *path, const WayMemory *memory);
