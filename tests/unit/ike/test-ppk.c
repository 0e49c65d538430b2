/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Post-quantum preshared keys (RFC 8784). */
#include "ike/ppk.h"

#include <string.h>

#include "responder.h"
#include "support/hex.h"

#define KEY "0123456789abcdef0123456789abcdef"
#define OTHER_KEY "fedcba98765432100123456789abcdef"

static GatewayKey *key, *client;

static const struct {
  const char *text;
  const char *octets; /* hex; NULL = no key */
} texts[] = {
  { "0x0123456789abcdefABCDEF", "0123456789abcdefabcdef" },
  { "0x00\n", "00" },
  { "0x", NULL },
  { "0x123", NULL },
  { "0x12g4", NULL },
  { "0X12", "30583132" },
  { "0sAAEC", "000102" },
  { "0sAAE=", "0001" },
  { "0sAAE", "0001" },
  { "0sAA==\n", "00" },
  { "0s+/8=", "fbff" },
  { "0s", NULL },
  { "0sA", NULL },
  { "0sA=A=", NULL },
  { "0sAAE-", NULL },
  { "0s====", NULL },
  { "text", "74657874" },
  { "text \n", "7465787420" },
  { "\n", NULL },
  { "0", "30" },
};

static void
test_texts (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (Secret) text = secret_new (texts[i].text, strlen (texts[i].text));
    g_autoptr (Secret) decoded = ike_ppk_decode (text);
    g_test_message ("%s", texts[i].text);
    g_assert_cmpint (decoded != NULL, ==, texts[i].octets != NULL);
    if (decoded == NULL)
      continue;
    g_autofree char *hex = hex_from (secret_slice (decoded));
    g_assert_cmpstr (hex, ==, texts[i].octets);
  }
}

static const struct {
  const char *what;
  bool knows; /* the gateway says USE_PPK */
  const char *gateway, *user; /* the keys that they have */
  bool required;
  bool uses; /* when it is up */
  int code; /* or why it is not */
  int code_with_certificate; /* where no second signature is made */
} rows[] = {
  { "both have it", true, KEY, KEY, true, true, -1, -1 },
  { "both have it, and could do without", true, KEY, KEY, false, true, -1, -1 },
  { "in another notation", true, KEY,
      "0x"
      "3031323334353637383961626364656630313233343536373839616263646566",
      true, true, -1, -1 },
  { "the gateway has another", true, OTHER_KEY, KEY, false, false, VISITOR_ERROR_AUTH_REFUSED,
      VISITOR_ERROR_CERTIFICATE_REFUSED },
  { "the gateway has none", true, NULL, KEY, false, false, -1, VISITOR_ERROR_CERTIFICATE_REFUSED },
  { "the gateway has none and the site requires it", true, NULL, KEY, true, false,
      VISITOR_ERROR_AUTH_REFUSED, VISITOR_ERROR_CERTIFICATE_REFUSED },
  { "the gateway knows no PPKs", false, NULL, KEY, false, false, -1, -1 },
  { "the gateway knows no PPKs and the site requires it", false, NULL, KEY, true, false,
      VISITOR_ERROR_PPK_UNUSED, VISITOR_ERROR_PPK_UNUSED },
  { "the user has none", true, KEY, NULL, false, false, -1, -1 },
  { "the user has none and the site requires it", true, KEY, NULL, true, false,
      VISITOR_ERROR_NO_SECRET, VISITOR_ERROR_NO_SECRET },
  { "what the user has is no key", true, KEY, "0xyz", false, false, VISITOR_ERROR_PPK_UNUSABLE,
      VISITOR_ERROR_PPK_UNUSABLE },
};

static Responder *
new_responder (IkeAuthMethod auth, size_t row)
{
  Responder *r = responder_new (auth);
  r->key = auth == IKE_AUTH_METHOD_PSK ? NULL : key;
  r->client = auth == IKE_AUTH_METHOD_PSK || auth == IKE_AUTH_METHOD_EAP ? NULL : client;
  r->session_ppk_identity = "ppk-1";
  r->knows_ppk = rows[row].knows;
  r->ppk = rows[row].gateway;
  r->session_ppk = rows[row].user;
  r->session_ppk_required = rows[row].required;
  return r;
}

