/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key schedule, the Encrypted payload and AUTH against recorded sessions. */
#include "ike/keys.h"

#include <glib.h>
#include <string.h>

#include "crypto/prf.h"
#include "ike/auth.h"
#include "ike/nonce.h"
#include "ike/sk.h"
#include "support/golden.h"
#include "support/hex.h"

typedef struct {
  const char *name;
  IkeSuite suite;
  IkeSuite child;
} Row;

static const Row rows[] = {
  { "psk", { ENCR_AES_GCM_16, 256, INTEG_NONE, PRF_HMAC_SHA2_384, DH_ECP_384 },
      { .encr = ENCR_AES_GCM_16, .key_bits = 256 } },
  { "cert", { ENCR_AES_GCM_16, 128, INTEG_NONE, PRF_HMAC_SHA2_256, DH_CURVE25519 },
      { .encr = ENCR_AES_GCM_16, .key_bits = 256 } },
  { "eap", { ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_256_128, PRF_HMAC_SHA2_256, DH_MODP_2048 },
      { .encr = ENCR_AES_CBC, .key_bits = 256, .integ = INTEG_HMAC_SHA2_256_128 } },
};

typedef struct {
  Golden *golden;
  IkeNonce ni, nr;
  uint64_t spi_i, spi_r;
  GoldenMessage init_request, init_response;
} Session;

static void
read_init (GoldenMessage message, IkeNonce *ret_nonce, IkeHeader *ret_header)
{
  IkePayloads payloads;
  uint8_t critical;
  g_assert_true (ike_header_parse (message.body, ret_header));
  g_assert_cmpint (ike_payloads_parse (ret_header->first_payload,
                       SLICE (message.body.data + 28, message.body.len - 28), &payloads, &critical),
      ==, IKE_PARSE_OK);
  g_assert_true (ike_nonce_read (&payloads, ret_nonce));
}

static void
session_open (Session *s, const char *name)
{
  IkeHeader header;
  s->golden = golden_open (name);
  s->init_request = golden_ike (s->golden, true, IKE_EXCHANGE_SA_INIT, 0);
  s->init_response = golden_ike (s->golden, false, IKE_EXCHANGE_SA_INIT, 0);
  read_init (s->init_request, &s->ni, &header);
  read_init (s->init_response, &s->nr, &header);
  s->spi_i = header.spi_i;
  s->spi_r = header.spi_r;
}

static void
assert_secret (const Secret *got, Slice want)
{
  g_autofree char *got_hex = hex_from (secret_slice (got)), *want_hex = hex_from (want);
  g_assert_cmpstr (got_hex, ==, want_hex);
}

static Secret *
secret_of (Slice slice)
{
  return secret_new (slice.data, slice.len);
}

static void
derive (const Session *s, const Row *row, IkeKeys *ret_keys)
{
  g_autoptr (Secret) dh = secret_of (golden_secret (s->golden, "dh", 0));
  Slice ni = ike_nonce_slice (&s->ni), nr = ike_nonce_slice (&s->nr);
  g_autoptr (Secret) skeyseed = ike_skeyseed_initial (row->suite.prf, dh, ni, nr);
  assert_secret (skeyseed, golden_secret (s->golden, "skeyseed", 0));
  g_assert_true (
      ike_keys_derive (&row->suite, skeyseed, ni, nr, s->spi_i, s->spi_r, ret_keys, NULL));
}

static void
test_schedule (gconstpointer data)
{
  const Row *row = data;
  Session s;
  g_auto (IkeKeys) keys = { .prf = PRF_NONE };
  session_open (&s, row->name);
  derive (&s, row, &keys);
  assert_secret (keys.sk_d, golden_secret (s.golden, "sk-d", 0));
  assert_secret (keys.sk_pi, golden_secret (s.golden, "sk-pi", 0));
  assert_secret (keys.sk_pr, golden_secret (s.golden, "sk-pr", 0));
  golden_free (s.golden);
}

static bool
open_sealed (CryptoCipher *cipher, const IkeHeader *header, uint8_t *message, size_t len,
    uint8_t *ret_first, Slice *ret_chain)
{
  IkeSealed sealed;
  *ret_first = IKE_PAYLOAD_NONE;
  if (!ike_sealed_parse (header, SLICE (message, len), &sealed))
    return false;
  *ret_first = sealed.first;
  return ike_sealed_open (cipher, &sealed, message, len, ret_chain);
}

/* Every sealed message of the first IKE SA opens and its payloads can be cut; none does with one bit
 * turned. */
