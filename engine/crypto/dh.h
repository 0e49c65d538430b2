/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/algorithm.h"
#include "base/secret.h"
#include "crypto/random.h"

#define CRYPTO_DH_MAX_PUBLIC_LEN 512

typedef struct _CryptoDh CryptoDh;

bool crypto_dh_supported (DhGroup group);
size_t crypto_dh_public_len (DhGroup group);

CryptoDh *crypto_dh_new (DhGroup group, CryptoRandomFunc random);
CryptoDh *crypto_dh_new_from_private (DhGroup group, Slice private_value);
void crypto_dh_free (CryptoDh *dh);

DhGroup crypto_dh_group (const CryptoDh *dh);
Slice crypto_dh_public (const CryptoDh *dh);
Secret *crypto_dh_shared (const CryptoDh *dh, Slice peer_public, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CryptoDh, crypto_dh_free)
