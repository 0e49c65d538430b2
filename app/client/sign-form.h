/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/slice.h"

gboolean visitor_sign_form_is_ike_auth (Slice octets);
gboolean visitor_sign_form_is_tls_client (Slice octets);
