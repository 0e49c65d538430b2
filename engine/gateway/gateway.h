/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* visitor-gateway as an object. */
typedef struct _Gateway Gateway;

bool gateway_check (const char *config_path, GError **error);
Gateway *gateway_new (const char *config_path, GError **error);
void gateway_free (Gateway *gateway);
bool gateway_run (Gateway *gateway, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Gateway, gateway_free)
