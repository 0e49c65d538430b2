/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/traffic-selector.h"
#include "wire/message.h"

#define IKE_MAX_SELECTORS 255 /* more cannot be counted */

bool ike_ts_payload_parse (
    Slice body, TrafficSelector ret_selectors[static IKE_MAX_SELECTORS], size_t *ret_n);
void ike_ts_payload_write (
    IkeChain *chain, IkePayloadType type, const TrafficSelector *selectors, size_t n);
