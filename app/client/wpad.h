/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

gboolean visitor_wpad_is_script_url (const char *url);
char *visitor_wpad_name (const char *domain);
char *visitor_wpad_domain (const char *resolv_conf);

void visitor_wpad_find_async (
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *visitor_wpad_find_finish (GAsyncResult *result);
