/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/slice.h"

/* One message of TLS-in-EAP each way, cut into packets (RFC 5216 section 2.1.5). */
typedef struct {
  GByteArray *in; /* of the message that is coming */
  size_t expected; /* its length, as its first packet says; 0 = it does not */
  bool started; /* the Start packet came */
  bool incomplete; /* more of `in` follows */
  GByteArray *out; /* of the message that is going */
  size_t sent; /* octets of it */
} EapFragments;

typedef enum {
  EAP_FRAGMENTS_START, /* begin */
  EAP_FRAGMENTS_MORE, /* the next packet of ours is due: a fragment, or an acknowledgement */
  EAP_FRAGMENTS_WHOLE, /* `in` is a whole message, perhaps an empty one */
  EAP_FRAGMENTS_BROKEN,
} EapFragmentsResult;

void eap_fragments_init (EapFragments *f);
void eap_fragments_clear (EapFragments *f);
EapFragmentsResult eap_fragments_receive (EapFragments *f, Slice data);
GBytes *eap_fragments_next (EapFragments *f, uint8_t id, uint8_t type);
