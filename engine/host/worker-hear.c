/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a HostWorker says to us. Every message passes the permit table, then host_report_parse (), and only then
 * reaches its handler, most of which are a callback. A question that nobody is there for is answered with no
 * at once, and a socket is opened here. */
#include "host/worker-private.h"

#include <sys/socket.h>
#include <unistd.h>

#include "host/report.h"
#include "host/socket.h"

#define SOCKETS_PER_WINDOW 40
#define SOCKET_WINDOW (10 * (gint64) G_USEC_PER_SEC)

static void
on_ready (HostWorker *worker, const HostReport *report)
{
  GVariantDict body;
  permit_set_phase (&worker->permit, PERMIT_CONNECTING, "the worker is ready");
  g_variant_dict_init (&body, worker->start);
  if (worker->has_no_network)
    g_variant_dict_insert (&body, "no-network", "b", TRUE);
  if (worker->connectivity != CONNECTIVITY_UNKNOWN)
    g_variant_dict_insert (&body, "connectivity", "u", (guint32) worker->connectivity);
  host_worker_tell (worker, MESSAGE_START, g_variant_dict_end (&body), -1);
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
  host_worker_tell (worker, MESSAGE_SOCKET,
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
  if (worker->callbacks.path != NULL)
    worker->callbacks.path (worker, worker->user_data);
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
  host_worker_set_deadline (worker, LAST_WORD_SECONDS);
}

static void
on_closed (HostWorker *worker, const HostReport *report)
{
  worker->orderly = TRUE;
  permit_set_phase (&worker->permit, PERMIT_GONE, "the worker closed");
  host_worker_set_deadline (worker, LAST_WORD_SECONDS);
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
gboolean
host_worker_handle_one (HostWorker *worker)
{
  g_auto (Message) message = { 0 };
  g_auto (HostReport) report = { 0 };
  g_autoptr (GError) error = NULL;
  if (!message_receive (worker->socket, &message, &error)) {
    if (g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_BUSY))
      return FALSE;
    host_worker_drop_source (&worker->messages);
    if (g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED))
      host_worker_set_deadline (worker, LAST_WORD_SECONDS);
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
