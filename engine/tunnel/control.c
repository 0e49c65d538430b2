/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control: the worker's end of the socket to its host: messages both ways, and the sockets that the
 * host makes for us, handed to whoever wanted each. */
#include "tunnel/control.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <unistd.h>

#include "reach/alarm.h"
#include "reach/fd-watch.h"

/* A host that reads nothing for so long is as good as gone. */
#define HOST_PATIENCE_MS 5000
#define MESSAGES_PER_WAKEUP 16

typedef struct {
  unsigned int number;
  SocketReadyFunc ready;
  void *ready_data;
} SocketRequest;

struct _Control {
  int fd; /* owned */
  FdWatch *watch;
  Alarm *lost_alarm, *kept_alarm;
  GQueue kept; /* Message, owned: came while one of another type was waited for */
  bool lost;
  ControlHandlers handlers;
  void *user_data;
  unsigned int last_number;
  GArray *requests; /* SocketRequest */
  GError *refusal; /* of the socket that was not given last */
};

static void
lose (Control *self)
{
  self->lost = true;
  g_clear_pointer (&self->watch, fd_watch_free);
  alarm_set (self->lost_alarm, 0);
}

/* Sends to the host; body may be floating, NULL for none. Where that fails the host is gone, which
 * `lost` will tell from the main loop. */
void
control_send (Control *control, MessageType type, GVariant *body)
{
  g_autoptr (GVariant) owned = body != NULL ? g_variant_ref_sink (body) : NULL;
  g_autoptr (GError) error = NULL;
  if (control->lost || message_send (control->fd, type, owned, -1, &error))
    return;
  if (g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_BUSY)) {
    if (type == MESSAGE_LOG)
      return;
    struct pollfd p = { .fd = control->fd, .events = POLLOUT };
    if (poll (&p, 1, HOST_PATIENCE_MS) == 1 && message_send (control->fd, type, owned, -1, NULL))
      return;
  }
  lose (control);
}

static void
note_refusal (Control *self, const char *name, const char *why)
{
  VisitorError code;
  g_clear_error (&self->refusal);
  if (*name != '\0')
    self->refusal = g_error_new (VISITOR_ERROR,
        visitor_error_from_name (name, &code) ? (int) code : VISITOR_ERROR_FAILED, "%s", why);
}

static void
hand_out_socket (Control *self, Message *message)
{
  unsigned int number;
  const char *name, *why;
  g_variant_get (message->body, "(u&s&s)", &number, &name, &why);
  note_refusal (self, name, why);
  for (guint i = 0; i < self->requests->len; i++) {
    SocketRequest request = g_array_index (self->requests, SocketRequest, i);
    if (request.number != number)
      continue;
    g_array_remove_index (self->requests, i);
    int fd = message->fd;
    message->fd = -1;
    request.ready (fd, request.ready_data);
    return;
  }
}

/* The oldest message that nobody has had: one that was kept, else from the socket. */
static bool
take_message (Control *self, Message *ret_message, GError **error)
{
  g_autofree Message *kept = g_queue_pop_head (&self->kept);
  if (kept == NULL)
    return message_receive (self->fd, ret_message, error);
  *ret_message = *kept;
  return true;
}

static void
readable (GIOCondition condition, void *user_data)
{
  Control *self = user_data;
  for (unsigned int i = 0; i < MESSAGES_PER_WAKEUP; i++) {
    g_auto (Message) message = { .fd = -1 };
    g_autoptr (GError) error = NULL;
    if (!take_message (self, &message, &error)) {
      if (!g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_BUSY))
        lose (self);
      return;
    }
    if (message.type == MESSAGE_SOCKET)
      hand_out_socket (self, &message);
    else
      self->handlers.received (&message, self->user_data);
  }
}

static void
keep (Control *self, Message *message)
{
  g_queue_push_tail (&self->kept, g_memdup2 (message, sizeof *message));
  *message = (Message){ .fd = -1 };
  alarm_set (self->kept_alarm, 0);
}

