/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/session-private.h"

#define IKE_PPK_IDENTITY_MAX_LEN 255

Secret *ike_ppk_decode (const Secret *text);
bool ike_ppk_begin (IkeSession *session);
void ike_ppk_write_identity (const IkeSession *session, IkeChain *chain);
bool ike_ppk_settle (IkeSession *session, const IkePayloads *response);
