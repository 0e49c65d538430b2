/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define VISITOR_APPLICATION_ID "org.visitorvpn.Visitor"

#define VISITOR_TYPE_APPLICATION (visitor_application_get_type ())
G_DECLARE_FINAL_TYPE (VisitorApplication, visitor_application, VISITOR, APPLICATION, AdwApplication)

VisitorApplication *visitor_application_new (void);

G_END_DECLS
