/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said to a proxy that asks who we are, and what is not: columns of what it answers, what follows,
 * and what the next request then carries. */
#include <glib.h>
#include <string.h>

#include "reach/proxy-auth.h"
#include "support/hex.h"

#define DIGEST "Digest realm=\"r\", nonce=\"n\", qop=\"auth\""
#define DIGEST_256 "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256"
#define BASIC "Basic realm=\"hotel\""
/* MS-NLMP section 4.2.4.3 */
#define NTLM_CHALLENGE \
  "NTLM " \
  "TlRMTVNTUAACAAAADAAMADgAAAAzgoriASNFZ4mrze8AAAAAAAAAACQAJABEAAAABgBwFwAAAA9TAGUAcgB2AGUAcgACAA" \
  "wARABvAG0AYQBpAG4AAQAMAFMAZQByAHYAZQByAAAAAAA="

static void
ones (void *buf, size_t len)
{
  memset (buf, 0x11, len);
}

static int64_t
new_year (void)
{
  return G_GINT64_CONSTANT (1704067200000000);
}

static const ProxyAuthEnv env = { .random = ones, .real_time = new_year };

static ProxyAuth *
auth_of (const char *uri)
{
  Proxy proxy;
  g_assert_cmpint (proxy_parse (uri, &proxy), ==, PROXY_URI_OK);
  return proxy_auth_new (&proxy, &env);
}

static ProxyAuthVerdict
challenge (ProxyAuth *auth, const char *value)
{
  Slice slice = SLICE ((const uint8_t *) value, strlen (value));
  return proxy_auth_challenged (auth, &slice, 1, true);
}

static ProxyAuthVerdict
answer (ProxyAuth *auth, const char *text)
{
  g_autoptr (Secret) secret = text != NULL ? secret_new (text, strlen (text)) : NULL;
  return proxy_auth_answer (auth, secret);
}

/* The next request's Proxy-Authorization, "" if it has none. */
static char *
header (ProxyAuth *auth)
{
  g_autoptr (Secret) value = proxy_auth_header (auth, "gw.example:443");
  if (value == NULL)
    return g_strdup ("");
  return g_strndup ((const char *) secret_slice (value).data, secret_len (value));
}

static void
assert_header (ProxyAuth *auth, const char *want)
{
  g_autofree char *got = header (auth);
  g_assert_true (g_str_has_prefix (got, want));
  g_assert_true ((want[0] == '\0') == (got[0] == '\0'));
}

