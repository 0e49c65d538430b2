/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key schedule by the vectors of SP 800-135, and encrypted messages that others wrote: those of
 * Wireshark's captures and that of RFC 7634 appendix B. */
#include "support/vectors.h"

#include <string.h>

#include "base/cursor.h"
#include "crypto/prf.h"
#include "ike/keys.h"
#include "ike/sk.h"

#define MAX_MESSAGE 512

static const struct {
  const char *name;
  PrfId prf;
} prfs[] = {
  { "sha256", PRF_HMAC_SHA2_256 },
  { "sha384", PRF_HMAC_SHA2_384 },
  { "sha512", PRF_HMAC_SHA2_512 },
};

static PrfId
prf_of (const Vector *vector)
{
  for (size_t i = 0; i < G_N_ELEMENTS (prfs); i++) {
    if (strcmp (vector_text (vector, "prf"), prfs[i].name) == 0)
      return prfs[i].prf;
  }
  g_error ("No PRF %s", vector_text (vector, "prf"));
}

static bool
secret_is (const Secret *secret, Slice expected)
{
  Slice got = secret_slice (secret);
  return got.len == expected.len && memcmp (got.data, expected.data, got.len) == 0;
}

/* SKEYSEED out of g^ir; the nonces stand one behind the other, and are equally long. */
static bool
skeyseed (const Vector *vector)
{
  Slice g_ir = vector_octets (vector, "key"), nonces = vector_octets (vector, "salt");
  size_t half = nonces.len / 2;
  g_autoptr (Secret) dh = secret_new (g_ir.data, g_ir.len);
  g_autoptr (Secret) seed = ike_skeyseed_initial (
      prf_of (vector), dh, SLICE (nonces.data, half), SLICE (nonces.data + half, half));
  return secret_is (seed, vector_octets (vector, "out"));
}

static bool
prf_plus (const Vector *vector)
{
  Slice seed = vector_octets (vector, "salt"), out = vector_octets (vector, "out");
  g_autoptr (Secret) stream =
      crypto_prf_plus (prf_of (vector), vector_octets (vector, "key"), &seed, 1, out.len);
  return secret_is (stream, out);
}

static bool
kdf (const Vector *vector)
{
  return strcmp (vector_text (vector, "step"), "skeyseed") == 0 ? skeyseed (vector)
                                                                : prf_plus (vector);
}

static Secret *
secret_of (const Vector *vector, const char *field)
{
  Slice octets = vector_octets (vector, field);
  return secret_new (octets.data, octets.len);
}

/* All of the key material, and that the IKE SA begins its own with the same SK_d. */
static bool
keys_are (const Vector *vector, Slice ni, Slice nr)
{
  const IkeSuite suite = { .encr = ENCR_AES_GCM_16, .key_bits = 128, .prf = prf_of (vector) };
  Slice out = vector_octets (vector, "out"), spis = vector_octets (vector, "spis");
  const Slice parts[] = { ni, nr, spis };
  g_autoptr (Secret) seed = secret_of (vector, "seed");
  g_autoptr (Secret) whole =
      crypto_prf_plus (suite.prf, secret_slice (seed), parts, G_N_ELEMENTS (parts), out.len);
  Cursor c = cursor_of (spis);
  uint64_t spi_i = cursor_u64 (&c), spi_r = cursor_u64 (&c);
  g_auto (IkeKeys) keys = { 0 };
  return secret_is (whole, out) &&
      ike_keys_derive (&suite, seed, ni, nr, spi_i, spi_r, &keys, NULL) &&
      secret_is (keys.sk_d, SLICE (out.data, crypto_prf_len (suite.prf)));
}

