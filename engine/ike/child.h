/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/traffic-selector.h"
#include "ike/keys.h"
#include "ike/nonce.h"
#include "ike/session.h"
#include "wire/ts.h"

typedef enum {
  IKE_CHILD_CURRENT,
  IKE_CHILD_REPLACED, /* a newer one is to carry the traffic */
  IKE_CHILD_DELETING, /* our DELETE is out */
  IKE_CHILD_DELETED, /* for both sides; kept for a moment for what is still on its way to us */
} IkeChildState;

/* What remains here of a CHILD_SA whose keys were handed out: what its rekey and its DELETE need. */
typedef struct {
  uint32_t spi_in, spi_out;
  IkeChildState state;
  bool is_announced; /* CHILD_ADDED was said */
  IkeSuite suite;
  GArray *local_ts, *remote_ts; /* TrafficSelector */
  int64_t rekey_at; /* G_MAXINT64 while a rekey is under way */
  int64_t ends_at; /* the hard limit */
  int64_t leave_at; /* when it goes on: from REPLACED by our DELETE, from DELETED for good */
  uint32_t successor; /* spi_in of what is sent with once this one is deleted, or 0 */
} IkeChild;

/* What an exchange that makes a CHILD_SA has agreed on, and the exchanges that follow it add to. */
typedef struct {
  IkeSuite suite;
  uint32_t spi_in, spi_out;
  bool is_initiator; /* we began the exchange */
  IkeNonce ni, nr;
  IkeShared shared; /* owned */
  TrafficSelector local_ts[IKE_MAX_SELECTORS], remote_ts[IKE_MAX_SELECTORS];
  size_t n_local_ts, n_remote_ts;
} IkeChildParams;

uint32_t ike_child_new_spi (const IkeSession *session);
IkeChild *ike_child_add (IkeSession *session, const IkeChildParams *params, EspSa **ret_esp);
void ike_child_free (IkeChild *child);
void ike_child_announce (IkeSession *session, EspSa *esp, bool inbound_only);
void ike_child_replaced_by_peer (IkeSession *session, IkeChild *child, uint32_t successor);
void ike_child_replaced (IkeSession *session, IkeChild *child);

IkeChild *ike_child_by_spi_in (const IkeSession *session, uint32_t spi_in);
IkeChild *ike_child_by_spi_out (const IkeSession *session, uint32_t spi_out);
IkeChild *ike_child_current (const IkeSession *session);
void ike_child_remove (IkeSession *session, IkeChild *child);
bool ike_child_is_lost (const IkeSession *session);
void ike_child_end_if_lost (IkeSession *session);

int64_t ike_child_next_timeout (const IkeSession *session);
void ike_child_timeout (IkeSession *session);
