/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/builder.h"
#include "base/cursor.h"

/* Attributes inside the tunnel of EAP-TTLS (RFC 5281 section 10). */
typedef enum {
  AVP_USER_NAME = 1,
  AVP_USER_PASSWORD = 2,
  AVP_REPLY_MESSAGE = 18,
  AVP_EAP_MESSAGE = 79,
} AvpCode;

#define AVP_VENDOR_MICROSOFT 311

typedef enum {
  AVP_MS_CHAP_ERROR = 2,
  AVP_MS_CHAP_CHALLENGE = 11,
  AVP_MS_CHAP2_RESPONSE = 25,
  AVP_MS_CHAP2_SUCCESS = 26,
} AvpMicrosoftCode;

typedef struct {
  uint32_t code, vendor; /* vendor 0 = none */
  bool mandatory;
  Slice data;
} TtlsAvp;

bool ttls_avp_read (Cursor *c, TtlsAvp *ret_avp);
void ttls_avp_write (Builder *b, uint32_t vendor, uint32_t code, Slice data);
