/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gateway.h"
#include "loop.h"
#include "tunnel/contest.h"

#define ADDRESS "127.0.0.1"
#define OTHER_ADDRESS "127.0.0.2"

typedef struct {
  Gateway gateway;
  Gateway other; /* at the second entry point, if there is one */
  EntryPoint entries[2];
  size_t n_entries;
  GArray *none;
  Datapath *datapath;
  Attempts *attempts;
  GString *tried; /* of each attempt the transport, and what became of it */
  Contest *contest;
  IkeSession *begun[LADDER_N_WAYS]; /* the last of each, borrowed */
  Secret *psk; /* NULL: somebody has to be asked */
  ContestParts parts;
  unsigned int n_won, n_failed, n_asked;
  char *redirected_to;
  VisitorError code;
} World;

void world_init (World *w);
void world_clear (World *w);
void world_add_other (World *w);
void world_start_in (World *w, LadderWay last, bool may_udp, int64_t in_us);
void world_start (World *w, LadderWay last, bool may_udp);
bool world_is_over (const World *w);
void world_run (const World *w);
