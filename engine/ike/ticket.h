/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/keys.h"
#include "ike/session.h"

struct _IkeTicket {
  Secret *opaque; /* what the gateway wants to see again */
  Secret *sk_d; /* of the IKE SA that it was given on */
  IkeSuite suite; /* of the same */
  bool has_fragmentation;
  int64_t ends_at; /* on the clock that sessions are told */
};
