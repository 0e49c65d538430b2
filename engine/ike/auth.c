/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The AUTH payload: RFC 7296 section 2.15 (signed octets, shared keys), 2.16 (after EAP), RFC 7427
 * (digital signatures with their algorithm spelled out). */
#include "ike/auth.h"

#include "base/cursor.h"
#include "base/error.h"
#include "crypto/signature.h"

static const char key_pad[] = "Key Pad for IKEv2";

#define N_PARTS 4

/* Octets = IKE_SA_INIT message | nonce of the other side | prf (SK_p, ID body) | IntAuth. `mac` holds
 * the third part and must live as long as the result is used. */
static void
signed_parts (
    const IkeAuthInput *input, uint8_t mac[static CRYPTO_PRF_MAX_LEN], Slice ret_parts[N_PARTS])
{
  crypto_prf (input->prf, secret_slice (input->sk_p), &input->id_body, 1, mac);
  ret_parts[0] = input->message;
  ret_parts[1] = input->nonce;
  ret_parts[2] = SLICE (mac, crypto_prf_len (input->prf));
  ret_parts[3] = input->int_auth;
}

/* What is signed, as one piece: for who has the key and computes the hash too. Transfer: full. */
GBytes *
ike_auth_octets (const IkeAuthInput *input)
{
  uint8_t mac[CRYPTO_PRF_MAX_LEN];
  Slice parts[N_PARTS];
  signed_parts (input, mac, parts);
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
    g_byte_array_append (octets, parts[i].data, (guint) parts[i].len);
  return g_byte_array_free_to_bytes (g_steal_pointer (&octets));
}

/* AUTH = prf (prf (key, "Key Pad for IKEv2"), octets): crypto_prf_len () octets. The key is a
 * pre-shared key, or the MSK that an EAP method made. */
void
ike_auth_shared_key (
    const IkeAuthInput *input, const Secret *key, uint8_t ret_auth[static CRYPTO_PRF_MAX_LEN])
{
  const Slice pad = SLICE ((const uint8_t *) key_pad, sizeof key_pad - 1);
  g_autoptr (Secret) padded = crypto_prf_secret (input->prf, secret_slice (key), &pad, 1);
  uint8_t mac[CRYPTO_PRF_MAX_LEN];
  Slice parts[N_PARTS];
  signed_parts (input, mac, parts);
  crypto_prf (input->prf, secret_slice (padded), parts, G_N_ELEMENTS (parts), ret_auth);
}

/* True if auth is what the peer must have computed; constant time. */
bool
ike_auth_verify_shared_key (const IkeAuthInput *input, const Secret *key, Slice auth)
{
  uint8_t expected[CRYPTO_PRF_MAX_LEN];
  size_t len = crypto_prf_len (input->prf);
  if (auth.len != len)
    return false;
  ike_auth_shared_key (input, key, expected);
  bool same = bytes_equal_secret (expected, auth.data, len);
  bytes_wipe (expected, sizeof expected);
  return same;
}

/* True if auth, the data of an AUTH payload with method 14 (one octet of length, AlgorithmIdentifier,
 * signature), was made with the certificate's key; VISITOR_ERROR_GATEWAY_SIGNATURE otherwise. */
bool
ike_auth_verify_signature (const IkeAuthInput *input, Slice cert_der, Slice auth, GError **error)
{
  Cursor c = cursor_of (auth);
  Slice algorithm = cursor_slice (&c, cursor_u8 (&c));
  Slice signature = cursor_rest (&c);
  if (c.failed || algorithm.len == 0 || signature.len == 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_GATEWAY_SIGNATURE,
        "The gateway's signature is malformed.");
    return false;
  }
  uint8_t mac[CRYPTO_PRF_MAX_LEN];
  Slice parts[N_PARTS];
  signed_parts (input, mac, parts);
  g_autoptr (GError) local_error = NULL;
  if (crypto_signature_verify (
          cert_der, algorithm, parts, G_N_ELEMENTS (parts), signature, &local_error))
    return true;
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_GATEWAY_SIGNATURE,
      "The gateway's signature is not that of its certificate: %s",
      local_error != NULL ? local_error->message : "it does not verify");
  return false;
}