static void
test_messages (gconstpointer data)
{
  const Row *row = data;
  Session s;
  size_t opened = 0;
  g_auto (IkeKeys) keys = { .prf = PRF_NONE };
  session_open (&s, row->name);
  derive (&s, row, &keys);
  for (size_t i = 0; i < golden_n_messages (s.golden); i++) {
    GoldenMessage message = golden_message (s.golden, i);
    IkeHeader header;
    IkePayloads payloads;
    uint8_t first, critical;
    Slice chain;
    if (!message.is_ike || !ike_header_parse (message.body, &header) || header.spi_r != s.spi_r ||
        header.first_payload != IKE_PAYLOAD_SK)
      continue;
    CryptoCipher *cipher = message.from_initiator ? keys.initiator : keys.responder;
    g_autofree uint8_t *copy = g_memdup2 (message.body.data, message.body.len);
    copy[message.body.len / 2] ^= 1;
    g_assert_false (open_sealed (cipher, &header, copy, message.body.len, &first, &chain));
    memcpy (copy, message.body.data, message.body.len);
    g_assert_true (open_sealed (cipher, &header, copy, message.body.len, &first, &chain));
    g_assert_cmpint (ike_payloads_parse (first, chain, &payloads, &critical), ==, IKE_PARSE_OK);
    opened++;
  }
  g_assert_cmpuint (opened, >=, 8);
  golden_free (s.golden);
}

