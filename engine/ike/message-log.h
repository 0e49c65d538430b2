/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "wire/message.h"

void ike_log_received (const IkeHeader *header, const IkePayloads *payloads);
void ike_log_sending (uint8_t exchange, uint32_t message_id, bool is_response, IkeChain *chain);
