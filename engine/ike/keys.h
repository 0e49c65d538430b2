/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/algorithm.h"
#include "base/secret.h"
#include "base/slice.h"
#include "crypto/cipher.h"

#define IKE_MAX_ADDITIONAL_KE 7

/* The transforms that were chosen; prf is PRF_NONE for a CHILD_SA, dh DH_NONE without PFS, esn ESN_NO
 * for an IKE SA. */
typedef struct {
  EncrId encr;
  unsigned int key_bits;
  IntegId integ;
  PrfId prf;
  DhGroup dh;
  DhGroup
      additional[IKE_MAX_ADDITIONAL_KE]; /* of ADDKE1 to ADDKE7 (RFC 9370); DH_NONE = not used */
  EsnId esn;
} IkeSuite;

/* SK_d, SK_pi, SK_pr and what SK_a* and SK_e* were made into. */
typedef struct {
  PrfId prf;
  Secret *sk_d, *sk_pi, *sk_pr;
  CryptoCipher *initiator,
      *responder; /* what that side of the exchange that made the keys seals with */
} IkeKeys;

/* Of a CHILD_SA; integ_* is NULL with an AEAD. */
typedef struct {
  Secret *encr_initiator, *integ_initiator;
  Secret *encr_responder, *integ_responder;
} IkeChildKeys;

/* What the key exchanges of one rekey led to. Zeroed = nothing. */
typedef struct {
  Secret *first; /* SK(0), of CREATE_CHILD_SA; NULL without one */
  Secret *more; /* SK(1) | ... | SK(n), of the additional ones (RFC 9370), or NULL */
} IkeShared;

void ike_shared_add (IkeShared *shared, const Secret *next);
void ike_shared_clear (IkeShared *shared);

Secret *ike_skeyseed_initial (PrfId prf, const Secret *dh_shared, Slice ni, Slice nr);
Secret *ike_skeyseed_rekeyed (
    PrfId old_prf, const Secret *old_sk_d, const IkeShared *shared, Slice ni, Slice nr);
bool ike_keys_derive (const IkeSuite *suite, const Secret *skeyseed, Slice ni, Slice nr,
    uint64_t spi_i, uint64_t spi_r, IkeKeys *ret_keys, GError **error);
void ike_keys_clear (IkeKeys *keys);

void ike_child_keys_derive (PrfId prf, const Secret *sk_d, const IkeShared *shared, Slice ni,
    Slice nr, const IkeSuite *suite, IkeChildKeys *ret_keys);
void ike_child_keys_clear (IkeChildKeys *keys);

size_t ike_suite_n_additional (const IkeSuite *suite);
DhGroup ike_suite_additional (const IkeSuite *suite, size_t n);
char *ike_suite_describe (const IkeSuite *suite);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IkeShared, ike_shared_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IkeKeys, ike_keys_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IkeChildKeys, ike_child_keys_clear)
