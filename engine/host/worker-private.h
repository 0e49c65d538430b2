/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/protocol/permit.h"
#include "host/worker-path.h"
#include "host/worker.h"

/* What the files called worker share. */

#define LAST_WORD_SECONDS 2 /* from its last word, or the end of its socket, to its exit */

struct _HostWorker {
  int refs;
  HostWorkerCallbacks callbacks;
  gpointer user_data;
  GMainContext *context;

  /* the process */
  GPid pid; /* 0 = reaped */
  int socket;
  GSource *messages;
  GSource *exit;
  GSource *deadline;

  /* the talk */
  GVariant *start;
  Permit permit;
  guint sockets;
  gint64 sockets_since;
  gboolean orderly;
  GError *reason; /* why it ended, as far as known */

  WorkerPath path;
  gboolean has_no_network; /* what the start is to say of it */
  Connectivity connectivity; /* that was told before the start; else UNKNOWN */
};

/* worker.c */
void host_worker_drop_source (GSource **source);
void host_worker_set_deadline (HostWorker *worker, guint seconds);

/* worker-hear.c */
gboolean host_worker_handle_one (HostWorker *worker);

/* worker-tell.c */
void host_worker_tell (HostWorker *worker, MessageType type, GVariant *body, int fd);
