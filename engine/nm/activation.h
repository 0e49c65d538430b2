/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/configuration.h"
#include "host/gateway-memory.h"
#include "host/worker.h"
#include "nm/profile.h"

typedef struct _Activation Activation;

typedef struct {
  HostWorkerOptions worker;
  const char *key_program; /* absolute path of visitor-key */
  GatewayMemory *memory;
  GLogLevelFlags log_level;
} ActivationOptions;

/* The activation may be stopped in any of them, and freed in ended. */
typedef struct {
  /* A person is to be asked; activation_answer () follows. message: the gateway's own text, or "". */
  void (*ask) (SiteSecret secret, const char *message, gpointer user_data);
  /* The device exists and this is what NM has to make of it; also when another configuration comes. */
  void (*configured) (const HostConfiguration *configuration, const InetAddr *gateway,
      const char *device, gpointer user_data);
  /* Once; error is NULL after activation_stop (). */
  void (*ended) (const GError *error, gpointer user_data);
} ActivationCallbacks;

Activation *activation_start (const ActivationOptions *options, NMConnection *connection,
    gboolean can_ask, const ActivationCallbacks *callbacks, gpointer user_data, GError **error);
void activation_watch_network (Activation *activation, GDBusConnection *bus);
void activation_answer (Activation *activation, NMConnection *connection);
void activation_stop (Activation *activation);
void activation_free (Activation *activation);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Activation, activation_free)
