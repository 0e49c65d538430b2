/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib-object.h>

#include "client/log-line.h"

G_BEGIN_DECLS

#define VISITOR_LOG_HISTORY_LINES 2000

#define VISITOR_TYPE_LOG_HISTORY (visitor_log_history_get_type ())
G_DECLARE_FINAL_TYPE (VisitorLogHistory, visitor_log_history, VISITOR, LOG_HISTORY, GObject)

VisitorLogHistory *visitor_log_history_new (void);

void visitor_log_history_add (VisitorLogHistory *self, VisitorLogLine *line);
void visitor_log_history_complete (VisitorLogHistory *self, const GPtrArray *before);
void visitor_log_history_clear (VisitorLogHistory *self);

const GPtrArray *visitor_log_history_get_lines (VisitorLogHistory *self);
char **visitor_log_history_dup_lines (VisitorLogHistory *self);

G_END_DECLS
