/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 7427 signatures: each algorithm that we take, every AlgorithmIdentifier that we do not, and the
 * AUTH values that charon made. */
#include <string.h>

#include "base/error.h"
#include "crypto/cipher.h"
#include "crypto/signature.h"
#include "support/certificate.h"
#include "support/golden.h"
#include "support/hex.h"

/* RFC 7427 appendix A, RFC 8420 appendix A */
#define RSA_SHA256 "300d06092a864886f70d01010b0500"
#define RSA_SHA384 "300d06092a864886f70d01010c0500"
#define RSA_SHA512 "300d06092a864886f70d01010d0500"
#define ECDSA_SHA256 "300a06082a8648ce3d040302"
#define ECDSA_SHA384 "300a06082a8648ce3d040303"
#define ECDSA_SHA512 "300a06082a8648ce3d040304"
#define ED25519 "300506032b6570"
#define PSS_SHA256 \
  "304606092a864886f70d01010a3039a00f300d06096086480165030402010500" \
  "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120a303020101"
#define PSS_SHA384 \
  "304606092a864886f70d01010a3039a00f300d06096086480165030402020500" \
  "a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130a303020101"
#define PSS_SHA512 \
  "304606092a864886f70d01010a3039a00f300d06096086480165030402030500" \
  "a11c301a06092a864886f70d010108300d06096086480165030402030500a203020140a303020101"

enum { RSA, P256, P384, ED, SHORT, N_KEYS };

static Certificate *keys[N_KEYS];
static const CertificateSpec specs[N_KEYS] = {
  [RSA] = { .cn = "rsa", .key = CERTIFICATE_RSA_2048 },
  [P256] = { .cn = "p256", .key = CERTIFICATE_ECDSA_P256 },
  [P384] = { .cn = "p384", .key = CERTIFICATE_ECDSA_P384 },
  [ED] = { .cn = "ed", .key = CERTIFICATE_ED25519 },
  [SHORT] = { .cn = "short", .key = CERTIFICATE_RSA_1024 },
};

static const uint8_t text[] = "octets that are signed";
static const Slice whole = { text, sizeof text };

typedef struct {
  const char *name;
  int key;
  gnutls_sign_algorithm_t algorithm;
  const char *identifier;
} Scheme;

static const Scheme schemes[] = {
  { "rsa-sha256", RSA, GNUTLS_SIGN_RSA_SHA256, RSA_SHA256 },
  { "rsa-sha384", RSA, GNUTLS_SIGN_RSA_SHA384, RSA_SHA384 },
  { "rsa-sha512", RSA, GNUTLS_SIGN_RSA_SHA512, RSA_SHA512 },
  { "pss-sha256", RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, PSS_SHA256 },
  { "pss-sha384", RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA384, PSS_SHA384 },
  { "pss-sha512", RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA512, PSS_SHA512 },
  { "p256-sha256", P256, GNUTLS_SIGN_ECDSA_SHA256, ECDSA_SHA256 },
  { "p256-sha512", P256, GNUTLS_SIGN_ECDSA_SHA512, ECDSA_SHA512 },
  { "p384-sha384", P384, GNUTLS_SIGN_ECDSA_SHA384, ECDSA_SHA384 },
  { "p384-sha256", P384, GNUTLS_SIGN_ECDSA_SHA256, ECDSA_SHA256 },
  { "ed25519", ED, GNUTLS_SIGN_EDDSA_ED25519, ED25519 },
};

static GBytes *
sign (int key, gnutls_sign_algorithm_t algorithm)
{
  gnutls_datum_t data = { .data = (unsigned char *) text, .size = sizeof text }, signature;
  int rc = gnutls_privkey_sign_data2 (certificate_key (keys[key]), algorithm, 0, &data, &signature);
  if (rc < 0)
    g_error ("Cannot sign: %s", gnutls_strerror (rc));
  GBytes *bytes = g_bytes_new (signature.data, signature.size);
  gnutls_free (signature.data);
  return bytes;
}

static bool
verify (int key, Slice identifier, const Slice *parts, size_t n_parts, Slice signature)
{
  g_autoptr (GError) error = NULL;
  bool good = crypto_signature_verify (
      certificate_der (keys[key]), identifier, parts, n_parts, signature, &error);
  if (good)
    g_assert_no_error (error);
  else
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_GATEWAY_SIGNATURE);
  return good;
}

/* A good signature, in parts too; then each octet of it changed, cut, prolonged, zero or missing
 * (CVE-2013-2944), other data, other keys. */
