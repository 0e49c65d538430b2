/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/error-action.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_FAILURE_BAR (visitor_failure_bar_get_type ())
G_DECLARE_FINAL_TYPE (VisitorFailureBar, visitor_failure_bar, VISITOR, FAILURE_BAR, GtkWidget)

void visitor_failure_bar_show (
    VisitorFailureBar *self, const GError *failure, VisitorErrorAction action);
void visitor_failure_bar_show_action (
    VisitorFailureBar *self, const char *sentence, const char *advice, VisitorErrorAction action);
void visitor_failure_bar_show_text (
    VisitorFailureBar *self, const char *sentence, const char *advice, const char *button_or_null);
void visitor_failure_bar_hide (VisitorFailureBar *self);

G_END_DECLS
