/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/secret.h"
#include "base/slice.h"

/* What RFC 2759 and RFC 3079 compute from a password, for EAP-MSCHAPv2. */
typedef struct {
  uint8_t nt_response[24];
  uint8_t authenticator_response[20];
} Mschapv2Response;

bool mschapv2_respond (const Secret *password_utf8, const char *user,
    const uint8_t authenticator_challenge[static 16], const uint8_t peer_challenge[static 16],
    Mschapv2Response *ret_response, Secret **ret_msk);