static void
test_scheme (const void *data)
{
  const Scheme *scheme = data;
  g_autoptr (GBytes) signature = sign (scheme->key, scheme->algorithm);
  Slice good = slice_of_bytes (signature), identifier = hex_slice (scheme->identifier);
  g_assert_true (verify (scheme->key, identifier, &whole, 1, good));
  const Slice parts[] = { SLICE (text, 5), SLICE (NULL, 0), SLICE (text + 5, sizeof text - 5) };
  g_assert_true (verify (scheme->key, identifier, parts, 3, good));
  g_assert_false (verify (scheme->key, identifier, parts, 2, good));
  g_assert_false (verify (scheme->key, identifier, parts, 0, good));

  g_autofree uint8_t *copy = g_malloc0 (good.len + 1);
  memcpy (copy, good.data, good.len);
  for (size_t i = 0; i < good.len; i++) {
    copy[i] ^= 0x10;
    g_assert_false (verify (scheme->key, identifier, &whole, 1, SLICE (copy, good.len)));
    copy[i] ^= 0x10;
  }
  for (size_t len = 0; len < good.len; len++)
    g_assert_false (verify (scheme->key, identifier, &whole, 1, SLICE (copy, len)));
  g_assert_false (verify (scheme->key, identifier, &whole, 1, SLICE (copy, good.len + 1)));
  memset (copy, 0, good.len);
  g_assert_false (verify (scheme->key, identifier, &whole, 1, SLICE (copy, good.len)));
  g_assert_false (verify (scheme->key, identifier, &whole, 1, SLICE (NULL, 0)));
  for (int key = 0; key < N_KEYS; key++) {
    if (key != scheme->key)
      g_assert_false (verify (key, identifier, &whole, 1, good));
  }
}

/* A good signature under each of the other identifiers is none. */
static void
test_mismatch (void)
{
  for (size_t s = 0; s < G_N_ELEMENTS (schemes); s++) {
    g_autoptr (GBytes) signature = sign (schemes[s].key, schemes[s].algorithm);
    for (size_t i = 0; i < G_N_ELEMENTS (schemes); i++) {
      bool same = strcmp (schemes[s].identifier, schemes[i].identifier) == 0;
      g_assert_true (verify (schemes[s].key, hex_slice (schemes[i].identifier), &whole, 1,
                         slice_of_bytes (signature)) == same);
    }
  }
}

/* Nothing but the exact octets will do: each of these stands before a signature that is good. */
static const struct {
  const char *what;
  int scheme; /* index of schemes, whose signature it is */
  const char *identifier;
} refused[] = {
  { "nothing", 0, "" },
  { "RSA, parameters absent", 0, "300b06092a864886f70d01010b" },
  { "RSA, parameters not NULL", 0, "300e06092a864886f70d01010b050100" },
  { "RSA, parameters twice", 0, "300f06092a864886f70d01010b05000500" },
  { "RSA, octet behind", 0, RSA_SHA256 "00" },
  { "RSA, octet behind, inside", 0, "300e06092a864886f70d01010b050000" },
  { "RSA, length in the long form", 0, "30810d06092a864886f70d01010b0500" },
  { "RSA, length too long", 0, "300e06092a864886f70d01010b0500" },
  { "RSA, length too short", 0, "300c06092a864886f70d01010b0500" },
  { "RSA, indefinite length", 0, "308006092a864886f70d01010b05000000" },
  { "RSA, a set", 0, "310d06092a864886f70d01010b0500" },
  { "RSA with SHA-1", 0, "300d06092a864886f70d0101050500" },
  { "RSA with MD5", 0, "300d06092a864886f70d0101040500" },
  { "RSA, no hash", 0, "300d06092a864886f70d0101010500" },
  { "ECDSA, parameters NULL", 6, "300c06082a8648ce3d0403020500" },
  { "ECDSA with SHA-1", 6, "300906072a8648ce3d0401" },
  { "Ed25519, parameters NULL", 10, "300706032b65700500" },
  { "Ed448", 10, "300506032b6571" },
  { "PSS, no parameters", 3, "300b06092a864886f70d01010a" },
  { "PSS, parameters NULL", 3, "300d06092a864886f70d01010a0500" },
  { "PSS, all defaults: SHA-1", 3, "300d06092a864886f70d01010a3000" },
  { "PSS, salt left out: 20", 3,
      "304106092a864886f70d01010a3034a00f300d06096086480165030402010500"
      "a11c301a06092a864886f70d010108300d06096086480165030402010500a303020101" },
  { "PSS, MGF left out: SHA-1", 3,
      "302806092a864886f70d01010a301ba00f300d06096086480165030402010500a203020120a303020101" },
  { "PSS, hash left out: SHA-1", 3,
      "303506092a864886f70d01010a3028"
      "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120a303020101" },
  { "PSS, salt 0", 3,
      "304606092a864886f70d01010a3039a00f300d06096086480165030402010500"
      "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020100a303020101" },
  { "PSS, salt 31", 3,
      "304606092a864886f70d01010a3039a00f300d06096086480165030402010500"
      "a11c301a06092a864886f70d010108300d06096086480165030402010500a20302011fa303020101" },
  { "PSS, salt 2^31", 3,
      "304a06092a864886f70d01010a303da00f300d06096086480165030402010500"
      "a11c301a06092a864886f70d010108300d06096086480165030402010500a20702050080000000a303020101" },
  { "PSS, salt -1", 3,
      "304606092a864886f70d01010a3039a00f300d06096086480165030402010500"
      "a11c301a06092a864886f70d010108300d06096086480165030402010500a2030201ffa303020101" },
  { "PSS, salt of no octets", 3,
      "304506092a864886f70d01010a3038a00f300d06096086480165030402010500"
      "a11c301a06092a864886f70d010108300d06096086480165030402010500a2020200a303020101" },
  { "PSS, salt with a leading zero", 3,
      "304706092a864886f70d01010a303aa00f300d06096086480165030402010500"
      "a11c301a06092a864886f70d010108300d06096086480165030402010500a20402020020a303020101" },
  { "PSS, MGF1 with another hash", 3,
      "304606092a864886f70d01010a3039a00f300d06096086480165030402010500"
      "a11c301a06092a864886f70d010108300d06096086480165030402020500a203020120a303020101" },
  { "PSS, another MGF", 3,
      "304606092a864886f70d01010a3039a00f300d06096086480165030402010500"
      "a11c301a06092a864886f70d010109300d06096086480165030402010500a203020120a303020101" },
  { "PSS, trailer 2", 3,
      "304606092a864886f70d01010a3039a00f300d06096086480165030402010500"
      "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120a303020102" },
  { "PSS, fields in another order", 3,
      "304606092a864886f70d01010a3039a00f300d06096086480165030402010500"
      "a203020120a11c301a06092a864886f70d010108300d06096086480165030402010500a303020101" },
  { "PSS, octets behind", 3, PSS_SHA256 "0500" },
  { "PSS, a fifth field", 3,
      "304b06092a864886f70d01010a303ea00f300d06096086480165030402010500"
      "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120a303020101a40302010"
      "1" },
};

