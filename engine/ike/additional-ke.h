/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/dh.h"
#include "crypto/kem.h"
#include "wire/message.h"

/* Our side of one additional key exchange that we begin. */
typedef struct {
  DhGroup method;
  CryptoDh *dh; /* or NULL */
  CryptoKem *kem; /* or NULL */
} IkeAdditionalKe;

IkeAdditionalKe *ike_additional_ke_new (DhGroup method, CryptoRandomFunc random);
void ike_additional_ke_free (IkeAdditionalKe *ke);
void ike_additional_ke_write (IkeChain *chain, const IkeAdditionalKe *ke);
Secret *ike_additional_ke_shared (const IkePayloads *response, const IkeAdditionalKe *ke);

Secret *ike_additional_ke_answer (
    const IkePayloads *request, DhGroup method, CryptoRandomFunc random, IkeChain *answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IkeAdditionalKe, ike_additional_ke_free)
