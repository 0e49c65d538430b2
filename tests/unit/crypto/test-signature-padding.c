/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RSA signatures whose arithmetic is right and whose padding is not: what a verifier that reads
 * leniently lets a forger choose (CVE-2018-16151, CVE-2018-16152). The blocks are made here octet by
 * octet and raised to the private exponent. */
#include <gmp.h>
#include <gnutls/crypto.h>
#include <string.h>

#include "crypto/signature.h"
#include "support/certificate.h"
#include "support/hex.h"

#define RSA_LEN 256
#define HASH_LEN 32
#define RSA_SHA256 "300d06092a864886f70d01010b0500"
#define PSS_SHA256 \
  "304606092a864886f70d01010a3039a00f300d06096086480165030402010500" \
  "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120a303020101"
#define DIGEST_INFO "3031300d060960864801650304020105000420"

static Certificate *rsa;
static const uint8_t text[] = "octets that are signed";

static void
sha256 (const void *data, size_t len, uint8_t *ret)
{
  g_assert_cmpint (gnutls_hash_fast (GNUTLS_DIG_SHA256, data, len, ret), ==, 0);
}

/* block ^ d mod n */
static void
power (const uint8_t block[static RSA_LEN], uint8_t ret[static RSA_LEN])
{
  gnutls_datum_t n, e, d, p, q, u, e1, e2;
  mpz_t x, modulus, exponent;
  g_assert_cmpint (
      gnutls_privkey_export_rsa_raw (certificate_key (rsa), &n, &e, &d, &p, &q, &u, &e1, &e2), ==,
      0);
  mpz_inits (x, modulus, exponent, NULL);
  mpz_import (x, RSA_LEN, 1, 1, 1, 0, block);
  mpz_import (modulus, n.size, 1, 1, 1, 0, n.data);
  mpz_import (exponent, d.size, 1, 1, 1, 0, d.data);
  g_assert_cmpint (mpz_cmp (x, modulus), <, 0);
  mpz_powm (x, x, exponent, modulus);
  size_t used = (mpz_sizeinbase (x, 2) + 7) / 8;
  memset (ret, 0, RSA_LEN);
  mpz_export (ret + RSA_LEN - used, NULL, 1, 1, 1, 0, x);
  mpz_clears (x, modulus, exponent, NULL);
  gnutls_datum_t *all[] = { &n, &e, &d, &p, &q, &u, &e1, &e2 };
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    gnutls_free (all[i]->data);
}

static bool
verify (const char *identifier, const uint8_t block[static RSA_LEN])
{
  uint8_t signature[RSA_LEN];
  const Slice data = SLICE (text, sizeof text);
  power (block, signature);
  return crypto_signature_verify (
      certificate_der (rsa), hex_slice (identifier), &data, 1, SLICE (signature, RSA_LEN), NULL);
}

typedef struct {
  const char *what;
  const char *head; /* in front of the padding */
  uint8_t padding;
  const char *info; /* between the padding and the hash, after its 00 */
  size_t digest; /* how much of the hash */
  size_t garbage; /* octets behind it, at the cost of padding */
  bool good;
} Pkcs1Row;

static const Pkcs1Row pkcs1_rows[] = {
  { "good", "0001", 0xff, DIGEST_INFO, HASH_LEN, 0, true },
  { "octet behind the hash", "0001", 0xff, DIGEST_INFO, HASH_LEN, 1, false },
  { "most of the block behind the hash", "0001", 0xff, DIGEST_INFO, HASH_LEN, 190, false },
  { "padding not ff", "0001", 0xfe, DIGEST_INFO, HASH_LEN, 0, false },
  { "padding of 00", "0001", 0x00, DIGEST_INFO, HASH_LEN, 0, false },
  { "block type 0", "0000", 0xff, DIGEST_INFO, HASH_LEN, 0, false },
  { "block type 2", "0002", 0xff, DIGEST_INFO, HASH_LEN, 0, false },
  { "first octet not 00", "0101", 0xff, DIGEST_INFO, HASH_LEN, 0, false },
  { "no DigestInfo", "0001", 0xff, "", HASH_LEN, 0, false },
  { "parameters not NULL", "0001", 0xff, "3031300d060960864801650304020104000420", HASH_LEN, 0,
      false },
  { "parameters with contents", "0001", 0xff, "3035301106096086480165030402010504aabbccdd0420",
      HASH_LEN, 0, false },
  { "OID of SHA-384", "0001", 0xff, "3031300d060960864801650304020205000420", HASH_LEN, 0, false },
  { "OID longer", "0001", 0xff, "3032300e060a60864801650304020100 05000420", HASH_LEN, 0, false },
  { "length in the long form", "0001", 0xff, "308131300d060960864801650304020105000420", HASH_LEN,
      0, false },
  { "half of the hash", "0001", 0xff, "3021300d060960864801650304020105000410", HASH_LEN / 2, 0,
      false },
  { "none of the hash", "0001", 0xff, "3011300d060960864801650304020105000400", 0, 0, false },
  { "octets inside DigestInfo", "0001", 0xff, "3033300d060960864801650304020105000420", HASH_LEN, 2,
      false },
};

