/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/slice.h"
#include "ike/session.h"

/* What a response to IKE_SA_INIT tells beside its algorithms. Nothing of it is authentic. */
typedef struct {
  bool detects_nat; /* it says where the gateway sees both ends */
  bool nat_before_us; /* it sees us elsewhere than we do */
  bool nat_before_gateway; /* it is elsewhere than we see it */
  GPtrArray *vendors; /* char *: a name, or hexadecimal digits; may be empty */
} IkeInitFacts;

bool ike_init_facts_read (Slice message, const IkePath *path, IkeInitFacts *ret_facts);
void ike_init_facts_clear (IkeInitFacts *facts);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IkeInitFacts, ike_init_facts_clear)
