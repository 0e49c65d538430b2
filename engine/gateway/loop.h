/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

typedef struct _Loop Loop;
typedef struct _LoopWatch LoopWatch;

/* Called with the EPOLL* bits that are set, none after loop_again (). It may remove any watch, its own too. */
typedef void (*LoopReadyFunc) (void *user, uint32_t events);
typedef void (*LoopTickFunc) (void *user, gint64 now);

/* Stands inside the struct of whoever watches; the fd stays his. */
struct _LoopWatch {
  int fd;
  uint32_t events;
  LoopReadyFunc ready;
  void *user;
  bool is_due; /* the loop's */
};

Loop *loop_new (GError **error);
void loop_free (Loop *loop);
bool loop_add (Loop *loop, LoopWatch *watch, GError **error);
void loop_set_events (Loop *loop, LoopWatch *watch, uint32_t events);
void loop_again (Loop *loop, LoopWatch *watch);
void loop_remove (Loop *loop, LoopWatch *watch);
void loop_dispose (Loop *loop, void *memory);
void loop_set_tick (Loop *loop, LoopTickFunc tick, void *user);
bool loop_run (Loop *loop, GError **error);
void loop_quit (Loop *loop);
gint64 loop_now (const Loop *loop);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Loop, loop_free)
