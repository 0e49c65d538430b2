/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/trust-question.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_TRUST_DIALOG (visitor_trust_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    VisitorTrustDialog, visitor_trust_dialog, VISITOR, TRUST_DIALOG, AdwMessageDialog)

GtkWindow *visitor_trust_dialog_new (GtkWindow *parent, const VisitorTrustQuestion *question);

G_END_DECLS
