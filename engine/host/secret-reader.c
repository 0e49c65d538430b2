/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a secret from the file descriptor that an agent sent: a pipe, or a memfd.
 *
 * The descriptor belongs to whoever sent it. A pipe may never be closed, so it is read without
 * blocking and with a time limit; a file in a file system of the sender's own could stop the reader
 * for good, so nothing but a memfd passes for a file. */
#include "host/secret-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

typedef struct {
  int fd; /* owned */
  Secret *room; /* SECRET_MAX_LEN + 1 octets, so that one too many shows */
  uint8_t *data; /* borrowed from room */
  size_t len;
  gboolean from_start; /* a memfd, wherever its offset stands */
  GSource *readable; /* owned */
  GSource *expired; /* owned */
} Reading;

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
reading_free (gpointer data)
{
  Reading *reading = data;
  clear_source (&reading->readable);
  clear_source (&reading->expired);
  secret_unref (reading->room);
  close (reading->fd);
  g_free (reading);
}

static void
finish (GTask *task, VisitorError code, const char *problem)
{
  Reading *reading = g_task_get_task_data (task);
  clear_source (&reading->readable);
  clear_source (&reading->expired);
  if (problem != NULL)
    g_task_return_new_error (task, VISITOR_ERROR, code, "%s", problem);
  else
    g_task_return_pointer (
        task, secret_new (reading->data, reading->len), (GDestroyNotify) secret_unref);
}

/* Reads what is there. TRUE while more may come. */
static gboolean
read_some (GTask *task)
{
  Reading *reading = g_task_get_task_data (task);
  for (;;) {
    size_t room = SECRET_MAX_LEN + 1 - reading->len;
    uint8_t *to = reading->data + reading->len;
    ssize_t n = reading->from_start ? pread (reading->fd, to, room, (off_t) reading->len)
                                    : read (reading->fd, to, room);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return TRUE;
    if (n < 0) {
      finish (task, VISITOR_ERROR_NO_SECRET, "The agent's descriptor cannot be read");
      return FALSE;
    }
    reading->len += (size_t) n;
    if (reading->len > SECRET_MAX_LEN) {
      finish (task, VISITOR_ERROR_INVALID_REQUEST, "The agent's secret is too long");
      return FALSE;
    }
    if (n == 0 && reading->len == 0) {
      finish (task, VISITOR_ERROR_NO_SECRET, "The agent's secret is empty");
      return FALSE;
    }
    if (n == 0) {
      finish (task, VISITOR_ERROR_FAILED, NULL);
      return FALSE;
    }
  }
}

/* Readable, at its end, or cancelled. */
static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    finish (task, VISITOR_ERROR_CANCELLED, "The question was withdrawn");
    return G_SOURCE_REMOVE;
  }
  return read_some (task) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
on_expired (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  finish (task, VISITOR_ERROR_NO_SECRET, "The agent's pipe was not closed in time");
  return G_SOURCE_REMOVE;
}

static void
wait_for_pipe (GTask *task, guint timeout_seconds)
{
  Reading *reading = g_task_get_task_data (task);
  reading->readable = g_unix_fd_source_new (reading->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  if (g_task_get_cancellable (task) != NULL) {
    g_autoptr (GSource) cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
    g_source_set_dummy_callback (cancelled);
    g_source_add_child_source (reading->readable, cancelled);
  }
  g_source_set_callback (
      reading->readable, G_SOURCE_FUNC (on_readable), g_object_ref (task), g_object_unref);
  g_source_attach (reading->readable, g_task_get_context (task));
  reading->expired = g_timeout_source_new_seconds (timeout_seconds);
  g_source_set_callback (reading->expired, on_expired, g_object_ref (task), g_object_unref);
  g_source_attach (reading->expired, g_task_get_context (task));
}

/* Reads all that fd holds, up to its end, SECRET_MAX_LEN octets at most.
 *
 * fd: taken, whatever comes of it. timeout_seconds: until when a pipe must have been closed by its
 * writer. The calling thread needs a main loop. Errors of the result: VISITOR_ERROR_INVALID_REQUEST
 * (neither pipe nor memfd, or too long), VISITOR_ERROR_NO_SECRET (empty, unreadable, not closed in
 * time), VISITOR_ERROR_CANCELLED. */
void
secret_read_async (int fd, guint timeout_seconds, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_check_cancellable (task, FALSE);
  Reading *reading = g_new0 (Reading, 1);
  reading->fd = fd;
  reading->room = secret_new_empty (SECRET_MAX_LEN + 1, &reading->data);
  g_task_set_task_data (task, reading, reading_free);

  struct stat status;
  if (fstat (fd, &status) == 0 && S_ISFIFO (status.st_mode) &&
      g_unix_set_fd_nonblocking (fd, TRUE, NULL)) {
    wait_for_pipe (task, timeout_seconds);
  } else if (fcntl (fd, F_GET_SEALS) >= 0) {
    reading->from_start = TRUE;
    (void) read_some (task);
  } else {
    finish (task, VISITOR_ERROR_INVALID_REQUEST, "The agent sent neither a pipe nor a memfd");
  }
}

/* The secret. Transfer: full. */
Secret *
secret_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
