/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wire/message.h"

#define IKE_MAX_DELETED 64

typedef struct {
  uint8_t protocol;
  size_t n;
  uint32_t spis[IKE_MAX_DELETED]; /* of ESP; none for IKE, where the header says which */
} IkeDelete;

bool ike_delete_parse (Slice body, IkeDelete *ret_delete);
void ike_delete_write (IkeChain *chain, const IkeDelete *delete);