static void
test_refused (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++) {
    const Scheme *scheme = &schemes[refused[i].scheme];
    g_autoptr (GBytes) signature = sign (scheme->key, scheme->algorithm);
    Slice good = slice_of_bytes (signature);
    g_test_message ("%s", refused[i].what);
    g_assert_true (verify (scheme->key, hex_slice (scheme->identifier), &whole, 1, good));
    g_assert_false (verify (scheme->key, hex_slice (refused[i].identifier), &whole, 1, good));
  }
}

/* What RFC 4055 leaves open is taken: a hash without NULL parameters, the trailer left out. */
static void
test_pss_variants (void)
{
  static const char *const taken[] = {
    "304206092a864886f70d01010a3035a00d300b0609608648016503040201"
    "a11a301806092a864886f70d010108300b0609608648016503040201a203020120a303020101",
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500"
    "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120",
  };
  g_autoptr (GBytes) signature = sign (RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256);
  for (size_t i = 0; i < G_N_ELEMENTS (taken); i++)
    g_assert_true (verify (RSA, hex_slice (taken[i]), &whole, 1, slice_of_bytes (signature)));
}

/* Each octet of each identifier changed, and each shorter one: an error, never a crash, and never a
 * signature by another algorithm than the one that signed. */
static void
test_damaged (void)
{
  for (size_t s = 0; s < G_N_ELEMENTS (schemes); s++) {
    g_autoptr (GBytes) signature = sign (schemes[s].key, schemes[s].algorithm);
    Slice identifier = hex_slice (schemes[s].identifier), good = slice_of_bytes (signature);
    g_autofree uint8_t *copy = g_malloc (identifier.len);
    for (size_t bit = 0; bit < 8 * identifier.len; bit++) {
      memcpy (copy, identifier.data, identifier.len);
      copy[bit / 8] ^= (uint8_t) (1u << bit % 8);
      g_assert_false (verify (schemes[s].key, SLICE (copy, identifier.len), &whole, 1, good));
    }
    for (size_t len = 0; len < identifier.len; len++) {
      g_autofree uint8_t *cut = g_malloc (MAX (len, 1));
      memcpy (cut, identifier.data, len);
      g_assert_false (verify (schemes[s].key, SLICE (cut, len), &whole, 1, good));
    }
  }
}

