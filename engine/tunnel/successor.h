/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/session.h"
#include "tunnel/uplink.h"

typedef struct _Successor Successor;

typedef struct {
  IkeSession *(*begin) (void *user_data, GError **error); /* a fresh IKE session; transfer: full */
  void (*ask) (const IkeEvent *event, void *user_data); /* NEED_SECRET or NEED_SIGNATURE */
  void (*redirected) (const char *host, void *user_data); /* it is of no use: free it */
  void (*ready) (void *user_data); /* take its parts, and free it if you like */
  void (*failed) (const GError *error, void *user_data); /* free it if you like */
} SuccessorHandlers;

/* What a successor that is ready hands over; all owned by whoever took it. */
typedef struct {
  Uplink *uplink;
  IkeSession *ike;
  EspSa *child;
  IkeConfiguration configuration;
} SuccessorParts;

Successor *successor_new (Uplink *uplink, const SuccessorHandlers *handlers, void *user_data);
void successor_free (Successor *successor);
void successor_provide_secret (Successor *successor, Secret *secret_or_null);
void successor_provide_signature (Successor *successor, GBytes *signature_or_null);
const Uplink *successor_uplink (const Successor *successor);
const EspSa *successor_child (const Successor *successor);
const IkeConfiguration *successor_configuration (const Successor *successor);
void successor_take_parts (Successor *successor, SuccessorParts *ret_parts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Successor, successor_free)
