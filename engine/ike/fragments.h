/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "ike/sk.h"

#define IKE_MAX_MESSAGE 16384
#define IKE_MAX_FRAGMENTS 255

/* The fragments of one message of the peer that have come so far. All zero is an empty set. */
typedef struct {
  uint32_t message_id;
  uint16_t total; /* 0 = empty */
  uint16_t n_parts;
  uint8_t first; /* type of the message's first payload; from fragment 1 */
  struct {
    bool is_there;
    uint16_t at, len; /* in arrived */
  } parts[IKE_MAX_FRAGMENTS];
  Builder arrived; /* IKE_MAX_MESSAGE octets: the parts in the order in which they came */
  uint8_t *whole; /* the parts in their own order, once all are there */
} IkeFragments;

typedef enum {
  IKE_FRAGMENTS_WAIT, /* more are needed */
  IKE_FRAGMENTS_WHOLE,
  IKE_FRAGMENTS_TOO_LARGE,
} IkeFragmentsVerdict;

bool ike_fragments_wants (const IkeFragments *set, uint32_t message_id, const IkeSealed *fragment);
IkeFragmentsVerdict ike_fragments_add (IkeFragments *set, uint32_t message_id,
    const IkeSealed *fragment, Slice content, uint8_t *ret_first, Slice *ret_chain);
void ike_fragments_clear (IkeFragments *set);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IkeFragments, ike_fragments_clear)
