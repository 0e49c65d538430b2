/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/inet.h"

/* fd: a non-blocking socket, now the receiver's; -1 if the host refused it. */
typedef void (*SocketReadyFunc) (int fd, void *user_data);

/* Where sockets come from: the worker may not make any, its host makes and marks them. want ()
 * returns a number that cancel () takes as long as the socket has not come. */
typedef struct {
  unsigned int (*want) (
      void *user, InetFamily family, int type, SocketReadyFunc ready, void *ready_data);
  void (*cancel) (void *user, unsigned int request);
  /* Why the last one was not given, NULL where it was; borrowed. May be NULL itself. */
  const GError *(*refusal) (void *user);
  void *user;
} SocketSource;
