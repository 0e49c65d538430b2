/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/secret-request.h"
#include "client/site-model.h"
#include "client/trust-request.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_LIVE (visitor_live_get_type ())
G_DECLARE_FINAL_TYPE (VisitorLive, visitor_live, VISITOR, LIVE, GObject)

/* Asks a person about a connection of item. Each owns its request, and answers it now or later by
 * visitor_live_answer_secret () or visitor_live_answer_trust (); a request that is freed is refused.
 * keyring_problem says why the keyring was of no help, or is NULL. A question is moot when the item's
 * state is another one. */
typedef struct {
  void (*secret) (VisitorSiteItem *item, VisitorSecretRequest *request,
      const GError *keyring_problem, gpointer user_data);
  void (*trust) (VisitorSiteItem *item, VisitorTrustRequest *request, gpointer user_data);
} VisitorLivePrompts;

VisitorLive *
visitor_live_new (VisitorSiteModel *model, const VisitorLivePrompts *prompts, gpointer user_data);
gboolean visitor_live_get_available (VisitorLive *self);
GListModel *visitor_live_get_others (VisitorLive *self);
const char *visitor_live_get_engine_version (VisitorLive *self);
void visitor_live_set_sampling (VisitorLive *self, gboolean sampling);

void visitor_live_connect (VisitorLive *self, VisitorSiteItem *item);
void visitor_live_disconnect (VisitorLive *self, VisitorSiteItem *item);

void visitor_live_answer_secret (VisitorLive *self, VisitorSiteItem *item,
    VisitorSecretRequest *request, const Secret *secret_or_null, gboolean remember);
void visitor_live_answer_trust (
    VisitorLive *self, VisitorSiteItem *item, VisitorTrustRequest *request, gboolean trusted);

G_END_DECLS