static void
handle_kept (void *user_data)
{
  readable (G_IO_IN, user_data);
  Control *self = user_data;
  if (!g_queue_is_empty (&self->kept))
    alarm_set (self->kept_alarm, 0);
}

static bool
wait_readable (Control *self, gint64 until)
{
  gint64 left = until - g_get_monotonic_time ();
  struct pollfd p = { .fd = self->fd, .events = POLLIN };
  int milliseconds = (int) (MIN (left, G_TIME_SPAN_HOUR) / G_TIME_SPAN_MILLISECOND) + 1;
  return left > 0 && (poll (&p, 1, milliseconds) >= 0 || errno == EINTR);
}

/* Waits for a message of one type, with the main loop standing still, until a moment of the monotonic
 * clock. What comes before it is kept and told afterwards, in order. False where it did not come, and
 * as soon as the host wants the connection to end or is gone. */
bool
control_wait_for (Control *control, MessageType type, gint64 until, Message *ret_message)
{
  while (!control->lost) {
    g_auto (Message) message = { .fd = -1 };
    g_autoptr (GError) error = NULL;
    if (!message_receive (control->fd, &message, &error)) {
      if (!g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_BUSY))
        lose (control);
      else if (!wait_readable (control, until))
        return false;
      continue;
    }
    if (message.type == type) {
      *ret_message = message;
      message = (Message){ .fd = -1 };
      return true;
    }
    bool ends = message.type == MESSAGE_DISCONNECT;
    keep (control, &message);
    if (ends)
      return false;
  }
  return false;
}

static unsigned int
want_socket (void *user, InetFamily family, int type, SocketReadyFunc ready, void *ready_data)
{
  Control *self = user;
  SocketRequest request = { .ready = ready, .ready_data = ready_data };
  request.number = ++self->last_number == 0 ? ++self->last_number : self->last_number;
  g_array_append_val (self->requests, request);
  control_send (self, MESSAGE_WANT_SOCKET,
      g_variant_new ("(uyy)", request.number, (guint8) family, (guint8) type));
  return request.number;
}

/* The socket that still comes finds nobody and is closed. */
static void
cancel_socket (void *user, unsigned int number)
{
  Control *self = user;
  for (guint i = 0; i < self->requests->len; i++) {
    if (g_array_index (self->requests, SocketRequest, i).number == number) {
      g_array_remove_index (self->requests, i);
      return;
    }
  }
}

static const GError *
refusal (void *user)
{
  return ((Control *) user)->refusal;
}

/* Sockets of the host's making, for reach. */
SocketSource
control_sockets (Control *control)
{
  return (SocketSource){
    .want = want_socket,
    .cancel = cancel_socket,
    .refusal = refusal,
    .user = control,
  };
}

static void
tell_lost (void *user_data)
{
  Control *self = user_data;
  self->handlers.lost (self->user_data);
}

/* Takes the worker's end of the socketpair and owns it. */
Control *
control_new (int fd, const ControlHandlers *handlers, void *user_data)
{
  Control *self = g_new0 (Control, 1);
  self->fd = fd;
  self->handlers = *handlers;
  self->user_data = user_data;
  self->requests = g_array_new (FALSE, FALSE, sizeof (SocketRequest));
  self->lost_alarm = alarm_new (tell_lost, self);
  self->kept_alarm = alarm_new (handle_kept, self);
  g_queue_init (&self->kept);
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  self->watch = fd_watch_new (fd, G_IO_IN, readable, self);
  return self;
}

void
control_free (Control *control)
{
  if (control == NULL)
    return;
  fd_watch_free (control->watch);
  alarm_free (control->lost_alarm);
  alarm_free (control->kept_alarm);
  for (Message *kept; (kept = g_queue_pop_head (&control->kept)) != NULL; g_free (kept))
    message_clear (kept);
  close (control->fd);
  g_array_unref (control->requests);
  g_clear_error (&control->refusal);
  g_free (control);
}
