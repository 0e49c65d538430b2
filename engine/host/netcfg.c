/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netcfg: what a connection changes on this machine, as one transaction.
 *
 * A configuration is turned into changes, in stages. The changes of a stage are written to the journal
 * and synchronised, then made, one after the other. Undoing goes through the journal backwards, and
 * is the same after a normal disconnect, after a failure in the middle, and at the start after a
 * crash; each undo is idempotent and asks the kernel until the change is gone.
 *
 * The functions here block, on the kernel, the disk and systemd-resolved; netcfg-task.c has them for a
 * main loop. They may be called from any thread; one is in at a time. */
#include "host/netcfg.h"

#include "base/names.h"
#include "host/address.h"
#include "host/dns.h"
#include "host/netcfg-private.h"
#include "host/route.h"
#include "host/rule.h"
#include "host/tun.h"

void (*netcfg_step_hook) (NetcfgStep step, NetcfgMoment moment);

void
netcfg_tell_hook (NetcfgStep step, NetcfgMoment moment)
{
  if (netcfg_step_hook != NULL)
    netcfg_step_hook (step, moment);
}

static gboolean
loosen (Netcfg *netcfg, const Slot *slot, const ReversePath *path, GError **error)
{
  Loosened *loosened = g_hash_table_lookup (netcfg->loosened, path->device);
  if (loosened == NULL) {
    loosened = g_new0 (Loosened, 1);
    loosened->path = *path;
    g_hash_table_insert (netcfg->loosened, loosened->path.device, loosened);
  }
  loosened->slots |= 1u << slot->number;
  return reverse_path_loosen (path->device, error);
}

/* The last one that needs it otherwise puts it back. After a crash the table is empty, as there is nobody. */
static gboolean
tighten (Netcfg *netcfg, const Slot *slot, const ReversePath *path, GError **error)
{
  Loosened *loosened = g_hash_table_lookup (netcfg->loosened, path->device);
  if (loosened != NULL) {
    loosened->slots &= ~(1u << slot->number);
    if (loosened->slots != 0)
      return TRUE;
    g_hash_table_remove (netcfg->loosened, path->device);
  }
  return reverse_path_restore (path, error);
}

/* One change, out of the system. */
gboolean
netcfg_undo_change (Netcfg *netcfg, const Slot *slot, const JournalChange *change, GError **error)
{
  switch (change->step) {
  case NETCFG_STEP_JOURNAL: return TRUE;
  case NETCFG_STEP_DEVICE: return tun_delete (slot->device, error);
  case NETCFG_STEP_ADDRESS: return address_remove (slot->device, &change->prefix.addr, error);
  case NETCFG_STEP_ROUTE: return route_remove (slot->device, slot->table, &change->prefix, error);
  case NETCFG_STEP_SOURCE:
    return rule_release_source (&change->prefix.addr, slot->source_priority, error);
  case NETCFG_STEP_REVERSE_PATH: return tighten (netcfg, slot, &change->path, error);
  case NETCFG_STEP_RULE: return rule_remove (change->family, slot->priority, slot->table, error);
  case NETCFG_STEP_BLOCK: return rule_unblock (change->family, slot->priority, error);
  case NETCFG_STEP_RESOLVED: return resolved_revert (netcfg->bus, slot->device, error);
  case NETCFG_STEP_RESOLV_CONF:
    return resolv_conf_remove (netcfg->state_dir, netcfg->resolv_conf, slot->number, error);
  }
  return TRUE;
}

/* Undoes all that the journal has, the last first, and then forgets the journal. What cannot be
 * undone does not keep the rest from it; then the journal stays, and the first error is told. */
static gboolean
undo_all (Netcfg *netcfg, Journal *journal, GError **error)
{
  const GArray *changes = journal_changes (journal);
  const Slot slot = slot_of (journal_slot (journal));
  g_autoptr (GError) first = NULL;
  for (guint i = changes->len; i-- > 0;) {
    const JournalChange *change = &g_array_index (changes, JournalChange, i);
    g_autoptr (GError) why = NULL;
    if (!netcfg_undo_change (netcfg, &slot, change, &why)) {
      g_warning ("%s: %s", slot.device, why->message);
      if (first == NULL)
        first = g_steal_pointer (&why);
    }
    netcfg_tell_hook (change->step, NETCFG_UNDONE);
  }
  if (first != NULL) {
    g_propagate_error (error, g_steal_pointer (&first));
    return FALSE;
  }
  gboolean ok = journal_forget (journal, error);
  netcfg_tell_hook (NETCFG_STEP_JOURNAL, NETCFG_UNDONE);
  return ok;
}

