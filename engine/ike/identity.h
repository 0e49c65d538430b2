/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/slice.h"

/* Identification payload types (RFC 7296 section 3.5) that we send or compare. */
typedef enum {
  IKE_ID_IPV4_ADDR = 1,
  IKE_ID_FQDN = 2,
  IKE_ID_RFC822_ADDR = 3,
  IKE_ID_IPV6_ADDR = 5,
  IKE_ID_DER_ASN1_DN = 9,
} IkeIdType;

#define IKE_ID_TEXT_MAX_LEN 255
#define IKE_ID_MAX_LEN 1024 /* a distinguished name in DER */
#define IKE_ID_BODY_MAX_LEN (4 + IKE_ID_MAX_LEN)

typedef struct {
  uint8_t type; /* IkeIdType */
  size_t len;
  uint8_t data[IKE_ID_MAX_LEN];
} IkeIdentity;

bool ike_identity_parse (const char *text, IkeIdentity *ret_identity, GError **error);
bool ike_identity_of_certificate (Slice cert_der, IkeIdentity *ret_identity);
bool ike_identity_matches (const IkeIdentity *identity, uint8_t type, Slice data);
Slice ike_identity_slice (const IkeIdentity *identity);
Slice
ike_identity_write_body (const IkeIdentity *identity, uint8_t buf[static IKE_ID_BODY_MAX_LEN]);
char *ike_identity_describe (uint8_t type, Slice data);
