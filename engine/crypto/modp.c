/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MODP groups of RFC 3526: g = 2, p = 2^n - 2^(n-64) - 1 + 2^64 * ([2^(n-130) pi] + k), both p and
 * (p - 1) / 2 prime. Private values are of the length that RFC 3526 section 8 asks for. */
#include "crypto/modp.h"

#include <glib.h>

#include "crypto/number.h"

static const char prime_2048[] = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
                                 "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
                                 "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
                                 "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
                                 "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
                                 "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
                                 "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
                                 "3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF";

static const char prime_3072[] = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
                                 "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
                                 "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
                                 "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
                                 "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
                                 "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
                                 "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
                                 "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33"
                                 "A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
                                 "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864"
                                 "D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2"
                                 "08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";

static const char prime_4096[] = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
                                 "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
                                 "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
                                 "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
                                 "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
                                 "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
                                 "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
                                 "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33"
                                 "A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
                                 "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864"
                                 "D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2"
                                 "08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A92108011A723C12A787E6D7"
                                 "88719A10BDBA5B2699C327186AF4E23C1A946834B6150BDA2583E9CA2AD44CE8"
                                 "DBBBC2DB04DE8EF92E8EFC141FBECAA6287C59474E6BC05D99B2964FA090C3A2"
                                 "233BA186515BE7ED1F612970CEE2D7AFB81BDD762170481CD0069127D5B05AA9"
                                 "93B4EA988D8FDDC186FFB7DC90A6C08F4DF435C934063199FFFFFFFFFFFFFFFF";

typedef struct {
  DhGroup group;
  const char *prime;
  size_t len; /* octets of prime, public value and shared secret */
  size_t private_len;
} Row;

static const Row rows[] = {
  { DH_MODP_2048, prime_2048, 256, 40 },
  { DH_MODP_3072, prime_3072, 384, 52 },
  { DH_MODP_4096, prime_4096, 512, 60 },
};

static const Row *
row_of (DhGroup group)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].group == group)
      return &rows[i];
  }
  return NULL;
}

/* Octets of the prime; 0 for what is no MODP group. */
size_t
modp_len (DhGroup group)
{
  const Row *row = row_of (group);
  return row != NULL ? row->len : 0;
}

/* Octets of a fresh private value. */
size_t
modp_private_len (DhGroup group)
{
  const Row *row = row_of (group);
  return row != NULL ? row->private_len : 0;
}

/* base ^ private mod p, in a time that does not depend on the private value. False if base is not
 * within 1 < base < p - 1. */
static bool
power (const Row *row, Slice base, Slice private_value, uint8_t *ret)
{
  mpz_t p, p_minus_1, b, x, y;
  mpz_init_set_str (p, row->prime, 16);
  mpz_init (p_minus_1);
  mpz_sub_ui (p_minus_1, p, 1);
  number_init_from (b, base);
  number_init_from (x, private_value);
  mpz_init2 (y, row->len * 8 + GMP_NUMB_BITS);
  bool good = mpz_cmp_ui (b, 1) > 0 && mpz_cmp (b, p_minus_1) < 0 && mpz_sgn (x) > 0;
  if (good) {
    mpz_powm_sec (y, b, x, p);
    number_write (y, ret, row->len);
  }
  number_clear (y);
  number_clear (x);
  number_clear (b);
  mpz_clear (p_minus_1);
  mpz_clear (p);
  return good;
}

/* 2 ^ private into modp_len () octets. False for a private value of zero. */
bool
modp_public (DhGroup group, Slice private_value, uint8_t *ret_public)
{
  static const uint8_t generator[] = { 2 };
  return power (row_of (group), SLICE (generator, sizeof generator), private_value, ret_public);
}

/* peer ^ private into modp_len () octets. False if the peer's value is out of range (RFC 6989 section
 * 2.1). */
bool
modp_shared (DhGroup group, Slice private_value, Slice peer, uint8_t *ret_shared)
{
  return power (row_of (group), peer, private_value, ret_shared);
}
