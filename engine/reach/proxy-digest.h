/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/secret.h"
#include "crypto/digest-auth.h"
#include "crypto/random.h"
#include "wire/challenge.h"

/* A challenge of HTTP Digest that can be answered, and how often it was. */
typedef struct {
  DigestAuthHash hash;
  bool session;
  bool has_qop;
  bool hashes_user;
  bool is_stale;
  char *algorithm; /* as the proxy writes it; NULL if it does not */
  char *realm;
  char *nonce;
  char *opaque; /* or NULL */
  unsigned int count;
} ProxyDigest;

bool proxy_digest_read (const Challenge *challenge, ProxyDigest *ret_digest);
void proxy_digest_clear (ProxyDigest *digest);
Secret *proxy_digest_answer (ProxyDigest *digest, const char *user, const Secret *password,
    const char *authority, CryptoRandomFunc random);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ProxyDigest, proxy_digest_clear)