/* Which question a challenge leads to, for a proxy in the clear and for one behind TLS. */
static void
test_questions (void)
{
  static const struct {
    const char *proxy;
    const char *challenge;
    ProxyAuthVerdict verdict;
    ProxyQuestionKind kind;
    const char *realm;
  } rows[] = {
    { "http://p:1", BASIC, PROXY_AUTH_ASK, PROXY_QUESTION_PASSWORD_CLEAR, "hotel" },
    { "https://p:1", BASIC, PROXY_AUTH_ASK, PROXY_QUESTION_PASSWORD, "hotel" },
    { "http://p:1", DIGEST, PROXY_AUTH_ASK, PROXY_QUESTION_PASSWORD, "r" },
    { "http://p:1", DIGEST ", " BASIC, PROXY_AUTH_ASK, PROXY_QUESTION_PASSWORD, "hotel" },
    { "http://p:1", BASIC ", " DIGEST, PROXY_AUTH_ASK, PROXY_QUESTION_PASSWORD, "hotel" },
    { "http://p:1", "NTLM", PROXY_AUTH_ASK, PROXY_QUESTION_PASSWORD, "" },
    { "http://p:1", "NTLM, " BASIC, PROXY_AUTH_ASK, PROXY_QUESTION_PASSWORD, "hotel" },
    { "http://p:1", "Negotiate, NTLM", PROXY_AUTH_ASK, PROXY_QUESTION_TOKEN, "" },
    { "http://p:1", "Bearer realm=x", PROXY_AUTH_UNKNOWN, 0, "" },
    { "http://p:1", "Digest realm=x", PROXY_AUTH_UNKNOWN, 0, "" },
    { "http://p:1", "Digest realm=x, nonce=y, qop=\"auth-int\"", PROXY_AUTH_UNKNOWN, 0, "" },
    { "http://p:1", "Digest realm=x, nonce=y, algorithm=SHA-512-256", PROXY_AUTH_UNKNOWN, 0, "" },
    { "http://p:1", "", PROXY_AUTH_UNKNOWN, 0, "" },
    { "http://p:1", "Basic realm=\"", PROXY_AUTH_UNKNOWN, 0, "" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (ProxyAuth) auth = auth_of (rows[i].proxy);
    g_test_message ("%s: %s", rows[i].proxy, rows[i].challenge);
    proxy_auth_begin (auth);
    assert_header (auth, "");
    g_assert_cmpint (challenge (auth, rows[i].challenge), ==, rows[i].verdict);
    if (rows[i].verdict != PROXY_AUTH_ASK)
      continue;
    ProxyQuestion question;
    proxy_auth_question (auth, &question);
    g_assert_cmpint (question.kind, ==, rows[i].kind);
    g_assert_cmpstr (question.realm, ==, rows[i].realm);
    g_assert_cmpuint (question.attempt, ==, 1);
    g_assert_cmpstr (question.proxy.host, ==, "p");
  }
}

static void
test_basic (void)
{
  g_autoptr (ProxyAuth) auth = auth_of ("https://p:1");
  g_assert_cmpint (challenge (auth, BASIC), ==, PROXY_AUTH_ASK);
  g_assert_cmpint (answer (auth, "Aladdin:open sesame"), ==, PROXY_AUTH_AGAIN);
  proxy_auth_begin (auth);
  assert_header (auth, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  proxy_auth_accepted (auth);
  proxy_auth_begin (auth);
  assert_header (auth, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="); /* unasked the next time */
}

/* Three attempts, counted; after a success three again. */
static void
test_attempts (void)
{
  g_autoptr (ProxyAuth) auth = auth_of ("https://p:1");
  for (unsigned int round = 0; round < 2; round++) {
    for (unsigned int i = 1; i <= 3; i++) {
      ProxyQuestion question;
      g_assert_cmpint (challenge (auth, BASIC), ==, PROXY_AUTH_ASK);
      proxy_auth_question (auth, &question);
      g_assert_cmpuint (question.attempt, ==, i);
      g_assert_cmpint (answer (auth, "a:b"), ==, PROXY_AUTH_AGAIN);
      assert_header (auth, "Basic ");
    }
    if (round == 0)
      proxy_auth_accepted (auth);
    else
      g_assert_cmpint (challenge (auth, BASIC), ==, PROXY_AUTH_REFUSED);
  }
  g_assert_true (proxy_auth_was_given (auth));
}

/* A password that was given for Digest is not sent in the clear, however the proxy turns. */
static void
test_downgrade (void)
{
  static const char *const first[] = { DIGEST, "NTLM", DIGEST ", NTLM" };
  for (gsize i = 0; i < G_N_ELEMENTS (first); i++) {
    g_autoptr (ProxyAuth) auth = auth_of ("http://p:1");
    ProxyQuestion question;
    g_assert_cmpint (challenge (auth, first[i]), ==, PROXY_AUTH_ASK);
    g_assert_cmpint (answer (auth, "alice:Wonderland1"), ==, PROXY_AUTH_AGAIN);
    assert_header (auth, i == 0 ? "Digest " : "NTLM ");
    g_assert_cmpint (challenge (auth, BASIC), ==, PROXY_AUTH_ASK);
    proxy_auth_question (auth, &question);
    g_assert_cmpint (question.kind, ==, PROXY_QUESTION_PASSWORD_CLEAR);
    assert_header (auth, "");
    g_assert_cmpint (answer (auth, NULL), ==, PROXY_AUTH_REFUSED);
    assert_header (auth, "");
  }
}

static void
test_digest (void)
{
  g_autoptr (ProxyAuth) auth = auth_of ("http://p:1");
  g_assert_cmpint (challenge (auth, DIGEST ", " DIGEST_256), ==, PROXY_AUTH_ASK);
  g_assert_cmpint (answer (auth, "al\"ice:Wonderland1"), ==, PROXY_AUTH_AGAIN);
  g_autofree char *one = header (auth);
  g_assert_nonnull (strstr (one, "algorithm=SHA-256"));
  g_assert_nonnull (strstr (one, "username=\"al\\\"ice\""));
  g_assert_nonnull (strstr (one, "uri=\"gw.example:443\""));
  g_assert_nonnull (strstr (one, "nc=00000001"));
  proxy_auth_accepted (auth);
  proxy_auth_begin (auth);
  g_autofree char *two = header (auth);
  g_assert_nonnull (strstr (two, "nc=00000002"));

  /* Stale: the same password, the new nonce, and not for ever. */
  static const char stale[] = "Digest realm=\"r\", nonce=\"n2\", qop=\"auth\", stale=TRUE";
  g_assert_cmpint (challenge (auth, stale), ==, PROXY_AUTH_AGAIN);
  g_autofree char *three = header (auth);
  g_assert_nonnull (strstr (three, "nonce=\"n2\""));
  g_assert_nonnull (strstr (three, "nc=00000001"));
  g_assert_cmpint (challenge (auth, stale), ==, PROXY_AUTH_AGAIN);
  assert_header (auth, "Digest ");
  g_assert_cmpint (challenge (auth, stale), ==, PROXY_AUTH_ASK);
}

/* Two legs on one connection, and each connection from the start. */
static void
test_ntlm (void)
{
  g_autoptr (ProxyAuth) auth = auth_of ("http://p:1");
  g_assert_cmpint (challenge (auth, "NTLM"), ==, PROXY_AUTH_ASK);
  g_assert_cmpint (answer (auth, "Domain\\User:Password"), ==, PROXY_AUTH_AGAIN);
  for (unsigned int i = 0; i < 2; i++) {
    proxy_auth_begin (auth);
    assert_header (auth, "NTLM TlRMTVNTUAABAAAA");
    g_assert_cmpint (challenge (auth, NTLM_CHALLENGE), ==, PROXY_AUTH_HERE);
    g_autofree char *value = header (auth);
    g_assert_true (g_str_has_prefix (value, "NTLM TlRMTVNTUAADAAAA"));
    gsize len;
    g_autofree guint8 *message = g_base64_decode (value + strlen ("NTLM "), &len);
    Slice domain = hex_slice ("44006f006d00610069006e005500730065007200");
    g_assert_nonnull (memmem (message, len, domain.data, domain.len));
    proxy_auth_accepted (auth);
  }
  g_assert_cmpint (challenge (auth, "NTLM"), ==, PROXY_AUTH_ASK); /* the password is wrong */
}

/* What no second leg can be made of is no reason to try for ever. */
static void
test_broken_ntlm (void)
{
  static const char *const answers[] = { "NTLM", "NTLM AAAA", "NTLM TlRMTVNTUAADAAAA", BASIC };
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (ProxyAuth) auth = auth_of ("http://p:1");
    g_assert_cmpint (challenge (auth, "NTLM"), ==, PROXY_AUTH_ASK);
    g_assert_cmpint (answer (auth, "u:p"), ==, PROXY_AUTH_AGAIN);
    assert_header (auth, "NTLM ");
    bool is_basic = i + 1 == G_N_ELEMENTS (answers);
    g_assert_cmpint (
        challenge (auth, answers[i]), ==, is_basic ? PROXY_AUTH_ASK : PROXY_AUTH_REFUSED);
  }
  g_autoptr (ProxyAuth) auth = auth_of ("http://p:1");
  Slice value = SLICE ((const uint8_t *) NTLM_CHALLENGE, strlen (NTLM_CHALLENGE));
  g_assert_cmpint (challenge (auth, "NTLM"), ==, PROXY_AUTH_ASK);
  g_assert_cmpint (answer (auth, "u:p"), ==, PROXY_AUTH_AGAIN);
  assert_header (auth, "NTLM ");
  g_assert_cmpint (proxy_auth_challenged (auth, &value, 1, false), ==, PROXY_AUTH_REFUSED);
}

/* A token is good for one request; without one, or with one that is refused, the next best is tried. */
static void
test_negotiate (void)
{
  g_autoptr (ProxyAuth) auth = auth_of ("http://p:1");
  ProxyQuestion question;
  g_assert_cmpint (challenge (auth, "Negotiate, " DIGEST), ==, PROXY_AUTH_ASK);
  g_assert_cmpint (answer (auth, "token"), ==, PROXY_AUTH_AGAIN);
  assert_header (auth, "Negotiate dG9rZW4=");
  proxy_auth_accepted (auth);
  proxy_auth_begin (auth);
  assert_header (auth, "");
  g_assert_cmpint (challenge (auth, "Negotiate, " DIGEST), ==, PROXY_AUTH_ASK);
  proxy_auth_question (auth, &question);
  g_assert_cmpint (question.kind, ==, PROXY_QUESTION_TOKEN);
  g_assert_cmpint (answer (auth, NULL), ==, PROXY_AUTH_ASK);
  proxy_auth_question (auth, &question);
  g_assert_cmpint (question.kind, ==, PROXY_QUESTION_PASSWORD);
  g_assert_cmpint (answer (auth, "u:p"), ==, PROXY_AUTH_AGAIN);
  assert_header (auth, "Digest ");

  g_autoptr (ProxyAuth) other = auth_of ("http://p:1");
  g_assert_cmpint (challenge (other, "Negotiate"), ==, PROXY_AUTH_ASK);
  g_assert_cmpint (answer (other, "token"), ==, PROXY_AUTH_AGAIN);
  assert_header (other, "Negotiate ");
  g_assert_cmpint (challenge (other, "Negotiate oYG="), ==, PROXY_AUTH_REFUSED);
}

/* SOCKS has one way, in the clear. */
static void
test_socks (void)
{
  g_autoptr (ProxyAuth) auth = auth_of ("socks5://p:1");
  Slice user, password;
  ProxyQuestion question;
  g_assert_false (proxy_auth_credentials (auth, &user, &password));
  g_assert_cmpint (proxy_auth_password_refused (auth), ==, PROXY_AUTH_ASK);
  proxy_auth_question (auth, &question);
  g_assert_cmpint (question.kind, ==, PROXY_QUESTION_PASSWORD_CLEAR);
  g_assert_cmpint (answer (auth, "alice:a:b"), ==, PROXY_AUTH_AGAIN);
  g_assert_true (proxy_auth_credentials (auth, &user, &password));
  g_assert_cmpmem (user.data, user.len, "alice", 5);
  g_assert_cmpmem (password.data, password.len, "a:b", 3);
  g_assert_cmpint (proxy_auth_password_refused (auth), ==, PROXY_AUTH_ASK);
  g_assert_false (proxy_auth_credentials (auth, &user, &password));
  g_assert_cmpint (answer (auth, NULL), ==, PROXY_AUTH_REFUSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reach/proxy-auth/questions", test_questions);
  g_test_add_func ("/reach/proxy-auth/basic", test_basic);
  g_test_add_func ("/reach/proxy-auth/attempts", test_attempts);
  g_test_add_func ("/reach/proxy-auth/downgrade", test_downgrade);
  g_test_add_func ("/reach/proxy-auth/digest", test_digest);
  g_test_add_func ("/reach/proxy-auth/ntlm", test_ntlm);
  g_test_add_func ("/reach/proxy-auth/broken-ntlm", test_broken_ntlm);
  g_test_add_func ("/reach/proxy-auth/negotiate", test_negotiate);
  g_test_add_func ("/reach/proxy-auth/socks", test_socks);
  return g_test_run ();
}
