/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HostWorker: one visitor-tunnel process and the talk with it.
 *
 * Every message passes the permit table, then host_report_parse (), and only then a callback. Whatever
 * goes wrong with a worker ends the same way: it is killed, reaped, and `ended` is called once. All
 * of it happens in the main context of the thread that started the worker, and nothing blocks: a
 * worker that does not read its messages is ended too. */
#include "host/worker.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/protocol/permit.h"
#include "host/report.h"
#include "host/socket.h"
#include "host/spawn.h"
#include "host/worker-path.h"

#define MESSAGES_PER_TURN 16
#define LAST_WORD_SECONDS 2 /* from its last word, or the end of its socket, to its exit */
#define GOODBYE_SECONDS 5 /* for DELETE and its answer */
#define SOCKETS_PER_WINDOW 40
#define SOCKET_WINDOW (10 * (gint64) G_USEC_PER_SEC)

struct _HostWorker {
  int refs;
  HostWorkerCallbacks callbacks;
  gpointer user_data;
  GMainContext *context;

  /* the process */
  GPid pid; /* 0 = reaped */
  int socket;
  GSource *messages;
  GSource *exit;
  GSource *deadline;

  /* the talk */
  GVariant *start;
  Permit permit;
  guint sockets;
  gint64 sockets_since;
  gboolean orderly;
  GError *reason; /* why it ended, as far as known */

  WorkerPath path;
};

static void
drop_source (GSource **source)
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
  drop_source (&worker->messages);
  drop_source (&worker->exit);
  drop_source (&worker->deadline);
  if (worker->pid != 0)
    reap_now (worker);
  if (worker->socket >= 0)
    close (worker->socket);
  g_clear_pointer (&worker->start, g_variant_unref);
  g_clear_error (&worker->reason);
  g_main_context_unref (worker->context);
  g_free (worker);
}

/* The process, 0 once it is gone. */
GPid
host_worker_pid (const HostWorker *worker)
{
  return worker->pid;
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
  drop_source (&worker->messages);
  drop_source (&worker->deadline);
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

static void
set_deadline (HostWorker *worker, guint seconds)
{
  drop_source (&worker->deadline);
  worker->deadline = g_timeout_source_new_seconds (seconds);
  g_source_set_callback (worker->deadline, on_deadline, worker, NULL);
  g_source_attach (worker->deadline, worker->context);
}

static gboolean
is_listening (const HostWorker *worker)
{
  return worker->pid != 0 && worker->permit.phase != PERMIT_GONE;
}

static void
tell (HostWorker *worker, MessageType type, GVariant *body, int fd)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (body != NULL ? body : g_variant_new ("()"));
  g_autoptr (GError) error = NULL;
  if (!is_listening (worker) || message_send (worker->socket, type, owned, fd, &error))
    return;
  /* At its end of the socket the worker may have a last word waiting that says more. */
  if (g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED))
    return;
  g_prefix_error (&error, "The worker does not take \"%s\": ", message_type_to_string (type));
  error->code = VISITOR_ERROR_WORKER_DIED;
  host_worker_kill (worker, error);
}

/* True while what the worker asks for is still to be given. */
static gboolean
is_wanted (const HostWorker *worker)
{
  return is_listening (worker) && worker->permit.phase != PERMIT_CLOSING;
}

/* Floating; the octets are not copied. */
static GVariant *
octets_of (const Secret *secret_or_null)
{
  if (secret_or_null == NULL)
    return g_variant_new ("ay", NULL);
  Slice slice = secret_slice (secret_or_null);
  Secret *held = secret_ref ((Secret *) secret_or_null);
  return g_variant_new_from_data (
      G_VARIANT_TYPE_BYTESTRING, slice.data, slice.len, TRUE, (GDestroyNotify) secret_unref, held);
}

/* Answers want_secret; NULL: there is none, nobody gave one. The octets are not copied but into the
 * packet, which is wiped. */
void
host_worker_answer_secret (HostWorker *worker, const Secret *secret_or_null)
{
  if (!is_wanted (worker))
    return;
  tell (worker, MESSAGE_SECRET,
      g_variant_new ("(b@ay)", secret_or_null != NULL, octets_of (secret_or_null)), -1);
}

/* Answers want_proxies; none: what the worker knows stands. */
void
host_worker_answer_proxies (HostWorker *worker, const char *const *uris)
{
  if (is_wanted (worker))
    tell (worker, MESSAGE_PROXIES, g_variant_new ("(^as)", uris), -1);
}

/* Answers want_proxy_secret of that number; NULL: there is none. */
void
host_worker_answer_proxy_secret (HostWorker *worker, guint number, const Secret *secret_or_null)
{
  if (is_wanted (worker))
    tell (worker, MESSAGE_PROXY_SECRET,
        g_variant_new ("(ub@ay)", number, secret_or_null != NULL, octets_of (secret_or_null)), -1);
}

