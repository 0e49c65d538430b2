/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diffie-Hellman by known answers, and every public value that must be refused (RFC 6989). */
#include <string.h>

#include "base/error.h"
#include "crypto/dh.h"
#include "support/hex.h"

typedef struct {
  const char *name;
  DhGroup group;
  const char *private_i, *public_i, *private_r, *public_r, *shared;
} Case;

static const Case cases[] = {
  /* RFC 5903 section 8.1 */
  { "ecp-256", DH_ECP_256, "C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433",
      "DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C3772581180"
      "5271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3",
      "C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53",
      "D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63"
      "56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB",
      "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE" },
  /* RFC 5903 section 8.2 */
  { "ecp-384", DH_ECP_384,
      "099F3C7034D4A2C699884D73A375A67F7624EF7C6B3C0F160647B67414DCE655"
      "E35B538041E649EE3FAEF896783AB194",
      "667842D7D180AC2CDE6F74F37551F55755C7645C20EF73E31634FE72B4C55EE6"
      "DE3AC808ACB4BDB4C88732AEE95F41AA"
      "9482ED1FC0EEB9CAFC4984625CCFC23F65032149E0E144ADA024181535A0F38E"
      "EB9FCFF3C2C947DAE69B4C634573A81C",
      "41CB0779B4BDB85D47846725FBEC3C9430FAB46CC8DC5060855CC9BDA0AA2942"
      "E0308312916B8ED2960E4BD55A7448FC",
      "E558DBEF53EECDE3D3FCCFC1AEA08A89A987475D12FD950D83CFA41732BC509D"
      "0D1AC43A0336DEF96FDA41D0774A3571"
      "DCFBEC7AACF3196472169E838430367F66EEBE3C6E70C416DD5F0C68759DD1FF"
      "F83FA40142209DFF5EAAD96DB9E6386C",
      "11187331C279962D93D604243FD592CB9D0A926F422E47187521287E7156C5C4"
      "D603135569B9E9D09CF5D4A270F59746" },
  /* RFC 5903 section 8.3 */
  { "ecp-521", DH_ECP_521,
      "0037ADE9319A89F4DABDB3EF411AACCCA5123C61ACAB57B5393DCE47608172A095AA85A30FE1C295"
      "2C6771D937BA9777F5957B2639BAB072462F68C27A57382D4A52",
      "0015417E84DBF28C0AD3C278713349DC7DF153C897A1891BD98BAB4357C9ECBEE1E3BF42E00B8E38"
      "0AEAE57C2D107564941885942AF5A7F4601723C4195D176CED3E017CAE20B6641D2EEB695786D8C9"
      "46146239D099E18E1D5A514C739D7CB4A10AD8A788015AC405D7799DC75E7B7D5B6CF2261A6A7F15"
      "07438BF01BEB6CA3926F9582",
      "0145BA99A847AF43793FDD0E872E7CDFA16BE30FDC780F97BCCC3F078380201E9C677D600B343757"
      "A3BDBF2A3163E4C2F869CCA7458AA4A4EFFC311F5CB151685EB9",
      "00D0B3975AC4B799F5BEA16D5E13E9AF971D5E9B984C9F39728B5E5739735A219B97C356436ADC6E"
      "95BB0352F6BE64A6C2912D4EF2D0433CED2B6171640012D9460F015C68226383956E3BD066E797B6"
      "23C27CE0EAC2F551A10C2C724D9852077B87220B6536C5C408A1D2AEBB8E86D678AE49CB57091F47"
      "32296579AB44FCD17F0FC56A",
      "01144C7D79AE6956BC8EDB8E7C787C4521CB086FA64407F97894E5E6B2D79B04D1427E73CA4BAA24"
      "0A34786859810C06B3C715A3A8CC3151F2BEE417996D19F3DDEA" },
  /* computed with another library */
  { "modp-2048", DH_MODP_2048,
      "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728",
      "f0cdbd67b9f7aa420ec897f258819be9496e9a0a5726c89df16dd7f451c98e45fb7738b946ffcc37"
      "43438f668c562d06c65d330de82a1078bf6f9292fdc86bec74ac0c26640704012785c1611d3c4f3e"
      "c28877eff3f5b11ce33a905b731dafcac4daf7e440d201db0ec4888a4e080572c92c1db2886612a2"
      "8b6ab995987c8767b6a3f577e277713abefe80b9948bd5b71b931d19185d503acf998c6e4b1cdaa3"
      "bc6b1ba20c71e6aceab8bdbf477c4706bea69f095f7687f47e93f99695fe582c7cab8d33f0267dbf"
      "4aab867f3a7f7a7f626e520129cd0fa3c7dc290f59217de17293bef38ae9b3bd3829226a08f611a9"
      "077a9acf31a954332f5a54d6eb7d524b",
      "8182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8",
      "2ac446be09ad0f3e900fb2f75f09ac7ddb2a424bbdd35a34c1d452839540012183901f56f6b4f9d3"
      "b72b878fe624072b9ab4b90b7136b495466023be0a96778b7f3a605d68f390fd6d448dd32c5338c2"
      "7a72b7cdddf2cffbd17f83abb1d9aa5bf272acfca0be7055116fa14dce24e2ca030b43e9ea67eba4"
      "fc2eb33f6f820389c1c56bc15a8e54d3b99ad3e8205326c1b294c5af28d2a7a1246f6c11c9f8c460"
      "a4b224fb1c1604c2c3977b2edaf7cdcc8c8a19783d57cea2f5c77c4c815449beca878384eacf3ba1"
      "bec8def41a0a197e053abf6e766592d707c2230f57b3de559d8f80f9dbc2c2d4a1dc8e45ad9bbc53"
      "adaa5a0b74ad00979d81f859c42474c9",
      "7e22665769e98fecfd795be9f325daa0ec7e272eeb95fd49c02ceaf457c9ba091853edcef400fbf8"
      "b1ab98d1ba0656b807d0629d27ef44921e669e0f45da5644f749c6d81fe2f6dafbfc0c3e62ff6f37"
      "9ee727512c886ccccb48a034b9e62344adc4c15e82682461d229c5c3c97dda694596b4e42835287a"
      "95ca13fd80109bb2c44cbb0a3e421ef23107dd9f22648b412f8148286aca4139b450dc30c34aa2da"
      "40aba59cac016b4ee7612e0cf21d9598d6924fe1b6456952ccd936985b98215cb58bb68c23445a7c"
      "0016fe736dacd168999d2ea2db6aec214d16e9274a367d20e06683e293d9688965caec712a3be9e7"
      "10fc6c801ce11ecaa7e964abcfada964" },
};

