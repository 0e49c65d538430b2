/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/site-form.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_ADDRESS_LIST (visitor_address_list_get_type ())
G_DECLARE_FINAL_TYPE (
    VisitorAddressList, visitor_address_list, VISITOR, ADDRESS_LIST, AdwPreferencesGroup)

VisitorAddressList *visitor_address_list_new (VisitorSiteForm *form);
gboolean visitor_address_list_has_problem (VisitorAddressList *self);
void visitor_address_list_focus_problem (VisitorAddressList *self);

G_END_DECLS
