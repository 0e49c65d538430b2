/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gateway/client.h"
#include "gateway/gateway-config.h"
#include "gateway/counters.h"

/* Between the streams of the clients and the UDP port of the IPsec gateway. */
typedef struct _Relay Relay;

Relay *relay_new (Loop *loop);
void relay_free (Relay *relay);
void relay_set_config (Relay *relay, const GatewayConfig *config);

void relay_message (Relay *relay, Client *client, bool is_ike, Slice body);
void relay_client_closed (Relay *relay, Client *client);
void relay_tick (Relay *relay, gint64 now);
void relay_log_counters (const Relay *relay);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Relay, relay_free)
