/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP Digest by the examples of RFC 7616 section 3.9 and RFC 2617 section 3.5. */
#include <glib.h>
#include <string.h>

#include "crypto/digest-auth.h"

#define RFC7616_NONCE "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define RFC7616_CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
#define RFC2617_NONCE "dcd98b7102dd2f0e8b11d0f600bfb0c093"

typedef struct {
  const char *name;
  DigestAuthInput input;
  const char *password;
  const char *want;
} Case;

static const Case cases[] = {
  { "RFC 7616, MD5",
      { .hash = DIGEST_AUTH_MD5,
          .user = "Mufasa",
          .realm = "http-auth@example.org",
          .nonce = RFC7616_NONCE,
          .method = "GET",
          .uri = "/dir/index.html",
          .cnonce = RFC7616_CNONCE,
          .count = 1 },
      "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec" },
  { "RFC 7616, SHA-256",
      { .hash = DIGEST_AUTH_SHA256,
          .user = "Mufasa",
          .realm = "http-auth@example.org",
          .nonce = RFC7616_NONCE,
          .method = "GET",
          .uri = "/dir/index.html",
          .cnonce = RFC7616_CNONCE,
          .count = 1 },
      "Circle of Life", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
  { "RFC 2617",
      { .hash = DIGEST_AUTH_MD5,
          .user = "Mufasa",
          .realm = "testrealm@host.com",
          .nonce = RFC2617_NONCE,
          .method = "GET",
          .uri = "/dir/index.html",
          .cnonce = "0a4f113b",
          .count = 1 },
      "Circle Of Life", "6629fae49393a05397450978507c4ef1" },
  { "without qop",
      { .hash = DIGEST_AUTH_MD5,
          .user = "Mufasa",
          .realm = "testrealm@host.com",
          .nonce = RFC2617_NONCE,
          .method = "GET",
          .uri = "/dir/index.html" },
      "Circle Of Life", "670fd8c2df070c60b045671b8b24ff02" },
};

static void
test_documents (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    char hex[DIGEST_AUTH_HEX_LEN + 1];
    g_autoptr (Secret) password = secret_new (cases[i].password, strlen (cases[i].password));
    DigestAuthInput input = cases[i].input;
    input.password = password;
    g_test_message ("%s", cases[i].name);
    digest_auth_response (&input, hex);
    g_assert_cmpstr (hex, ==, cases[i].want);
    input.session = true;
    char other[DIGEST_AUTH_HEX_LEN + 1];
    digest_auth_response (&input, other);
    g_assert_cmpstr (hex, !=, other);
  }
}

/* RFC 7616 section 3.9.2 has one for SHA-512-256 only; this one is by the hash itself. */
static void
test_user_hash (void)
{
  char hex[DIGEST_AUTH_HEX_LEN + 1];
  digest_auth_user_hash (DIGEST_AUTH_SHA256, "user", "realm", hex);
  g_autofree char *want = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "user:realm", -1);
  g_assert_cmpstr (hex, ==, want);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/digest-auth/documents", test_documents);
  g_test_add_func ("/crypto/digest-auth/user-hash", test_user_hash);
  return g_test_run ();
}