/* Answers want_trust. */
void
host_worker_answer_trust (HostWorker *worker, gboolean trusted)
{
  if (is_wanted (worker))
    tell (worker, MESSAGE_TRUST_ANSWER, g_variant_new ("(b)", trusted), -1);
}

/* Answers want_certificate: (aayas), the chain and the names of schemes; NULL: there is none. A floating
 * reference is taken. */
void
host_worker_answer_certificate (HostWorker *worker, GVariant *certificate_or_null)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (
      certificate_or_null != NULL ? certificate_or_null : g_variant_new ("(aayas)", NULL, NULL));
  if (is_wanted (worker))
    tell (worker, MESSAGE_CERTIFICATE, body, -1);
}

/* Answers want_signature of that number: ay; NULL: none was made. A floating reference is taken. */
void
host_worker_answer_signature (HostWorker *worker, guint number, GVariant *signature_or_null)
{
  g_autoptr (GVariant) signature = g_variant_ref_sink (
      signature_or_null != NULL ? signature_or_null : g_variant_new ("ay", NULL));
  if (is_wanted (worker))
    tell (worker, MESSAGE_SIGNATURE, g_variant_new ("(u@ay)", number, signature), -1);
}

/* Answers configure: the configuration is in force, and fd, which is lent, is its device. */
void
host_worker_give_tun (HostWorker *worker, const char *interface, int fd)
{
  if (is_wanted (worker) && permit_set_phase (&worker->permit, PERMIT_UP, "the TUN is given"))
    tell (worker, MESSAGE_TUN, g_variant_new ("(s)", interface), fd);
}

/* Asks for new keys: of the CHILD_SA ("child"), of the IKE SA ("ike"), or by signing in anew ("sign-in").
 * Before there are any the worker passes over it. */
void
host_worker_rekey (HostWorker *worker, const char *what)
{
  if (is_wanted (worker) && worker->permit.phase != PERMIT_STARTING)
    tell (worker, MESSAGE_REKEY, g_variant_new ("(s)", what), -1);
}

/* Asks for a status, which comes as a callback. */
void
host_worker_poll_status (HostWorker *worker)
{
  if (!is_wanted (worker) || worker->permit.phase == PERMIT_STARTING)
    return;
  permit_expect_status (&worker->permit);
  tell (worker, MESSAGE_POLL_STATUS, NULL, -1);
}

/* How the network is by now; before it was started the worker gets it with its start. */
void
host_worker_tell_connectivity (HostWorker *worker, Connectivity connectivity)
{
  if (is_wanted (worker) && worker->permit.phase != PERMIT_STARTING)
    tell (worker, MESSAGE_CONNECTIVITY, g_variant_new ("(u)", (guint32) connectivity), -1);
}

static void
tell_network (HostWorker *worker, const char *what, const char *const *nameservers)
{
  g_debug ("worker %d: its network: %s", worker->pid, what);
  if (is_wanted (worker) && worker->permit.phase != PERMIT_STARTING)
    tell (worker, MESSAGE_NETWORK, g_variant_new ("(s^as)", what, nameservers), -1);
}

/* The machine's network may be another. Says what that means for this worker, which is told; it is not where it
 * need not know. nameservers: the machine's now; none: not known. */
NetworkVerdict
host_worker_network_changed (HostWorker *worker, const NetworkSnapshot *before,
    const NetworkSnapshot *after, const char *const *nameservers)
{
  NetworkVerdict verdict = worker_path_judge (&worker->path, before, after);
  tell_network (worker, network_verdict_to_string (verdict), nameservers);
  return verdict;
}

/* The machine has slept: whatever stood before leads nowhere, or nobody knows. As above. */
NetworkVerdict
host_worker_woke (HostWorker *worker, const NetworkSnapshot *now, const char *const *nameservers)
{
  NetworkVerdict verdict = worker_path_judge (&worker->path, now, now);
  worker_path_ended (&worker->path);
  tell_network (worker, verdict == NETWORK_NONE ? "none" : "woke", nameservers);
  return verdict == NETWORK_NONE ? NETWORK_NONE : NETWORK_GONE;
}

/* Asks the worker to say goodbye and end; after a few seconds it is killed. Its end is an orderly
 * one in both cases. */
void
host_worker_disconnect (HostWorker *worker)
{
  if (!is_wanted (worker))
    return;
  if (worker->permit.phase == PERMIT_STARTING) {
    host_worker_kill (worker, NULL);
    return;
  }
  worker->orderly = TRUE;
  tell (worker, MESSAGE_DISCONNECT, NULL, -1);
  if (permit_set_phase (&worker->permit, PERMIT_CLOSING, "asked to disconnect"))
    set_deadline (worker, GOODBYE_SECONDS);
}