static void
make_pkcs1 (const Pkcs1Row *row, uint8_t block[static RSA_LEN])
{
  Slice head = hex_slice (row->head), info = hex_slice (row->info);
  uint8_t hash[HASH_LEN];
  sha256 (text, sizeof text, hash);
  size_t tail = 1 + info.len + row->digest + row->garbage;
  uint8_t *at = block + RSA_LEN - tail;
  memset (block, row->padding, RSA_LEN);
  memcpy (block, head.data, head.len);
  *at++ = 0;
  if (info.len > 0)
    memcpy (at, info.data, info.len);
  memcpy (at + info.len, hash, row->digest);
  memset (at + info.len + row->digest, 0x5a, row->garbage);
}

static void
test_pkcs1 (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (pkcs1_rows); i++) {
    uint8_t block[RSA_LEN];
    make_pkcs1 (&pkcs1_rows[i], block);
    g_test_message ("%s", pkcs1_rows[i].what);
    g_assert_true (verify (RSA_SHA256, block) == pkcs1_rows[i].good);
  }
}

typedef struct {
  const char *what;
  size_t salt; /* octets */
  uint8_t trailer, separator, padding;
  bool good;
} PssRow;

static const PssRow pss_rows[] = {
  { "good", 32, 0xbc, 1, 0, true },
  { "no salt", 0, 0xbc, 1, 0, false },
  { "salt of 20", 20, 0xbc, 1, 0, false },
  { "salt of 31", 31, 0xbc, 1, 0, false },
  { "salt of 33", 33, 0xbc, 1, 0, false },
  { "salt as long as fits", 222, 0xbc, 1, 0, false },
  { "trailer", 32, 0xbd, 1, 0, false },
  { "trailer of another kind", 32, 0xcc, 1, 0, false },
  { "no separator", 32, 0xbc, 0, 0, false },
  { "another separator", 32, 0xbc, 2, 0, false },
  { "padding not 00", 32, 0xbc, 1, 1, false },
};

/* EMSA-PSS-ENCODE of RFC 8017 section 9.1.1, with what the row has different. */
static void
make_pss (const PssRow *row, uint8_t block[static RSA_LEN])
{
  uint8_t message[8 + HASH_LEN + RSA_LEN] = { 0 }, *hash = block + RSA_LEN - 1 - HASH_LEN;
  size_t db_len = RSA_LEN - HASH_LEN - 1;
  sha256 (text, sizeof text, message + 8);
  memset (message + 8 + HASH_LEN, 0x77, row->salt);
  sha256 (message, 8 + HASH_LEN + row->salt, hash);
  memset (block, row->padding, db_len);
  block[db_len - row->salt - 1] = row->separator;
  memset (block + db_len - row->salt, 0x77, row->salt);
  for (uint32_t counter = 0; counter * HASH_LEN < db_len; counter++) {
    uint8_t seed[HASH_LEN + 4], mask[HASH_LEN];
    const uint32_t big_endian = GUINT32_TO_BE (counter);
    memcpy (seed, hash, HASH_LEN);
    memcpy (seed + HASH_LEN, &big_endian, 4);
    sha256 (seed, sizeof seed, mask);
    for (size_t i = 0; i < HASH_LEN && counter * HASH_LEN + i < db_len; i++)
      block[counter * HASH_LEN + i] ^= mask[i];
  }
  block[0] &= 0x7f; /* emBits is one less than the modulus has */
  block[RSA_LEN - 1] = row->trailer;
}

