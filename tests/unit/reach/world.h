/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "reach/connector.h"

typedef struct {
  GMainLoop *loop;
  GArray *pending; /* Pending */
  unsigned int asked;
  unsigned int datagrams; /* of them */
  bool refuse;
  GError *refusal; /* what the host says then, or NULL */
  unsigned int done;
  Link *link;
  VisitorError code;
} Fixture;

typedef struct {
  Fixture f;
  int open, closed;
  uint16_t open_port, closed_port;
  int beside
      [2]; /* the open port at 127.0.0.2 and .3, where nobody listens either until it is said */
  GArray *none, *loopback;
} World;

unsigned int
world_want (void *user, InetFamily family, int type, SocketReadyFunc ready, void *ready_data);
void world_cancel (void *user, unsigned int number);
const GError *world_refusal (void *user);
void world_done (Link *link, const GError *error, void *user_data);
uint16_t world_port_of_peer (Link *link);
void world_set_up (World *w, const void *data);
void world_tear_down (World *w, const void *data);
Connector *world_connector (World *w, EntryPoint *entries, size_t n, GArray *hosts);
void world_run (World *w, Connector *c);
char *world_peer_of (Link *link);
GArray *world_addresses (const char *first, const char *second);
void world_listen (int fd);
void world_deafen (int fd);
void world_note_attempt (const Attempt *attempt, void *user_data);
