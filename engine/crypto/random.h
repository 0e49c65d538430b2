/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/* The pure rooms take their random octets through a pointer of this type. */
typedef void (*CryptoRandomFunc) (void *buf, size_t len);

void crypto_random (void *buf, size_t len);
