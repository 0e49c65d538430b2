/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/trust-question.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_KEY_CHANGED_DIALOG (visitor_key_changed_dialog_get_type ())
G_DECLARE_FINAL_TYPE (VisitorKeyChangedDialog, visitor_key_changed_dialog, VISITOR,
    KEY_CHANGED_DIALOG, AdwMessageDialog)

GtkWindow *visitor_key_changed_dialog_new (
    GtkWindow *parent, const VisitorTrustQuestion *shown, const Site *site);

G_END_DECLS
