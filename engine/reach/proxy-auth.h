/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/proxy.h"
#include "base/secret.h"
#include "base/slice.h"
#include "crypto/random.h"

/* What somebody else has to give. */
typedef enum {
  PROXY_QUESTION_PASSWORD, /* "USER:PASSWORD", never sent so that others can read it */
  PROXY_QUESTION_PASSWORD_CLEAR, /* the same, and whoever is on the way to the proxy reads it */
  PROXY_QUESTION_TOKEN, /* GSSAPI's first token for this proxy */
  PROXY_N_QUESTIONS,
} ProxyQuestionKind;

typedef struct {
  ProxyQuestionKind kind;
  Proxy proxy;
  const char *realm; /* the proxy's own words, "" for none */
  unsigned int attempt; /* from 1; above, what was given before was refused */
} ProxyQuestion;

typedef enum {
  PROXY_AUTH_HERE, /* ask the proxy again on the same connection */
  PROXY_AUTH_AGAIN, /* and here on a new one */
  PROXY_AUTH_ASK, /* proxy_auth_question () says for what; then again */
  PROXY_AUTH_REFUSED, /* what was given is not enough, or nobody gave anything */
  PROXY_AUTH_UNKNOWN, /* the proxy offers nothing that is spoken here */
} ProxyAuthVerdict;

/* Where its inputs come from that are no octets of the proxy's. */
typedef struct {
  CryptoRandomFunc random;
  int64_t (*real_time) (void); /* microseconds since 1970 */
} ProxyAuthEnv;

typedef struct _ProxyAuth ProxyAuth;

ProxyAuth *proxy_auth_new (const Proxy *proxy, const ProxyAuthEnv *env);
void proxy_auth_free (ProxyAuth *auth);

void proxy_auth_begin (ProxyAuth *auth);
Secret *proxy_auth_header (ProxyAuth *auth, const char *authority);
ProxyAuthVerdict
proxy_auth_challenged (ProxyAuth *auth, const Slice *values, size_t n, bool keeps_open);
ProxyAuthVerdict proxy_auth_password_refused (ProxyAuth *auth);
bool proxy_auth_credentials (const ProxyAuth *auth, Slice *ret_user, Slice *ret_password);
void proxy_auth_accepted (ProxyAuth *auth);

ProxyAuthVerdict proxy_auth_verdict (const ProxyAuth *auth);
void proxy_auth_question (const ProxyAuth *auth, ProxyQuestion *ret_question);
ProxyAuthVerdict proxy_auth_answer (ProxyAuth *auth, const Secret *answer_or_null);
bool proxy_auth_was_given (const ProxyAuth *auth);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProxyAuth, proxy_auth_free)
