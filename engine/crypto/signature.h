/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/slice.h"

/* Hash algorithms of SIGNATURE_HASH_ALGORITHMS (RFC 7427 section 7, RFC 8420). */
typedef enum {
  SIGNATURE_HASH_SHA2_256 = 2,
  SIGNATURE_HASH_SHA2_384 = 3,
  SIGNATURE_HASH_SHA2_512 = 4,
  SIGNATURE_HASH_IDENTITY = 5,
} SignatureHash;

bool crypto_signature_verify (Slice cert_der, Slice algorithm_identifier, const Slice *signed_parts,
    size_t n_parts, Slice signature, GError **error);
