/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/import.h"

GPtrArray *visitor_import_rows_new (const Site *site);
