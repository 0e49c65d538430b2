/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

typedef struct _FdWatch FdWatch;

typedef void (*FdReadyFunc) (GIOCondition condition, void *user_data);

FdWatch *fd_watch_new (int fd, GIOCondition condition, FdReadyFunc ready, void *user_data);
void fd_watch_free (FdWatch *watch);
void fd_watch_set (FdWatch *watch, GIOCondition condition);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FdWatch, fd_watch_free)
