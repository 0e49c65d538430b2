/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "reach/attempts.h"
#include "crypto/random.h"
#include "reach/link.h"
#include "reach/socket-source.h"

typedef struct {
  const char *host; /* address literal or ASCII name */
  uint16_t port;
  const InetAddr *known; /* addresses to try before DNS is asked */
  size_t n_known;
  bool remembers; /* the first of them worked last time */
  bool only_known; /* DNS is not asked at all */
  int64_t delay_us; /* between two attempts; 0 = RFC 8305's */
  CryptoRandomFunc shuffle; /* what DNS says is tried in a random order; NULL = in its own */
  const GArray *nameservers; /* InetAddr */
  SocketSource sockets;
  AttemptRecord *record; /* of the way that this is a part of; borrowed; may be NULL */
  bool udp; /* sockets of datagrams: the first that has a route wins */
  const GArray *silent; /* InetAddr: no use to try; NULL = none */
} RaceConfig;

typedef struct _Race Race;

/* link: connected, the receiver's; NULL when nobody came in, and then error says why. After a link the race
 * rests until race_go_on (). It may be freed from inside. */
typedef void (*RaceDoneFunc) (Link *link, const GError *error, void *user_data);

Race *race_new (const RaceConfig *config, RaceDoneFunc done, void *user_data);
void race_free (Race *race);
void race_set_record (Race *race, AttemptRecord *record);
bool race_has_other (const Race *race);
bool race_go_on (Race *race, bool try_winner_again);

int reach_error_rank (const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Race, race_free)
