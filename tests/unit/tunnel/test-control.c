/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control against a host that is played by hand at the other end of the socketpair. */
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tunnel/control.h"

typedef struct {
  Control *control;
  int host;
  unsigned int received, lost, sockets;
  MessageType last;
  int last_fd;
} Fixture;

static void
received (Message *message, void *user_data)
{
  Fixture *f = user_data;
  f->received++;
  f->last = message->type;
}

static void
lost (void *user_data)
{
  ((Fixture *) user_data)->lost++;
}

static void
set_up (Fixture *f, const void *data)
{
  int pair[2];
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), ==, 0);
  static const ControlHandlers handlers = { .received = received, .lost = lost };
  *f = (Fixture){ .host = pair[1], .last_fd = -2 };
  f->control = control_new (pair[0], &handlers, f);
}

static void
tear_down (Fixture *f, const void *data)
{
  control_free (f->control);
  if (f->host >= 0)
    close (f->host);
}

static void
turn (void)
{
  for (unsigned int i = 0; i < 5; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
socket_ready (int fd, void *user_data)
{
  Fixture *f = user_data;
  f->sockets++;
  f->last_fd = fd;
}

/* Reads what the worker asked for; returns the number of its request. */
static guint32
asked (Fixture *f)
{
  g_auto (Message) message = { .fd = -1 };
  g_autoptr (GError) error = NULL;
  g_assert_true (message_receive (f->host, &message, &error));
  g_assert_no_error (error);
  g_assert_cmpint (message.type, ==, MESSAGE_WANT_SOCKET);
  guint32 number;
  guint8 family, type;
  g_variant_get (message.body, "(uyy)", &number, &family, &type);
  g_assert_cmpuint (family, ==, 6);
  g_assert_cmpuint (type, ==, SOCK_STREAM);
  return number;
}

static void
answer (Fixture *f, guint32 number, int fd)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new (
      "(uss)", number, fd >= 0 ? "" : "NoInterface", fd >= 0 ? "" : "there is none"));
  g_assert_true (message_send (f->host, MESSAGE_SOCKET, body, fd, NULL));
  turn ();
}

static void
test_sockets (Fixture *f, const void *data)
{
  SocketSource source = control_sockets (f->control);
  unsigned int a = source.want (source.user, INET_V6, SOCK_STREAM, socket_ready, f);
  unsigned int b = source.want (source.user, INET_V6, SOCK_STREAM, socket_ready, f);
  g_assert_cmpuint (a, ==, asked (f));
  g_assert_cmpuint (b, ==, asked (f));

  int fd = socket (AF_INET6, SOCK_STREAM, 0);
  answer (f, b, fd);
  g_assert_cmpuint (f->sockets, ==, 1);
  g_assert_cmpint (f->last_fd, >=, 0);
  g_assert_null (source.refusal (source.user));
  close (f->last_fd);
  answer (f, a, -1); /* refused */
  g_assert_cmpuint (f->sockets, ==, 2);
  g_assert_cmpint (f->last_fd, ==, -1);
  g_assert_error (source.refusal (source.user), VISITOR_ERROR, VISITOR_ERROR_NO_INTERFACE);
  answer (f, a, fd); /* once too often: nobody waits for it */
  answer (f, 77, fd);
  g_assert_cmpuint (f->sockets, ==, 2);
  close (fd);
}

static void
test_cancelled_socket (Fixture *f, const void *data)
{
  SocketSource source = control_sockets (f->control);
  unsigned int number = source.want (source.user, INET_V6, SOCK_STREAM, socket_ready, f);
  source.cancel (source.user, number);
  int pair[2];
  g_assert_cmpint (pipe (pair), ==, 0);
  answer (f, asked (f), pair[1]);
  close (pair[1]);
  g_assert_cmpuint (f->sockets, ==, 0);
  char octet;
  g_assert_cmpint (read (pair[0], &octet, 1), ==, 0); /* ours was closed, and so was the worker's */
  close (pair[0]);
}

static void
test_messages (Fixture *f, const void *data)
{
  g_assert_true (message_send (f->host, MESSAGE_REKEY, g_variant_new ("(s)", "child"), -1, NULL));
  g_assert_true (message_send (f->host, MESSAGE_DISCONNECT, NULL, -1, NULL));
  turn ();
  g_assert_cmpuint (f->received, ==, 2);
  g_assert_cmpint (f->last, ==, MESSAGE_DISCONNECT);
}

