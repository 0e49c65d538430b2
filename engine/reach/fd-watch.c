/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FdWatch: tells when a file descriptor is ready, for conditions that may be changed at will (a link
 * that waits to read now may have to write next). On the thread's default main context. */
#include "reach/fd-watch.h"

struct _FdWatch {
  GSource source;
  gpointer tag;
  FdReadyFunc ready;
  void *user_data;
};

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  FdWatch *self = (FdWatch *) source;
  self->ready (g_source_query_unix_fd (source, self->tag), self->user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs fd_watch_funcs = { .dispatch = dispatch };

/* Borrows fd, which must stay open as long as the watch. */
FdWatch *
fd_watch_new (int fd, GIOCondition condition, FdReadyFunc ready, void *user_data)
{
  FdWatch *self = (FdWatch *) g_source_new (&fd_watch_funcs, sizeof (FdWatch));
  self->ready = ready;
  self->user_data = user_data;
  self->tag = g_source_add_unix_fd (&self->source, fd, condition);
  g_source_attach (&self->source, g_main_context_get_thread_default ());
  return self;
}

/* Also from inside its own callback. */
void
fd_watch_free (FdWatch *watch)
{
  if (watch == NULL)
    return;
  g_source_destroy (&watch->source);
  g_source_unref (&watch->source);
}

/* What to wait for from now on; errors and hang-ups are always told. */
void
fd_watch_set (FdWatch *watch, GIOCondition condition)
{
  g_source_modify_unix_fd (&watch->source, watch->tag, condition);
}
