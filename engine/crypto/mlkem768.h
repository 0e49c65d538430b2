/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Octets (FIPS 203 table 3). */
#define MLKEM768_SEED_LEN 64
#define MLKEM768_ENCAPS_KEY_LEN 1184
#define MLKEM768_DECAPS_KEY_LEN 2400
#define MLKEM768_CIPHERTEXT_LEN 1088
#define MLKEM768_MESSAGE_LEN 32
#define MLKEM768_SHARED_LEN 32

void mlkem768_key_pair (const uint8_t seed[static MLKEM768_SEED_LEN],
    uint8_t ret_encaps_key[static MLKEM768_ENCAPS_KEY_LEN],
    uint8_t ret_decaps_key[static MLKEM768_DECAPS_KEY_LEN]);
bool mlkem768_encapsulate (const uint8_t encaps_key[static MLKEM768_ENCAPS_KEY_LEN],
    const uint8_t message[static MLKEM768_MESSAGE_LEN],
    uint8_t ret_ciphertext[static MLKEM768_CIPHERTEXT_LEN],
    uint8_t ret_shared[static MLKEM768_SHARED_LEN]);
bool mlkem768_decapsulate (const uint8_t decaps_key[static MLKEM768_DECAPS_KEY_LEN],
    const uint8_t ciphertext[static MLKEM768_CIPHERTEXT_LEN],
    uint8_t ret_shared[static MLKEM768_SHARED_LEN]);
