/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

typedef struct _SiteScan SiteScan;

SiteScan *site_scan (const char *text, gsize len, GError **error);
void site_scan_free (SiteScan *scan);

gboolean site_scan_is_conf (const char *text, gsize len);
guint site_scan_line (const SiteScan *scan, const char *group, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SiteScan, site_scan_free)
