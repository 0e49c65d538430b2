/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gateway.h"
#include "loop.h"
#include "tunnel/session-private.h"

#define WORLD_OTHER_PORT 444

/* A Session, the host that it speaks to, and the gateway that it is to find, in a network of the test's own. */
typedef struct {
  Gateway gateway;
  Gateway *other; /* at WORLD_OTHER_PORT; NULL before world_add_other () */
  CryptoTrust *trust;
  Control *control;
  Session *session;
  int host;
  guint source;
  int tun; /* the host's end, or -1 */
  bool says_secret; /* the person answers */
  GString *states; /* the first letter of each */
  unsigned int n_secrets; /* asked for */
  unsigned int n_datagram_sockets; /* wanted */
  bool is_over;
  VisitorError code; /* it ended with; 0: in order */
} World;

bool world_enter_network (void);
void world_init (World *w, Mood udp, Mood tcp);
void world_clear (World *w);
void world_add_other (World *w);
void world_start (World *w);
void world_run_until (const World *w, bool (*holds) (const World *w));
void world_tell (World *w, MessageType type, GVariant *body);
void world_give_secret (World *w);
bool world_is_connected (const World *w);
bool world_has_ended (const World *w);
