/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/connection.h"

G_BEGIN_DECLS

/* One thing to tell. action is the application's action that the button asks for, with the site's id. */
typedef struct {
  char *title;
  char *body;
  const char *button; /* translated, or NULL for none */
  const char *action;
  gboolean is_urgent;
} VisitorNotice;

VisitorNotice *visitor_notice_for_change (
    const char *site, VisitorState before, VisitorState now, const GError *failure);
VisitorNotice *visitor_notice_for_loss (const char *site);
VisitorNotice *visitor_notice_for_portal (const char *site, VisitorConnection *connection_or_null);
VisitorNotice *visitor_notice_for_question (const char *site, VisitorState state);
void visitor_notice_free (VisitorNotice *notice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorNotice, visitor_notice_free)

G_END_DECLS
