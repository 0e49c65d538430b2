/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netcfg and NetcfgLink as values: where the state is, who may change it, and how long a link lives. One lock in
 * the state directory keeps a second engine away. */
#include "host/netcfg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "host/netcfg-private.h"

#define LOCK_TRIES 20
#define LOCK_PAUSE_US 50000

/* A child of a killed engine holds its lock until it has become the worker, which is a matter of
 * milliseconds: an engine that is started again at once waits for that long and somewhat more. */
static gboolean
lock_patiently (int fd)
{
  for (int i = 0; i < LOCK_TRIES; i++) {
    if (flock (fd, LOCK_EX | LOCK_NB) == 0)
      return TRUE;
    if (errno != EWOULDBLOCK)
      return FALSE;
    g_usleep (LOCK_PAUSE_US);
  }
  errno = EWOULDBLOCK;
  return FALSE;
}

/* Takes the lock, or says who has it. */
static gboolean
take_lock (Netcfg *netcfg, GError **error)
{
  char owner[16] = "";
  netcfg->lock =
      openat (netcfg->state_dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (netcfg->lock >= 0 && lock_patiently (netcfg->lock)) {
    int len = g_snprintf (owner, sizeof owner, "%d\n", (int) getpid ());
    return ftruncate (netcfg->lock, 0) == 0 && pwrite (netcfg->lock, owner, (size_t) len, 0) == len;
  }
  if (netcfg->lock < 0 || errno != EWOULDBLOCK) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "Locking the state directory: %s",
        g_strerror (errno));
    return FALSE;
  }
  (void) !pread (netcfg->lock, owner, sizeof owner - 1, 0);
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY,
      "Another engine, process %s, changes this machine's network already", g_strchomp (owner));
  return FALSE;
}

/* Opens the state directory. VISITOR_ERROR_BUSY if another process has it. To be followed by
 * netcfg_replay (). Transfer: full. */
Netcfg *
netcfg_new (const NetcfgPlaces *places, GError **error)
{
  g_autoptr (Netcfg) netcfg = g_new0 (Netcfg, 1);
  g_mutex_init (&netcfg->mutex);
  netcfg->lock = -1;
  netcfg->loosened = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  netcfg->resolv_conf = g_strdup (places->resolv_conf);
  netcfg->bus = places->bus != NULL ? g_object_ref (places->bus) : NULL;
  netcfg->state_dir = open (places->state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (netcfg->state_dir < 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "Opening %s: %s", places->state_dir,
        g_strerror (errno));
    return NULL;
  }
  return take_lock (netcfg, error) ? g_steal_pointer (&netcfg) : NULL;
}

/* Undoes nothing: links are to be undone before. */
void
netcfg_free (Netcfg *netcfg)
{
  if (netcfg->lock >= 0)
    close (netcfg->lock);
  if (netcfg->state_dir >= 0)
    close (netcfg->state_dir);
  g_clear_object (&netcfg->bus);
  g_hash_table_unref (netcfg->loosened);
  g_free (netcfg->resolv_conf);
  g_mutex_clear (&netcfg->mutex);
  g_free (netcfg);
}

/* Another connection to the bus where systemd-resolved may be, after the last one broke. */
void
netcfg_set_bus (Netcfg *netcfg, GDBusConnection *bus)
{
  g_mutex_lock (&netcfg->mutex);
  g_set_object (&netcfg->bus, bus);
  g_mutex_unlock (&netcfg->mutex);
}

const char *
netcfg_link_interface (const NetcfgLink *link)
{
  return link->slot.device;
}

/* The device's descriptor, lent: it is the link's. */
int
netcfg_link_tun (const NetcfgLink *link)
{
  return link->tun;
}

NetcfgLink *
netcfg_link_ref (NetcfgLink *link)
{
  g_atomic_ref_count_inc (&link->refs);
  return link;
}

void
netcfg_link_unref (NetcfgLink *link)
{
  if (!g_atomic_ref_count_dec (&link->refs))
    return;
  if (link->tun >= 0)
    close (link->tun);
  g_clear_pointer (&link->journal, journal_free);
  g_clear_pointer (&link->configuration, host_configuration_free);
  g_clear_object (&link->cancellable);
  g_free (link);
}
