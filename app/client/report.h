/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/site-item.h"

G_BEGIN_DECLS

/* What a report is made of; anything but state may be NULL. */
typedef struct {
  VisitorState state;
  const Site *site;
  const GError *failure;
  GVariant *status; /* the connection's */
  const char *engine_version;
  const char *const *log;
} VisitorReportFacts;

char *visitor_report_write (const VisitorReportFacts *facts, gint64 now);
char *visitor_report_text (
    VisitorSiteItem *item, const char *const *log_or_null, const char *engine_version_or_null);

G_END_DECLS
