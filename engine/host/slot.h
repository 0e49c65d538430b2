/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <net/if.h>

#include "base/error.h"

/* What a connection's changes are called by. */
typedef struct {
  guint number;
  char device[IF_NAMESIZE];
  guint table;
  guint priority;
  guint source_priority;
} Slot;

Slot slot_of (guint number);
gboolean slot_find_free (int state_dir, Slot *ret_slot, GError **error);