static void
test_pss (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (pss_rows); i++) {
    uint8_t block[RSA_LEN];
    make_pss (&pss_rows[i], block);
    g_test_message ("%s", pss_rows[i].what);
    g_assert_true (verify (PSS_SHA256, block) == pss_rows[i].good);
  }
}

/* A prime of half the modulus, one less than which 3 does not divide. */
static void
make_prime (mpz_t prime)
{
  uint8_t octets[RSA_LEN / 2];
  g_assert_cmpint (gnutls_rnd (GNUTLS_RND_KEY, octets, sizeof octets), ==, 0);
  octets[0] |= 0xc0;
  mpz_import (prime, sizeof octets, 1, 1, 1, 0, octets);
  do
    mpz_nextprime (prime, prime);
  while (mpz_fdiv_ui (prime, 3) == 1);
}

static void
export_block (const mpz_t x, uint8_t ret[static RSA_LEN])
{
  size_t used = (mpz_sizeinbase (x, 2) + 7) / 8;
  memset (ret, 0, RSA_LEN);
  mpz_export (ret + RSA_LEN - used, NULL, 1, 1, 1, 0, x);
}

/* A certificate of that modulus and the exponent 3, signed by whoever has a key at hand. */
static GBytes *
certificate_of (const mpz_t modulus)
{
  uint8_t octets[RSA_LEN], three = 3;
  const gnutls_datum_t m = { .data = octets, .size = sizeof octets };
  const gnutls_datum_t e = { .data = &three, .size = 1 };
  gnutls_datum_t der;
  gnutls_pubkey_t key;
  gnutls_x509_crt_t cert;
  export_block (modulus, octets);
  g_assert_cmpint (gnutls_pubkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_rsa_raw (key, &m, &e), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&cert), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_version (cert, 3), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_serial (cert, "3", 1), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_activation_time (cert, CERTIFICATE_NOW), ==, 0);
  g_assert_cmpint (
      gnutls_x509_crt_set_expiration_time (cert, CERTIFICATE_NOW + CERTIFICATE_DAY), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_pubkey (cert, key), ==, 0);
  g_assert_cmpint (
      gnutls_x509_crt_privkey_sign (cert, cert, certificate_key (rsa), GNUTLS_DIG_SHA256, 0), ==,
      0);
  g_assert_cmpint (gnutls_x509_crt_export2 (cert, GNUTLS_X509_FMT_DER, &der), ==, 0);
  GBytes *bytes = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  gnutls_x509_crt_deinit (cert);
  gnutls_pubkey_deinit (key);
  return bytes;
}

/* With an exponent of 3 a cube root is a signature, if what stands behind the hash is not looked at;
 * nobody needs the private key for that. */
static void
test_exponent_3 (void)
{
  mpz_t p, q, modulus, phi, d, x;
  uint8_t block[RSA_LEN], signature[RSA_LEN];
  Slice identifier = hex_slice (RSA_SHA256);
  const Slice data = SLICE (text, sizeof text), signed_part = SLICE (signature, RSA_LEN);
  mpz_inits (p, q, modulus, phi, d, x, NULL);
  make_prime (p);
  make_prime (q);
  mpz_mul (modulus, p, q);
  mpz_sub_ui (p, p, 1);
  mpz_sub_ui (q, q, 1);
  mpz_mul (phi, p, q);
  mpz_set_ui (d, 3);
  g_assert_cmpint (mpz_invert (d, d, phi), !=, 0);
  g_autoptr (GBytes) cert = certificate_of (modulus);
  Slice der = SLICE (g_bytes_get_data (cert, NULL), g_bytes_get_size (cert));

  make_pkcs1 (&pkcs1_rows[0], block);
  mpz_import (x, RSA_LEN, 1, 1, 1, 0, block);
  mpz_powm (x, x, d, modulus);
  export_block (x, signature);
  g_assert_true (crypto_signature_verify (der, identifier, &data, 1, signed_part, NULL));

  const Pkcs1Row short_padding = { NULL, "0001", 0xff, DIGEST_INFO, HASH_LEN, 190, false };
  make_pkcs1 (&short_padding, block);
  mpz_import (x, RSA_LEN, 1, 1, 1, 0, block);
  mpz_root (x, x, 3);
  export_block (x, signature);
  mpz_pow_ui (x, x, 3);
  uint8_t cube[RSA_LEN];
  export_block (x, cube);
  g_assert_cmpmem (cube, 60, block, 60); /* the forgery is as good as it can be */
  g_assert_false (crypto_signature_verify (der, identifier, &data, 1, signed_part, NULL));
  mpz_clears (p, q, modulus, phi, d, x, NULL);
}

