/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ike-probe: drives an IkeSession over a plain TCP stream with RFC 9329 framing against a real
 * gateway, and prints what happens. For tests; not installed, no TUN, no ESP traffic.
 *
 * Commands on standard input, one per line: rekey, drop (the stream, and connect anew), close. */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ike/session.h"
#include "wire/stream.h"

static char *opt_connect, *opt_local, *opt_remote, *opt_user, *opt_ca;
static char **opt_secrets; /* one for each attempt */
static int opt_child_lifetime, opt_liveness, opt_think, opt_fragment;
static gboolean opt_once;

static const GOptionEntry options[] = {
  { "connect", 'c', 0, G_OPTION_ARG_STRING, &opt_connect, "Gateway", "HOST:PORT" },
  { "local", 'l', 0, G_OPTION_ARG_STRING, &opt_local, "Our identity", "ID" },
  { "remote", 'r', 0, G_OPTION_ARG_STRING, &opt_remote, "The gateway's identity", "ID" },
  { "user", 'u', 0, G_OPTION_ARG_STRING, &opt_user, "EAP user (else a pre-shared key)", "NAME" },
  { "secret", 's', 0, G_OPTION_ARG_STRING_ARRAY, &opt_secrets,
      "Key or password, again for more attempts", "TEXT" },
  { "ca", 'a', 0, G_OPTION_ARG_FILENAME, &opt_ca, "CA certificates", "FILE" },
  { "child-lifetime", 0, 0, G_OPTION_ARG_INT, &opt_child_lifetime, "Of the CHILD_SA", "SECONDS" },
  { "liveness", 0, 0, G_OPTION_ARG_INT, &opt_liveness, "Silence before we ask", "SECONDS" },
  { "think", 0, 0, G_OPTION_ARG_INT, &opt_think, "Before the secret is given", "SECONDS" },
  { "fragment", 0, 0, G_OPTION_ARG_INT, &opt_fragment, "Cut longer messages (RFC 7383)", "OCTETS" },
  { "once", 0, 0, G_OPTION_ARG_NONE, &opt_once, "Close when a CHILD_SA is there", NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

typedef struct {
  IkeSession *ike;
  int fd;
  StreamDecoder decoder;
  IkePath path;
  bool over;
  int status;
} Probe;

static time_t
wall_clock (void)
{
  return time (NULL);
}

static bool
open_stream (Probe *probe)
{
  g_autofree char *host = g_strdup (opt_connect);
  char *port = strrchr (host, ':');
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
  *port++ = '\0';
  if (getaddrinfo (host, port, &hints, &found) != 0)
    return false;
  probe->fd = socket (found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool good = connect (probe->fd, found->ai_addr, found->ai_addrlen) == 0;
  freeaddrinfo (found);
  struct sockaddr_storage sockaddr;
  socklen_t len = sizeof sockaddr;
  if (!good || getsockname (probe->fd, (struct sockaddr *) &sockaddr, &len) != 0)
    return false;
  inet_addr_from_sockaddr (
      (struct sockaddr *) &sockaddr, &probe->path.local, &probe->path.local_port);
  len = sizeof sockaddr;
  if (getpeername (probe->fd, (struct sockaddr *) &sockaddr, &len) != 0)
    return false;
  inet_addr_from_sockaddr (
      (struct sockaddr *) &sockaddr, &probe->path.remote, &probe->path.remote_port);
  stream_decoder_init (&probe->decoder, false);
  return send (probe->fd, stream_prefix, STREAM_PREFIX_LEN, MSG_NOSIGNAL) == STREAM_PREFIX_LEN;
}

static void
send_message (Probe *probe, GBytes *message)
{
  static uint8_t frame[STREAM_BUFFER_LEN];
  gsize len;
  const uint8_t *data = g_bytes_get_data (message, &len);
  size_t n = stream_write_ike (frame, sizeof frame, SLICE (data, len));
  if (send (probe->fd, frame, n, MSG_NOSIGNAL) != (ssize_t) n)
    g_printerr ("send: %s\n", g_strerror (errno));
}

static void
print_configuration (const IkeConfiguration *configuration)
{
  char text[INET_PREFIX_STRLEN];
  for (guint i = 0; i < configuration->addresses->len; i++)
    g_print ("address %s\n",
        inet_prefix_format (&g_array_index (configuration->addresses, InetPrefix, i), text));
  for (guint i = 0; i < configuration->dns->len; i++)
    g_print ("dns %s\n", inet_addr_format (&g_array_index (configuration->dns, InetAddr, i), text));
  for (guint i = 0; i < configuration->domains->len; i++)
    g_print ("domain %s\n", (const char *) configuration->domains->pdata[i]);
  for (guint i = 0; i < configuration->subnets->len; i++)
    g_print ("subnet %s\n",
        inet_prefix_format (&g_array_index (configuration->subnets, InetPrefix, i), text));
}

static void
act_on_event (Probe *probe, const IkeEvent *event)
{
  switch (event->type) {
  case IKE_EVENT_SEND: send_message (probe, event->message); break;
  case IKE_EVENT_STATE: g_print ("state %s\n", ike_state_to_string (event->state)); break;
  case IKE_EVENT_NEED_SECRET: {
    g_print ("need secret, attempt %u\n", event->attempt);
    const char *text =
        event->attempt <= g_strv_length (opt_secrets) ? opt_secrets[event->attempt - 1] : NULL;
    g_autoptr (Secret) secret = text != NULL ? secret_new (text, strlen (text)) : NULL;
    g_usleep ((gulong) opt_think * G_USEC_PER_SEC);
    ike_session_provide_secret (probe->ike, secret, g_get_monotonic_time ());
    break;
  }
  case IKE_EVENT_NEED_SIGNATURE: break; /* it has no certificate */
  case IKE_EVENT_CONFIGURED: print_configuration (event->configuration); break;
  case IKE_EVENT_CHILD_ADDED:
    g_print ("child added %08x\n", event->spi_in);
    if (opt_once)
      ike_session_close (probe->ike, g_get_monotonic_time ());
    break;
  case IKE_EVENT_CHILD_OUTBOUND: g_print ("child outbound %08x\n", event->spi_in); break;
  case IKE_EVENT_REAUTHENTICATE: g_print ("reauthenticate\n"); break;
  case IKE_EVENT_IKE_REKEYED: g_print ("ike rekeyed\n"); break;
  case IKE_EVENT_CHILD_REMOVED: g_print ("child removed %08x\n", event->spi_in); break;
  case IKE_EVENT_ADDRESSES: g_print ("%u more addresses\n", event->addresses->len); break;
  case IKE_EVENT_REDIRECTED: g_print ("redirected to %s\n", event->host); break;
  case IKE_EVENT_ESP_SKIP: break; /* it sends no ESP */
  case IKE_EVENT_PATH_SILENT: g_print ("the gateway is silent\n"); break;
  case IKE_EVENT_PATH_CONFIRMED: g_print ("path confirmed\n"); break;
  case IKE_EVENT_REFUSED: g_print ("refused: %s\n", event->error->message); break;
  case IKE_EVENT_FAILED:
    g_print ("failed %s: %s\n", visitor_error_name ((VisitorError) event->error->code),
        event->error->message);
    probe->over = true;
    probe->status = 1;
    break;
  case IKE_EVENT_CLOSED:
    g_print ("closed\n");
    probe->over = true;
    break;
  }
}

static void
drain_events (Probe *probe)
{
  for (;;) {
    g_auto (IkeEvent) event = { .type = IKE_EVENT_STATE };
    if (!ike_session_next_event (probe->ike, &event))
      return;
    act_on_event (probe, &event);
  }
}

static void
renew_stream (Probe *probe)
{
  close (probe->fd);
  ike_session_stream_lost (probe->ike, g_get_monotonic_time ());
  g_print ("stream lost\n");
  g_usleep (300000);
  if (!open_stream (probe)) {
    g_print ("cannot connect\n");
    probe->over = true;
    probe->status = 2;
    return;
  }
  ike_session_stream_restored (probe->ike, &probe->path, g_get_monotonic_time ());
}

static void
read_stream (Probe *probe)
{
  size_t size;
  uint8_t *to = stream_decoder_space (&probe->decoder, &size);
  ssize_t n = recv (probe->fd, to, size, 0);
  if (n <= 0) {
    renew_stream (probe);
    return;
  }
  stream_decoder_filled (&probe->decoder, (size_t) n);
  for (;;) {
    Slice body;
    StreamVerdict verdict = stream_decoder_next (&probe->decoder, &body);
    if (verdict == STREAM_IKE)
      ike_session_receive (probe->ike, body, g_get_monotonic_time ());
    else if (verdict != STREAM_ESP)
      return;
  }
}

static void
read_command (Probe *probe)
{
  char line[64];
  if (fgets (line, sizeof line, stdin) == NULL || g_str_has_prefix (line, "close"))
    ike_session_close (probe->ike, g_get_monotonic_time ());
  else if (g_str_has_prefix (line, "rekey"))
    ike_session_rekey_child (probe->ike, g_get_monotonic_time ());
  else if (g_str_has_prefix (line, "drop"))
    renew_stream (probe);
}

static int
poll_timeout (const Probe *probe)
{
  int64_t at = ike_session_next_timeout (probe->ike);
  if (at == G_MAXINT64)
    return -1;
  int64_t left = at - g_get_monotonic_time ();
  return left <= 0 ? 0 : (int) MIN (left / 1000 + 1, 3600000);
}

static void
run (Probe *probe)
{
  bool commands = !opt_once;
  setvbuf (stdin, NULL, _IONBF, 0);
  while (!probe->over) {
    struct pollfd fds[2] = {
      { .fd = probe->fd, .events = POLLIN },
      { .fd = commands ? STDIN_FILENO : -1, .events = POLLIN },
    };
    if (poll (fds, 2, poll_timeout (probe)) < 0 && errno != EINTR)
      return;
    if (fds[0].revents != 0)
      read_stream (probe);
    if (fds[1].revents != 0) {
      commands = (fds[1].revents & POLLIN) != 0;
      read_command (probe);
    }
    ike_session_timeout (probe->ike, g_get_monotonic_time ());
    drain_events (probe);
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || opt_connect == NULL ||
      strrchr (opt_connect, ':') == NULL || opt_secrets == NULL) {
    g_printerr ("%s\n", error != NULL ? error->message : "--connect and --secret are needed");
    return 2;
  }
  g_autofree char *ca_pem = NULL;
  g_autoptr (CryptoTrust) trust = NULL;
  if (opt_ca != NULL &&
      (!g_file_get_contents (opt_ca, &ca_pem, NULL, &error) ||
          (trust = crypto_trust_new (ca_pem, &error)) == NULL)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  const IkeConfig config = {
    .env = { .random = crypto_random, .wall_clock = wall_clock },
    .remote_identity = opt_remote,
    .local_identity = opt_local,
    .user = opt_user,
    .auth = opt_user != NULL ? IKE_AUTH_METHOD_EAP : IKE_AUTH_METHOD_PSK,
    .trust = trust,
    .initial_contact = true,
    .fragment_len = (size_t) MAX (opt_fragment, 0),
    .liveness_us = (int64_t) opt_liveness * G_USEC_PER_SEC,
    .child_lifetime_us = (int64_t) opt_child_lifetime * G_USEC_PER_SEC,
  };
  static Probe probe;
  setvbuf (stdout, NULL, _IOLBF, 0);
  probe.ike = ike_session_new (&config, &error);
  if (probe.ike == NULL || !open_stream (&probe)) {
    g_printerr ("%s\n", error != NULL ? error->message : "cannot connect");
    return 2;
  }
  ike_session_start (probe.ike, &probe.path, g_get_monotonic_time ());
  drain_events (&probe);
  run (&probe);
  ike_session_free (probe.ike);
  close (probe.fd);
  return probe.status;
}
