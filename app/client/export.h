/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "site/site.h"

char *visitor_export_file_name (const Site *site);
gboolean visitor_export_to_file (const Site *site, const char *path, GError **error);
const char *visitor_export_remark (const Site *site);
