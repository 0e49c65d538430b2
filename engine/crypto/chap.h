/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/secret.h"
#include "base/slice.h"

#define CHAP_MD5_LEN 16

void chap_md5 (
    uint8_t id, const Secret *secret, Slice challenge, uint8_t ret_response[static CHAP_MD5_LEN]);
