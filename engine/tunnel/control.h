/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/protocol/message.h"
#include "reach/socket-source.h"

typedef struct _Control Control;

typedef struct {
  /* A message, but for MESSAGE_SOCKET; its fd may be taken by setting it to -1. */
  void (*received) (Message *message, void *user_data);
  /* The host is gone: there is nobody left to work for. */
  void (*lost) (void *user_data);
} ControlHandlers;

Control *control_new (int fd, const ControlHandlers *handlers, void *user_data);
void control_free (Control *control);
void control_send (Control *control, MessageType type, GVariant *body);
bool control_wait_for (Control *control, MessageType type, gint64 until, Message *ret_message);
SocketSource control_sockets (Control *control);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Control, control_free)
