/* SPDX-License-Identifier: GPL-2.0-or-later */
/* That nothing in ML-KEM-768 takes a branch or an address by a secret. Runs under valgrind: memcheck is
 * told that a secret is undefined memory, and then counts as an error each jump and each address that
 * depends on it. A division is another matter; test-mlkem-instructions.py looks for those.
 *
 * What is public is not marked, as the matrix's seed, or made defined again, as a ciphertext that was
 * sent. */
#include <glib.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "base/secret.h"
#include "crypto/mlkem-pke.h"
#include "crypto/mlkem768.h"

static void
mark_secret (void *data, size_t len)
{
  (void) VALGRIND_MAKE_MEM_UNDEFINED (data, len);
}

static void
mark_public (void *data, size_t len)
{
  (void) VALGRIND_MAKE_MEM_DEFINED (data, len);
}

/* True if memcheck follows the secret to here: else the test would be blind. */
static bool
is_secret (const uint8_t *data, size_t len)
{
  uint8_t unknown[MLKEM768_CIPHERTEXT_LEN];
  g_assert_cmpuint (len, <=, sizeof unknown);
  g_assert_cmpuint (VALGRIND_GET_VBITS (data, unknown, len), ==, 1);
  for (size_t i = 0; i < len; i++) {
    if (unknown[i] != 0)
      return true;
  }
  return false;
}

typedef struct {
  uint8_t encaps[MLKEM768_ENCAPS_KEY_LEN];
  uint8_t decaps[MLKEM768_DECAPS_KEY_LEN];
} Keys;

/* A key pair whose private key and z are marked, the public key and its hash in it not. */
static void
keys_init (Keys *keys)
{
  uint8_t seed[MLKEM768_SEED_LEN] = { 1 };
  mlkem768_key_pair (seed, keys->encaps, keys->decaps);
  mark_secret (keys->decaps, MLKEM_PKE_PRIVATE_LEN);
  mark_secret (keys->decaps + MLKEM768_DECAPS_KEY_LEN - MLKEM_SYMBYTES, MLKEM_SYMBYTES);
}

/* The positive controls: what memcheck must see. */
static void
branch_by_secret (void)
{
  volatile uint8_t secret = 3, sink = 0;
  mark_secret ((void *) &secret, sizeof secret);
  if (secret > 2)
    sink++;
}

static void
index_by_secret (void)
{
  static volatile uint8_t table[256];
  volatile uint8_t secret = 3, sink;
  mark_secret ((void *) &secret, sizeof secret);
  sink = table[secret];
  (void) sink;
}

/* A comparison that tells where it ended. */
static void
compare_by_secret (void)
{
  volatile uint8_t a[4] = { 1, 2, 3, 4 }, b[4] = { 1, 2, 0, 4 };
  mark_secret ((void *) a, sizeof a);
  volatile size_t same = 0;
  while (same < sizeof a && a[same] == b[same])
    same++;
}

static void
make_keys (void)
{
  static const uint8_t rho[MLKEM_SYMBYTES] = { 1 };
  uint8_t sigma[MLKEM_SYMBYTES] = { 2 };
  Keys keys;
  mark_secret (sigma, sizeof sigma);
  mlkem_pke_key_pair (rho, sigma, keys.encaps, keys.decaps);
  g_assert_true (is_secret (keys.decaps, 32));
}

static void
encapsulate (void)
{
  Keys keys;
  uint8_t message[MLKEM768_MESSAGE_LEN] = { 3 };
  uint8_t ciphertext[MLKEM768_CIPHERTEXT_LEN], shared[MLKEM768_SHARED_LEN];
  keys_init (&keys);
  mark_secret (message, sizeof message);
  g_assert_true (mlkem768_encapsulate (keys.encaps, message, ciphertext, shared));
  g_assert_true (is_secret (shared, sizeof shared));
  g_assert_true (is_secret (ciphertext, sizeof ciphertext));
}

static void
decapsulate (uint8_t false_bit)
{
  Keys keys;
  uint8_t message[MLKEM768_MESSAGE_LEN] = { 3 };
  uint8_t ciphertext[MLKEM768_CIPHERTEXT_LEN], shared[MLKEM768_SHARED_LEN];
  uint8_t ours[MLKEM768_SHARED_LEN];
  keys_init (&keys);
  g_assert_true (mlkem768_encapsulate (keys.encaps, message, ciphertext, shared));
  ciphertext[0] ^= false_bit;
  g_assert_true (mlkem768_decapsulate (keys.decaps, ciphertext, ours));
  g_assert_true (is_secret (ours, sizeof ours));
  mark_public (ours, sizeof ours);
  g_assert_cmpint (memcmp (ours, shared, sizeof ours) == 0, ==, false_bit == 0);
}

static void
decapsulate_own (void)
{
  decapsulate (0);
}

static void
decapsulate_false (void)
{
  decapsulate (1);
}

/* bytes_equal_secret () tells its result, and no more. */
static void
compare_secrets (void)
{
  uint8_t a[32] = { 1 }, b[32] = { 2 };
  mark_secret (a, sizeof a);
  bool same = bytes_equal_secret (a, b, sizeof a);
  mark_public (&same, sizeof same);
  g_assert_false (same);
}

typedef struct {
  const char *name;
  void (*run) (void);
  bool leaks;
} Case;

static const Case cases[] = {
  { "control/branch", branch_by_secret, true },
  { "control/index", index_by_secret, true },
  { "control/compare", compare_by_secret, true },
  { "key-pair", make_keys, false },
  { "encapsulate", encapsulate, false },
  { "decapsulate", decapsulate_own, false },
  { "decapsulate-false", decapsulate_false, false },
  { "compare-secrets", compare_secrets, false },
};

static void
test_case (const void *data)
{
  const Case *c = data;
  unsigned int before = VALGRIND_COUNT_ERRORS;
  c->run ();
  unsigned int after = VALGRIND_COUNT_ERRORS;
  g_assert_cmpint (after > before, ==, c->leaks);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (RUNNING_ON_VALGRIND);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/crypto/mlkem-secrets/%s", cases[i].name);
    g_test_add_data_func (path, &cases[i], test_case);
  }
  return g_test_run ();
}
