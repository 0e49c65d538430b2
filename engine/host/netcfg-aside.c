/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netcfg, a link that steps aside: what leads traffic into the tunnel, rules and DNS, is taken out for a
 * while, and put back. Device, addresses and routes stay, so that whoever has a socket keeps it.
 *
 * The journal is left as it is: it has what is to be undone, and undoing what is not there is no error. So
 * it is true at every moment, whenever the engine is killed. */
#include "host/netcfg.h"

#include "host/netcfg-private.h"

/* What leads traffic into the tunnel. */
static gboolean
leads_in (NetcfgStep step)
{
  return step == NETCFG_STEP_RULE || step == NETCFG_STEP_BLOCK || step == NETCFG_STEP_RESOLVED ||
      step == NETCFG_STEP_RESOLV_CONF;
}

static gboolean
step_aside (Netcfg *netcfg, NetcfgLink *link, GError **error)
{
  const GArray *changes = journal_changes (link->journal);
  gboolean ok = TRUE;
  for (guint i = changes->len; i-- > 0;) {
    const JournalChange *change = &g_array_index (changes, JournalChange, i);
    if (!leads_in (change->step))
      continue;
    ok &= netcfg_undo_change (netcfg, &link->slot, change, ok ? error : NULL);
    netcfg_tell_hook (change->step, NETCFG_UNDONE);
  }
  return ok;
}

/* What is there already, after a failure in the middle, is made anew. */
static gboolean
step_back (Netcfg *netcfg, NetcfgLink *link, GError **error)
{
  const GArray *changes = journal_changes (link->journal);
  for (guint i = 0; i < changes->len; i++) {
    const JournalChange *change = &g_array_index (changes, JournalChange, i);
    if (!leads_in (change->step))
      continue;
    if (!netcfg_undo_change (netcfg, &link->slot, change, error) ||
        !netcfg_make_change (netcfg, link, change, error))
      return FALSE;
    netcfg_tell_hook (change->step, NETCFG_MADE);
  }
  return TRUE;
}

/* Makes it as it is wanted by now, whoever came first. */
static gboolean
follow_wish (Netcfg *netcfg, NetcfgLink *link, GError **error)
{
  gboolean aside = g_atomic_int_get (&link->wants_aside);
  if (link->is_undone || aside == link->is_aside)
    return TRUE;
  if (aside) {
    link->is_aside = TRUE;
    return step_aside (netcfg, link, error);
  }
  if (!step_back (netcfg, link, error))
    return FALSE;
  link->is_aside = FALSE;
  return TRUE;
}

/* Takes out what leads traffic into the tunnel, or puts it back; a link that is so already, or undone, is
 * left as it is. After an error it may be half of one and half of the other: then another try makes it whole,
 * and netcfg_undo () undoes it as any. */
gboolean
netcfg_set_aside (Netcfg *netcfg, NetcfgLink *link, gboolean aside, GError **error)
{
  g_atomic_int_set (&link->wants_aside, aside);
  g_mutex_lock (&netcfg->mutex);
  gboolean ok = follow_wish (netcfg, link, error);
  g_mutex_unlock (&netcfg->mutex);
  return ok;
}

typedef struct {
  Netcfg *netcfg;
  NetcfgLink *link; /* owned */
} Job;

static void
job_free (gpointer memory)
{
  Job *job = memory;
  netcfg_link_unref (job->link);
  g_free (job);
}

static void
follow_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  g_mutex_lock (&job->netcfg->mutex);
  gboolean ok = follow_wish (job->netcfg, job->link, &error);
  g_mutex_unlock (&job->netcfg->mutex);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* netcfg_set_aside () without blocking. The wish holds from now on: of several calls the last one decides,
 * in whichever order they come to their end. The link may be undone meanwhile. */
void
netcfg_set_aside_async (Netcfg *netcfg, NetcfgLink *link, gboolean aside,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);
  job->netcfg = netcfg;
  job->link = netcfg_link_ref (link);
  g_atomic_int_set (&link->wants_aside, aside);
  g_task_set_source_tag (task, netcfg_set_aside_async);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, follow_in_thread);
}

gboolean
netcfg_set_aside_finish (Netcfg *netcfg, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
