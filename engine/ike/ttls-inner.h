/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/eap-tunnel.h"
#include "ike/ttls-input.h"

typedef struct {
  EapMethod *method; /* of EAP-TTLS: what it knows of itself, and its question */
  EapTunnel *tunnel;
  /* EAP inside */
  EapConfig config;
  Eap *eap;
  /* MS-CHAP-V2 */
  uint8_t expected_response[20];
} TtlsInner;

/* What is spoken in the tunnel. Each writes its attributes into the tunnel; EAP_REPLY says that what
 * is there, if anything, can go, and *ret_reply stays NULL. */
typedef struct {
  const char *name;
  EapType methods[EAP_MAX_METHODS]; /* with EAP inside */
  EapResult (*begin) (TtlsInner *inner, GError **error);
  EapResult (*receive) (TtlsInner *inner, const TtlsInput *input, GError **error);
  EapResult (*provide) (TtlsInner *inner, const Secret *secret, GError **error);
} TtlsInnerClass;

const TtlsInnerClass *ttls_inner_class (EapInner inner);
void ttls_inner_clear (TtlsInner *inner);
