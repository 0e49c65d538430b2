/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker's log: however much there would be to say, its host is told no more than it takes, and
 * what is left out is told. */
#include "tunnel/log.h"

#include <glib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/protocol/message.h"

/* What the host takes in a minute (engine/host/protocol/permit.c). */
#define HOST_TAKES 20000

static void
ignore_message (Message *message, void *user_data)
{
}

static void
ignore_loss (void *user_data)
{
}

/* Takes what has come; the last line stays in *last. */
static unsigned int
drain (int fd, char **last)
{
  unsigned int n = 0;
  for (;; n++) {
    g_auto (Message) message = { .fd = -1 };
    guint32 level;
    if (!message_receive (fd, &message, NULL))
      return n;
    g_assert_cmpint (message.type, ==, MESSAGE_LOG);
    g_free (*last);
    g_variant_get (message.body, "(us)", &level, last);
  }
}

static void
test_flood (void)
{
  const ControlHandlers handlers = { .received = ignore_message, .lost = ignore_loss };
  g_autofree char *last = NULL;
  unsigned int n = 0;
  int fds[2];
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), ==, 0);
  Control *control = control_new (fds[0], &handlers, NULL);
  log_to_host (control);
  log_set_level (G_LOG_LEVEL_DEBUG);
  gint64 begun = g_get_monotonic_time ();
  for (int i = 0; i < 2 * HOST_TAKES; i++) {
    g_debug ("rubbish %d", i);
    n += drain (fds[1], &last);
  }
  /* half of what it takes in the time that this took, which is long on a busy machine */
  gint64 minutes = 1 + (g_get_monotonic_time () - begun) / (60 * G_USEC_PER_SEC);
  g_assert_cmpuint (n, >, 1000);
  g_assert_cmpuint (n, <, minutes * HOST_TAKES / 2);
  do /* one that is told in the long run may have been the last */
    g_debug ("rubbish");
  while (drain (fds[1], &last) > 0);
  g_message ("something that must be told");
  g_assert_cmpuint (drain (fds[1], &last), ==, 2); /* behind the number of those left out */
  g_assert_cmpstr (last, ==, "something that must be told");
  log_to_host (NULL);
  control_free (control);
  close (fds[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/log/flood", test_flood);
  return g_test_run ();
}