static CryptoDh *
dh_of (DhGroup group, const char *private_value)
{
  CryptoDh *dh = crypto_dh_new_from_private (group, hex_slice (private_value));
  g_assert_nonnull (dh);
  return dh;
}

static void
assert_shared (const CryptoDh *dh, const char *peer_public, const char *shared)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) secret = crypto_dh_shared (dh, hex_slice (peer_public), &error);
  g_assert_no_error (error);
  assert_slice_is_hex (secret_slice (secret), shared);
}

static void
assert_refused (const CryptoDh *dh, Slice peer_public)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (crypto_dh_shared (dh, peer_public, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
}

static void
test_vector (const void *data)
{
  const Case *c = data;
  g_autoptr (CryptoDh) i = dh_of (c->group, c->private_i);
  g_autoptr (CryptoDh) r = dh_of (c->group, c->private_r);
  g_assert_cmpint (crypto_dh_group (i), ==, c->group);
  assert_slice_is_hex (crypto_dh_public (i), c->public_i);
  assert_slice_is_hex (crypto_dh_public (r), c->public_r);
  assert_shared (i, c->public_r, c->shared);
  assert_shared (r, c->public_i, c->shared);
}

/* Values of the large MODP groups by their SHA-256, computed with another library. The private values
 * count up from 1 and from 0x81. */
static const struct {
  DhGroup group;
  size_t private_len;
  const char *public_i, *public_r, *shared;
} large_cases[] = {
  { DH_MODP_3072, 52, "0cfaf1c71301f657fbb0d191b6ad226635902b26e58c56b362910aa4763ae220",
      "5663e8e21f02214f077f8d307128b00d25b66e79c637e44abf7776df954e8dd5",
      "9188151de90b8dcc880faed185400a763a2019233aac335061ea56faea1c262d" },
  { DH_MODP_4096, 60, "7c9e4cdd9c1f1d69a426a40ae0987ba78b4ec3eda95fb8ecfe68cca73fc0acdd",
      "6d2944c24419b24a2fa8a7dff8ce4dc7d3a46046436dd3322c5552c9da493001",
      "eb48389528c1080f7957fb53388cbe0661ae107735bd7d0c398848337d42cba3" },
};

static CryptoDh *
dh_that_counts (DhGroup group, size_t len, uint8_t from)
{
  uint8_t octets[64];
  for (size_t i = 0; i < len; i++)
    octets[i] = (uint8_t) (from + i);
  return crypto_dh_new_from_private (group, SLICE (octets, len));
}

static void
assert_digest (Slice slice, const char *sha256)
{
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, slice.data, slice.len);
  g_assert_cmpstr (digest, ==, sha256);
}

