/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "gateway/ike-peek.h"

#define SESSION_MAX_KEYS 8
#define SESSION_MAX_STREAMS 4

typedef struct _Client Client;

/* 128 bits that a stranger cannot guess. */
typedef struct {
  uint64_t spi_i;
  uint64_t other; /* the responder's SPI; of a half-open SA a hash of its first request */
  bool half_open;
} SessionKey;

typedef struct {
  SessionKey key;
  uint64_t next_request; /* message ID of the client's next request that was not yet answered */
} SessionSa;

typedef struct {
  Client *client;
  bool asked; /* a request came in on it, of which the answer is not yet seen */
  uint64_t asked_spi_i;
  uint64_t asked_spi_r;
  uint32_t asked_id;
} SessionStream;

typedef struct {
  SessionSa sas[SESSION_MAX_KEYS]; /* oldest first */
  size_t n_sas;
  SessionStream streams[SESSION_MAX_STREAMS]; /* oldest first */
  size_t n_streams;
  Client *attached; /* one of the streams: what comes from the gateway goes there */
  bool established; /* the gateway has sent something encrypted */
} Session;

/* Where a message of the gateway goes. */
typedef struct {
  Client *to[SESSION_MAX_STREAMS];
  size_t n_to;
  Client *superseded; /* was attached until now, or NULL */
} SessionRoute;

SessionKey session_key_of (const IkePeek *peek, Slice message);
bool session_key_equal (const SessionKey *a, const SessionKey *b);
bool session_knows (const Session *session, const SessionKey *key);
bool session_learn (Session *session, const SessionKey *key, SessionKey *ret_forgotten);

Client *session_add_stream (Session *session, Client *client);
void session_remove_stream (Session *session, const Client *client);
void session_from_client (Session *session, const Client *client, const IkePeek *peek);
void session_from_gateway (Session *session, const IkePeek *peek, SessionRoute *ret_route);
