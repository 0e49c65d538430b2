/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/session-private.h"

typedef enum {
  IKE_WE_DELETE, /* whoever made the SA that takes over deletes (RFC 7296 section 2.8) */
  IKE_PEER_DELETES,
  IKE_PEER_DELETED,
} IkeWhoDeletes;

void ike_session_adopt_sa (IkeSession *session, IkeSa *sa, IkeWhoDeletes who_deletes_old);
void ike_old_sa_add (IkeSession *session, IkeSa *sa, IkeWhoDeletes who);
IkeSa *ike_old_sa_find (const IkeSession *session, const IkeHeader *header);
void ike_old_sa_deleted (IkeSession *session, IkeSa *sa);
void ike_old_sa_remove (IkeSession *session, IkeSa *sa);

bool ike_old_sa_resend (IkeSession *session);
void ike_old_sa_repeat (IkeSession *session);
int64_t ike_old_sa_next_timeout (const IkeSession *session);
void ike_old_sa_timeout (IkeSession *session);
