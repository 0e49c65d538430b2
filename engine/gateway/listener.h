/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gateway/endpoint.h"
#include "gateway/loop.h"

typedef struct _Listener Listener;

/* Takes over a connected, non-blocking socket. */
typedef void (*ListenerAcceptFunc) (void *user, int fd, const Endpoint *peer);

Listener *listener_new (
    Loop *loop, const Endpoint *endpoint, ListenerAcceptFunc accept, void *user, GError **error);
void listener_free (Listener *listener);
void listener_tick (Listener *listener, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Listener, listener_free)
