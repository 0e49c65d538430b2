/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gmp.h>

#include "base/slice.h"

void number_init_from (mpz_t n, Slice octets);
void number_write (const mpz_t n, uint8_t *to, size_t len);
void number_clear (mpz_t n);
