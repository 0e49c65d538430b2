/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/connection.h"
#include "site/site.h"

G_BEGIN_DECLS

char *visitor_portal_url (VisitorConnection *connection_or_null, const Site *site_or_null);
const char *visitor_portal_sentence (void);
gboolean visitor_portal_is_enclosed (VisitorConnection *connection_or_null);
const char *visitor_portal_advice (VisitorConnection *connection_or_null);

G_END_DECLS
