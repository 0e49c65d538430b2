/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ProxyAuth: what is known of one proxy's wish to know who we are, and what is to be done next.
 *
 * It belongs to one proxy, host and port, and what it was given is sent to no other: another proxy has an
 * object of its own, which knows nothing. Of what is offered the strongest is taken: Negotiate, NTLM,
 * Digest, Basic. A password that was given for the first three is not sent by Basic where others could
 * read it; that is asked for by a question of its own, so that a proxy which asks for less gets nothing
 * without somebody's consent. Pure: random octets and the time come through `env`. */
#include "reach/proxy-auth.h"

#include <string.h>

#include "reach/proxy-digest.h"
#include "reach/proxy-ntlm.h"

/* How often a person may try. */
#define MAX_ATTEMPTS 3
/* A nonce may grow stale between two requests, not always. */
#define MAX_STALE 2

typedef enum {
  SCHEME_NONE,
  SCHEME_NEGOTIATE,
  SCHEME_NTLM,
  SCHEME_DIGEST,
  SCHEME_BASIC,
  N_SCHEMES,
} Scheme;

typedef enum {
  NTLM_FRESH, /* nothing was said on this connection */
  NTLM_BEGUN,
  NTLM_ANSWERED,
} NtlmLeg;

struct _ProxyAuth {
  Proxy proxy;
  ProxyAuthEnv env;
  ProxyAuthVerdict verdict;

  Secret *given[PROXY_N_QUESTIONS]; /* what somebody gave, by question */
  unsigned int attempts[PROXY_N_QUESTIONS];
  ProxyQuestionKind asked;
  bool was_given; /* anything, ever */

  Scheme scheme; /* that is spoken */
  bool spoken; /* in the last request */
  bool useless[N_SCHEMES]; /* was tried, or cannot be */
  bool offered[N_SCHEMES]; /* by the last challenge */
  char *realm; /* of the offer that is answered */
  ProxyDigest digest;
  unsigned int stale;
  NtlmLeg leg;
  Secret *ntlm_answer; /* for the next request on this connection */
};

ProxyAuth *
proxy_auth_new (const Proxy *proxy, const ProxyAuthEnv *env)
{
  ProxyAuth *self = g_new0 (ProxyAuth, 1);
  self->proxy = *proxy;
  self->env = *env;
  self->verdict = PROXY_AUTH_AGAIN;
  return self;
}

void
proxy_auth_free (ProxyAuth *auth)
{
  if (auth == NULL)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (auth->given); i++)
    g_clear_pointer (&auth->given[i], secret_unref);
  g_clear_pointer (&auth->ntlm_answer, secret_unref);
  proxy_digest_clear (&auth->digest);
  g_free (auth->realm);
  g_free (auth);
}

static bool
is_private (const ProxyAuth *self)
{
  return self->proxy.kind == PROXY_HTTPS;
}

/* Which question the password for a scheme is had by. */
static ProxyQuestionKind
question_of (const ProxyAuth *self, Scheme scheme)
{
  switch (scheme) {
  case SCHEME_NEGOTIATE: return PROXY_QUESTION_TOKEN;
  case SCHEME_NTLM:
  case SCHEME_DIGEST: return PROXY_QUESTION_PASSWORD;
  case SCHEME_NONE:
  case SCHEME_BASIC:
  case N_SCHEMES: break;
  }
  return is_private (self) ? PROXY_QUESTION_PASSWORD : PROXY_QUESTION_PASSWORD_CLEAR;
}

/* The user, and the password behind the first colon (RFC 7617 section 2: a user has none). */
static Secret *
split (const Secret *given, char **ret_user)
{
  Slice octets = secret_slice (given);
  const uint8_t *colon = memchr (octets.data, ':', octets.len);
  size_t n = colon != NULL ? (size_t) (colon - octets.data) : octets.len;
  *ret_user = g_strndup ((const char *) octets.data, n);
  size_t skip = MIN (n + 1, octets.len);
  return secret_new (octets.data + skip, octets.len - skip);
}

/* On a connection that was just made. */
void
proxy_auth_begin (ProxyAuth *auth)
{
  auth->spoken = false;
  auth->leg = NTLM_FRESH;
  g_clear_pointer (&auth->ntlm_answer, secret_unref);
}

static Secret *
basic_header (const Secret *given)
{
  Slice octets = secret_slice (given);
  char *base64 = g_base64_encode (octets.data, octets.len);
  char *value = g_strconcat ("Basic ", base64, NULL);
  Secret *header = secret_new (value, strlen (value));
  bytes_wipe (base64, strlen (base64));
  bytes_wipe (value, strlen (value));
  g_free (base64);
  g_free (value);
  return header;
}

