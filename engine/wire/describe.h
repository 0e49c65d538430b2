/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wire/sa.h"

const char *ike_notify_to_string (uint16_t type);
const char *ike_exchange_to_string (uint8_t exchange);
char *ike_payloads_describe (const IkePayloads *payloads);
char *ike_proposal_describe (const IkeProposal *proposal);