static void
test_large_modp (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (large_cases); i++) {
    DhGroup group = large_cases[i].group;
    g_autoptr (CryptoDh) a = dh_that_counts (group, large_cases[i].private_len, 1);
    g_autoptr (CryptoDh) b = dh_that_counts (group, large_cases[i].private_len, 0x81);
    assert_digest (crypto_dh_public (a), large_cases[i].public_i);
    assert_digest (crypto_dh_public (b), large_cases[i].public_r);
    g_autoptr (Secret) shared = crypto_dh_shared (a, crypto_dh_public (b), NULL);
    assert_digest (secret_slice (shared), large_cases[i].shared);
  }
}

/* RFC 7748 section 5.2. */
static void
test_curve25519 (void)
{
  g_autoptr (CryptoDh) a =
      dh_of (DH_CURVE25519, "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
  assert_shared (a, "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
      "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  g_autoptr (CryptoDh) nine =
      dh_of (DH_CURVE25519, "0900000000000000000000000000000000000000000000000000000000000000");
  assert_slice_is_hex (
      crypto_dh_public (nine), "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
}

/* Points of small order, and the same not reduced: each leads to zero whatever our key is. */
static void
test_curve25519_small_order (void)
{
  static const char *const points[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  };
  g_autoptr (CryptoDh) dh =
      dh_of (DH_CURVE25519, "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
  for (size_t i = 0; i < G_N_ELEMENTS (points); i++)
    assert_refused (dh, hex_slice (points[i]));
}

/* Only 1 < y < p - 1 will do. */
static void
test_modp_range (void)
{
  uint8_t p[256], y[256];
  memcpy (p,
      hex_slice ("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
                 "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
                 "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
                 "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
                 "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
                 "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
                 "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
                 "3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF")
          .data,
      sizeof p);
  g_autoptr (CryptoDh) dh = dh_of (DH_MODP_2048, cases[3].private_i);
  for (uint8_t small = 0; small < 2; small++) {
    memset (y, 0, sizeof y);
    y[255] = small;
    assert_refused (dh, SLICE (y, sizeof y));
  }
  for (uint8_t less = 0; less < 2; less++) {
    memcpy (y, p, sizeof y);
    y[255] = (uint8_t) (y[255] - less);
    assert_refused (dh, SLICE (y, sizeof y));
  }
  memset (y, 0xff, sizeof y);
  assert_refused (dh, SLICE (y, sizeof y));
  memset (y, 0, sizeof y);
  y[255] = 2;
  g_autoptr (Secret) two = crypto_dh_shared (dh, SLICE (y, sizeof y), NULL);
  Slice ours = crypto_dh_public (dh);
  g_assert_cmpmem (secret_slice (two).data, secret_len (two), ours.data, ours.len);
}

/* A point must be on the curve: not with one bit changed, not zero, not with a coordinate >= p. */
static void
test_ecp_points (void)
{
  for (size_t i = 0; i < 3; i++) {
    const Case *c = &cases[i];
    g_autoptr (CryptoDh) dh = dh_of (c->group, c->private_i);
    Slice good = hex_slice (c->public_r);
    uint8_t point[CRYPTO_DH_MAX_PUBLIC_LEN];
    for (size_t bit = 0; bit < 8 * good.len; bit++) {
      memcpy (point, good.data, good.len);
      point[bit / 8] ^= (uint8_t) (1u << bit % 8);
      assert_refused (dh, SLICE (point, good.len));
    }
    memset (point, 0, sizeof point);
    assert_refused (dh, SLICE (point, good.len));
    memset (point, 0xff, sizeof point);
    assert_refused (dh, SLICE (point, good.len));
  }
}

static const DhGroup groups[] = { DH_MODP_2048, DH_MODP_3072, DH_MODP_4096, DH_ECP_256, DH_ECP_384,
  DH_ECP_521, DH_CURVE25519 };

/* A value of any other length, and with the octet of SEC 1 in front, is refused. */
static void
test_lengths (void)
{
  uint8_t octets[600];
  memset (octets, 4, sizeof octets);
  for (size_t g = 0; g < G_N_ELEMENTS (groups); g++) {
    g_autoptr (CryptoDh) dh = crypto_dh_new (groups[g], crypto_random);
    g_assert_nonnull (dh);
    for (size_t len = 0; len < sizeof octets; len++) {
      if (len != crypto_dh_public_len (groups[g]))
        assert_refused (dh, SLICE (octets, len));
    }
  }
}

/* Every number that can stand in a KE payload either is one of our seven groups or does nothing
 * (CVE-2014-9221). */
static void
test_every_group (void)
{
  unsigned int n = 0;
  for (unsigned int group = 0; group <= 0xffff; group++) {
    if (crypto_dh_supported ((DhGroup) group)) {
      n++;
      continue;
    }
    g_assert_cmpuint (crypto_dh_public_len ((DhGroup) group), ==, 0);
    g_assert_null (crypto_dh_new ((DhGroup) group, crypto_random));
    g_assert_null (crypto_dh_new_from_private ((DhGroup) group, SLICE ((const uint8_t *) "\1", 1)));
  }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (groups));
}

/* Two fresh exchanges differ and agree. */
static void
test_agreement (void)
{
  for (size_t g = 0; g < G_N_ELEMENTS (groups); g++) {
    g_autoptr (CryptoDh) i = crypto_dh_new (groups[g], crypto_random);
    g_autoptr (CryptoDh) r = crypto_dh_new (groups[g], crypto_random);
    Slice a = crypto_dh_public (i), b = crypto_dh_public (r);
    g_assert_cmpuint (a.len, ==, crypto_dh_public_len (groups[g]));
    g_assert_cmpint (memcmp (a.data, b.data, a.len), !=, 0);
    g_autoptr (Secret) ours = crypto_dh_shared (i, b, NULL);
    g_autoptr (Secret) theirs = crypto_dh_shared (r, a, NULL);
    g_assert_true (secret_equal (ours, theirs));
  }
}

static void
random_ones (void *buf, size_t len)
{
  memset (buf, 0xff, len);
}

/* ECP-521 has seven bits of its octets to spare; a draw is not to be lost to them. The other curves'
 * orders are below what so many ones say. */
static void
test_521_draws (void)
{
  for (unsigned int i = 0; i < 20; i++) {
    g_autoptr (CryptoDh) dh = crypto_dh_new (DH_ECP_521, crypto_random);
    g_assert_nonnull (dh);
  }
  g_assert_null (crypto_dh_new (DH_ECP_521, random_ones));
  g_assert_null (crypto_dh_new (DH_ECP_384, random_ones));
}

static void
random_zero (void *buf, size_t len)
{
  memset (buf, 0, len);
}

/* Private values out of range, and a random source that only yields such. */
static void
test_private_range (void)
{
  static const char order_256[] =
      "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
  uint8_t zero[66] = { 0 };
  g_assert_null (crypto_dh_new_from_private (DH_ECP_256, hex_slice (order_256)));
  g_assert_null (crypto_dh_new_from_private (DH_ECP_256, SLICE (zero, 32)));
  g_assert_null (crypto_dh_new_from_private (DH_ECP_256, SLICE (zero, 31)));
  g_assert_null (crypto_dh_new_from_private (DH_ECP_384, SLICE (zero, 48)));
  g_assert_null (crypto_dh_new_from_private (DH_ECP_521, SLICE (zero, 66)));
  g_assert_null (crypto_dh_new_from_private (DH_MODP_2048, SLICE (zero, 40)));
  g_assert_null (crypto_dh_new_from_private (DH_CURVE25519, SLICE (zero, 0)));
  g_assert_null (crypto_dh_new (DH_ECP_256, random_zero));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/dh/vector/", cases[i].name, NULL);
    g_test_add_data_func (path, &cases[i], test_vector);
  }
  g_test_add_func ("/dh/curve25519", test_curve25519);
  g_test_add_func ("/dh/curve25519-small-order", test_curve25519_small_order);
  g_test_add_func ("/dh/modp-range", test_modp_range);
  g_test_add_func ("/dh/ecp-points", test_ecp_points);
  g_test_add_func ("/dh/lengths", test_lengths);
  g_test_add_func ("/dh/every-group", test_every_group);
  g_test_add_func ("/dh/agreement", test_agreement);
  g_test_add_func ("/dh/large-modp", test_large_modp);
  g_test_add_func ("/dh/521-draws", test_521_draws);
  g_test_add_func ("/dh/private-range", test_private_range);
  return g_test_run ();
}
