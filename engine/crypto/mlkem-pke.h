/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "crypto/mlkem-sample.h"

/* The parameters of ML-KEM-768 (FIPS 203 section 8). */
#define MLKEM_K 3
#define MLKEM_DU 10
#define MLKEM_DV 4

#define MLKEM_PKE_PUBLIC_LEN (MLKEM_K * MLKEM_POLY_LEN (12) + MLKEM_SYMBYTES)
#define MLKEM_PKE_PRIVATE_LEN (MLKEM_K * MLKEM_POLY_LEN (12))
#define MLKEM_PKE_CIPHERTEXT_LEN (MLKEM_K * MLKEM_POLY_LEN (MLKEM_DU) + MLKEM_POLY_LEN (MLKEM_DV))

void mlkem_pke_key_pair (const uint8_t rho[static MLKEM_SYMBYTES],
    const uint8_t sigma[static MLKEM_SYMBYTES], uint8_t ret_public[static MLKEM_PKE_PUBLIC_LEN],
    uint8_t ret_private[static MLKEM_PKE_PRIVATE_LEN]);
bool mlkem_pke_public_ok (const uint8_t public[static MLKEM_PKE_PUBLIC_LEN]);
void mlkem_pke_encrypt (const uint8_t public[static MLKEM_PKE_PUBLIC_LEN],
    const uint8_t message[static MLKEM_SYMBYTES], const uint8_t coins[static MLKEM_SYMBYTES],
    uint8_t ret_ciphertext[static MLKEM_PKE_CIPHERTEXT_LEN]);
void mlkem_pke_decrypt (const uint8_t private[static MLKEM_PKE_PRIVATE_LEN],
    const uint8_t ciphertext[static MLKEM_PKE_CIPHERTEXT_LEN],
    uint8_t ret_message[static MLKEM_SYMBYTES]);
