/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NTLMv2 by MS-NLMP section 4.2.4. */
#include <string.h>

#include "crypto/ntlm.h"
#include "support/hex.h"

#define PAIRS "02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000"

static bool
respond (const char *user, const char *password, const char *pairs, NtlmResponse *response)
{
  g_autoptr (Secret) secret = secret_new (password, strlen (password));
  NtlmInput input = {
    .user = user, .domain = "Domain", .password = secret, .target_info = hex_slice (pairs)
  };
  memcpy (input.server_challenge, hex_slice ("0123456789abcdef").data, 8);
  memset (input.client_challenge, 0xaa, 8);
  return ntlmv2_respond (&input, response);
}

/* Sections 4.2.4.2.1 and 4.2.4.2.2; the user's capitals are ours to make. */
static void
test_document (void)
{
  static const char *const users[] = { "User", "USER", "user" };
  for (gsize i = 0; i < G_N_ELEMENTS (users); i++) {
    g_auto (NtlmResponse) response = { 0 };
    g_assert_true (respond (users[i], "Password", PAIRS, &response));
    assert_slice_is_hex (SLICE (response.lm_response, sizeof response.lm_response),
        "86c35097ac9cec102554764a57cccc19 aaaaaaaaaaaaaaaa");
    assert_slice_is_hex (slice_of_bytes (response.nt_response),
        "68cd0ab851e51c96aabc927bebef6a1c 0101000000000000 0000000000000000 aaaaaaaaaaaaaaaa"
        "00000000" PAIRS "00000000");
  }
}

static void
test_texts (void)
{
  static const struct {
    const char *user;
    const char *password;
    bool good;
  } rows[] = {
    { "p\xc3\xa4ul", "p\xc3\xa4sswort", true },
    { "\xf0\x9f\x94\x91", "\xf0\x9f\x94\x91", true },
    { "user", "", true },
    { "user", "caf\xe9", false },
    { "caf\xe9", "password", false },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (NtlmResponse) response = { 0 };
    g_assert_true (respond (rows[i].user, rows[i].password, "", &response) == rows[i].good);
  }
  g_autoptr (GBytes) utf16 = ntlm_utf16 ("a\xc3\xa4");
  assert_slice_is_hex (slice_of_bytes (utf16), "6100e400");
  g_assert_null (ntlm_utf16 ("\xe9"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/ntlm/document", test_document);
  g_test_add_func ("/crypto/ntlm/texts", test_texts);
  return g_test_run ();
}
