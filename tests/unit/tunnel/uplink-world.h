/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gateway.h"
#include "loop.h"
#include "tunnel/uplink.h"

typedef enum {
  OVER_TCP,
  OVER_TLS,
  OVER_UDP,
  N_TRANSPORTS,
} Transport;

/* What is done from inside a handler. */
typedef enum {
  NOTHING,
  CLOSE,
  CONNECT,
} Deed;

typedef struct {
  Transport transport;
  Gateway gateway, other;
  EntryPoint entries[2];
  GArray *none;
  CryptoTrust *trust;
  Datapath *datapath;
  Attempts *attempts;
  GString *tried;
  Uplink *uplink;
  GString *told; /* "u" up, "d" down behind it, "n" never up, "i" IKE, "t" TUN lost */
  Deed on_up, on_ike, on_down;
  VisitorError code; /* of the last `down` */
} World;

extern const char *const transport_names[N_TRANSPORTS];

void world_init (World *w, Transport transport, size_t n_entries);
void world_clear (World *w);
void world_run_until (World *w, const char *told);
void world_stays (World *w);
void world_connect (World *w, bool knows_peer);
GBytes *world_message (bool is_response);
void world_speak (World *w);
void world_answer (World *w, unsigned int n);
