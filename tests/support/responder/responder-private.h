/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "responder.h"

/* responder-auth.c */
void responder_count_proof (Responder *r, const IkePayloads *request);
bool responder_answer_auth (
    Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer);

/* responder-child.c */
ResponderChild *
responder_add_child (Responder *r, const IkeSuite *suite, uint32_t spi_in, uint32_t spi_out,
    bool gateway_began, const IkeNonce *ni, const IkeNonce *nr, const Secret *dh_shared);
ResponderChild *responder_child (Responder *r, uint32_t spi_in);
void responder_child_free (gpointer child);
void responder_write_selectors (IkeChain *chain, bool gateway_began);
void responder_answer_rekey (Responder *r, const IkePayloads *request, IkeChain *answer);
void responder_take_rekey (Responder *r, const IkePayloads *response);
