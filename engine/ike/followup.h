/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/additional-ke.h"
#include "ike/keys.h"

/* Where we are in the additional key exchanges of a CREATE_CHILD_SA that we began. Zeroed = before the
 * first. */
typedef struct {
  size_t n; /* how many were done */
  IkeAdditionalKe *ke; /* of the one that is out */
  GBytes *link; /* of the gateway, to be given back */
} IkeFollowup;

typedef enum {
  IKE_FOLLOWUP_BAD, /* the response is of no use */
  IKE_FOLLOWUP_MORE, /* the next one is to go out */
  IKE_FOLLOWUP_OVER,
} IkeFollowupResult;

IkeFollowupResult
ike_followup_begin (IkeFollowup *followup, const IkeSuite *suite, const IkePayloads *response);
void ike_followup_build (
    IkeFollowup *followup, const IkeSuite *suite, CryptoRandomFunc random, IkeChain *chain);
IkeFollowupResult ike_followup_process (
    IkeFollowup *followup, const IkeSuite *suite, const IkePayloads *response, IkeShared *shared);
void ike_followup_clear (IkeFollowup *followup);
