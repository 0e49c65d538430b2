/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/session-private.h"

uint32_t ike_first_child_request (IkeSession *session, IkeChain *chain);
void ike_first_child_establish (IkeSession *session, uint32_t spi_in, const IkePayloads *response);
