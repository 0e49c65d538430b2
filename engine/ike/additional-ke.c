/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One key exchange that follows the first (RFC 9370): Diffie-Hellman, or a key encapsulation, in which
 * the responder's value is not a public one of its own but a ciphertext for the initiator. */
#include "ike/additional-ke.h"

#include "ike/ke.h"

/* With a fresh key. Transfer: full. */
IkeAdditionalKe *
ike_additional_ke_new (DhGroup method, CryptoRandomFunc random)
{
  IkeAdditionalKe *ke = g_new0 (IkeAdditionalKe, 1);
  ke->method = method;
  if (method == DH_MLKEM_768)
    ke->kem = crypto_kem_new (random);
  else
    ke->dh = crypto_dh_new (method, random);
  return ke;
}

/* NULL is allowed. */
void
ike_additional_ke_free (IkeAdditionalKe *ke)
{
  if (ke == NULL)
    return;
  crypto_dh_free (ke->dh);
  crypto_kem_free (ke->kem);
  g_free (ke);
}

/* KEi. */
void
ike_additional_ke_write (IkeChain *chain, const IkeAdditionalKe *ke)
{
  ike_ke_write_value (
      chain, ke->method, ke->kem != NULL ? crypto_kem_public (ke->kem) : crypto_dh_public (ke->dh));
}

/* The secret that KEr leads to; NULL if there is none of our method with a value that can be used.
 * Transfer: full. */
Secret *
ike_additional_ke_shared (const IkePayloads *response, const IkeAdditionalKe *ke)
{
  Slice value;
  if (!ike_ke_value (response, ke->method, &value))
    return NULL;
  return ke->kem != NULL ? crypto_kem_decapsulate (ke->kem, value, NULL)
                         : crypto_dh_shared (ke->dh, value, NULL);
}

/* The responder's side at once: takes KEi, writes KEr. NULL, and nothing is written, as above.
 * Transfer: full. */
Secret *
ike_additional_ke_answer (
    const IkePayloads *request, DhGroup method, CryptoRandomFunc random, IkeChain *answer)
{
  Slice value;
  if (!ike_ke_value (request, method, &value))
    return NULL;
  if (method == DH_MLKEM_768) {
    uint8_t ciphertext[CRYPTO_KEM_CIPHERTEXT_LEN];
    Secret *secret = crypto_kem_encapsulate (value, random, ciphertext, NULL);
    if (secret != NULL)
      ike_ke_write_value (answer, method, SLICE (ciphertext, sizeof ciphertext));
    return secret;
  }
  g_autoptr (CryptoDh) dh = crypto_dh_new (method, random);
  Secret *secret = crypto_dh_shared (dh, value, NULL);
  if (secret != NULL)
    ike_ke_write (answer, dh);
  return secret;
}
