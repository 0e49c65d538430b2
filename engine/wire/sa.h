/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/algorithm.h"
#include "wire/message.h"

#define IKE_MAX_PROPOSALS 32
#define IKE_MAX_TRANSFORMS 64

typedef struct {
  uint8_t type; /* IkeTransformType, or one that we do not know */
  uint16_t id;
  uint16_t key_bits; /* 0 = no Key Length attribute */
  bool has_unknown; /* an attribute that we do not know: never to be chosen */
} IkeTransform;

typedef struct {
  uint8_t number;
  uint8_t protocol;
  Slice spi;
  size_t n;
  IkeTransform transforms[IKE_MAX_TRANSFORMS];
} IkeProposal;

typedef struct {
  size_t n;
  IkeProposal proposals[IKE_MAX_PROPOSALS];
} IkeSaPayload;

bool ike_sa_payload_parse (Slice body, IkeSaPayload *ret_sa);
void ike_sa_payload_write (IkeChain *chain, const IkeProposal *proposals, size_t n);
