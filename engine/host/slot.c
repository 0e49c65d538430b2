/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slot: a small number for each connection, from which its device, routing table and rule priority
 * follow. A slot is taken only if nobody, we or others, uses any of the three. */
#include "host/slot.h"

#include "base/names.h"
#include "host/journal.h"
#include "host/route.h"
#include "host/rule.h"
#include "host/tun.h"

Slot
slot_of (guint number)
{
  Slot slot = {
    .number = number,
    .table = NETCFG_TABLE_BASE + number,
    .priority = NETCFG_PRIORITY_BASE + number,
    .source_priority = NETCFG_SOURCE_PRIORITY_BASE + number,
  };
  g_snprintf (slot.device, sizeof slot.device, VISITOR_DEVICE_PREFIX "%u", number);
  return slot;
}

static gboolean
is_free (int state_dir, const Slot *slot, gboolean *ret_free, GError **error)
{
  gboolean table_is_free, priority_is_free, source_is_free;
  *ret_free = FALSE;
  if (journal_exists (state_dir, slot->number) || !tun_name_is_free (slot->device))
    return TRUE;
  if (!route_table_is_free (slot->table, &table_is_free, error) ||
      !rule_is_free (slot->priority, slot->table, &priority_is_free, error) ||
      !rule_is_free (slot->source_priority, slot->table, &source_is_free, error))
    return FALSE;
  *ret_free = table_is_free && priority_is_free && source_is_free;
  return TRUE;
}

/* The first free slot. VISITOR_ERROR_BUSY if there is none. */
gboolean
slot_find_free (int state_dir, Slot *ret_slot, GError **error)
{
  for (guint number = 0; number < NETCFG_SLOTS; number++) {
    Slot slot = slot_of (number);
    gboolean found;
    if (!is_free (state_dir, &slot, &found, error))
      return FALSE;
    if (found) {
      *ret_slot = slot;
      return TRUE;
    }
  }
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY, "All %u places for connections are taken",
      NETCFG_SLOTS);
  return FALSE;
}
