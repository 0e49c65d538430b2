/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a HostWorker is told: the answers to what it asks for, what it is to do, and how the machine's network is.
 * A worker that is past the point where a message would mean something to it does not get it; one that does not
 * take its messages is ended. */
#include <sys/socket.h>

#include "host/worker-private.h"

#define GOODBYE_SECONDS 5 /* for DELETE and its answer */

static gboolean
is_listening (const HostWorker *worker)
{
  return worker->pid != 0 && worker->permit.phase != PERMIT_GONE;
}

/* Sends a message, unless the worker listens no more. body: sunk if floating; NULL: (). fd is lent; -1: none. */
void
host_worker_tell (HostWorker *worker, MessageType type, GVariant *body, int fd)
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
  host_worker_tell (worker, MESSAGE_SECRET,
      g_variant_new ("(b@ay)", secret_or_null != NULL, octets_of (secret_or_null)), -1);
}

/* Answers want_proxies; none: what the worker knows stands. */
void
host_worker_answer_proxies (HostWorker *worker, const char *const *uris)
{
  if (is_wanted (worker))
    host_worker_tell (worker, MESSAGE_PROXIES, g_variant_new ("(^as)", uris), -1);
}

/* Answers want_proxy_secret of that number; NULL: there is none. */
void
host_worker_answer_proxy_secret (HostWorker *worker, guint number, const Secret *secret_or_null)
{
  if (is_wanted (worker))
    host_worker_tell (worker, MESSAGE_PROXY_SECRET,
        g_variant_new ("(ub@ay)", number, secret_or_null != NULL, octets_of (secret_or_null)), -1);
}

/* Answers want_trust. */
void
host_worker_answer_trust (HostWorker *worker, gboolean trusted)
{
  if (is_wanted (worker))
    host_worker_tell (worker, MESSAGE_TRUST_ANSWER, g_variant_new ("(b)", trusted), -1);
}

/* Answers want_certificate: (aayas), the chain and the names of schemes; NULL: there is none. A floating
 * reference is taken. */
void
host_worker_answer_certificate (HostWorker *worker, GVariant *certificate_or_null)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (
      certificate_or_null != NULL ? certificate_or_null : g_variant_new ("(aayas)", NULL, NULL));
  if (is_wanted (worker))
    host_worker_tell (worker, MESSAGE_CERTIFICATE, body, -1);
}

/* Answers want_signature of that number: ay; NULL: none was made. A floating reference is taken. */
void
host_worker_answer_signature (HostWorker *worker, guint number, GVariant *signature_or_null)
{
  g_autoptr (GVariant) signature = g_variant_ref_sink (
      signature_or_null != NULL ? signature_or_null : g_variant_new ("ay", NULL));
  if (is_wanted (worker))
    host_worker_tell (worker, MESSAGE_SIGNATURE, g_variant_new ("(u@ay)", number, signature), -1);
}

/* Answers configure: the configuration is in force, and fd, which is lent, is its device. */
void
host_worker_give_tun (HostWorker *worker, const char *interface, int fd)
{
  if (is_wanted (worker) && permit_set_phase (&worker->permit, PERMIT_UP, "the TUN is given"))
    host_worker_tell (worker, MESSAGE_TUN, g_variant_new ("(s)", interface), fd);
}

/* Asks for new keys: of the CHILD_SA ("child"), of the IKE SA ("ike"), or by signing in anew ("sign-in").
 * Before there are any the worker passes over it. */
void
host_worker_rekey (HostWorker *worker, const char *what)
{
  if (is_wanted (worker) && worker->permit.phase != PERMIT_STARTING)
    host_worker_tell (worker, MESSAGE_REKEY, g_variant_new ("(s)", what), -1);
}

/* Asks for a status, which comes as a callback. */
void
host_worker_poll_status (HostWorker *worker)
{
  if (!is_wanted (worker) || worker->permit.phase == PERMIT_STARTING)
    return;
  permit_expect_status (&worker->permit);
  host_worker_tell (worker, MESSAGE_POLL_STATUS, NULL, -1);
}

/* How the network is by now; a worker that is not ready yet gets it with its start. */
void
host_worker_tell_connectivity (HostWorker *worker, Connectivity connectivity)
{
  if (worker->permit.phase == PERMIT_STARTING)
    worker->connectivity = connectivity;
  else if (is_wanted (worker))
    host_worker_tell (
        worker, MESSAGE_CONNECTIVITY, g_variant_new ("(u)", (guint32) connectivity), -1);
}

/* To be called before the worker is ready: where its first stream may go (InetAddr, as far as that is known without
 * asking), and the machine's networks. Says whether there is one for it, which the worker hears with its start. */
NetworkVerdict
host_worker_aim (HostWorker *worker, GArray *aims, const NetworkSnapshot *now)
{
  HostSocketBinding binding = { 0 };
  if (worker->callbacks.bind_socket != NULL)
    worker->callbacks.bind_socket (worker, SOCK_STREAM, &binding, worker->user_data);
  worker_path_aim (&worker->path, aims, &binding);
  NetworkVerdict verdict = worker_path_judge (&worker->path, now, now);
  worker->has_no_network = verdict == NETWORK_NONE;
  return verdict;
}

static void
tell_network (HostWorker *worker, const char *what, const char *const *nameservers)
{
  g_debug ("worker %d: its network: %s", worker->pid, what);
  if (is_wanted (worker) && worker->permit.phase != PERMIT_STARTING)
    host_worker_tell (worker, MESSAGE_NETWORK, g_variant_new ("(s^as)", what, nameservers), -1);
}

/* The machine's network may be another. Says what that means for this worker, which is told; it is not where it
 * need not know. nameservers: the machine's now; none: not known. */
NetworkVerdict
host_worker_network_changed (HostWorker *worker, const NetworkSnapshot *before,
    const NetworkSnapshot *after, const char *const *nameservers)
{
  NetworkVerdict verdict = worker_path_judge (&worker->path, before, after);
  worker->has_no_network = verdict == NETWORK_NONE;
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
  host_worker_tell (worker, MESSAGE_DISCONNECT, NULL, -1);
  if (permit_set_phase (&worker->permit, PERMIT_CLOSING, "asked to disconnect"))
    host_worker_set_deadline (worker, GOODBYE_SECONDS);
}
