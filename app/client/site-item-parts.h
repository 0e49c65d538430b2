/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/site-item-private.h"

/* What site-item.c and site-item-connection.c share. */
struct _VisitorSiteItem {
  GObject parent_instance;

  /* owned */
  SiteEntry *entry;
  char *name;
  char *address;
  char *problem; /* or NULL */
  VisitorConnection *connection; /* or NULL */
  VisitorThroughput *throughput;
  VisitorLogHistory *log;
  GError *failure; /* or NULL */
  VisitorTrustQuestion *changed_key; /* that the failure is about, or NULL */
  char *status_text;

  /* state */
  VisitorItemPhase phase;
  VisitorState state; /* as it was last told */
  guint refresh; /* source: the sentence becomes another one */
};

void site_item_replace_failure (VisitorSiteItem *self, const GError *failure);
void site_item_tell_state (VisitorSiteItem *self);
void site_item_tell_connection (VisitorSiteItem *self);
