/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key schedule of RFC 7296: sections 2.14 (IKE SA), 2.17 (CHILD_SA) and 2.18 (rekeyed IKE SA); with
 * several key exchanges as RFC 9370 section 2.2.4 has it. */
#include "ike/keys.h"

#include <string.h>

#include "base/builder.h"
#include "base/cursor.h"
#include "base/error.h"
#include "crypto/prf.h"

/* SKEYSEED = prf(Ni | Nr, g^ir), section 2.14. Transfer: full. */
Secret *
ike_skeyseed_initial (PrfId prf, const Secret *dh_shared, Slice ni, Slice nr)
{
  uint8_t nonces[512];
  Builder b = builder_init (nonces, sizeof nonces);
  builder_slice (&b, ni);
  builder_slice (&b, nr);
  const Slice parts[] = { secret_slice (dh_shared) };
  return crypto_prf_secret (prf, builder_result (&b), parts, G_N_ELEMENTS (parts));
}

static Slice
slice_or_empty (const Secret *secret_or_null)
{
  return secret_or_null != NULL ? secret_slice (secret_or_null) : SLICE (NULL, 0);
}

/* The secret of one more additional key exchange. */
void
ike_shared_add (IkeShared *shared, const Secret *next)
{
  Slice before = slice_or_empty (shared->more), last = secret_slice (next);
  uint8_t *data;
  Secret *more = secret_new_empty (before.len + last.len, &data);
  if (before.len > 0)
    memcpy (data, before.data, before.len);
  memcpy (data + before.len, last.data, last.len);
  g_clear_pointer (&shared->more, secret_unref);
  shared->more = more;
}

/* Wipes and forgets; allowed on nothing. */
void
ike_shared_clear (IkeShared *shared)
{
  g_clear_pointer (&shared->first, secret_unref);
  g_clear_pointer (&shared->more, secret_unref);
}

/* SKEYSEED = prf(SK_d (old), SK(0) | Ni | Nr [| SK(1) ... | SK(n)]), section 2.18: with the PRF of the
 * old SA. SK(0) is g^ir (new). Transfer: full. */
Secret *
ike_skeyseed_rekeyed (
    PrfId old_prf, const Secret *old_sk_d, const IkeShared *shared, Slice ni, Slice nr)
{
  const Slice parts[] = { secret_slice (shared->first), ni, nr, slice_or_empty (shared->more) };
  return crypto_prf_secret (old_prf, secret_slice (old_sk_d), parts, G_N_ELEMENTS (parts));
}

static Secret *
take_secret (Cursor *c, size_t len)
{
  Slice s = cursor_slice (c, len);
  return secret_new (s.data, s.len);
}

/* {SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr} = prf+ (SKEYSEED, Ni | Nr | SPIi | SPIr).
 * *ret_keys is the caller's to clear; it is written only on success. */
bool
ike_keys_derive (const IkeSuite *suite, const Secret *skeyseed, Slice ni, Slice nr, uint64_t spi_i,
    uint64_t spi_r, IkeKeys *ret_keys, GError **error)
{
  size_t prf_len = crypto_prf_len (suite->prf);
  size_t encr_len = crypto_cipher_encr_key_len (suite->encr, suite->key_bits);
  size_t integ_len = crypto_cipher_integ_key_len (suite->integ);

  uint8_t spis[16];
  Builder b = builder_init (spis, sizeof spis);
  builder_u64 (&b, spi_i);
  builder_u64 (&b, spi_r);
  const Slice parts[] = { ni, nr, builder_result (&b) };
  g_autoptr (Secret) stream = crypto_prf_plus (suite->prf, secret_slice (skeyseed), parts,
      G_N_ELEMENTS (parts), 3 * prf_len + 2 * encr_len + 2 * integ_len);

  Cursor c = cursor_of (secret_slice (stream));
  Slice sk_d = cursor_slice (&c, prf_len);
  Slice sk_ai = cursor_slice (&c, integ_len), sk_ar = cursor_slice (&c, integ_len);
  Slice sk_ei = cursor_slice (&c, encr_len), sk_er = cursor_slice (&c, encr_len);
  g_autoptr (CryptoCipher) initiator =
      crypto_cipher_new (suite->encr, suite->key_bits, suite->integ, sk_ei, sk_ai, error);
  if (initiator == NULL)
    return false;
  g_autoptr (CryptoCipher) responder =
      crypto_cipher_new (suite->encr, suite->key_bits, suite->integ, sk_er, sk_ar, error);
  if (responder == NULL)
    return false;

  *ret_keys = (IkeKeys){
    .prf = suite->prf,
    .sk_d = secret_new (sk_d.data, sk_d.len),
    .sk_pi = take_secret (&c, prf_len),
    .sk_pr = take_secret (&c, prf_len),
    .initiator = g_steal_pointer (&initiator),
    .responder = g_steal_pointer (&responder),
  };
  return true;
}