/* All of the key material of a CHILD_SA, and that its first keys are cut from the beginning. */
static bool
keymat_is (const Vector *vector, Secret *dh_or_null, Slice ni, Slice nr)
{
  const IkeSuite suite = { .encr = ENCR_AES_GCM_16, .key_bits = 128 };
  const IkeShared shared = { .first = dh_or_null };
  Slice out = vector_octets (vector, "out");
  Slice dh = dh_or_null != NULL ? secret_slice (dh_or_null) : SLICE (NULL, 0);
  const Slice parts[] = { dh, ni, nr };
  g_autoptr (Secret) sk_d = secret_of (vector, "sk_d");
  g_autoptr (Secret) whole =
      crypto_prf_plus (prf_of (vector), secret_slice (sk_d), parts, G_N_ELEMENTS (parts), out.len);
  g_auto (IkeChildKeys) keys = { 0 };
  ike_child_keys_derive (prf_of (vector), sk_d, &shared, ni, nr, &suite, &keys);
  Cursor c = cursor_of (out);
  return secret_is (whole, out) &&
      secret_is (keys.encr_initiator, cursor_slice (&c, secret_len (keys.encr_initiator))) &&
      secret_is (keys.encr_responder, cursor_slice (&c, secret_len (keys.encr_responder)));
}

/* One step of a whole IKE SA: its seed, its keys, those of a CHILD_SA with and without PFS, its rekey. */
static bool
acvp (const Vector *vector)
{
  const char *step = vector_text (vector, "step");
  Slice ni = vector_octets (vector, "ni"), nr = vector_octets (vector, "nr");
  Slice out = vector_octets (vector, "out");
  if (strcmp (step, "keys") == 0)
    return keys_are (vector, ni, nr);
  if (strcmp (step, "child") == 0)
    return keymat_is (vector, NULL, ni, nr);
  g_auto (IkeShared) again = { .first = secret_of (vector, "girNew") };
  if (strcmp (step, "child-pfs") == 0)
    return keymat_is (vector, again.first, ni, nr);
  if (strcmp (step, "rekey") == 0) {
    g_autoptr (Secret) sk_d = secret_of (vector, "sk_d");
    g_autoptr (Secret) rekeyed = ike_skeyseed_rekeyed (prf_of (vector), sk_d, &again, ni, nr);
    return secret_is (rekeyed, out);
  }
  g_autoptr (Secret) dh = secret_of (vector, "gir");
  g_autoptr (Secret) seed = ike_skeyseed_initial (prf_of (vector), dh, ni, nr);
  return strcmp (step, "skeyseed") == 0 && secret_is (seed, out);
}

static CryptoCipher *
cipher_of (const Vector *vector, bool initiator)
{
  bool gcm = strcmp (vector_text (vector, "encr"), "aes-gcm-16") == 0;
  bool mac = strcmp (vector_text (vector, "integ"), "hmac-sha2-256-128") == 0;
  g_autoptr (GError) error = NULL;
  CryptoCipher *cipher = crypto_cipher_new (gcm ? ENCR_AES_GCM_16 : ENCR_AES_CBC,
      (unsigned int) vector_number (vector, "keySize"), mac ? INTEG_HMAC_SHA2_256_128 : INTEG_NONE,
      vector_octets (vector, initiator ? "sk_ei" : "sk_er"),
      vector_octets (vector, initiator ? "sk_ai" : "sk_ar"), &error);
  g_assert_no_error (error);
  return cipher;
}

/* Opens a copy of the message, of which one bit is another if flip is within it. */
static bool
open_message (
    CryptoCipher *cipher, Slice message, size_t flip, uint8_t *copy, uint8_t *ret_first, Slice *ret)
{
  IkeHeader header;
  IkeSealed sealed;
  g_assert_cmpuint (message.len, <=, MAX_MESSAGE);
  memcpy (copy, message.data, message.len);
  if (flip < 8 * message.len)
    copy[flip / 8] ^= (uint8_t) (1u << flip % 8);
  Slice whole = SLICE (copy, message.len);
  if (!ike_header_parse (whole, &header) || !ike_sealed_parse (&header, whole, &sealed))
    return false;
  *ret_first = sealed.first;
  return ike_sealed_open (cipher, &sealed, copy, message.len, ret);
}

static guint n_auth_found;

