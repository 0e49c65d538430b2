/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/secret.h"

#define DIGEST_AUTH_HEX_LEN 64

typedef enum {
  DIGEST_AUTH_MD5,
  DIGEST_AUTH_SHA256,
} DigestAuthHash;

/* What the response is made of; all borrowed. */
typedef struct {
  DigestAuthHash hash;
  bool session; /* "-sess": the key is of this nonce */
  const char *user;
  const Secret *password;
  const char *realm;
  const char *nonce;
  const char *method;
  const char *uri;
  const char *cnonce; /* NULL: as RFC 2069 had it, without "qop" */
  unsigned int count; /* of uses of this nonce, from 1 */
} DigestAuthInput;

void digest_auth_user_hash (DigestAuthHash hash, const char *user, const char *realm,
    char ret_hex[static DIGEST_AUTH_HEX_LEN + 1]);
void
digest_auth_response (const DigestAuthInput *input, char ret_hex[static DIGEST_AUTH_HEX_LEN + 1]);
