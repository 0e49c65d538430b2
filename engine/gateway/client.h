/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/tls.h"
#include "gateway/endpoint.h"
#include "gateway/loop.h"
#include "gateway/session.h"
#include "wire/stream.h"

typedef struct _RelaySession RelaySession;

/* What a client tells its owner. */
typedef struct {
  void (*message) (void *user, Client *client, bool is_ike, Slice body);
  void (*closed) (void *user, Client *client, const char *reason);
  void *user;
} ClientEvents;

/* What all clients share; outlives them. */
typedef struct {
  Loop *loop;
  ClientEvents events;
  TlsServerCredentials *credentials; /* of the next stream */
  bool plain_streams;
  StreamDecoder *spare; /* owned, or NULL: the one that most streams need only for a moment */
} ClientShared;

Client *client_new (ClientShared *shared, int fd, const Endpoint *peer);
void client_close (Client *client, const char *reason);
void client_goodbye (Client *client, const char *reason);
void client_tick (Client *client, gint64 now);

bool client_push (Client *client, Slice datagram, bool is_ike);
void client_flush (Client *client);
void client_confirm (Client *client);
void client_supersede (Client *client);

RelaySession *client_session (const Client *client);
void client_set_session (Client *client, RelaySession *session);
const Endpoint *client_peer (const Client *client);
const char *client_name (const Client *client);
