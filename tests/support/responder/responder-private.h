/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "responder.h"
#include "wire/sa.h"

#define RESPONDER_MAX_MESSAGE 16384

/* responder-init.c */
void responder_answer_init (Responder *r, const IkeHeader *header, Slice message);

/* responder-auth.c */
void responder_count_proof (Responder *r, const IkePayloads *request);
bool responder_answer_auth (
    Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer);

void responder_write_last (Responder *r, IkeChain *answer);

/* responder-resume.c */
void responder_answer_resume (Responder *r, const IkeHeader *header, Slice message);
void responder_answer_resumed_auth (Responder *r, const IkePayloads *request, IkeChain *answer);

/* responder.c */
time_t responder_wall_clock (void);
void responder_say (Responder *r, GBytes *message);
void responder_say_all (Responder *r, const GPtrArray *messages);
void responder_send_on (Responder *r, IkeSa *sa, uint8_t exchange, const IkeChain *chain);

/* responder-ike.c */
void responder_answer_ike_rekey (
    Responder *r, const IkePayloads *request, const IkeSaPayload *offered, IkeChain *answer);
void responder_take_ike_rekey (Responder *r, const IkePayloads *response);
void responder_drop_sa (Responder *r, IkeSa *sa);

void responder_made_ike (Responder *r);

/* responder-followup.c */
bool responder_refuses_rekey (const Responder *r, IkeChain *answer);
void responder_owe (Responder *r, IkeChain *answer);
void responder_drop_owed (Responder *r);
void responder_answer_followup (Responder *r, const IkePayloads *request, IkeChain *answer);
bool responder_rekey_is_over (Responder *r, const IkePayloads *response);
void responder_give_up (Responder *r);

/* responder-child.c */
void responder_made_child (Responder *r);
ResponderChild *
responder_add_child (Responder *r, const IkeSuite *suite, uint32_t spi_in, uint32_t spi_out,
    bool gateway_began, const IkeNonce *ni, const IkeNonce *nr, const IkeShared *shared);
ResponderChild *responder_child (Responder *r, uint32_t spi_in);
void responder_child_free (gpointer child);
void responder_write_selectors (IkeChain *chain, bool gateway_began);
void responder_answer_rekey (Responder *r, IkeSa *sa, const IkePayloads *request, IkeChain *answer);
void responder_take_rekey (Responder *r, const IkePayloads *response);
