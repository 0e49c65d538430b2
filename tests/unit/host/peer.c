/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A worker for the tests of HostWorker. It speaks the real protocol; what it does with it, good or
 * bad, is the "site" that it is started with. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/names.h"
#include "host/protocol/message.h"

#define HOST 3

static void
say (MessageType type, GVariant *body)
{
  g_autoptr (GError) error = NULL;
  if (!message_send (HOST, type, body, -1, &error))
    _exit (90);
}

static void
hear (Message *ret_message)
{
  g_autoptr (GError) error = NULL;
  if (!message_receive (HOST, ret_message, &error))
    _exit (91);
}

static void
log_line (const char *line)
{
  say (MESSAGE_LOG, g_variant_new ("(us)", (guint32) G_LOG_LEVEL_INFO, line));
}

static void
close_orderly (void)
{
  say (MESSAGE_CLOSED, NULL);
  _exit (0);
}

static void
fail_with (VisitorError code, const char *detail)
{
  say (MESSAGE_FAILED, g_variant_new ("(ss)", visitor_error_name (code), detail));
  _exit (1);
}

static void
fail (void)
{
  fail_with (VISITOR_ERROR_TLS_EXPIRED, "two\nlines");
}

static void
crash (void)
{
  raise (SIGKILL);
}

static void
leave (void)
{
  _exit (7);
}

static void
noise (void)
{
  ssize_t n = send (HOST, "this is no message", 18, 0);
  (void) n;
  pause ();
}

static void
ready_again (void)
{
  say (MESSAGE_READY, NULL);
  pause ();
}

static void
bad_configuration (void)
{
  say (MESSAGE_CONFIGURE,
      g_variant_new_parsed ("{'addresses': <['127.0.0.1/8']>, 'mtu': <uint32 1400>}"));
  pause ();
}

static void
hang_up (void)
{
  close (HOST);
  pause ();
}

/* Reads nothing any more. */
static void
deaf (void)
{
  log_line ("deaf");
  pause ();
}

static void
idle (void)
{
  log_line ("idle");
  pause ();
}

/* Reads, but does not end by the host's goodbye. */
static void
stubborn (void)
{
  log_line ("stubborn");
  for (;;) {
    g_auto (Message) message = { 0 };
    hear (&message);
  }
}

static void
ask_for_socket (guint32 number, guint8 family, guint8 type, Message *ret_answer)
{
  guint32 answered = 0;
  say (MESSAGE_WANT_SOCKET, g_variant_new ("(uyy)", number, family, type));
  hear (ret_answer);
  if (ret_answer->type == MESSAGE_SOCKET)
    g_variant_get (ret_answer->body, "(u&s&s)", &answered, NULL, NULL);
  if (answered != number)
    fail_with (VISITOR_ERROR_PROTOCOL, "the wrong answer");
}

static void
check_socket (int fd, int family, int type)
{
  int mark = 0, got_family = 0, got_type = 0;
  socklen_t len = sizeof mark;
  getsockopt (fd, SOL_SOCKET, SO_MARK, &mark, &len);
  getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &got_family, &len);
  getsockopt (fd, SOL_SOCKET, SO_TYPE, &got_type, &len);
  if (mark != (int) VISITOR_FWMARK || got_family != family || got_type != type ||
      (fcntl (fd, F_GETFL) & O_NONBLOCK) == 0)
    fail_with (VISITOR_ERROR_PROTOCOL, "not the socket that was asked for");
}

/* As many as it gets: the host refuses some, and goes on. */
static void
sockets (void)
{
  guint granted = 0;
  for (guint32 number = 1; number <= 60; number++) {
    gboolean v6 = number % 2 == 0;
    int type = number % 3 == 0 ? SOCK_DGRAM : SOCK_STREAM;
    g_auto (Message) answer = { 0 };
    ask_for_socket (number, v6 ? 6 : 4, (guint8) type, &answer);
    if (answer.fd >= 0) {
      check_socket (answer.fd, v6 ? AF_INET6 : AF_INET, type);
      granted++;
    }
  }
  g_autofree char *line = g_strdup_printf ("granted %u", granted);
  log_line (line);
  close_orderly ();
}

static void
secret (void)
{
  for (guint32 attempt = 1; attempt <= 2; attempt++) {
    g_auto (Message) message = { 0 };
    g_autoptr (GVariant) octets = NULL;
    gboolean given;
    say (
        MESSAGE_WANT_SECRET, g_variant_new ("(ssus)", "password", "jürgen", attempt, "Say friend"));
    hear (&message);
    g_variant_get (message.body, "(b@ay)", &given, &octets);
    g_autofree char *line = g_strdup_printf ("%d %.*s", given, (int) g_variant_get_size (octets),
        (const char *) g_variant_get_data (octets));
    log_line (line);
  }
  close_orderly ();
}

static void
trust (void)
{
  g_auto (Message) message = { 0 };
  gboolean trusted;
  say (MESSAGE_WANT_TRUST,
      g_variant_new_parsed (
          "{'part': <'tls'>, 'name': <'gw.example'>, 'reason': <'unknown'>,"
          " 'certificate': <[byte 0x30, 0x00]>, 'subject': <'CN=a\nb'>, 'issuer': <''>,"
          " 'not-before': <int64 1>, 'not-after': <int64 2>}"));
  hear (&message);
  g_variant_get (message.body, "(b)", &trusted);
  log_line (trusted ? "trusted" : "not trusted");
  close_orderly ();
}

