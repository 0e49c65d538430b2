/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/session-private.h"
#include "wire/sa.h"

/* task-init.c */
IkeTask *ike_task_init_new (IkeSession *session);

/* task-intermediate.c */
IkeTask *ike_task_intermediate_new (IkeSession *session);

/* task-resume.c */
IkeTask *ike_task_resume_new (IkeSession *session);

/* task-auth.c */
IkeTask *ike_task_auth_new (IkeSession *session);
void ike_task_auth_keep_answer (IkeSession *session, Secret *secret);
void ike_task_auth_provide_secret (IkeSession *session, const Secret *secret);

/* task-child-first.c */
IkeTask *ike_task_child_first_new (IkeSession *session);

/* task-child-rekey.c */
void ike_child_begin_rekey (IkeSession *session, IkeChild *child);
bool ike_child_rekey_is_out (const IkeSession *session);
void ike_child_rekey_collides (
    IkeSession *session, const IkeChild *old, uint32_t theirs, const IkeNonce *lower);
void ike_child_rekey_deletes (IkeSession *session, uint32_t spi_out);

/* task-ike-rekey.c */
void ike_begin_rekey_ike (IkeSession *session);
bool ike_rekey_ike_is_out (const IkeSession *session);

/* peers-rekey.c: the rekey that the gateway has begun and that goes on in IKE_FOLLOWUP_KE */
void ike_peers_rekey_free (IkePeersRekey *rekey);
bool ike_peers_rekey_is_of_ike (const IkeSession *session);
bool ike_peers_rekey_is_of_child (const IkeSession *session, uint32_t spi_in);
const IkeNonce *ike_peers_rekey_lower (const IkeSession *session);
void ike_peers_rekey_drop (IkeSession *session);
int64_t ike_peers_rekey_next_timeout (const IkeSession *session);
void ike_peers_rekey_timeout (IkeSession *session);
void ike_peers_rekey_stream_restored (IkeSession *session);

/* reauthentication.c */
void ike_reauthentication_begin (IkeSession *session);
void ike_reauthentication_take_lifetime (IkeSession *session, const IkePayloads *payloads);
int64_t ike_reauthentication_next_timeout (const IkeSession *session);
void ike_reauthentication_timeout (IkeSession *session);

/* task-informational.c */
IkeTask *ike_task_liveness_new (void);
IkeTask *ike_task_delete_ike_new (void);
IkeTask *ike_task_delete_child_new (uint32_t spi_in);
void ike_task_update_path (IkeSession *session);

/* respond-child.c, respond-ike-rekey.c, peers-rekey.c, respond-informational.c: the request is authentic and the SA
 * is up; each writes the response's payloads. What must not happen before the response is out goes
 * into IkeReply. */
typedef struct {
  IkeChain chain;
  EspSa *child_added; /* owned */
  bool closes; /* the peer deletes the IKE SA */
  bool lost_children; /* the peer deleted the CHILD_SA in use */
  IkeSa *new_sa; /* owned: the peer rekeyed the IKE SA */
  IkeNonce lower_nonce; /* of the exchange that made new_sa */
  GError *error; /* owned: the session ends with it */
} IkeReply;

void ike_respond_create_child (
    IkeSession *session, IkeSa *sa, const IkePayloads *request, IkeReply *reply);
void ike_respond_rekey_ike (
    IkeSession *session, const IkePayloads *request, const IkeSaPayload *offered, IkeReply *reply);
void
ike_respond_followup (IkeSession *session, IkeSa *sa, const IkePayloads *request, IkeReply *reply);
void ike_respond_informational (
    IkeSession *session, IkeSa *sa, const IkePayloads *request, IkeReply *reply);

void ike_write_nat_detection (const IkeSession *session, IkeChain *chain);
