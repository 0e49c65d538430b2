/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/trust-question.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_CERTIFICATE_VIEW (visitor_certificate_view_get_type ())
G_DECLARE_FINAL_TYPE (VisitorCertificateView, visitor_certificate_view, VISITOR, CERTIFICATE_VIEW,
    AdwPreferencesGroup)

void visitor_certificate_view_set_question (
    VisitorCertificateView *self, const VisitorTrustQuestion *question);

G_END_DECLS
