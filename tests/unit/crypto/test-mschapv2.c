/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MS-CHAP-V2 by RFC 2759, RFC 3079 and a session that charon recorded. */
#include <string.h>

#include "crypto/mschapv2.h"
#include "support/golden.h"
#include "support/hex.h"

static bool
respond (const char *password, const char *user, const char *challenge, const char *peer_challenge,
    Mschapv2Response *response, Secret **msk)
{
  g_autoptr (Secret) secret = secret_new (password, strlen (password));
  return mschapv2_respond (
      secret, user, hex_slice (challenge).data, hex_slice (peer_challenge).data, response, msk);
}

#define RFC_CHALLENGE "5b5d7c7d7b3f2f3e3c2c602132262628"
#define RFC_PEER_CHALLENGE "21402324255e262a28295f2b3a337c7e"

/* RFC 2759 section 9.2; RFC 3079 section 3.5.3, where SendStartKey128 is the server's. */
static void
test_rfc (void)
{
  Mschapv2Response response;
  g_autoptr (Secret) msk = NULL;
  g_assert_true (
      respond ("clientPass", "User", RFC_CHALLENGE, RFC_PEER_CHALLENGE, &response, &msk));
  assert_slice_is_hex (
      SLICE (response.nt_response, 24), "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df");
  assert_slice_is_hex (
      SLICE (response.authenticator_response, 20), "407a5589115fd0d6209f510fe9c04566932cda56");
  g_assert_cmpuint (secret_len (msk), ==, 64);
  assert_slice_is_hex (
      SLICE (secret_slice (msk).data + 16, 16), "8b7cdc149b993a1ba118cb153f56dccb");
}

/* The challenges, responses and the MSK of the session `eap`. */
static void
test_recorded (void)
{
  g_autoptr (Golden) golden = golden_open ("eap");
  Mschapv2Response response;
  g_autoptr (Secret) msk = NULL;
  g_assert_true (respond ("Wonderland1", "alice", "7e7ad7e7b0246daa69792906f1e5996d",
      "14a6b801ea514d855fdbaff251005dc9", &response, &msk));
  assert_slice_is_hex (
      SLICE (response.nt_response, 24), "5d19556421c75bc29ec1d31510cd40c588410d5abf2fb691");
  assert_slice_is_hex (
      SLICE (response.authenticator_response, 20), "9c1be17b5e5337d0c480378695bba0f23106fb81");
  Slice want = golden_secret (golden, "auth-secret", 0);
  g_assert_cmpmem (secret_slice (msk).data, secret_len (msk), want.data, want.len);
}

/* The domain is no part of the challenge (RFC 2759 section 4). */
static void
test_domain (void)
{
  Mschapv2Response plain, with_domain;
  g_autoptr (Secret) a = NULL, b = NULL;
  g_assert_true (respond ("clientPass", "User", RFC_CHALLENGE, RFC_PEER_CHALLENGE, &plain, &a));
  g_assert_true (
      respond ("clientPass", "BIG\\User", RFC_CHALLENGE, RFC_PEER_CHALLENGE, &with_domain, &b));
  g_assert_cmpmem (&plain, sizeof plain, &with_domain, sizeof with_domain);
  g_assert_true (secret_equal (a, b));
}

/* Passwords are UTF-8: any of it, but nothing else. Where there is no answer nothing is written. */
static void
test_passwords (void)
{
  static const struct {
    const char *password;
    bool good;
  } rows[] = {
    { "", true },
    { "p\xc3\xa4sswort", true },
    { "\xe5\xaf\x86\xe7\xa0\x81", true },
    { "\xf0\x9f\x94\x91", true }, /* a surrogate pair */
    { "caf\xe9", false }, /* Latin-1 */
    { "\xc0\x80", false }, /* overlong */
    { "\xed\xa0\x80", false }, /* half a pair */
    { "\xf4\x90\x80\x80", false }, /* behind U+10FFFF */
    { "cut \xe2\x82", false },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    Mschapv2Response response = { 0 };
    static const Mschapv2Response nothing;
    g_autoptr (Secret) msk = NULL;
    g_assert_true (respond (rows[i].password, "User", RFC_CHALLENGE, RFC_PEER_CHALLENGE, &response,
                       &msk) == rows[i].good);
    g_assert_true ((msk != NULL) == rows[i].good);
    if (!rows[i].good)
      g_assert_cmpmem (&response, sizeof response, &nothing, sizeof nothing);
  }
}

/* NtPasswordHash of UTF-16: the response to a password beyond ASCII, computed with another library. */
static void
test_utf16 (void)
{
  Mschapv2Response response;
  g_autoptr (Secret) msk = NULL;
  g_assert_true (respond (
      "p\xc3\xa4ss\xf0\x9f\x94\x91", "User", RFC_CHALLENGE, RFC_PEER_CHALLENGE, &response, &msk));
  assert_slice_is_hex (
      SLICE (response.nt_response, 24), "4cf6fcf0ea29b7820a443e9286b326cda9b14197786f5860");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mschapv2/rfc", test_rfc);
  g_test_add_func ("/mschapv2/recorded", test_recorded);
  g_test_add_func ("/mschapv2/domain", test_domain);
  g_test_add_func ("/mschapv2/passwords", test_passwords);
  g_test_add_func ("/mschapv2/utf16", test_utf16);
  return g_test_run ();
}
