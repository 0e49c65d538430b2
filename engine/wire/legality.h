/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wire/message.h"

IkeParse ike_message_parse (const IkeHeader *header, uint8_t first, Slice chain,
    IkePayloads *ret_payloads, uint8_t *ret_critical);