static void
test_host_gone (Fixture *f, const void *data)
{
  close (f->host);
  f->host = -1;
  turn ();
  g_assert_cmpuint (f->lost, ==, 1);
  control_send (f->control, MESSAGE_READY, NULL);
  turn ();
  g_assert_cmpuint (f->lost, ==, 1);
}

static void
test_rubbish (Fixture *f, const void *data)
{
  g_assert_cmpint (send (f->host, "rubbish", 7, 0), ==, 7);
  turn ();
  g_assert_cmpuint (f->received, ==, 0);
  g_assert_cmpuint (f->lost, ==, 1);
}

/* A log line is not worth waiting for; nothing else is lost by a host that is slow for a moment. */
static void
test_slow_host (Fixture *f, const void *data)
{
  for (unsigned int i = 0; i < 10000; i++)
    control_send (f->control, MESSAGE_LOG, g_variant_new ("(us)", 64, "a line"));
  turn ();
  g_assert_cmpuint (f->lost, ==, 0);
}

static void
say (Fixture *f, MessageType type, GVariant *body)
{
  g_autoptr (GError) error = NULL;
  message_send (f->host, type, body, -1, &error);
  g_assert_no_error (error);
}

static GVariant *
signature (guint32 number)
{
  return g_variant_new (
      "(u@ay)", number, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "s", 1, 1));
}

static gint64
soon (void)
{
  return g_get_monotonic_time () + 50 * G_TIME_SPAN_MILLISECOND;
}

/* What comes before the awaited message is told afterwards, before what comes behind it. */
static void
test_wait (Fixture *f, const void *data)
{
  g_auto (Message) message = { .fd = -1 };
  say (f, MESSAGE_POLL_STATUS, NULL);
  say (f, MESSAGE_POLL_STATUS, NULL);
  say (f, MESSAGE_SIGNATURE, signature (7));
  say (f, MESSAGE_TRUST_ANSWER, g_variant_new ("(b)", TRUE));
  g_assert_true (control_wait_for (f->control, MESSAGE_SIGNATURE, soon (), &message));
  g_assert_cmpint (message.type, ==, MESSAGE_SIGNATURE);
  g_assert_cmpuint (f->received, ==, 0);
  g_main_context_iteration (NULL, FALSE);
  turn ();
  g_assert_cmpuint (f->received, ==, 3);
  g_assert_cmpint (f->last, ==, MESSAGE_TRUST_ANSWER);
  g_assert_cmpuint (f->lost, ==, 0);
}

/* Nothing comes, the user has enough, the host is gone: the wait ends, and each is told as ever. */
static void
test_wait_ends (Fixture *f, const void *data)
{
  g_auto (Message) message = { .fd = -1 };
  gint64 before = g_get_monotonic_time ();
  g_assert_false (control_wait_for (f->control, MESSAGE_SIGNATURE, soon (), &message));
  g_assert_cmpint (g_get_monotonic_time () - before, >=, 50 * G_TIME_SPAN_MILLISECOND);

  say (f, MESSAGE_DISCONNECT, NULL);
  say (f, MESSAGE_SIGNATURE, signature (7));
  g_assert_false (control_wait_for (f->control, MESSAGE_SIGNATURE, G_MAXINT64, &message));
  turn ();
  g_assert_cmpuint (f->received, ==, 2);
  g_assert_cmpint (f->last, ==, MESSAGE_SIGNATURE);

  close (f->host);
  f->host = -1;
  g_assert_false (control_wait_for (f->control, MESSAGE_SIGNATURE, G_MAXINT64, &message));
  turn ();
  g_assert_cmpuint (f->lost, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/tunnel/control/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("sockets", test_sockets);
  ADD ("cancelled socket", test_cancelled_socket);
  ADD ("messages", test_messages);
  ADD ("wait", test_wait);
  ADD ("wait ends", test_wait_ends);
  ADD ("host gone", test_host_gone);
  ADD ("rubbish", test_rubbish);
  ADD ("slow host", test_slow_host);
  return g_test_run ();
}
