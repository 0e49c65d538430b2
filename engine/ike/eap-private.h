/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/eap.h"

typedef enum {
  EAP_CODE_REQUEST = 1,
  EAP_CODE_RESPONSE = 2,
  EAP_CODE_SUCCESS = 3,
  EAP_CODE_FAILURE = 4,
} EapCode;

typedef enum {
  EAP_TYPE_IDENTITY = 1,
  EAP_TYPE_NOTIFICATION = 2,
  EAP_TYPE_NAK = 3,
  EAP_TYPE_MSCHAPV2 = 26,
} EapType;

#define EAP_HEADER_LEN 4
#define EAP_MAX_REPLY 1024

GBytes *eap_identity_reply (uint8_t id, const char *user);

/* Where EAP-MSCHAPv2 stands: each message of the gateway is legal in one state only. */
typedef enum {
  EAP_MSCHAPV2_START,
  EAP_MSCHAPV2_CHALLENGED, /* the password is missing */
  EAP_MSCHAPV2_RESPONDED,
  EAP_MSCHAPV2_AGREED, /* the gateway proved that it knows the password */
  EAP_MSCHAPV2_REFUSED, /* the gateway said no and will not take another try */
} EapMschapv2State;

typedef struct {
  const char *user; /* borrowed */
  CryptoRandomFunc random;
  EapMschapv2State state;
  uint8_t eap_id;
  uint8_t mschap_id;
  uint8_t challenge[16];
  uint8_t expected_response[20];
  Secret *msk;
} EapMschapv2;

EapResult
eap_mschapv2_receive (EapMschapv2 *m, uint8_t id, Slice data, GBytes **ret_reply, GError **error);
EapResult eap_mschapv2_provide_password (
    EapMschapv2 *m, const Secret *password, GBytes **ret_reply, GError **error);
void eap_mschapv2_clear (EapMschapv2 *m);