/* The message opens to a chain of payloads, and with any bit changed it does not. */
static bool
capture (const Vector *vector)
{
  Slice message = vector_octets (vector, "message"), content, body;
  Slice auth = vector_octets (vector, "auth");
  uint8_t copy[MAX_MESSAGE], first, critical;
  IkePayloads payloads;
  g_autoptr (CryptoCipher) cipher = cipher_of (vector, vector_number (vector, "initiator") != 0);
  for (size_t bit = 0; bit < 8 * message.len; bit++)
    g_assert_false (open_message (cipher, message, bit, copy, &first, &content));
  if (!open_message (cipher, message, SIZE_MAX, copy, &first, &content) ||
      ike_payloads_parse (first, content, &payloads, &critical) != IKE_PARSE_OK)
    return false;
  if (ike_payloads_find (&payloads, IKE_PAYLOAD_AUTH, &body) && body.len == 4 + auth.len &&
      memcmp (body.data + 4, auth.data, auth.len) == 0)
    n_auth_found++;
  return true;
}

/* Opened, and sealed to the same octets: an AEAD's IV is the counter. */
static bool
rfc_7634 (const Vector *vector)
{
  Slice key = vector_octets (vector, "key"), nonce = vector_octets (vector, "iv");
  Slice aad = vector_octets (vector, "aad"), ct = vector_octets (vector, "ct");
  Slice msg = vector_octets (vector, "msg"), tag = vector_octets (vector, "tag");
  uint8_t key_and_salt[36], octets[MAX_MESSAGE], copy[MAX_MESSAGE], inner[64], first;
  Slice content, body;
  IkePayloads payloads;
  IkeHeader header;
  Builder b = builder_init (key_and_salt, sizeof key_and_salt);
  builder_slice (&b, key);
  builder_bytes (&b, nonce.data, 4);
  g_assert_true (builder_ok (&b));
  g_autoptr (CryptoCipher) cipher = crypto_cipher_new (ENCR_CHACHA20_POLY1305, 0, INTEG_NONE,
      SLICE (key_and_salt, sizeof key_and_salt), SLICE (NULL, 0), NULL);
  b = builder_init (octets, sizeof octets);
  builder_slice (&b, aad);
  builder_bytes (&b, nonce.data + 4, 8);
  builder_slice (&b, ct);
  builder_slice (&b, tag);
  Slice message = builder_result (&b);
  if (!open_message (cipher, message, SIZE_MAX, copy, &first, &content) ||
      content.len != msg.len - 1 || memcmp (content.data, msg.data, content.len) != 0)
    return false;

  uint8_t critical;
  g_assert_cmpint (ike_payloads_parse (first, content, &payloads, &critical), ==, IKE_PARSE_OK);
  g_assert_true (ike_payloads_find (&payloads, IKE_PAYLOAD_NOTIFY, &body));
  g_assert_true (ike_header_parse (message, &header));
  IkeChain chain = ike_chain_init (inner, sizeof inner);
  ike_chain_payload (&chain, IKE_PAYLOAD_NOTIFY, body);
  g_autoptr (GBytes) sealed = ike_sk_seal (cipher, UINT64_C (0x1011121314151617), &header, &chain);
  return sealed != NULL && g_bytes_get_size (sealed) == message.len &&
      memcmp (g_bytes_get_data (sealed, NULL), message.data, message.len) == 0;
}

static void
test_kdf (void)
{
  vectors_run ("ikev2_kdf", kdf, NULL);
}

static void
test_acvp (void)
{
  vectors_run_foreign ("ikev2_kdf_acvp", acvp, NULL);
}

static void
test_captures (void)
{
  if (vectors_run ("ikev2_captures", capture, NULL))
    g_assert_cmpuint (n_auth_found, ==, 2); /* one in each session */
}

static void
test_rfc_7634 (void)
{
  vectors_run ("rfc7634_ike", rfc_7634, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/vectors/kdf", test_kdf);
  g_test_add_func ("/ike/vectors/acvp", test_acvp);
  g_test_add_func ("/ike/vectors/captures", test_captures);
  g_test_add_func ("/ike/vectors/rfc-7634", test_rfc_7634);
  return g_test_run ();
}
