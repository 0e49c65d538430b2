/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/dh.h"
#include "ike/session-private.h"

uint32_t ike_first_child_request (IkeSession *session, IkeChain *chain);
void ike_first_child_establish (IkeSession *session, uint32_t spi_in, const IkePayloads *response);

void ike_first_child_selectors (IkeChain *chain);
void ike_first_child_take (IkeSession *session, uint32_t spi_in, const IkeNonce *ni,
    const IkeNonce *nr, const CryptoDh *dh, const IkePayloads *response);
void ike_first_child_refused (IkeSession *session, const IkeNotify *notify);
