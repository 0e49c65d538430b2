/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ProxyDigest: one challenge of HTTP Digest (RFC 7616), and the answers to it. A nonce is used again,
 * with a count, until the proxy calls it stale. "auth-int" is not spoken: CONNECT has no body. */
#include "reach/proxy-digest.h"

#include <string.h>

#define CNONCE_OCTETS 16

static const struct {
  const char *name;
  DigestAuthHash hash;
  bool session;
} algorithms[] = {
  { "MD5", DIGEST_AUTH_MD5, false },
  { "MD5-sess", DIGEST_AUTH_MD5, true },
  { "SHA-256", DIGEST_AUTH_SHA256, false },
  { "SHA-256-sess", DIGEST_AUTH_SHA256, true },
};

static bool
read_algorithm (ProxyDigest *digest)
{
  if (digest->algorithm == NULL)
    return true; /* MD5 */
  for (size_t i = 0; i < G_N_ELEMENTS (algorithms); i++) {
    if (g_ascii_strcasecmp (digest->algorithm, algorithms[i].name) == 0) {
      digest->hash = algorithms[i].hash;
      digest->session = algorithms[i].session;
      return true;
    }
  }
  return false;
}

/* A list in quotes; false if it is there and has nothing for us. */
static bool
read_qop (ProxyDigest *digest, const char *qop)
{
  if (qop == NULL)
    return true; /* RFC 2069 */
  g_auto (GStrv) options = g_strsplit (qop, ",", -1);
  for (size_t i = 0; options[i] != NULL; i++)
    digest->has_qop |= g_ascii_strcasecmp (g_strstrip (options[i]), "auth") == 0;
  return digest->has_qop;
}

static bool
is_true (const Challenge *challenge, const char *name)
{
  g_autofree char *value = challenge_param (challenge, name);
  return value != NULL && g_ascii_strcasecmp (value, "true") == 0;
}

/* False, and nothing is written, if it is no Digest, or one that cannot be answered. */
bool
proxy_digest_read (const Challenge *challenge, ProxyDigest *ret_digest)
{
  if (!challenge_is (challenge, "Digest"))
    return false;
  g_auto (ProxyDigest) digest = { 0 };
  g_autofree char *qop = challenge_param (challenge, "qop");
  digest.algorithm = challenge_param (challenge, "algorithm");
  digest.realm = challenge_param (challenge, "realm");
  digest.nonce = challenge_param (challenge, "nonce");
  digest.opaque = challenge_param (challenge, "opaque");
  digest.is_stale = is_true (challenge, "stale");
  digest.hashes_user = is_true (challenge, "userhash");
  if (digest.realm == NULL || digest.nonce == NULL || !read_algorithm (&digest) ||
      !read_qop (&digest, qop))
    return false;
  *ret_digest = digest;
  digest = (ProxyDigest){ 0 };
  return true;
}

void
proxy_digest_clear (ProxyDigest *digest)
{
  g_clear_pointer (&digest->algorithm, g_free);
  g_clear_pointer (&digest->realm, g_free);
  g_clear_pointer (&digest->nonce, g_free);
  g_clear_pointer (&digest->opaque, g_free);
  *digest = (ProxyDigest){ 0 };
}

static void
append_quoted (GString *header, const char *name, const char *value)
{
  g_string_append_printf (header, "%s%s=\"", header->len > strlen ("Digest ") ? ", " : "", name);
  for (const char *p = value; *p != '\0'; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_c (header, '\\');
    g_string_append_c (header, *p);
  }
  g_string_append_c (header, '"');
}

static char *
make_cnonce (CryptoRandomFunc random)
{
  uint8_t octets[CNONCE_OCTETS];
  random (octets, sizeof octets);
  return g_base64_encode (octets, sizeof octets);
}

/* The value of Proxy-Authorization for CONNECT to authority. Transfer: full. */
Secret *
proxy_digest_answer (ProxyDigest *digest, const char *user, const Secret *password,
    const char *authority, CryptoRandomFunc random)
{
  char response[DIGEST_AUTH_HEX_LEN + 1], hashed[DIGEST_AUTH_HEX_LEN + 1];
  g_autofree char *cnonce = digest->has_qop || digest->session ? make_cnonce (random) : NULL;
  DigestAuthInput input = { .hash = digest->hash,
    .session = digest->session,
    .user = user,
    .password = password,
    .realm = digest->realm,
    .nonce = digest->nonce,
    .method = "CONNECT",
    .uri = authority,
    .cnonce = cnonce,
    .count = ++digest->count };
  digest_auth_response (&input, response);
  digest_auth_user_hash (digest->hash, user, digest->realm, hashed);

  g_autoptr (GString) header = g_string_new ("Digest ");
  append_quoted (header, "username", digest->hashes_user ? hashed : user);
  append_quoted (header, "realm", digest->realm);
  append_quoted (header, "nonce", digest->nonce);
  append_quoted (header, "uri", authority);
  append_quoted (header, "response", response);
  if (digest->algorithm != NULL)
    g_string_append_printf (header, ", algorithm=%s", digest->algorithm);
  if (digest->opaque != NULL)
    append_quoted (header, "opaque", digest->opaque);
  if (digest->hashes_user)
    g_string_append (header, ", userhash=true");
  if (cnonce != NULL) {
    append_quoted (header, "cnonce", cnonce);
    g_string_append_printf (header, ", qop=auth, nc=%08x", digest->count);
  }
  return secret_new (header->str, header->len);
}
