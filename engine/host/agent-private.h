/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "host/agent.h"

/* What the files called agent share. */
struct _Agent {
  GDBusConnection *bus; /* owned */
  char *name; /* unique name of the caller of Connect */
  char *path;
  char *connection_path;
  char *site; /* its name, for the person */
  GCancellable *cancellable; /* owned; ends every open question */
  AgentLimit limit; /* take is NULL: none */
};

GTask *agent_task_new (Agent *agent, GAsyncReadyCallback callback, gpointer user_data);
void agent_call (Agent *agent, const char *method, GVariant *request, const char *reply_type,
    VisitorError otherwise, GAsyncReadyCallback callback, GTask *task);
void agent_ask_secret (Agent *agent, GVariant *request, GTask *task);
void agent_return_error (GTask *task, GError *error, VisitorError otherwise);