static Secret *
negotiate_header (ProxyAuth *self)
{
  g_autoptr (Secret) token =
      g_steal_pointer (&self->given[PROXY_QUESTION_TOKEN]); /* good for once */
  Slice octets = secret_slice (token);
  g_autofree char *base64 = g_base64_encode (octets.data, octets.len);
  g_autofree char *value = g_strconcat ("Negotiate ", base64, NULL);
  return secret_new (value, strlen (value));
}

static Secret *
ntlm_header (ProxyAuth *self)
{
  self->leg = self->leg == NTLM_FRESH ? NTLM_BEGUN : NTLM_ANSWERED;
  return self->leg == NTLM_BEGUN ? proxy_ntlm_begin () : g_steal_pointer (&self->ntlm_answer);
}

static Secret *
digest_header (ProxyAuth *self, const char *authority)
{
  g_autofree char *user = NULL;
  g_autoptr (Secret) password = split (self->given[PROXY_QUESTION_PASSWORD], &user);
  return proxy_digest_answer (&self->digest, user, password, authority, self->env.random);
}

/* The value of Proxy-Authorization for the next request, NULL for none. Transfer: full. */
Secret *
proxy_auth_header (ProxyAuth *auth, const char *authority)
{
  Secret *header = NULL;
  bool has = auth->given[question_of (auth, auth->scheme)] != NULL;
  switch (auth->scheme) {
  case SCHEME_NONE:
  case N_SCHEMES: break;
  case SCHEME_NEGOTIATE: header = has ? negotiate_header (auth) : NULL; break;
  case SCHEME_NTLM: header = has ? ntlm_header (auth) : NULL; break;
  case SCHEME_DIGEST: header = has ? digest_header (auth, authority) : NULL; break;
  case SCHEME_BASIC:
    header = has ? basic_header (auth->given[question_of (auth, SCHEME_BASIC)]) : NULL;
    break;
  }
  auth->spoken = header != NULL;
  return header;
}

static void
take_realm (ProxyAuth *self, const Challenge *challenge)
{
  g_free (self->realm);
  self->realm = challenge_param (challenge, "realm");
}

/* SHA-256 is better than MD5; of two alike the first. */
static void
take_digest (ProxyAuth *self, const Challenge *challenge)
{
  ProxyDigest digest;
  if (!proxy_digest_read (challenge, &digest))
    return;
  bool better = !self->offered[SCHEME_DIGEST] || digest.hash > self->digest.hash;
  if (better) {
    proxy_digest_clear (&self->digest);
    self->digest = digest;
  } else {
    proxy_digest_clear (&digest);
  }
  self->offered[SCHEME_DIGEST] = true;
}

static Scheme
scheme_of (const Challenge *challenge)
{
  if (challenge_is (challenge, "Negotiate"))
    return SCHEME_NEGOTIATE;
  if (challenge_is (challenge, "NTLM"))
    return SCHEME_NTLM;
  if (challenge_is (challenge, "Basic"))
    return SCHEME_BASIC;
  return challenge_is (challenge, "Digest") ? SCHEME_DIGEST : SCHEME_NONE;
}

static void
take_offers (ProxyAuth *self, const Challenges *challenges)
{
  memset (self->offered, 0, sizeof self->offered);
  for (size_t i = 0; i < challenges->n; i++) {
    const Challenge *challenge = &challenges->list[i];
    Scheme scheme = scheme_of (challenge);
    if (scheme == SCHEME_DIGEST)
      take_digest (self, challenge);
    else if (scheme != SCHEME_NONE)
      self->offered[scheme] = true;
    if (scheme == SCHEME_BASIC || (scheme == SCHEME_DIGEST && !self->offered[SCHEME_BASIC]))
      take_realm (self, challenge);
  }
}

/* The second leg of NTLM, where this is the proxy's answer to the first. */
static bool
answer_ntlm (ProxyAuth *self, const Challenges *challenges)
{
  g_autofree char *user = NULL;
  g_autoptr (Secret) password = split (self->given[PROXY_QUESTION_PASSWORD], &user);
  for (size_t i = 0; i < challenges->n && self->ntlm_answer == NULL; i++) {
    if (challenge_is (&challenges->list[i], "NTLM"))
      self->ntlm_answer = proxy_ntlm_answer (
          &challenges->list[i], user, password, self->env.real_time (), self->env.random);
  }
  return self->ntlm_answer != NULL;
}

static ProxyAuthVerdict
decide (ProxyAuth *self, ProxyAuthVerdict verdict)
{
  self->verdict = verdict;
  return verdict;
}

