/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/dh.h"
#include "ike/proposal.h"
#include "ike/session-private.h"

void ike_ke_write (IkeChain *chain, const CryptoDh *dh);
void ike_ke_write_value (IkeChain *chain, DhGroup method, Slice value);
bool ike_ke_value (const IkePayloads *payloads, DhGroup method, Slice *ret_value);
uint16_t ike_ke_group (const IkePayloads *payloads);
Secret *ike_ke_shared (const IkePayloads *payloads, const CryptoDh *dh);
DhGroup ike_ke_wanted_group (const AlgorithmPolicy *policy, const IkeNotify *invalid_ke);
