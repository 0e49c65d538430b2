/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/site-item.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_NOTIFIER (visitor_notifier_get_type ())
G_DECLARE_FINAL_TYPE (VisitorNotifier, visitor_notifier, VISITOR, NOTIFIER, GObject)

VisitorNotifier *visitor_notifier_new (GApplication *application, GListModel *items);

void visitor_notifier_set_enabled (VisitorNotifier *self, gboolean enabled);
void visitor_notifier_set_watched (VisitorNotifier *self, gboolean watched);
void visitor_notifier_tell_question (VisitorNotifier *self, VisitorSiteItem *item);

G_END_DECLS
