/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/algorithm.h"
#include "base/slice.h"

size_t ecp_len (DhGroup group);
bool ecp_public (DhGroup group, Slice private_value, uint8_t *ret_public);
bool ecp_shared (DhGroup group, Slice private_value, Slice peer, uint8_t *ret_x);