/* Signatures that say nothing, that are no number below the modulus, or not as long. */
static void
test_odd_signatures (void)
{
  static const struct {
    const char *what;
    size_t len;
    uint8_t fill, last; /* all octets, and then the last one */
    bool is_modulus;
  } rows[] = {
    { "0", RSA_LEN, 0, 0, false },
    { "1", RSA_LEN, 0, 1, false },
    { "the modulus", RSA_LEN, 0, 0, true },
    { "beyond the modulus", RSA_LEN, 0xff, 0xff, false },
    { "an octet too short", RSA_LEN - 1, 0x11, 0x11, false },
    { "twice as long", 2 * RSA_LEN, 0x11, 0x11, false },
  };
  const Slice data = SLICE (text, sizeof text);
  gnutls_datum_t n, e;
  g_assert_cmpint (gnutls_privkey_export_rsa_raw (
                       certificate_key (rsa), &n, &e, NULL, NULL, NULL, NULL, NULL, NULL),
      ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    uint8_t signature[2 * RSA_LEN];
    memset (signature, rows[i].fill, sizeof signature);
    signature[rows[i].len - 1] = rows[i].last;
    if (rows[i].is_modulus)
      memcpy (signature, n.data + n.size - RSA_LEN, RSA_LEN);
    g_test_message ("%s", rows[i].what);
    g_assert_false (crypto_signature_verify (certificate_der (rsa), hex_slice (RSA_SHA256), &data,
        1, SLICE (signature, rows[i].len), NULL));
    g_assert_false (crypto_signature_verify (certificate_der (rsa), hex_slice (PSS_SHA256), &data,
        1, SLICE (signature, rows[i].len), NULL));
  }
  gnutls_free (n.data);
  gnutls_free (e.data);
}

/* Keys that arithmetic chokes on: an exponent of 0, 1 or 2, an even modulus. A certificate with one
 * gives an error and not a crash (CVE-2017-11185, CVE-2017-9022). */
static void
test_odd_keys (void)
{
  static const uint8_t exponents[][3] = { { 0, 0, 0 }, { 0, 0, 1 }, { 0, 0, 2 }, { 0xff, 0, 1 } };
  Slice der = certificate_der (rsa), identifier = hex_slice (RSA_SHA256);
  g_autofree uint8_t *copy = g_memdup2 (der.data, der.len);
  uint8_t *exponent = memmem (copy, der.len, "\x02\x03\x01\x00\x01", 5);
  const Slice data = SLICE (text, sizeof text);
  uint8_t block[RSA_LEN], signature[RSA_LEN];
  g_assert_nonnull (exponent);
  make_pkcs1 (&pkcs1_rows[0], block);
  power (block, signature);
  for (size_t i = 0; i < G_N_ELEMENTS (exponents); i++) {
    memcpy (exponent + 2, exponents[i], 3);
    g_assert_false (crypto_signature_verify (
        SLICE (copy, der.len), identifier, &data, 1, SLICE (signature, RSA_LEN), NULL));
  }
  memcpy (exponent + 2, "\x01\x00\x01", 3);
  exponent[-1] &= 0xfe; /* the modulus ends in front of the exponent */
  g_assert_false (crypto_signature_verify (
      SLICE (copy, der.len), identifier, &data, 1, SLICE (signature, RSA_LEN), NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  const CertificateSpec spec = { .cn = "rsa", .key = CERTIFICATE_RSA_2048 };
  rsa = certificate_new (&spec, NULL);
  g_test_add_func ("/signature-padding/pkcs1", test_pkcs1);
  g_test_add_func ("/signature-padding/pss", test_pss);
  g_test_add_func ("/signature-padding/exponent-3", test_exponent_3);
  g_test_add_func ("/signature-padding/odd-signatures", test_odd_signatures);
  g_test_add_func ("/signature-padding/odd-keys", test_odd_keys);
  int rc = g_test_run ();
  certificate_free (rsa);
  return rc;
}