/* Undoes what a predecessor left, slot by slot; to be called once, before the first netcfg_apply (). A
 * damaged journal is set aside. FALSE with the first error if something could not be undone: its
 * slot stays taken, and the others can be used. */
gboolean
netcfg_replay (Netcfg *netcfg, GError **error)
{
  g_autoptr (GError) first = NULL;
  g_mutex_lock (&netcfg->mutex);
  for (guint number = 0; number < NETCFG_SLOTS; number++) {
    g_autoptr (Journal) journal = NULL;
    g_autoptr (GError) why = NULL;
    if (journal_load (netcfg->state_dir, number, &journal, &why) == JOURNAL_LOADED) {
      g_message ("Undoing what a connection left behind at " VISITOR_DEVICE_PREFIX "%u", number);
      undo_all (netcfg, journal, &why);
    }
    if (why != NULL && first == NULL)
      first = g_steal_pointer (&why);
  }
  /* Even if the journal that said so is damaged, no connection can need its servers now. */
  resolv_conf_remove_all (netcfg->state_dir, netcfg->resolv_conf, first == NULL ? &first : NULL);
  g_mutex_unlock (&netcfg->mutex);
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

/* The first address of the family, which is what our own packets carry. */
static const InetAddr *
source_of (const HostConfiguration *configuration, InetFamily family)
{
  for (guint i = 0; i < configuration->addresses->len; i++) {
    const InetPrefix *address = &g_array_index (configuration->addresses, InetPrefix, i);
    if (address->addr.family == family)
      return &address->addr;
  }
  return NULL;
}

/* One change, which the journal has, into the system. */
gboolean
netcfg_make_change (Netcfg *netcfg, NetcfgLink *link, const JournalChange *change, GError **error)
{
  const Slot *slot = &link->slot;
  const HostConfiguration *c = link->configuration;
  switch (change->step) {
  case NETCFG_STEP_JOURNAL: return TRUE;
  case NETCFG_STEP_DEVICE:
    link->tun = tun_create (slot->device, c->mtu, error);
    return link->tun >= 0;
  case NETCFG_STEP_ADDRESS: return address_add (slot->device, &change->prefix.addr, error);
  case NETCFG_STEP_ROUTE:
    return route_add (slot->device, slot->table, &change->prefix,
        source_of (c, change->prefix.addr.family), error);
  case NETCFG_STEP_SOURCE:
    return rule_hold_source (&change->prefix.addr, slot->source_priority, error);
  case NETCFG_STEP_REVERSE_PATH: return loosen (netcfg, slot, &change->path, error);
  case NETCFG_STEP_RULE: return rule_add (change->family, slot->priority, slot->table, error);
  case NETCFG_STEP_BLOCK: return rule_block (change->family, slot->priority, error);
  case NETCFG_STEP_RESOLVED:
    return resolved_set (netcfg->bus, slot->device, c, link->cancellable, error);
  case NETCFG_STEP_RESOLV_CONF:
    return resolv_conf_add (netcfg->state_dir, netcfg->resolv_conf, slot->number, c, error);
  }
  return TRUE;
}

/* Writes the stage's changes down, then makes them. */
static gboolean
run_stage (Netcfg *netcfg, NetcfgLink *link, const GArray *changes, GError **error)
{
  if (changes->len == 0)
    return TRUE;
  if (!journal_append (link->journal, changes, error))
    return FALSE;
  netcfg_tell_hook (g_array_index (changes, JournalChange, 0).step, NETCFG_WRITTEN);
  for (guint i = 0; i < changes->len; i++) {
    const JournalChange *change = &g_array_index (changes, JournalChange, i);
    if (!netcfg_make_change (netcfg, link, change, error))
      return FALSE;
    netcfg_tell_hook (change->step, NETCFG_MADE);
  }
  return TRUE;
}

static gboolean
run_stages (Netcfg *netcfg, NetcfgLink *link, GError **error)
{
  for (NetcfgStage stage = 0; stage < NETCFG_N_STAGES; stage++) {
    if (g_cancellable_is_cancelled (link->cancellable)) {
      g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_CANCELLED, "It was given up");
      return FALSE;
    }
    g_autoptr (GArray) changes = netcfg_plan (netcfg, stage, link->configuration);
    if (!run_stage (netcfg, link, changes, error))
      return FALSE;
  }
  return TRUE;
}

