/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The response of HTTP Digest (RFC 7616 section 3.4.1), with MD5 and SHA-256, for "qop" auth and none. */
#include "crypto/digest-auth.h"

#include <glib.h>
#include <nettle/md5.h>
#include <nettle/sha2.h>
#include <string.h>

typedef struct {
  DigestAuthHash kind;
  union {
    struct md5_ctx md5;
    struct sha256_ctx sha256;
  };
} Hash;

static void
hash_begin (Hash *hash, DigestAuthHash kind)
{
  hash->kind = kind;
  switch (kind) {
  case DIGEST_AUTH_MD5: md5_init (&hash->md5); break;
  case DIGEST_AUTH_SHA256: sha256_init (&hash->sha256); break;
  }
}

static void
hash_add (Hash *hash, const void *data, size_t len)
{
  switch (hash->kind) {
  case DIGEST_AUTH_MD5: md5_update (&hash->md5, len, data); break;
  case DIGEST_AUTH_SHA256: sha256_update (&hash->sha256, len, data); break;
  }
}

static void
hash_add_text (Hash *hash, const char *text)
{
  hash_add (hash, text, strlen (text));
}

static void
hash_end (Hash *hash, char ret_hex[static DIGEST_AUTH_HEX_LEN + 1])
{
  uint8_t digest[SHA256_DIGEST_SIZE];
  size_t len = 0;
  switch (hash->kind) {
  case DIGEST_AUTH_MD5:
    len = MD5_DIGEST_SIZE;
    md5_digest (&hash->md5, len, digest);
    break;
  case DIGEST_AUTH_SHA256:
    len = SHA256_DIGEST_SIZE;
    sha256_digest (&hash->sha256, len, digest);
    break;
  }
  for (size_t i = 0; i < len; i++) {
    ret_hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
    ret_hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
  }
  ret_hex[2 * len] = '\0';
  bytes_wipe (digest, sizeof digest);
  bytes_wipe (hash, sizeof *hash);
}

/* A1: user, realm and password; with -sess hashed once more with both nonces. */
static void
write_key (const DigestAuthInput *in, char ret_hex[static DIGEST_AUTH_HEX_LEN + 1])
{
  Hash hash;
  Slice password = secret_slice (in->password);
  hash_begin (&hash, in->hash);
  hash_add_text (&hash, in->user);
  hash_add_text (&hash, ":");
  hash_add_text (&hash, in->realm);
  hash_add_text (&hash, ":");
  hash_add (&hash, password.data, password.len);
  hash_end (&hash, ret_hex);
  if (!in->session)
    return;
  hash_begin (&hash, in->hash);
  hash_add_text (&hash, ret_hex);
  hash_add_text (&hash, ":");
  hash_add_text (&hash, in->nonce);
  hash_add_text (&hash, ":");
  hash_add_text (&hash, in->cnonce != NULL ? in->cnonce : "");
  hash_end (&hash, ret_hex);
}

/* A2: what is asked for. */
static void
write_request (const DigestAuthInput *in, char ret_hex[static DIGEST_AUTH_HEX_LEN + 1])
{
  Hash hash;
  hash_begin (&hash, in->hash);
  hash_add_text (&hash, in->method);
  hash_add_text (&hash, ":");
  hash_add_text (&hash, in->uri);
  hash_end (&hash, ret_hex);
}

/* The value of "username" where the proxy wants it hashed (section 3.4.4). */
void
digest_auth_user_hash (DigestAuthHash kind, const char *user, const char *realm,
    char ret_hex[static DIGEST_AUTH_HEX_LEN + 1])
{
  Hash hash;
  hash_begin (&hash, kind);
  hash_add_text (&hash, user);
  hash_add_text (&hash, ":");
  hash_add_text (&hash, realm);
  hash_end (&hash, ret_hex);
}

void
digest_auth_response (const DigestAuthInput *input, char ret_hex[static DIGEST_AUTH_HEX_LEN + 1])
{
  char key[DIGEST_AUTH_HEX_LEN + 1], request[DIGEST_AUTH_HEX_LEN + 1];
  Hash hash;
  write_key (input, key);
  write_request (input, request);
  hash_begin (&hash, input->hash);
  hash_add_text (&hash, key);
  hash_add_text (&hash, ":");
  hash_add_text (&hash, input->nonce);
  hash_add_text (&hash, ":");
  if (input->cnonce != NULL) {
    char count[16];
    g_snprintf (count, sizeof count, "%08x", input->count);
    hash_add_text (&hash, count);
    hash_add_text (&hash, ":");
    hash_add_text (&hash, input->cnonce);
    hash_add_text (&hash, ":auth:");
  }
  hash_add_text (&hash, request);
  hash_end (&hash, ret_hex);
  bytes_wipe (key, sizeof key);
}
