/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HostWorker: one visitor-tunnel process, from its start to its end.
 *
 * Whatever goes wrong with a worker ends the same way: it is killed, reaped, and `ended` is called once.
 * All of it happens in the main context of the thread that started the worker, and nothing blocks: a
 * worker that does not read its messages is ended too. What it says is in worker-hear.c, what it is told
 * in worker-tell.c. */
#include "host/worker-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/spawn.h"

#define MESSAGES_PER_TURN 16

void
host_worker_drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

HostWorker *
host_worker_ref (HostWorker *worker)
{
  worker->refs++;
  return worker;
}

static void
reap_now (HostWorker *worker)
{
  kill (worker->pid, SIGKILL);
  while (waitpid (worker->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  worker->pid = 0;
}

/* Drops a reference. With the last one a process that still runs is killed, and nobody is told. Not
 * thread-safe. */
void
host_worker_unref (HostWorker *worker)
{
  if (--worker->refs > 0)
    return;
  host_worker_drop_source (&worker->messages);
  host_worker_drop_source (&worker->exit);
  host_worker_drop_source (&worker->deadline);
  if (worker->pid != 0)
    reap_now (worker);
  if (worker->socket >= 0)
    close (worker->socket);
  g_clear_pointer (&worker->start, g_variant_unref);
  g_clear_error (&worker->reason);
  g_main_context_unref (worker->context);
  worker_path_clear (&worker->path);
  g_free (worker);
}

/* The process, 0 once it is gone. */
GPid
host_worker_pid (const HostWorker *worker)
{
  return worker->pid;
}

/* The other end of the worker's stream: the gateway's, or the proxy's that it goes through. FALSE while there
 * is none. */
gboolean
host_worker_remote (const HostWorker *worker, InetAddr *ret_remote)
{
  if (worker->path.stream.source.family == INET_NONE)
    return FALSE;
  *ret_remote = worker->path.remote;
  return TRUE;
}

/* TRUE if a worker has ended for want of an answer: whoever did not give it can say more about why. */
gboolean
host_worker_lacked_answer (const GError *error)
{
  return g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET) ||
      g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_NO_SIGNATURE) ||
      g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_TRUST_DECLINED) ||
      g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_CANCELLED);
}

/* Ends the worker at once. reason is what `ended` will be told unless something was wrong before;
 * NULL: it is an orderly end. */
void
host_worker_kill (HostWorker *worker, const GError *reason)
{
  if (reason == NULL)
    worker->orderly = TRUE;
  else if (worker->reason == NULL)
    worker->reason = g_error_copy (reason);
  permit_set_phase (&worker->permit, PERMIT_GONE, "killed");
  host_worker_drop_source (&worker->messages);
  host_worker_drop_source (&worker->deadline);
  if (worker->pid != 0)
    kill (worker->pid, SIGKILL);
}

static gboolean
on_deadline (gpointer user_data)
{
  HostWorker *worker = user_data;
  g_autoptr (GError) error = g_error_new_literal (
      VISITOR_ERROR, VISITOR_ERROR_WORKER_DIED, "The worker stopped listening and did not end");
  g_message ("The worker %d did not end by itself and is killed", worker->pid);
  host_worker_kill (worker, worker->orderly ? NULL : error);
  return G_SOURCE_REMOVE;
}

/* Kills the worker unless it has ended in these seconds; in place of what was set before. */
void
host_worker_set_deadline (HostWorker *worker, guint seconds)
{
  host_worker_drop_source (&worker->deadline);
  worker->deadline = g_timeout_source_new_seconds (seconds);
  g_source_set_callback (worker->deadline, on_deadline, worker, NULL);
  g_source_attach (worker->deadline, worker->context);
}

static gboolean
on_messages (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (HostWorker) worker = host_worker_ref (user_data);
  for (guint i = 0; i < MESSAGES_PER_TURN && host_worker_handle_one (worker); i++)
    ;
  return worker->messages != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
describe_end (HostWorker *worker, int status)
{
  if (worker->orderly || worker->reason != NULL)
    return;
  if (WIFSIGNALED (status))
    g_set_error (&worker->reason, VISITOR_ERROR, VISITOR_ERROR_WORKER_DIED,
        "The worker was ended by signal %d (%s)", WTERMSIG (status),
        g_strsignal (WTERMSIG (status)));
  else
    g_set_error (&worker->reason, VISITOR_ERROR, VISITOR_ERROR_WORKER_DIED,
        "The worker exited with status %d without a word", WEXITSTATUS (status));
}

static void
on_exit_of_worker (GPid pid, int status, gpointer user_data)
{
  g_autoptr (HostWorker) worker = host_worker_ref (user_data);
  worker->pid = 0; /* reaped: the number may already be another's */
  while (worker->messages != NULL && host_worker_handle_one (worker))
    ;
  host_worker_drop_source (&worker->messages);
  host_worker_drop_source (&worker->deadline);
  describe_end (worker, status);
  g_debug (
      "worker %d: ended (%s)", pid, worker->reason != NULL ? worker->reason->message : "orderly");
  worker->callbacks.ended (worker, worker->reason, worker->user_data);
}

static void
watch (HostWorker *worker)
{
  worker->messages = g_unix_fd_source_new (worker->socket, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (worker->messages, G_SOURCE_FUNC (on_messages), worker, NULL);
  g_source_attach (worker->messages, worker->context);
  worker->exit = g_child_watch_source_new (worker->pid);
  g_source_set_callback (worker->exit, G_SOURCE_FUNC (on_exit_of_worker), worker, NULL);
  g_source_attach (worker->exit, worker->context);
}

/* Starts a worker, which gets start, the body of MESSAGE_START (sunk if floating), as soon as it is
 * ready. From then on `ended` is called once, unless the last reference goes before. NULL with
 * VISITOR_ERROR_WORKER_DIED if the program does not start, VISITOR_ERROR_NETWORK_SETUP if its user
 * is missing. To be called from the main thread: the worker dies with the thread. Transfer: full. */
HostWorker *
host_worker_start (const HostWorkerOptions *options, GVariant *start,
    const HostWorkerCallbacks *callbacks, gpointer user_data, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (start);
  int socket;
  GPid pid;
  const HostSpawn spawn = {
    .program = options->program,
    .user = options->user,
    .socket_type = SOCK_SEQPACKET,
    .input = -1,
  };
  if (!host_spawn (&spawn, &socket, &pid, error))
    return NULL;
  HostWorker *worker = g_new0 (HostWorker, 1);
  worker->refs = 1;
  worker->callbacks = *callbacks;
  worker->user_data = user_data;
  worker->context = g_main_context_ref_thread_default ();
  worker->pid = pid;
  worker->socket = socket;
  worker->start = g_steal_pointer (&owned);
  permit_init (&worker->permit, g_get_monotonic_time ());
  watch (worker);
  g_debug ("worker %d: started", pid);
  return worker;
}
