/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/slice.h"

char *site_pem_normalize (const char *text, GError **error);
char *site_pem_from_der (Slice der, GError **error);
