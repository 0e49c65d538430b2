/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/session-private.h"

/* Certificate encodings (RFC 7296 section 3.6, RFC 4806 section 3). */
typedef enum {
  IKE_CERT_X509_SIGNATURE = 4,
  IKE_CERT_CRL = 7,
  IKE_CERT_OCSP_CONTENT = 14,
} IkeCertEncoding;

bool
ike_gateway_take_identity (IkeSession *session, const IkePayloads *response, IkeIdentity *ret_idr);
bool ike_gateway_check_shared_key (
    IkeSession *session, const IkeIdentity *idr, const IkePayloads *response, const Secret *key);
bool ike_gateway_check_certificate (
    IkeSession *session, const IkeIdentity *idr, const IkePayloads *response);
