/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "gateway/endpoint.h"

typedef struct {
  GArray *listen; /* Endpoint */
  bool listen_is_default;
  Endpoint target;
  char *certificate_file;
  char *key_file;
  char *user; /* to become after the ports are bound, if started as root */
  bool plain_streams; /* RFC 9329 without TLS is taken too */
  guint max_streams;
  guint max_streams_per_address;
  guint max_detached_sessions;
  guint session_timeout; /* seconds */
} GatewayConfig;

GatewayConfig *gateway_config_parse (const char *name, const char *text, GError **error);
GatewayConfig *gateway_config_load (const char *path, GError **error);
void gateway_config_free (GatewayConfig *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GatewayConfig, gateway_config_free)
