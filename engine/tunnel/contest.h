/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/session.h"
#include "reach/ladder.h"
#include "tunnel/uplink.h"

typedef struct _Contest Contest;

/* What the first to answer has made; all owned by whoever took it. */
typedef struct {
  LadderWay way;
  Uplink *uplink;
  IkeSession *ike;
} ContestParts;

typedef struct {
  Uplink *(*new_uplink) (LadderWay way, void *user_data); /* transfer: full */
  IkeSession *(*begin) (
      LadderWay way, void *user_data, GError **error); /* a fresh IKE session; transfer: full */
  /* NEED_SECRET: true if it is known by now, and *ret_secret (borrowed, NULL = there is none) is it. */
  bool (*secret) (const IkeEvent *event, Secret **ret_secret, void *user_data);
  /* Somebody must be asked first: ask, free the contest, and begin another when there is an answer. */
  void (*ask) (const IkeEvent *event, void *user_data);
  /* redirected_to: instead of an answer, another gateway's name (RFC 5685); else NULL. Take the parts, and
   * free it if you like. */
  void (*won) (const char *redirected_to, void *user_data);
  /* None could. uplink is the stream's where there is one, for what its TLS was shown; transfer: full. */
  void (*failed) (Uplink *uplink, const GError *error, void *user_data);
} ContestHandlers;

Contest *contest_new (
    LadderWay last, bool may_udp, gint64 at, const ContestHandlers *handlers, void *user_data);
void contest_free (Contest *contest);
void contest_take_parts (Contest *contest, ContestParts *ret_parts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Contest, contest_free)