/* Wipes and forgets all of them; allowed on zeroed keys. */
void
ike_keys_clear (IkeKeys *keys)
{
  g_clear_pointer (&keys->sk_d, secret_unref);
  g_clear_pointer (&keys->sk_pi, secret_unref);
  g_clear_pointer (&keys->sk_pr, secret_unref);
  g_clear_pointer (&keys->initiator, crypto_cipher_free);
  g_clear_pointer (&keys->responder, crypto_cipher_free);
}

/* KEYMAT = prf+ (SK_d, [SK(0) |] Ni | Nr [| SK(1) ... | SK(n)]), cut in the order of section 2.17: all keys of the
 * initiator's direction first, encryption before integrity. */
void
ike_child_keys_derive (PrfId prf, const Secret *sk_d, const IkeShared *shared, Slice ni, Slice nr,
    const IkeSuite *suite, IkeChildKeys *ret_keys)
{
  size_t encr_len = crypto_cipher_encr_key_len (suite->encr, suite->key_bits);
  size_t integ_len = crypto_cipher_integ_key_len (suite->integ);
  const Slice parts[] = {
    slice_or_empty (shared->first),
    ni,
    nr,
    slice_or_empty (shared->more),
  };
  g_autoptr (Secret) keymat = crypto_prf_plus (
      prf, secret_slice (sk_d), parts, G_N_ELEMENTS (parts), 2 * (encr_len + integ_len));

  Cursor c = cursor_of (secret_slice (keymat));
  ret_keys->encr_initiator = take_secret (&c, encr_len);
  ret_keys->integ_initiator = integ_len > 0 ? take_secret (&c, integ_len) : NULL;
  ret_keys->encr_responder = take_secret (&c, encr_len);
  ret_keys->integ_responder = integ_len > 0 ? take_secret (&c, integ_len) : NULL;
}

void
ike_child_keys_clear (IkeChildKeys *keys)
{
  g_clear_pointer (&keys->encr_initiator, secret_unref);
  g_clear_pointer (&keys->integ_initiator, secret_unref);
  g_clear_pointer (&keys->encr_responder, secret_unref);
  g_clear_pointer (&keys->integ_responder, secret_unref);
}

/* How many key exchanges follow the first one. */
size_t
ike_suite_n_additional (const IkeSuite *suite)
{
  size_t n = 0;
  for (size_t i = 0; i < IKE_MAX_ADDITIONAL_KE; i++)
    n += suite->additional[i] != DH_NONE;
  return n;
}

/* The method of the nth of them, from 0; DH_NONE if there are not so many. */
DhGroup
ike_suite_additional (const IkeSuite *suite, size_t n)
{
  for (size_t i = 0; i < IKE_MAX_ADDITIONAL_KE; i++) {
    if (suite->additional[i] != DH_NONE && n-- == 0)
      return suite->additional[i];
  }
  return DH_NONE;
}

/* The transforms as an administrator reads them: "AES-GCM-16-256, PRF-HMAC-SHA2-384, ECP-384".
 * Transfer: full. */
char *
ike_suite_describe (const IkeSuite *suite)
{
  GString *text = g_string_new (encr_to_string (suite->encr, suite->key_bits));
  if (suite->integ != INTEG_NONE)
    g_string_append_printf (text, ", %s", integ_to_string (suite->integ));
  if (suite->prf != PRF_NONE)
    g_string_append_printf (text, ", %s", prf_to_string (suite->prf));
  if (suite->dh != DH_NONE)
    g_string_append_printf (text, ", %s", dh_to_string (suite->dh));
  for (size_t i = 0; i < IKE_MAX_ADDITIONAL_KE; i++) {
    if (suite->additional[i] != DH_NONE)
      g_string_append_printf (text, ", %s", dh_to_string (suite->additional[i]));
  }
  if (suite->esn == ESN_YES)
    g_string_append (text, ", ESN");
  return g_string_free (text, FALSE);
}
