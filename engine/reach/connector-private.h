/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "reach/alarm.h"
#include "reach/connector.h"
#include "reach/entry-race.h"
#include "reach/fd-watch.h"
#include "reach/race.h"
#include "reach/ways.h"

/* What connector.c (which way is tried next), connector-way.c (where that leads) and connector-link.c (what is put on
 * its connection) share. */
typedef enum {
  STAGE_NONE,
  STAGE_PROXY, /* the link through the proxy opens */
  STAGE_TLS, /* the link to the gateway opens */
  STAGE_OPEN,
} Stage;

/* A proxy that was met, and what it wants to know. */
typedef struct {
  Proxy proxy;
  ProxyAuth *auth; /* owned */
} KnownProxy;

struct _Connector {
  ConnectorConfig config;
  ConnectorDoneFunc done;
  void *user_data;

  Alarm *alarm;
  GPtrArray *entries; /* EntryPoint: the configured ones, then those of connector_set_further () */
  Proxy proxies[PROXY_LIST_MAX];
  size_t n_proxies; /* at least one, which may be none: PROXY_DIRECT */
  Proxy next_proxies[PROXY_LIST_MAX]; /* for the next round, if there are any */
  size_t n_next_proxies;
  GPtrArray *known; /* KnownProxy */
  Ways ways; /* of this round */
  bool busy; /* a link was asked for, and `done` not called yet */
  bool begun; /* the round */
  Way way; /* that is being tried */
  bool only_first; /* entry point of a round */
  size_t place; /* in the entry point's `addresses`, of the one that a proxy is told */
  bool retry; /* the same way once more: the proxy is told who we are */
  unsigned int requests; /* of this way's proxy */
  unsigned int question; /* of the asker's, 0 = none */
  AttemptRecord *record; /* of this way; after `done`, of the link's until it is taken */
  Race *
      race; /* of this way; it rests after its winner: if that is of no use the others have a turn */
  EntryRace *
      entry_race; /* instead of ways, where all are looked for at once; it rests as the race does */
  size_t raced_proxies; /* of this round, the one of entry_race included */
  bool offers_session; /* the TLS link that opens, or stands, was to resume one */
  Link *link; /* while it opens, or opened and not yet handed over */
  Stage stage;
  FdWatch *watch; /* while the link opens */
  gint64 link_started;
  GError *error; /* of this round, the one that came farthest */
  GBytes *unvouched; /* of the last round: the certificate that its error is about, or NULL */

  size_t good_entry;
  Proxy good_proxy; /* which the last link went through */
  bool through_good; /* there was one */
  InetAddr good_addr; /* of the gateway at good_entry; family INET_NONE = none yet */
  InetAddr good_proxy_addr; /* of good_proxy, as above */
  GBytes *resume;
  GArray *silent; /* InetAddr: did not answer over UDP since the last round that found none */
  GArray *spent; /* of these, those that were waited for to the end */
  GError *silent_error; /* what came farthest there */
  bool hurries; /* the last link: others wait for their turn */
  bool is_patient; /* they have had it */
};

/* connector-way.c */
const EntryPoint *connector_current_entry (const Connector *self);
const Proxy *connector_current_proxy (const Connector *self);
uint16_t connector_current_port (const Connector *self);
bool connector_is_direct (const Connector *self);
const char *connector_proxied_host (const Connector *self, char buf[static INET_ADDR_STRLEN]);
void connector_begin_record (Connector *self);
void connector_start_race (Connector *self);

/* connector.c */
void connector_note_good (Connector *self, const InetAddr *addr);
void connector_overtake (Connector *self);
void connector_add_entry (Connector *self, const EntryPoint *entry);
void connector_forget_rest (Connector *self);
void connector_finish (Connector *self);

/* connector-round.c */
void connector_begin_round (Connector *self);
bool connector_has_others (const Connector *self);
bool connector_begins_again (Connector *self);
bool connector_races_entries (const Connector *self);
void connector_begin_entry_race (Connector *self);
void connector_next_entry_race (Connector *self);

/* connector-link.c */
void connector_open_link (Connector *self, Link *tcp);
void connector_name_place (const Connector *self, GError **error, bool at_proxy);
bool connector_race_goes_on (Connector *self, bool try_winner_again);
bool connector_is_of_proxy (const GError *error);
void connector_note_error (Connector *self, const GError *error);
void connector_fail_way (Connector *self, GError *error);
void connector_stage_timed_out (Connector *self);
