/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

/* What of an IKE message is in clear (RFC 7296 section 3.1), as far as the relay looks at it. */
typedef struct {
  uint64_t spi_i;
  uint64_t spi_r; /* 0 in the first request of an IKE_SA_INIT */
  uint32_t message_id;
  uint8_t exchange;
  bool is_response;
  bool is_encrypted; /* all of it is in an Encrypted payload, or in a fragment of one */
} IkePeek;

#define IKE_EXCHANGE_SA_INIT 34

bool ike_peek (Slice message, IkePeek *ret_peek);
