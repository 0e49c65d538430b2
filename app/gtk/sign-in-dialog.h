/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/secret-request.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_SIGN_IN_DIALOG (visitor_sign_in_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    VisitorSignInDialog, visitor_sign_in_dialog, VISITOR, SIGN_IN_DIALOG, AdwMessageDialog)

GtkWindow *visitor_sign_in_dialog_new (GtkWindow *parent, const char *site_name,
    const VisitorSecretRequest *request, const GError *keyring_problem);

G_END_DECLS
