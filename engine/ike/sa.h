/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/fragments.h"
#include "ike/keys.h"
#include "ike/session.h"
#include "ike/window.h"
#include "wire/message.h"

/* One IKE SA. Others beside the one in use live for the short time of a rekey. */
typedef struct {
  uint64_t spi_i, spi_r; /* of the exchange that made it */
  bool is_initiator; /* we began that exchange */
  IkeSuite suite;
  IkeKeys keys;
  IkeWindow window;
  uint64_t sealed; /* messages sealed so far: the IV's counter */
  IkeFragments requests, responses; /* of the peer, that are not whole yet */
  Secret *crash_token; /* of the peer (RFC 6290), or NULL */
  GBytes *sync_request; /* the last one of a cluster that was taken (RFC 6311), or NULL */
  GPtrArray *sync_response; /* the answer to it */
  uint32_t sync_highest; /* the highest message ID in any of them */
  int64_t forget_at; /* of an SA that a rekey left behind */
  bool is_deleted; /* of the same, by the peer: only the answer to that may be asked for again */
} IkeSa;

IkeSa *ike_sa_new (const IkeEnv *env, bool is_initiator);
void ike_sa_free (IkeSa *sa);
IkeHeader ike_sa_header (const IkeSa *sa, uint8_t exchange, uint32_t message_id, bool is_response);
bool ike_sa_owns (const IkeSa *sa, const IkeHeader *header);
GBytes *
ike_sa_write_clear (IkeSa *sa, uint8_t exchange, uint32_t message_id, const IkeChain *chain);
GBytes *ike_sa_seal (
    IkeSa *sa, uint8_t exchange, uint32_t message_id, bool is_response, const IkeChain *chain);
GPtrArray *ike_sa_seal_parts (IkeSa *sa, uint8_t exchange, uint32_t message_id, bool is_response,
    size_t max_len, const IkeChain *chain);
bool ike_sa_open (
    const IkeSa *sa, const IkeSealed *sealed, uint8_t *message, size_t len, Slice *ret_content);
void
ike_sa_nat_hash (const IkeSa *sa, const InetAddr *addr, uint16_t port, uint8_t ret_hash[static 20]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IkeSa, ike_sa_free)
