/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loop: epoll with watches that live in their owners, so that ten thousand quiet streams cost
 * nothing per event and no memory here. One tick a second serves all deadlines: they are seconds
 * long, and a walk over all clients once a second is cheaper than a timer each. */
#include "gateway/loop.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"

#define BATCH 64
#define TICK (1 * G_USEC_PER_SEC)

struct _Loop {
  int fd;
  bool quit;
  gint64 now;
  gint64 next_tick;
  LoopTickFunc tick;
  void *tick_user;
  struct epoll_event batch[BATCH];
  int n_batch;
  GPtrArray *due; /* LoopWatch, borrowed, or NULL: those of the next round */
  GPtrArray *disposed; /* owned; freed at the end of the round */
};

static void
set_errno_error (GError **error, const char *what)
{
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_FAILED, "%s: %s", what, g_strerror (errno));
}

Loop *
loop_new (GError **error)
{
  int fd = epoll_create1 (EPOLL_CLOEXEC);
  if (fd < 0) {
    set_errno_error (error, "epoll_create1");
    return NULL;
  }
  Loop *loop = g_new0 (Loop, 1);
  loop->fd = fd;
  loop->now = g_get_monotonic_time ();
  loop->disposed = g_ptr_array_new_with_free_func (g_free);
  loop->due = g_ptr_array_new ();
  return loop;
}

void
loop_free (Loop *loop)
{
  close (loop->fd);
  g_ptr_array_unref (loop->disposed);
  g_ptr_array_unref (loop->due);
  g_free (loop);
}

/* Starts to watch watch->fd for watch->events. The watch must not move or end before
 * loop_remove (). */
bool
loop_add (Loop *loop, LoopWatch *watch, GError **error)
{
  struct epoll_event event = { .events = watch->events, .data.ptr = watch };
  if (epoll_ctl (loop->fd, EPOLL_CTL_ADD, watch->fd, &event) == 0)
    return true;
  set_errno_error (error, "epoll_ctl");
  return false;
}

/* Changes what is watched for; with 0 only errors and the end of the peer are. */
void
loop_set_events (Loop *loop, LoopWatch *watch, uint32_t events)
{
  if (watch->events == events)
    return;
  watch->events = events;
  struct epoll_event event = { .events = events, .data.ptr = watch };
  epoll_ctl (loop->fd, EPOLL_CTL_MOD, watch->fd, &event);
}

/* Has the watch called in the next round, after all others have had their turn: for who holds octets that
 * no poll tells of. */
void
loop_again (Loop *loop, LoopWatch *watch)
{
  if (!watch->is_due)
    g_ptr_array_add (loop->due, watch);
  watch->is_due = true;
}

/* Stops watching, before the fd is closed. What this round of epoll still holds for the watch is
 * forgotten. */
void
loop_remove (Loop *loop, LoopWatch *watch)
{
  epoll_ctl (loop->fd, EPOLL_CTL_DEL, watch->fd, NULL);
  for (int i = 0; i < loop->n_batch; i++) {
    if (loop->batch[i].data.ptr == watch)
      loop->batch[i].data.ptr = NULL;
  }
  for (guint i = 0; watch->is_due && i < loop->due->len; i++) {
    if (loop->due->pdata[i] == watch)
      loop->due->pdata[i] = NULL;
  }
}

/* Frees memory (with g_free) when this round is over: whoever is in the middle of using it may
 * finish. */
void
loop_dispose (Loop *loop, void *memory)
{
  g_ptr_array_add (loop->disposed, memory);
}

/* Has tick called about once a second. */
void
loop_set_tick (Loop *loop, LoopTickFunc tick, void *user)
{
  loop->tick = tick;
  loop->tick_user = user;
  loop->next_tick = loop->now + TICK;
}

static int
milliseconds_to_tick (const Loop *loop)
{
  if (loop->tick == NULL)
    return -1;
  gint64 left = loop->next_tick - g_get_monotonic_time ();
  return left <= 0 ? 0 : (int) (left / 1000 + 1);
}

static void
run_tick (Loop *loop)
{
  if (loop->tick == NULL || loop->now < loop->next_tick)
    return;
  loop->next_tick = loop->now + TICK;
  loop->tick (loop->tick_user, loop->now);
}

/* Those of the round before; who is due once more comes behind them. */
static void
run_due (Loop *loop, guint n)
{
  for (guint i = 0; i < n; i++) {
    LoopWatch *watch = loop->due->pdata[i];
    if (watch == NULL)
      continue;
    loop->due->pdata[i] = NULL;
    watch->is_due = false;
    watch->ready (watch->user, 0);
  }
  if (n > 0)
    g_ptr_array_remove_range (loop->due, 0, n);
}

/* Runs until loop_quit (). Fails only if epoll itself does. */
bool
loop_run (Loop *loop, GError **error)
{
  while (!loop->quit) {
    guint n_due = loop->due->len;
    int n = epoll_wait (loop->fd, loop->batch, BATCH, n_due > 0 ? 0 : milliseconds_to_tick (loop));
    if (n < 0 && errno != EINTR) {
      set_errno_error (error, "epoll_wait");
      return false;
    }
    loop->now = g_get_monotonic_time ();
    loop->n_batch = MAX (n, 0);
    for (int i = 0; i < loop->n_batch; i++) {
      LoopWatch *watch = loop->batch[i].data.ptr;
      if (watch != NULL)
        watch->ready (watch->user, loop->batch[i].events);
    }
    loop->n_batch = 0;
    run_due (loop, n_due);
    run_tick (loop);
    g_ptr_array_set_size (loop->disposed, 0);
  }
  return true;
}

void
loop_quit (Loop *loop)
{
  loop->quit = true;
}

/* Monotonic microseconds, as of this round. */
gint64
loop_now (const Loop *loop)
{
  return loop->now;
}
