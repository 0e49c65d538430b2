/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/connection.h"

/* What a sentence about a site is made of. */
typedef struct {
  VisitorState state;
  gboolean has_connection; /* the engine has made one already */
  const char *user; /* or NULL */
  GVariant *status; /* the connection's, or NULL */
} VisitorStatusFacts;

char *visitor_status_text (const VisitorStatusFacts *facts, gint64 now);
guint visitor_status_text_lasts (const VisitorStatusFacts *facts, gint64 now);