static void
on_ready (HostWorker *worker, const HostReport *report)
{
  permit_set_phase (&worker->permit, PERMIT_CONNECTING, "the worker is ready");
  tell (worker, MESSAGE_START, worker->start, -1);
}

/* The soft limit, far below the permit table's: beyond it the worker is refused a socket and lives. */
static gboolean
may_have_socket (HostWorker *worker)
{
  gint64 now = g_get_monotonic_time ();
  if (now - worker->sockets_since >= SOCKET_WINDOW) {
    worker->sockets_since = now;
    worker->sockets = 0;
  }
  if (++worker->sockets == SOCKETS_PER_WINDOW + 1)
    g_message ("The worker %d asks for too many sockets", worker->pid);
  return worker->sockets <= SOCKETS_PER_WINDOW;
}

static void
on_want_socket (HostWorker *worker, const HostReport *report)
{
  g_autoptr (GError) error = NULL;
  int fd = -1;
  HostSocketBinding binding = { 0 };
  if (worker->callbacks.bind_socket != NULL)
    worker->callbacks.bind_socket (worker, report->socket_type, &binding, worker->user_data);
  if (may_have_socket (worker))
    fd = host_socket_open (report->family, report->socket_type, &binding, &error);
  else
    error =
        g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_UNREACHABLE, "too many sockets at once");
  if (error != NULL)
    g_debug ("No socket for the worker: %s", error->message);
  tell (worker, MESSAGE_SOCKET,
      g_variant_new ("(uss)", report->number,
          error != NULL ? visitor_error_name ((VisitorError) error->code) : "",
          error != NULL ? error->message : ""),
      fd);
  if (fd >= 0)
    close (fd);
}

static void
on_want_secret (HostWorker *worker, const HostReport *report)
{
  const HostQuestion question = {
    .kind = report->kind,
    .user = report->detail,
    .attempt = report->number,
    .text = report->text,
  };
  if (worker->callbacks.want_secret != NULL)
    worker->callbacks.want_secret (worker, &question, worker->user_data);
  else
    host_worker_answer_secret (worker, NULL);
}

static void
on_want_trust (HostWorker *worker, const HostReport *report)
{
  if (worker->callbacks.want_trust != NULL)
    worker->callbacks.want_trust (worker, report->question, worker->user_data);
  else
    host_worker_answer_trust (worker, FALSE);
}

static void
on_key_changed (HostWorker *worker, const HostReport *report)
{
  if (worker->callbacks.key_changed != NULL)
    worker->callbacks.key_changed (worker, report->question, worker->user_data);
}

static void
on_portal (HostWorker *worker, const HostReport *report)
{
  if (worker->callbacks.portal != NULL)
    worker->callbacks.portal (worker, report->detail, worker->user_data);
}

static void
on_want_certificate (HostWorker *worker, const HostReport *report)
{
  if (worker->callbacks.want_certificate != NULL)
    worker->callbacks.want_certificate (worker, worker->user_data);
  else
    host_worker_answer_certificate (worker, NULL);
}

static void
on_want_signature (HostWorker *worker, const HostReport *report)
{
  if (worker->callbacks.want_signature != NULL)
    worker->callbacks.want_signature (
        worker, report->number, report->scheme, report->octets, worker->user_data);
  else
    host_worker_answer_signature (worker, report->number, NULL);
}

static void
on_want_proxies (HostWorker *worker, const HostReport *report)
{
  static const char *const none[] = { NULL };
  if (worker->callbacks.want_proxies != NULL)
    worker->callbacks.want_proxies (worker, worker->user_data);
  else
    host_worker_answer_proxies (worker, none);
}

static void
on_want_proxy_secret (HostWorker *worker, const HostReport *report)
{
  const HostProxyQuestion question = {
    .kind = report->kind,
    .proxy = &report->proxy,
    .user = report->detail,
    .attempt = report->attempt,
    .realm = report->text,
  };
  if (worker->callbacks.want_proxy_secret != NULL)
    worker->callbacks.want_proxy_secret (worker, report->number, &question, worker->user_data);
  else
    host_worker_answer_proxy_secret (worker, report->number, NULL);
}

static void
on_path (HostWorker *worker, const HostReport *report)
{
  HostSocketBinding binding = { 0 };
  if (worker->callbacks.bind_socket != NULL)
    worker->callbacks.bind_socket (worker, SOCK_STREAM, &binding, worker->user_data);
  worker_path_stands (&worker->path, &report->local, &report->remote, &binding);
}

