/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/session-private.h"

/* What moves an IKE SA, says that it is gone, or brings it back. Each file is one extension; the exchanges that carry
 * its notifications call it where they find them. */

/* mobike.c */
void ike_mobike_begin (IkeSession *session, const IkePayloads *response);
void ike_mobike_take_addresses (IkeSession *session, const IkePayloads *payloads);
void ike_mobike_answer (const IkeSession *session, const IkePayloads *request, IkeChain *answer);
void ike_mobike_moved (IkeSession *session, const IkePayloads *response);

/* redirect.c */
bool ike_redirect_parse (Slice data, char **ret_host, Slice *ret_nonce);
void ike_redirect_write (const IkeSession *session, IkeChain *chain);
bool ike_redirect_in_init (IkeSession *session, const IkePayloads *response);
bool ike_redirect_in_auth (IkeSession *session, const IkePayloads *response);
void ike_redirect_in_request (IkeSession *session, const IkePayloads *request);

/* crash.c */
void ike_crash_take_token (IkeSa *sa, const IkePayloads *payloads);
bool ike_crash_is_told (const IkeSa *sa, const IkeHeader *header, Slice message);

/* ticket.c */
void ike_ticket_request (IkeChain *chain);
void ike_ticket_take (IkeSession *session, const IkePayloads *payloads);

/* sync.c */
void ike_sync_write_supported (IkeChain *chain);
void ike_sync_note (IkeSession *session, const IkePayloads *response);
void ike_sync_take_counters (IkeSession *session, const IkePayloads *request);
bool ike_sync_may_be (const IkeSession *session, const IkeSa *sa, const IkeHeader *header);
bool ike_sync_take (IkeSession *session, const IkePayloads *request);
