/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netcfg for a main loop: each call runs in a thread of its own, for resolved may take its time and
 * the disk too. */
#include "host/netcfg.h"

#include "host/netcfg-private.h"

typedef struct {
  Netcfg *netcfg;
  HostConfiguration *configuration;
  NetcfgLink *link;
  GCancellable *cancellable; /* or NULL */
} Job;

static void
job_free (gpointer memory)
{
  Job *job = memory;
  g_clear_pointer (&job->configuration, host_configuration_free);
  g_clear_object (&job->cancellable);
  g_free (job);
}

static void
apply_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  NetcfgLink *link = netcfg_apply (job->netcfg, job->configuration, job->cancellable, &error);
  if (link != NULL)
    g_task_return_pointer (task, link, NULL);
  else
    g_task_return_error (task, error);
}

/* netcfg_apply () without blocking; callback is called in the main context of now. The Netcfg must
 * outlive it, and netcfg_apply_finish () must be called, for it hands over the link: one that was cancelled
 * too late is there all the same. */
void
netcfg_apply_async (Netcfg *netcfg, const HostConfiguration *configuration,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);
  job->netcfg = netcfg;
  job->configuration = host_configuration_copy (configuration);
  job->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  g_task_set_source_tag (task, netcfg_apply_async);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, apply_in_thread);
}

NetcfgLink *
netcfg_apply_finish (Netcfg *netcfg, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
undo_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  if (netcfg_undo (job->netcfg, job->link, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* netcfg_undo () without blocking; takes the link at once. */
void
netcfg_undo_async (
    Netcfg *netcfg, NetcfgLink *link, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);
  job->netcfg = netcfg;
  job->link = link;
  g_task_set_source_tag (task, netcfg_undo_async);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, undo_in_thread);
}

gboolean
netcfg_undo_finish (Netcfg *netcfg, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
refresh_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  if (netcfg_refresh (job->netcfg, job->link, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
refreshed_free (gpointer memory)
{
  netcfg_link_unref (((Job *) memory)->link);
  job_free (memory);
}

/* netcfg_refresh () without blocking. The link may be undone meanwhile. */
void
netcfg_refresh_async (
    Netcfg *netcfg, NetcfgLink *link, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);
  job->netcfg = netcfg;
  job->link = netcfg_link_ref (link);
  g_task_set_source_tag (task, netcfg_refresh_async);
  g_task_set_task_data (task, job, refreshed_free);
  g_task_run_in_thread (task, refresh_in_thread);
}

gboolean
netcfg_refresh_finish (Netcfg *netcfg, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
