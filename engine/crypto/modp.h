/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/algorithm.h"
#include "base/slice.h"

size_t modp_len (DhGroup group);
size_t modp_private_len (DhGroup group);
bool modp_public (DhGroup group, Slice private_value, uint8_t *ret_public);
bool modp_shared (DhGroup group, Slice private_value, Slice peer, uint8_t *ret_shared);
