/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/dh.h"
#include "ike/session-private.h"

uint32_t ike_first_child_request (IkeSession *session, IkeChain *chain);
void ike_first_child_establish (IkeSession *session, uint32_t spi_in, const IkePayloads *response);

void ike_first_child_selectors (IkeChain *chain);
bool ike_first_child_read (IkeSession *session, const CryptoDh *dh_or_null,
    const IkePayloads *response, IkeChildParams *child);
void ike_first_child_take (IkeSession *session, const IkeChildParams *child);
void ike_first_child_not_ours (IkeSession *session);
void ike_first_child_refused (IkeSession *session, const IkeNotify *notify);
