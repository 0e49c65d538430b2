/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/algorithm.h"
#include "base/secret.h"
#include "base/slice.h"

#define CRYPTO_PRF_MAX_LEN 64

size_t crypto_prf_len (PrfId prf);
void crypto_prf (PrfId prf, Slice key, const Slice *parts, size_t n_parts, uint8_t *ret_mac);
Secret *crypto_prf_secret (PrfId prf, Slice key, const Slice *parts, size_t n_parts);
Secret *crypto_prf_plus (PrfId prf, Slice key, const Slice *parts, size_t n_parts, size_t len);
