/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/client.h"
#include "client/live.h"
#include "client/site-item-private.h"

/* What live.c, live-attempt.c, live-others.c, live-sample.c and live-watch.c share. */
struct _VisitorLive {
  GObject parent_instance;

  /* owned */
  VisitorSiteModel *model;
  VisitorClient *client; /* NULL without a bus */
  GCancellable *cancellable;
  GHashTable *tracked; /* object path to Tracked: the user's connections */
  GHashTable *attempts; /* VisitorSiteItem to VisitorAttempt: what this program has begun */
  GHashTable
      *looking; /* object path to whether it was there before us: looked at for the first time */
  GListStore *others; /* VisitorSiteItem: what is connected and no site of the list */
  char *engine_version; /* or NULL */

  /* borrowed */
  const VisitorLivePrompts *prompts;
  gpointer prompts_data;

  /* state */
  guint name_watch;
  guint reopen; /* source */
  guint sampler; /* source */
  gboolean sampling;
  gboolean running, activatable;
  gboolean available; /* as it was told */
};

/* A connection of the user. */
typedef struct {
  VisitorLive *live; /* borrowed */
  VisitorConnection *connection; /* owned */
  VisitorSiteItem *item; /* owned; NULL while no site has had its id */
  VisitorSiteItem *other; /* owned; of live->others, or NULL */
  gboolean was_connected;
  gboolean is_over;
  gboolean refreshing;
} Tracked;

typedef struct _VisitorAttempt VisitorAttempt;

void live_attempt_free (gpointer attempt);
void live_attempt_begin (VisitorLive *live, VisitorSiteItem *item);
void live_attempt_begin_waiting (VisitorLive *live);
void live_attempt_fail_waiting (VisitorLive *live, const GError *error);
gboolean live_attempt_cancel (VisitorLive *live, VisitorSiteItem *item);
void live_attempt_prove (VisitorLive *live, VisitorSiteItem *item);
void live_attempt_end (VisitorLive *live, VisitorSiteItem *item);

void live_emit (VisitorLive *live, const char *signal, VisitorSiteItem *item);
void live_emit_not_kept (VisitorLive *live, VisitorSiteItem *item, const GError *error);

/* live-others.c */
void live_others_follow (Tracked *tracked);
void live_others_forget (Tracked *tracked);

/* live-sample.c */
void live_sample (VisitorLive *live);

/* live-watch.c */
void live_watch_open (VisitorLive *live);
void live_watch_close (VisitorLive *live);
void live_watch_adopt (VisitorLive *live, VisitorConnection *connection);
void live_watch_match (VisitorLive *live);
void live_watch_tracked_free (gpointer tracked);
