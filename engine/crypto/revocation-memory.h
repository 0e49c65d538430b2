/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <gnutls/x509.h>
#include <stdbool.h>

#include "base/slice.h"

typedef enum {
  REVOCATION_UNKNOWN, /* nothing that counts speaks of the certificate */
  REVOCATION_GOOD,
  REVOCATION_REVOKED,
} RevocationStatus;

typedef enum {
  EVIDENCE_OCSP,
  EVIDENCE_CRL,
} EvidenceKind;

/* What issuers said of certificates, for as long as a connection lasts. */
typedef struct _RevocationMemory RevocationMemory;

RevocationMemory *revocation_memory_new (void);
void revocation_memory_free (RevocationMemory *memory);
void revocation_memory_keep (RevocationMemory *memory, gnutls_x509_crt_t cert,
    RevocationStatus status, EvidenceKind kind, Slice der);
bool revocation_memory_find (
    const RevocationMemory *memory, gnutls_x509_crt_t cert, EvidenceKind *ret_kind, Slice *ret_der);
