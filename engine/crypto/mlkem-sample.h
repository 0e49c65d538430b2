/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/mlkem-ring.h"

#define MLKEM_SYMBYTES 32

void mlkem_sample_uniform (
    const uint8_t rho[static MLKEM_SYMBYTES], uint8_t column, uint8_t row, MlkemPoly *ret_f);
void
mlkem_sample_small (const uint8_t seed[static MLKEM_SYMBYTES], uint8_t nonce, MlkemPoly *ret_f);
