/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#define LOG_RING_LINES 500
#define LOG_LINE_MAX 512

typedef struct _LogRing LogRing;

LogRing *log_ring_new (void);
void log_ring_free (LogRing *ring);
const char *log_ring_add (LogRing *ring, gint64 time, GLogLevelFlags level, const char *text);
GVariant *log_ring_to_variant (const LogRing *ring);

char *log_line_escape (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LogRing, log_ring_free)
