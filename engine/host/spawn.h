/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/error.h"

/* Where the worker finds its end of the socketpair. */
#define HOST_WORKER_FD 3

gboolean
host_spawn (const char *program, const char *user, int *ret_socket, GPid *ret_pid, GError **error);