/* A worker that looks for the gateway has no stream. */
static void
on_state (HostWorker *worker, const HostReport *report)
{
  if (g_str_equal (report->kind, "reconnecting") ||
      g_str_equal (report->kind, "looking-for-gateway") ||
      g_str_equal (report->kind, "waiting-for-portal"))
    worker_path_ended (&worker->path);
  if (worker->callbacks.state != NULL)
    worker->callbacks.state (worker, report->kind, report->detail, worker->user_data);
}

static void
on_configure (HostWorker *worker, const HostReport *report)
{
  permit_set_phase (&worker->permit, PERMIT_APPLYING, "a configuration came");
  if (worker->callbacks.configure != NULL)
    worker->callbacks.configure (worker, report->configuration, worker->user_data);
}

static void
on_status (HostWorker *worker, const HostReport *report)
{
  if (worker->callbacks.status != NULL)
    worker->callbacks.status (worker, report->status, worker->user_data);
}

static void
on_attempt (HostWorker *worker, const HostReport *report)
{
  if (worker->callbacks.attempt != NULL)
    worker->callbacks.attempt (worker, report->tried, worker->user_data);
}

static void
on_finding (HostWorker *worker, const HostReport *report)
{
  if (worker->callbacks.finding != NULL)
    worker->callbacks.finding (worker, report->finding, worker->user_data);
}

static void
on_log (HostWorker *worker, const HostReport *report)
{
  if (worker->callbacks.log != NULL)
    worker->callbacks.log (worker, report->level, report->detail, worker->user_data);
}

static void
on_failed (HostWorker *worker, const HostReport *report)
{
  if (worker->reason == NULL)
    worker->reason = g_error_new_literal (VISITOR_ERROR, report->code, report->detail);
  permit_set_phase (&worker->permit, PERMIT_GONE, "the worker failed");
  set_deadline (worker, LAST_WORD_SECONDS);
}

static void
on_closed (HostWorker *worker, const HostReport *report)
{
  worker->orderly = TRUE;
  permit_set_phase (&worker->permit, PERMIT_GONE, "the worker closed");
  set_deadline (worker, LAST_WORD_SECONDS);
}

static const struct {
  void (*handle) (HostWorker *worker, const HostReport *report);
  gboolean is_request; /* not answered any more while closing */
} handlers[MESSAGE_N_TYPES] = {
  [MESSAGE_READY] = { on_ready },
  [MESSAGE_WANT_SOCKET] = { on_want_socket, TRUE },
  [MESSAGE_WANT_SECRET] = { on_want_secret, TRUE },
  [MESSAGE_WANT_TRUST] = { on_want_trust, TRUE },
  [MESSAGE_WANT_PROXIES] = { on_want_proxies, TRUE },
  [MESSAGE_WANT_PROXY_SECRET] = { on_want_proxy_secret, TRUE },
  [MESSAGE_WANT_CERTIFICATE] = { on_want_certificate, TRUE },
  [MESSAGE_WANT_SIGNATURE] = { on_want_signature, TRUE },
  [MESSAGE_STATE] = { on_state },
  [MESSAGE_PATH] = { on_path },
  [MESSAGE_CONFIGURE] = { on_configure, TRUE },
  [MESSAGE_STATUS] = { on_status },
  [MESSAGE_ATTEMPT] = { on_attempt },
  [MESSAGE_FINDING] = { on_finding },
  [MESSAGE_LOG] = { on_log },
  [MESSAGE_FAILED] = { on_failed },
  [MESSAGE_CLOSED] = { on_closed },
  [MESSAGE_KEY_CHANGED] = { on_key_changed },
  [MESSAGE_PORTAL] = { on_portal },
};

/* Receives and handles one message; FALSE if there is none left now, or will be none any more. */
static gboolean
handle_one (HostWorker *worker)
{
  g_auto (Message) message = { 0 };
  g_auto (HostReport) report = { 0 };
  g_autoptr (GError) error = NULL;
  if (!message_receive (worker->socket, &message, &error)) {
    if (g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_BUSY))
      return FALSE;
    drop_source (&worker->messages);
    if (g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED))
      set_deadline (worker, LAST_WORD_SECONDS);
    else
      host_worker_kill (worker, error);
    return FALSE;
  }
  if (!permit_check (&worker->permit, &message, g_get_monotonic_time (), &error) ||
      !host_report_parse (&message, &report, &error)) {
    host_worker_kill (worker, error);
    return FALSE;
  }
  if (worker->permit.phase != PERMIT_CLOSING || !handlers[message.type].is_request)
    handlers[message.type].handle (worker, &report);
  return worker->messages != NULL;
}

static gboolean
on_messages (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (HostWorker) worker = host_worker_ref (user_data);
  for (guint i = 0; i < MESSAGES_PER_TURN && handle_one (worker); i++)
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
  while (worker->messages != NULL && handle_one (worker))
    ;
  drop_source (&worker->messages);
  drop_source (&worker->deadline);
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