/* By every way to sign in. Then new keys by either side, which come from SK_d. */
static void
test_rows (void)
{
  static const IkeAuthMethod methods[] = { IKE_AUTH_METHOD_PSK, IKE_AUTH_METHOD_EAP,
    IKE_AUTH_METHOD_CERTIFICATE, IKE_AUTH_METHOD_CERTIFICATE_EAP };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (size_t m = 0; m < G_N_ELEMENTS (methods); m++) {
      g_autoptr (Responder) r = new_responder (methods[m], i);
      g_test_message ("%s, method %zu", rows[i].what, m);
      responder_start (r);
      g_assert_cmpint (r->error, ==, m < 2 ? rows[i].code : rows[i].code_with_certificate);
      if (r->error != -1) {
        g_assert_cmpuint (r->n_added, ==, 0);
        continue;
      }
      g_assert_cmpint (r->uses_ppk, ==, rows[i].uses);
      g_assert_true (responder_passes_esp (r));
      ike_session_rekey_child (r->session, r->now);
      responder_pump (r);
      g_assert_true (responder_passes_esp (r));
      responder_rekey_child (r, 0);
      responder_pump (r);
      g_assert_true (responder_passes_esp (r));
    }
  }
}

/* The gateway says that it uses the key and has none: its AUTH is not what it should be. */
static void
test_claims (void)
{
  for (size_t m = 0; m < 2; m++) {
    g_autoptr (Responder) r = new_responder (m ? IKE_AUTH_METHOD_EAP : IKE_AUTH_METHOD_PSK, 4);
    r->claims_ppk = true;
    responder_start (r);
    g_assert_cmpint (r->error, ==, VISITOR_ERROR_GATEWAY_UNTRUSTED);
    g_assert_cmpuint (r->n_added, ==, 0);
  }
}

static bool
turn_no_ppk_auth (
    Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  IkeNotify notify;
  if (header->exchange != IKE_EXCHANGE_AUTH ||
      !ike_payloads_notify (request, IKE_NOTIFY_NO_PPK_AUTH, &notify))
    return false;
  ((uint8_t *) notify.data.data)[*(const size_t *) r->script_data % notify.data.len] ^= 1;
  return false;
}

/* NO_PPK_AUTH is what a gateway without the key believes, and with one bit turned it does not. */
static void
test_no_ppk_auth (void)
{
  for (size_t at = 0; at < 64; at += 5) {
    g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK, 4);
    r->script = turn_no_ppk_auth;
    r->script_data = &at;
    responder_start (r);
    g_assert_cmpint (r->error, ==, VISITOR_ERROR_AUTH_REFUSED);
  }
}

/* PPK_IDENTITY that nobody asked for changes nothing. */
static bool
add_ppk_identity (
    Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  if (header->exchange == IKE_EXCHANGE_AUTH)
    ike_chain_notify (
        answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_PPK_IDENTITY, SLICE (NULL, 0));
  return false;
}

static void
test_unasked (void)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  r->knows_ppk = true;
  r->script = add_ppk_identity;
  responder_start (r);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_true (responder_passes_esp (r));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  key = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  client = gateway_key_new ("alice", 1900000000, 2100000000);
  g_test_add_func ("/ike/ppk/texts", test_texts);
  g_test_add_func ("/ike/ppk/rows", test_rows);
  g_test_add_func ("/ike/ppk/claims", test_claims);
  g_test_add_func ("/ike/ppk/no-ppk-auth", test_no_ppk_auth);
  g_test_add_func ("/ike/ppk/unasked", test_unasked);
  int status = g_test_run ();
  gateway_key_free (key);
  gateway_key_free (client);
  return status;
}
