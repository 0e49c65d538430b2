/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/secret.h"
#include "crypto/random.h"
#include "wire/challenge.h"

Secret *proxy_ntlm_begin (void);
Secret *proxy_ntlm_answer (const Challenge *challenge, const char *user, const Secret *password,
    int64_t real_time, CryptoRandomFunc random);
