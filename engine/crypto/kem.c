/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Key encapsulation with ML-KEM-768, as an additional key exchange carries it (RFC 9370; method 36,
 * draft-ietf-ipsecme-ikev2-mlkem): the initiator sends its public key in KE, the responder answers with
 * a ciphertext in KE, and both have 32 octets of secret.
 *
 * A false ciphertext is no error here: it leads to a secret that the other side does not have, and the
 * exchange fails where its keys are first used. A CryptoKem belongs to one thread. */
#include "crypto/kem.h"

#include "base/error.h"
#include "crypto/mlkem768.h"

G_STATIC_ASSERT (CRYPTO_KEM_PUBLIC_LEN == MLKEM768_ENCAPS_KEY_LEN);
G_STATIC_ASSERT (CRYPTO_KEM_CIPHERTEXT_LEN == MLKEM768_CIPHERTEXT_LEN);

struct _CryptoKem {
  Secret *decaps_key;
  uint8_t public[CRYPTO_KEM_PUBLIC_LEN];
};

/* A fresh key pair. Transfer: full. */
CryptoKem *
crypto_kem_new (CryptoRandomFunc random)
{
  uint8_t seed[MLKEM768_SEED_LEN], *decaps_key;
  random (seed, sizeof seed);
  CryptoKem *kem = g_new0 (CryptoKem, 1);
  kem->decaps_key = secret_new_empty (MLKEM768_DECAPS_KEY_LEN, &decaps_key);
  mlkem768_key_pair (seed, kem->public, decaps_key);
  bytes_wipe (seed, sizeof seed);
  return kem;
}

/* NULL is allowed. */
void
crypto_kem_free (CryptoKem *kem)
{
  if (kem == NULL)
    return;
  secret_unref (kem->decaps_key);
  g_free (kem);
}

/* Our public key, as the KE payload carries it; borrowed. */
Slice
crypto_kem_public (const CryptoKem *kem)
{
  return SLICE (kem->public, sizeof kem->public);
}

/* The shared secret out of the answer to our public key. Fails with VISITOR_ERROR_PROTOCOL if that is
 * of another length. Transfer: full. */
Secret *
crypto_kem_decapsulate (const CryptoKem *kem, Slice ciphertext, GError **error)
{
  if (ciphertext.len != CRYPTO_KEM_CIPHERTEXT_LEN) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
        "The gateway's key exchange value has %zu octets, in ML-KEM-768 it must have %u",
        ciphertext.len, CRYPTO_KEM_CIPHERTEXT_LEN);
    return NULL;
  }
  uint8_t *octets;
  g_autoptr (Secret) shared = secret_new_empty (MLKEM768_SHARED_LEN, &octets);
  bool ours = mlkem768_decapsulate (secret_slice (kem->decaps_key).data, ciphertext.data, octets);
  g_assert (ours);
  return g_steal_pointer (&shared);
}

/* The responder's side: makes a shared secret for the owner of peer_public, and the ciphertext that
 * tells it to them. Fails with VISITOR_ERROR_PROTOCOL if that is no public key. Transfer: full. */
Secret *
crypto_kem_encapsulate (Slice peer_public, CryptoRandomFunc random,
    uint8_t ret_ciphertext[static CRYPTO_KEM_CIPHERTEXT_LEN], GError **error)
{
  uint8_t message[MLKEM768_MESSAGE_LEN], *octets;
  g_autoptr (Secret) shared = secret_new_empty (MLKEM768_SHARED_LEN, &octets);
  random (message, sizeof message);
  bool good = peer_public.len == CRYPTO_KEM_PUBLIC_LEN &&
      mlkem768_encapsulate (peer_public.data, message, ret_ciphertext, octets);
  bytes_wipe (message, sizeof message);
  if (!good) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
        "The key exchange value is no public key of ML-KEM-768");
    return NULL;
  }
  return g_steal_pointer (&shared);
}