/* What one side seals the other opens, whatever the length. */
static void
test_seal (gconstpointer data)
{
  const Row *row = data;
  Session s;
  g_auto (IkeKeys) keys = { .prf = PRF_NONE };
  session_open (&s, row->name);
  derive (&s, row, &keys);
  for (size_t len = 0; len < 70; len++) {
    uint8_t buf[128], body[70] = { 0 }, first;
    Slice chain;
    IkeChain written = ike_chain_init (buf, sizeof buf);
    IkeHeader header = { .spi_i = 1, .spi_r = 2, .exchange = 37, .message_id = (uint32_t) len };
    ike_chain_payload (&written, IKE_PAYLOAD_VENDOR, SLICE (body, len));
    g_autoptr (GBytes) message = ike_sk_seal (keys.initiator, len + 1, &header, &written);
    g_autofree uint8_t *copy =
        g_memdup2 (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
    g_assert_true (ike_header_parse (SLICE (copy, g_bytes_get_size (message)), &header));
    g_assert_true (
        open_sealed (keys.initiator, &header, copy, g_bytes_get_size (message), &first, &chain));
    g_assert_cmpint (first, ==, IKE_PAYLOAD_VENDOR);
    g_assert_cmpmem (chain.data, chain.len, buf, len + 4);
  }
  golden_free (s.golden);
}

static void
test_children (gconstpointer data)
{
  const Row *row = data;
  Session s;
  g_auto (IkeKeys) keys = { .prf = PRF_NONE };
  g_auto (IkeChildKeys) child = { .encr_initiator = NULL };
  session_open (&s, row->name);
  derive (&s, row, &keys);
  const IkeShared none = { .first = NULL };
  ike_child_keys_derive (keys.prf, keys.sk_d, &none, ike_nonce_slice (&s.ni),
      ike_nonce_slice (&s.nr), &row->child, &child);
  assert_secret (child.encr_initiator, golden_secret (s.golden, "child-encr-i", 0));
  assert_secret (child.encr_responder, golden_secret (s.golden, "child-encr-r", 0));
  g_assert_cmpint (child.integ_initiator != NULL, ==, row->child.integ != INTEG_NONE);
  if (child.integ_initiator != NULL) {
    assert_secret (child.integ_initiator, golden_secret (s.golden, "child-integ-i", 0));
    assert_secret (child.integ_responder, golden_secret (s.golden, "child-integ-r", 0));
  }
  golden_free (s.golden);
}

/* The rekeyed IKE SA: SKEYSEED from the old SK_d. */
static void
test_rekeyed (gconstpointer data)
{
  const Row *row = data;
  Session s;
  g_auto (IkeKeys) keys = { .prf = PRF_NONE };
  session_open (&s, row->name);
  derive (&s, row, &keys);
  g_auto (IkeShared) shared = { .first = secret_of (golden_secret (s.golden, "dh", 1)) };
  bool found = false;
  for (size_t i = 0; i + 1 < golden_n_messages (s.golden) && !found; i++) {
    IkeNonce nonces[2];
    for (size_t k = 0; k < 2; k++) {
      GoldenMessage message = golden_message (s.golden, i + k);
      IkeHeader header;
      IkePayloads payloads;
      uint8_t first, critical;
      Slice chain;
      nonces[k].len = 0;
      if (!message.is_ike || !ike_header_parse (message.body, &header) ||
          header.exchange != IKE_EXCHANGE_CREATE_CHILD_SA || header.spi_r != s.spi_r)
        continue;
      g_autofree uint8_t *copy = g_memdup2 (message.body.data, message.body.len);
      CryptoCipher *cipher = message.from_initiator ? keys.initiator : keys.responder;
      g_assert_true (open_sealed (cipher, &header, copy, message.body.len, &first, &chain));
      g_assert_cmpint (ike_payloads_parse (first, chain, &payloads, &critical), ==, IKE_PARSE_OK);
      if (ike_payloads_count (&payloads, IKE_PAYLOAD_TSI) == 0)
        g_assert_true (ike_nonce_read (&payloads, &nonces[k]));
    }
    if (nonces[0].len == 0 || nonces[1].len == 0)
      continue;
    g_autoptr (Secret) skeyseed = ike_skeyseed_rekeyed (
        keys.prf, keys.sk_d, &shared, ike_nonce_slice (&nonces[0]), ike_nonce_slice (&nonces[1]));
    assert_secret (skeyseed, golden_secret (s.golden, "skeyseed", 1));
    found = true;
  }
  g_assert_true (found);
  golden_free (s.golden);
}

/* With several key exchanges: SK(0) | Ni | Nr | SK(1) | SK(2), octet by octet (RFC 9370 section 2.2.4). */
static void
test_several (void)
{
  static const IkeSuite suite = { .encr = ENCR_AES_GCM_16, .key_bits = 256 };
  static const uint8_t first[] = "first", second[] = "the second", third[] = "3", ni[] = "nonce";
  static const uint8_t whole[] = "firstnonceother noncethe second3";
  const Slice n = SLICE (ni, sizeof ni - 1), r = SLICE ((const uint8_t *) "other nonce", 11);
  const Slice parts[] = { SLICE (whole, sizeof whole - 1) };
  g_autoptr (Secret) sk_d = secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (Secret) sk1 = secret_new (second, sizeof second - 1);
  g_autoptr (Secret) sk2 = secret_new (third, sizeof third - 1);
  g_auto (IkeShared) shared = { .first = secret_new (first, sizeof first - 1) };
  g_auto (IkeChildKeys) keys = { .encr_initiator = NULL };
  ike_shared_add (&shared, sk1);
  ike_shared_add (&shared, sk2);
  g_autoptr (Secret) skeyseed = ike_skeyseed_rekeyed (PRF_HMAC_SHA2_256, sk_d, &shared, n, r);
  g_autoptr (Secret) wanted = crypto_prf_secret (PRF_HMAC_SHA2_256, secret_slice (sk_d), parts, 1);
  g_assert_true (secret_equal (skeyseed, wanted));
  ike_child_keys_derive (PRF_HMAC_SHA2_256, sk_d, &shared, n, r, &suite, &keys);
  g_autoptr (Secret) keymat =
      crypto_prf_plus (PRF_HMAC_SHA2_256, secret_slice (sk_d), parts, 1, 2 * 36);
  assert_secret (keys.encr_initiator, SLICE (secret_slice (keymat).data, 36));
  assert_secret (keys.encr_responder, SLICE (secret_slice (keymat).data + 36, 36));
}

/* AUTH with a shared key: the responder's and the initiator's of the recording. */
static void
test_auth (void)
{
  Session s;
  g_auto (IkeKeys) keys = { .prf = PRF_NONE };
  session_open (&s, "psk");
  derive (&s, &rows[0], &keys);
  size_t matched = 0;
  for (size_t i = 0; i < golden_n_secrets (s.golden, "auth"); i++) {
    g_autoptr (Secret) key = secret_of (golden_secret (s.golden, "auth-secret", i));
    Slice sk_p = golden_secret (s.golden, "auth-sk-p", i);
    Slice want_i = golden_secret (s.golden, "sk-pi", 0);
    bool of_initiator = sk_p.len == want_i.len && memcmp (sk_p.data, want_i.data, sk_p.len) == 0;
    const IkeAuthInput input = {
      .prf = keys.prf,
      .message = of_initiator ? s.init_request.body : s.init_response.body,
      .nonce = ike_nonce_slice (of_initiator ? &s.nr : &s.ni),
      .sk_p = of_initiator ? keys.sk_pi : keys.sk_pr,
      .id_body = golden_secret (s.golden, "auth-id", i),
    };
    Slice auth = golden_secret (s.golden, "auth", i);
    g_assert_true (ike_auth_verify_shared_key (&input, key, auth));
    g_assert_false (ike_auth_verify_shared_key (&input, key, SLICE (auth.data, auth.len - 1)));
    g_assert_false (ike_auth_verify_shared_key (&input, key, SLICE (NULL, 0)));
    g_autoptr (Secret) other = secret_new ("other", 5);
    g_assert_false (ike_auth_verify_shared_key (&input, other, auth));
    matched++;
  }
  g_assert_cmpuint (matched, >=, 2);
  golden_free (s.golden);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    const struct {
      const char *name;
      GTestDataFunc func;
    } tests[] = {
      { "schedule", test_schedule },
      { "messages", test_messages },
      { "seal", test_seal },
      { "children", test_children },
      { "rekeyed", test_rekeyed },
    };
    for (size_t t = 0; t < G_N_ELEMENTS (tests); t++) {
      g_autofree char *path = g_strdup_printf ("/ike/keys/%s/%s", rows[i].name, tests[t].name);
      g_test_add_data_func (path, &rows[i], tests[t].func);
    }
  }
  g_test_add_func ("/ike/keys/auth", test_auth);
  g_test_add_func ("/ike/keys/several", test_several);
  return g_test_run ();
}
