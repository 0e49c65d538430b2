/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/session-private.h"

void ike_own_write_shared_key (
    const IkeSession *session, const IkeIdentity *idi, const Secret *key, IkeChain *chain);

bool ike_own_has_certificate (const IkeSession *session);
void ike_own_note_hashes (IkeSession *session, const IkePayloads *init_response);
void ike_own_ask_signature (IkeSession *session);
void ike_own_write_certificates (const IkeSession *session, IkeChain *chain);
void ike_own_write_signature (const IkeSession *session, IkeChain *chain);