/* Keys that nobody should use, and certificates that are none. */
static void
test_bad_keys (void)
{
  g_autoptr (GBytes) signature = sign (SHORT, GNUTLS_SIGN_RSA_SHA256);
  g_assert_false (verify (SHORT, hex_slice (RSA_SHA256), &whole, 1, slice_of_bytes (signature)));
  Slice der = certificate_der (keys[ED]);
  g_autoptr (GBytes) good = sign (ED, GNUTLS_SIGN_EDDSA_ED25519);
  for (size_t len = 0; len < der.len; len++) {
    g_autoptr (GError) error = NULL;
    g_autofree uint8_t *cut = g_malloc (MAX (len, 1));
    memcpy (cut, der.data, len);
    g_assert_false (crypto_signature_verify (
        SLICE (cut, len), hex_slice (ED25519), &whole, 1, slice_of_bytes (good), &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_GATEWAY_SIGNATURE);
  }
}

/* Opens one Encrypted Fragment (RFC 7383 section 2.5) of the responder and appends its contents. */
static uint8_t
open_fragment (CryptoCipher *cipher, Slice message, GByteArray *contents)
{
  g_assert_cmpuint (message.data[16], ==, 53);
  size_t from = 36 + crypto_cipher_iv_len (cipher), icv_len = crypto_cipher_icv_len (cipher);
  size_t len = message.len - from - icv_len;
  g_autofree uint8_t *copy = g_malloc (message.len);
  memcpy (copy, message.data, message.len);
  g_assert_true (crypto_cipher_open (
      cipher, SLICE (copy, 36), copy + 36, copy + from, len, copy + from + len));
  g_byte_array_append (contents, copy + from, (guint) (len - 1 - copy[from + len - 1]));
  return message.data[28];
}

static Slice
payload_of (GByteArray *chain, uint8_t first, uint8_t wanted)
{
  uint8_t type = first;
  for (size_t at = 0; type != 0;) {
    const uint8_t *header = chain->data + at;
    size_t len = (size_t) header[2] << 8 | header[3];
    if (type == wanted)
      return SLICE (header + 4, len - 4);
    type = header[0];
    at += len;
  }
  g_error ("No payload of type %u", wanted);
}

/* charon's RSA signature in IKE_AUTH, from the message to the verdict. */
static void
test_recorded (const void *data)
{
  const char *name = data;
  bool cbc = strcmp (name, "eap") == 0;
  g_autoptr (Golden) golden = golden_open (name);
  g_autoptr (GByteArray) chain = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CryptoCipher) cipher =
      crypto_cipher_new (cbc ? ENCR_AES_CBC : ENCR_AES_GCM_16, cbc ? 256 : 128,
          cbc ? INTEG_HMAC_SHA2_256_128 : INTEG_NONE, golden_secret (golden, "sk-er", 0),
          cbc ? golden_secret (golden, "sk-ar", 0) : SLICE (NULL, 0), &error);
  g_assert_no_error (error);
  uint8_t first = 0;
  for (size_t i = 0; i < golden_n_messages (golden); i++) {
    Slice body = golden_message (golden, i).body;
    if (golden_message (golden, i).is_ike && body.data[16] == 53) {
      uint8_t next = open_fragment (cipher, body, chain);
      first = first == 0 ? next : first;
    }
  }
  Slice cert = payload_of (chain, first, 37), auth = payload_of (chain, first, 39);
  Slice octets = golden_secret (golden, "auth-octets", cbc ? 0 : 1);
  g_assert_cmpuint (cert.data[0], ==, 4);
  g_assert_cmpuint (auth.data[0], ==, 14);
  size_t id_len = auth.data[4];
  Slice der = SLICE (cert.data + 1, cert.len - 1), identifier = SLICE (auth.data + 5, id_len);
  Slice signature = SLICE (auth.data + 5 + id_len, auth.len - 5 - id_len);
  g_assert_true (crypto_signature_verify (der, identifier, &octets, 1, signature, &error));
  g_assert_no_error (error);
  octets.len--;
  g_assert_false (crypto_signature_verify (der, identifier, &octets, 1, signature, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int i = 0; i < N_KEYS; i++)
    keys[i] = certificate_new (&specs[i], NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (schemes); i++) {
    g_autofree char *path = g_strconcat ("/signature/scheme/", schemes[i].name, NULL);
    g_test_add_data_func (path, &schemes[i], test_scheme);
  }
  g_test_add_func ("/signature/mismatch", test_mismatch);
  g_test_add_func ("/signature/refused", test_refused);
  g_test_add_func ("/signature/pss-variants", test_pss_variants);
  g_test_add_func ("/signature/damaged", test_damaged);
  g_test_add_func ("/signature/bad-keys", test_bad_keys);
  g_test_add_data_func ("/signature/recorded/cert", "cert", test_recorded);
  g_test_add_data_func ("/signature/recorded/eap", "eap", test_recorded);
  int rc = g_test_run ();
  for (int i = 0; i < N_KEYS; i++)
    certificate_free (keys[i]);
  return rc;
}