static void
hear_of_network (void)
{
  g_auto (Message) message = { 0 };
  const char *what;
  g_autofree const char **servers = NULL;
  hear (&message);
  if (message.type != MESSAGE_NETWORK)
    _exit (92);
  g_variant_get (message.body, "(&s^a&s)", &what, &servers);
  g_autofree char *list = g_strjoinv (",", (char **) servers);
  g_autofree char *line = g_strdup_printf ("%s [%s]", what, list);
  log_line (line);
}

/* Its stream goes to this machine itself, so that there is a way whatever the networks are. */
static void
network (void)
{
  say (MESSAGE_PATH, g_variant_new ("(ss)", "127.0.0.2", "127.0.0.1"));
  log_line ("moves");
  hear_of_network ();
  log_line ("sleeps");
  hear_of_network ();
  close_orderly ();
}

static void
key_changed (void)
{
  say (MESSAGE_KEY_CHANGED,
      g_variant_new_parsed (
          "{'part': <'gateway'>, 'name': <'gw.example'>, 'reason': <'unknown'>,"
          " 'certificate': <[byte 0x30, 0x00]>, 'subject': <'CN=a\nb'>, 'issuer': <''>,"
          " 'not-before': <int64 1>, 'not-after': <int64 2>, 'acceptable': <true>}"));
  fail_with (VISITOR_ERROR_KEY_CHANGED, "another key");
}

static void
answer_polls (void)
{
  for (;;) {
    g_auto (Message) message = { 0 };
    hear (&message);
    if (message.type == MESSAGE_DISCONNECT)
      return;
    if (message.type == MESSAGE_POLL_STATUS)
      say (MESSAGE_STATUS, g_variant_new_parsed ("{'counters': <{'bytes-in': uint64 5}>}"));
  }
}

static void
connect_whole (void)
{
  g_auto (Message) message = { 0 };
  const char *name;
  say (MESSAGE_STATE, g_variant_new ("(ss)", "signing-in", "EAP"));
  say (MESSAGE_CONFIGURE,
      g_variant_new_parsed ("{'addresses': <['10.3.0.2/32']>, 'mtu': <uint32 1400>}"));
  hear (&message);
  if (message.type != MESSAGE_TUN || message.fd < 0)
    fail_with (VISITOR_ERROR_PROTOCOL, "no TUN");
  g_variant_get (message.body, "(&s)", &name);
  log_line (name);
  answer_polls ();
  close_orderly ();
}

static void
log_lines_of (const char *path)
{
  g_autofree char *text = NULL;
  g_file_get_contents (path, &text, NULL, NULL);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", 0);
  for (gsize i = 0; lines[i] != NULL; i++)
    log_line (g_strdelimit (lines[i], "\t", ' '));
}

/* What it was told with its start. */
static void
start_connectivity (GVariant *body)
{
  guint32 connectivity = 0;
  (void) g_variant_lookup (body, "connectivity", "u", &connectivity);
  g_autofree char *line = g_strdup_printf ("started with %u", connectivity);
  log_line (line);
  close_orderly ();
}

/* What it was left with. */
static void
rights (void)
{
  extern char **environ;
  struct rlimit core;
  g_autoptr (GString) fds = g_string_new ("descriptors");
  log_lines_of ("/proc/self/status");
  for (int fd = 0; fd < 1024; fd++) {
    if (fcntl (fd, F_GETFD) >= 0)
      g_string_append_printf (fds, " %d", fd);
  }
  log_line (fds->str);
  getrlimit (RLIMIT_CORE, &core);
  g_autofree char *cwd = g_get_current_dir ();
  g_autofree char *rest = g_strdup_printf ("cwd %s environment %s session %s core %d root %s", cwd,
      environ[0] == NULL ? "empty" : environ[0], getsid (0) == getpid () ? "own" : "shared",
      (int) core.rlim_max, setresuid (0, 0, 0) == 0 ? "regained" : "lost");
  log_line (rest);
  close_orderly ();
}

static const struct {
  const char *name;
  void (*act) (void);
} acts[] = {
  { "close", close_orderly },
  { "fail", fail },
  { "crash", crash },
  { "leave", leave },
  { "noise", noise },
  { "ready-again", ready_again },
  { "bad-configuration", bad_configuration },
  { "hang-up", hang_up },
  { "deaf", deaf },
  { "idle", idle },
  { "stubborn", stubborn },
  { "sockets", sockets },
  { "secret", secret },
  { "trust", trust },
  { "network", network },
  { "key-changed", key_changed },
  { "connect", connect_whole },
  { "rights", rights },
};

int
main (void)
{
  g_auto (Message) start = { 0 };
  const char *site = "";
  say (MESSAGE_READY, NULL);
  hear (&start);
  g_variant_lookup (start.body, "site", "&s", &site);
  if (strcmp (site, "connectivity") == 0)
    start_connectivity (start.body);
  for (gsize i = 0; i < G_N_ELEMENTS (acts); i++) {
    if (strcmp (site, acts[i].name) == 0)
      acts[i].act ();
  }
  return 92;
}