static NetcfgLink *
apply_locked (Netcfg *netcfg, const HostConfiguration *configuration, GCancellable *cancellable,
    GError **error)
{
  NetcfgLink *link = g_new0 (NetcfgLink, 1);
  g_atomic_ref_count_init (&link->refs);
  link->tun = -1;
  link->configuration = host_configuration_copy (configuration);
  link->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  if (slot_find_free (netcfg->state_dir, &link->slot, error))
    link->journal = journal_create (netcfg->state_dir, link->slot.number, error);
  if (link->journal == NULL) {
    netcfg_link_unref (link);
    return NULL;
  }
  netcfg_tell_hook (NETCFG_STEP_JOURNAL, NETCFG_MADE);
  if (run_stages (netcfg, link, error)) {
    g_clear_object (&link->cancellable);
    return link;
  }
  undo_all (netcfg, link->journal, NULL);
  netcfg_link_unref (link);
  return NULL;
}

/* Brings a configuration into force: a TUN device, its addresses, the routes in a table of its own, the
 * rules that lead there, DNS. All of it or nothing: after an error (VISITOR_ERROR_NETWORK_SETUP,
 * _DNS_SETUP, _STORAGE, _BUSY if there is no free slot, or _CANCELLED when cancellable was, which waits
 * for nobody) everything is as before. The link goes to netcfg_undo (). */
NetcfgLink *
netcfg_apply (Netcfg *netcfg, const HostConfiguration *configuration, GCancellable *cancellable,
    GError **error)
{
  if (!netcfg_has_a_family (configuration)) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_NETWORK_SETUP,
        "The gateway assigned IPv6 addresses alone, and IPv6 is turned off on this machine");
    return NULL;
  }
  g_mutex_lock (&netcfg->mutex);
  NetcfgLink *link = apply_locked (netcfg, configuration, cancellable, error);
  g_mutex_unlock (&netcfg->mutex);
  return link;
}

/* Undoes it and drops the link, also after an error: then the journal stays for the next start. */
gboolean
netcfg_undo (Netcfg *netcfg, NetcfgLink *link, GError **error)
{
  g_mutex_lock (&netcfg->mutex);
  gboolean ok = undo_all (netcfg, link->journal, error);
  link->is_undone = TRUE;
  g_mutex_unlock (&netcfg->mutex);
  netcfg_link_unref (link);
  return ok;
}

/* A device that was made anew is known by its name, and has to be dealt with again. */
static gboolean
refresh_locked (Netcfg *netcfg, NetcfgLink *link, GError **error)
{
  g_autoptr (GArray) all = netcfg_plan (netcfg, NETCFG_STAGE_REVERSE_PATHS, link->configuration);
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (JournalChange));
  gboolean ok = TRUE;
  for (guint i = 0; i < all->len; i++) {
    const JournalChange *change = &g_array_index (all, JournalChange, i);
    if (!netcfg_is_planned (journal_changes (link->journal), change->path.device))
      g_array_append_vals (fresh, change, 1);
    else if (ok)
      ok = netcfg_make_change (netcfg, link, change, error);
  }
  return ok && run_stage (netcfg, link, fresh, error);
}

/* The machine's network is another: what has come since, such as a device, is dealt with as it would have been
 * at netcfg_apply (). Does nothing to a link that was undone. Errors: _NETWORK_SETUP, _STORAGE; the link stands. */
gboolean
netcfg_refresh (Netcfg *netcfg, NetcfgLink *link, GError **error)
{
  g_mutex_lock (&netcfg->mutex);
  gboolean ok = link->is_undone || refresh_locked (netcfg, link, error);
  g_mutex_unlock (&netcfg->mutex);
  return ok;
}
