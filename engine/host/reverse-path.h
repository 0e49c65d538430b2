/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <net/if.h>

/* A device and what it asks of the way back to whoever a packet comes from (rp_filter, RFC 3704). */
typedef struct {
  char device[IF_NAMESIZE];
  guint8 filter; /* the device's own setting: 0 = none, 1 = strict, 2 = loose */
} ReversePath;

GArray *reverse_path_find_strict (GError **error);
gboolean reverse_path_loosen (const char *device, GError **error);
gboolean reverse_path_restore (const ReversePath *path, GError **error);