/* The strongest scheme that is left. */
static ProxyAuthVerdict
choose (ProxyAuth *self)
{
  bool any = false;
  for (Scheme scheme = SCHEME_NEGOTIATE; scheme < N_SCHEMES; scheme++) {
    any |= self->offered[scheme];
    if (!self->offered[scheme] || self->useless[scheme])
      continue;
    self->scheme = scheme;
    self->asked = question_of (self, scheme);
    if (self->given[self->asked] != NULL)
      return decide (self, PROXY_AUTH_AGAIN);
    bool ends = self->attempts[self->asked] >= MAX_ATTEMPTS;
    return decide (self, ends ? PROXY_AUTH_REFUSED : PROXY_AUTH_ASK);
  }
  return decide (self, any ? PROXY_AUTH_REFUSED : PROXY_AUTH_UNKNOWN);
}

/* What was sent was not enough: a password is another's to try again, a token is not. */
static void
drop_refused (ProxyAuth *self)
{
  if (self->scheme == SCHEME_NEGOTIATE)
    self->useless[SCHEME_NEGOTIATE] = true;
  else
    g_clear_pointer (&self->given[question_of (self, self->scheme)], secret_unref);
}

/* The proxy has answered 407, with these values of Proxy-Authenticate; keeps_open: the connection can take
 * another request. */
ProxyAuthVerdict
proxy_auth_challenged (ProxyAuth *auth, const Slice *values, size_t n, bool keeps_open)
{
  Challenges challenges = { 0 };
  for (size_t i = 0; i < n; i++)
    (void) challenges_add (&challenges, values[i]);
  take_offers (auth, &challenges);
  if (!auth->spoken)
    return choose (auth);
  auth->spoken = false;
  if (auth->scheme == SCHEME_NTLM && auth->leg == NTLM_BEGUN) {
    if (keeps_open && answer_ntlm (auth, &challenges))
      return decide (auth, PROXY_AUTH_HERE);
    auth->useless[SCHEME_NTLM] = true;
  } else if (auth->scheme == SCHEME_DIGEST && auth->offered[SCHEME_DIGEST] &&
      auth->digest.is_stale && ++auth->stale <= MAX_STALE) {
    return decide (auth, PROXY_AUTH_AGAIN);
  } else {
    drop_refused (auth);
  }
  return choose (auth);
}

/* SOCKS has refused the password, or wants one: the one way that it has is Basic's. */
ProxyAuthVerdict
proxy_auth_password_refused (ProxyAuth *auth)
{
  memset (auth->offered, 0, sizeof auth->offered);
  auth->offered[SCHEME_BASIC] = true;
  auth->scheme = SCHEME_BASIC;
  drop_refused (auth);
  return choose (auth);
}

/* For SOCKS. The slices are borrowed up to the next answer. */
bool
proxy_auth_credentials (const ProxyAuth *auth, Slice *ret_user, Slice *ret_password)
{
  const Secret *given = auth->given[PROXY_QUESTION_PASSWORD_CLEAR];
  if (given == NULL)
    return false;
  Slice octets = secret_slice (given);
  const uint8_t *colon = memchr (octets.data, ':', octets.len);
  if (colon == NULL)
    return false;
  size_t n = (size_t) (colon - octets.data);
  *ret_user = SLICE (octets.data, n);
  *ret_password = SLICE (colon + 1, octets.len - n - 1);
  return true;
}

/* The proxy lets us through: the next time a person has all attempts again. */
void
proxy_auth_accepted (ProxyAuth *auth)
{
  memset (auth->attempts, 0, sizeof auth->attempts);
  auth->stale = 0;
  auth->verdict = PROXY_AUTH_AGAIN;
}

/* What the last challenge came to. */
ProxyAuthVerdict
proxy_auth_verdict (const ProxyAuth *auth)
{
  return auth->verdict;
}

/* After PROXY_AUTH_ASK. The realm is borrowed up to the next challenge. */
void
proxy_auth_question (const ProxyAuth *auth, ProxyQuestion *ret_question)
{
  *ret_question = (ProxyQuestion){
    .kind = auth->asked,
    .proxy = auth->proxy,
    .realm = auth->realm != NULL ? auth->realm : "",
    .attempt = auth->attempts[auth->asked] + 1,
  };
}

/* The answer to that question; NULL: there is none, and what the proxy offers beside it is tried, but no
 * other password asked for. */
ProxyAuthVerdict
proxy_auth_answer (ProxyAuth *auth, const Secret *answer_or_null)
{
  ProxyQuestionKind kind = auth->asked;
  auth->attempts[kind]++;
  g_clear_pointer (&auth->given[kind], secret_unref);
  if (answer_or_null != NULL) {
    auth->given[kind] = secret_ref ((Secret *) answer_or_null);
    auth->was_given = true;
    return decide (auth, PROXY_AUTH_AGAIN);
  }
  if (kind != PROXY_QUESTION_TOKEN)
    return decide (auth, PROXY_AUTH_REFUSED);
  auth->useless[SCHEME_NEGOTIATE] = true;
  return choose (auth);
}

/* True if there was anything that the proxy could refuse. */
bool
proxy_auth_was_given (const ProxyAuth *auth)
{
  return auth->was_given;
}
