/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor-tunnel: the unprivileged worker of one connection. Its host (visitor-engine) starts it with
 * one end of a socketpair as descriptor 3 and nothing else; it confines itself, says so, and waits to
 * be told what to connect to. */
#include <glib.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <time.h>

#include "config.h"
#include "tunnel/control.h"
#include "tunnel/diagnosis.h"
#include "tunnel/log.h"
#include "tunnel/sandbox.h"
#include "tunnel/session.h"

#define HOST_FD 3

enum { EXIT_USAGE = 2 };

typedef struct {
  GMainLoop *loop;
  Control *control;
  CryptoTrust *system;
  Session *session; /* NULL before the host has said what is to be done */
  Diagnosis *diagnosis; /* instead of a session, or NULL */
} Worker;

static void
over (void *user_data)
{
  g_main_loop_quit (((Worker *) user_data)->loop);
}

static void
fail (Worker *self, const GError *error)
{
  control_send (self->control, MESSAGE_FAILED,
      g_variant_new ("(ss)", visitor_error_name ((VisitorError) error->code), error->message));
  g_main_loop_quit (self->loop);
}

static void
start (Worker *self, GVariant *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Start) what = start_parse (body, &error);
  if (what == NULL) {
    fail (self, error);
    return;
  }
  log_set_level (what->log_level);
  if (what->diagnose)
    self->diagnosis = diagnosis_new (what, self->system, self->control, over, self, &error);
  else
    self->session = session_new (what, self->system, self->control, over, self, &error);
  if (self->session == NULL && self->diagnosis == NULL)
    fail (self, error);
  else
    what = NULL; /* the session's now */
}

static void
received (Message *message, void *user_data)
{
  Worker *self = user_data;
  if (self->session != NULL)
    session_received (self->session, message);
  else if (self->diagnosis != NULL)
    diagnosis_received (self->diagnosis, message);
  else if (message->type == MESSAGE_START)
    start (self, message->body);
  else if (message->type == MESSAGE_DISCONNECT) {
    control_send (self->control, MESSAGE_CLOSED, NULL);
    g_main_loop_quit (self->loop);
  }
}

static void
host_lost (void *user_data)
{
  Worker *self = user_data;
  if (self->session != NULL)
    session_disconnect (self->session, "the host is gone");
  else if (self->diagnosis != NULL)
    diagnosis_stop (self->diagnosis);
  else
    g_main_loop_quit (self->loop);
}

static void
parse_options (int argc, char **argv)
{
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_set_summary (context,
      "The worker of one Visitor connection. It is started by visitor-engine, not by hand.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1) {
    g_printerr ("visitor-tunnel: %s\n",
        error != NULL ? error->message : "It takes no arguments. Try --help.");
    exit (EXIT_USAGE);
  }
  if (version) {
    g_print ("visitor-tunnel %s\n", PACKAGE_VERSION);
    exit (EXIT_SUCCESS);
  }
}

static void
check_host (void)
{
  int type = 0;
  socklen_t len = sizeof type;
  if (getsockopt (HOST_FD, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_SEQPACKET)
    return;
  g_printerr ("visitor-tunnel: It is started by visitor-engine and has no use without it.\n");
  exit (EXIT_USAGE);
}

int
main (int argc, char **argv)
{
  /* UTF-8 without a file to read: whatever turns text for a log must not open one later. GLib reads
   * its table of charsets when it is first asked for the locale's, and keeps the answer. */
  setlocale (LC_CTYPE, "C.UTF-8");
  g_get_charset (NULL);
  tzset (); /* likewise the time zone, which judging a certificate's dates asks for */
  parse_options (argc, argv);
  check_host ();
  signal (SIGPIPE, SIG_IGN);

  Worker self = { .loop = g_main_loop_new (NULL, FALSE) };
  static const ControlHandlers handlers = { .received = received, .lost = host_lost };
  self.control = control_new (HOST_FD, &handlers, &self);
  log_to_host (self.control);
  g_autoptr (GError) error = NULL;
  self.system = crypto_trust_new_system (NULL);
  if (sandbox_enter (&error)) {
    control_send (self.control, MESSAGE_READY, NULL);
    g_main_loop_run (self.loop);
  } else {
    fail (&self, error);
  }

  session_free (self.session);
  diagnosis_free (self.diagnosis);
  log_to_host (NULL);
  control_free (self.control);
  crypto_trust_free (self.system);
  g_main_loop_unref (self.loop);
  /* Not through the exit handlers of libraries, which do not know what a sandbox forbids. */
  _exit (error == NULL ? EXIT_SUCCESS : EXIT_FAILURE);
}
