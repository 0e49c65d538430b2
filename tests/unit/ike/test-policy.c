/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A session goes by the policy that it was given: in its offers, and with what the gateway asks for. */
#include <glib.h>

#include "ike/session.h"
#include "responder.h"

/* The session's policies, and what is in use by them. The gateway has the default, which takes
 * everything. */
static const struct {
  const char *ike, *esp;
  const char *ike_suite, *esp_suite;
} rows[] = {
  { "aes128gcm16-prfsha256-modp2048", "aes128gcm16-modp2048-noesn",
      "AES-128-GCM-16, PRF-HMAC-SHA2-256, MODP-2048", "AES-128-GCM-16, MODP-2048" },
  { "aes256gcm16-prfsha384-modp3072", "aes256gcm16-modp3072-esn",
      "AES-256-GCM-16, PRF-HMAC-SHA2-384, MODP-3072", "AES-256-GCM-16, MODP-3072, ESN" },
  { "chacha20poly1305-prfsha512-modp4096", "chacha20poly1305-modp4096-esn",
      "ChaCha20-Poly1305, PRF-HMAC-SHA2-512, MODP-4096", "ChaCha20-Poly1305, MODP-4096, ESN" },
  { "aes256-sha256-ecp256", "aes256-sha256-ecp256-esn",
      "AES-256-CBC, HMAC-SHA2-256-128, PRF-HMAC-SHA2-256, ECP-256",
      "AES-256-CBC, HMAC-SHA2-256-128, ECP-256, ESN" },
  { "aes256-sha384-ecp384", "aes256-sha384-ecp384-noesn",
      "AES-256-CBC, HMAC-SHA2-384-192, PRF-HMAC-SHA2-384, ECP-384",
      "AES-256-CBC, HMAC-SHA2-384-192, ECP-384" },
  { "aes128-sha512-ecp521", "aes128-sha512-ecp521-esn",
      "AES-128-CBC, HMAC-SHA2-512-256, PRF-HMAC-SHA2-512, ECP-521",
      "AES-128-CBC, HMAC-SHA2-512-256, ECP-521, ESN" },
  /* without a key exchange */
  { "aes256gcm16-prfsha256-curve25519", "aes256gcm16-noesn",
      "AES-256-GCM-16, PRF-HMAC-SHA2-256, Curve25519", "AES-256-GCM-16" },
  /* with one or without: we prefer one */
  { "aes256gcm16-prfsha256-curve25519", "aes256gcm16-ecp521-none-esn",
      "AES-256-GCM-16, PRF-HMAC-SHA2-256, Curve25519", "AES-256-GCM-16, ECP-521, ESN" },
};

/* The first CHILD_SA, which the test gateway always makes with AES-256-GCM-16, is asked for behind the
 * IKE SA instead, where it chooses. */
static Responder *
new_session (size_t row)
{
  Responder *r = responder_new (IKE_AUTH_METHOD_PSK);
  r->childless = r->session_childless = true;
  g_assert_true (
      algorithm_policy_parse (ALGORITHMS_FOR_IKE, rows[row].ike, &r->session_ike_policy, NULL));
  g_assert_true (
      algorithm_policy_parse (ALGORITHMS_FOR_ESP, rows[row].esp, &r->session_esp_policy, NULL));
  responder_start (r);
  if (r->error != -1)
    g_error ("%s", r->error_text);
  g_assert_true (responder_passes_esp (r));
  return r;
}

static void
assert_child (Responder *r, const char *wanted)
{
  g_autofree char *child = ike_session_describe_child (r->session);
  g_assert_cmpstr (child, ==, wanted);
  g_assert_true (responder_passes_esp (r));
}

static void
test_suites (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s, %s", rows[i].ike, rows[i].esp);
    g_autoptr (Responder) r = new_session (i);
    g_autofree char *ike = ike_session_describe_ike (r->session);
    g_assert_cmpstr (ike, ==, rows[i].ike_suite);
    assert_child (r, rows[i].esp_suite);
    ike_session_rekey_child (r->session, r->now);
    responder_pump (r);
    g_assert_cmpuint (r->n_added, ==, 2);
    assert_child (r, rows[i].esp_suite);
    responder_rekey_child (r, (uint16_t) algorithm_policy_group (&r->session_esp_policy, DH_NONE));
    responder_pump (r);
    g_assert_cmpuint (r->n_added, ==, 3);
    assert_child (r, rows[i].esp_suite);
  }
}

/* The gateway rekeys in another group than the site has: it is told the right one, or that there is
 * none. The CHILD_SA stays. */
static void
test_other_group (void)
{
  static const struct {
    size_t row;
    uint16_t group;
  } cases[] = {
    { 0, DH_CURVE25519 },
    { 0, DH_NONE },
    { 6, DH_CURVE25519 },
    { 3, DH_MODP_2048 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Responder) r = new_session (cases[i].row);
    responder_rekey_child (r, cases[i].group);
    responder_pump (r);
    bool is_optional = cases[i].row == 6; /* the gateway offered to do without, too */
    g_assert_cmpuint (r->n_added, ==, is_optional ? 2 : 1);
    assert_child (r, rows[cases[i].row].esp_suite);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/policy/suites", test_suites);
  g_test_add_func ("/ike/policy/other-group", test_other_group);
  return g_test_run ();
}
