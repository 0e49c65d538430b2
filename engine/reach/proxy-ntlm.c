/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NTLM as a proxy speaks it (MS-NTHT): two requests on one connection, each with a message in base64. */
#include "reach/proxy-ntlm.h"

#include <string.h>

#include "crypto/ntlm.h"
#include "wire/ntlm.h"

#define SECONDS_1601_TO_1970 G_GINT64_CONSTANT (11644473600)
#define CHALLENGE_MAX_LEN 8192

static Secret *
header_of (const uint8_t *message, size_t len)
{
  g_autofree char *base64 = g_base64_encode (message, len);
  g_autofree char *value = g_strconcat ("NTLM ", base64, NULL);
  return secret_new (value, strlen (value));
}

/* The first request's Proxy-Authorization. Transfer: full. */
Secret *
proxy_ntlm_begin (void)
{
  uint8_t message[NTLM_MESSAGE_MAX];
  size_t len = ntlm_negotiate_write (message, sizeof message);
  return header_of (message, len);
}

static bool
read_challenge (const Challenge *challenge, GBytes **ret_message, NtlmChallenge *ret_challenge)
{
  if (challenge->token.len == 0 || challenge->token.len > CHALLENGE_MAX_LEN)
    return false;
  g_autofree char *base64 = g_strndup ((const char *) challenge->token.data, challenge->token.len);
  gsize len = 0;
  guint8 *octets = g_base64_decode (base64, &len);
  g_autoptr (GBytes) message = g_bytes_new_take (octets, len);
  if (!ntlm_challenge_parse (slice_of_bytes (message), ret_challenge))
    return false;
  *ret_message = g_steal_pointer (&message);
  return true;
}

/* DOMAIN\USER, or USER of no domain, or of the one behind its @. */
static void
split_user (const char *user, char **ret_domain, char **ret_name)
{
  const char *slash = strchr (user, '\\');
  *ret_domain = slash != NULL ? g_strndup (user, (gsize) (slash - user)) : g_strdup ("");
  *ret_name = g_strdup (slash != NULL ? slash + 1 : user);
}

/* A text as the server wants it; NULL if that cannot be. Transfer: full. */
static GBytes *
encode (const NtlmChallenge *challenge, const char *text)
{
  if (challenge->is_unicode)
    return ntlm_utf16 (text);
  return g_str_is_ascii (text) ? g_bytes_new (text, strlen (text)) : NULL;
}

static Secret *
write_authenticate (
    const NtlmChallenge *challenge, const NtlmInput *input, const NtlmResponse *response)
{
  uint8_t message[NTLM_MESSAGE_MAX], no_lm[NTLM_LM_RESPONSE_LEN] = { 0 };
  g_autoptr (GBytes) domain = encode (challenge, input->domain);
  g_autoptr (GBytes) user = encode (challenge, input->user);
  if (domain == NULL || user == NULL)
    return NULL;
  bool has_time = challenge->timestamp != 0; /* MS-NLMP section 3.1.5.1.2 */
  NtlmAuthenticate authenticate = {
    .flags = challenge->flags,
    .lm_response = SLICE (has_time ? no_lm : response->lm_response, NTLM_LM_RESPONSE_LEN),
    .nt_response = slice_of_bytes (response->nt_response),
    .domain = slice_of_bytes (domain),
    .user = slice_of_bytes (user),
  };
  size_t len = ntlm_authenticate_write (&authenticate, message, sizeof message);
  return len > 0 ? header_of (message, len) : NULL;
}

/* The second request's, to what the proxy has answered; NULL if that is no challenge of NTLM, or user and
 * password cannot be used. real_time: microseconds since 1970. Transfer: full. */
Secret *
proxy_ntlm_answer (const Challenge *challenge, const char *user, const Secret *password,
    int64_t real_time, CryptoRandomFunc random)
{
  g_autoptr (GBytes) message = NULL;
  g_autofree char *domain = NULL, *name = NULL;
  NtlmChallenge ntlm = { 0 };
  if (!read_challenge (challenge, &message, &ntlm))
    return NULL;
  split_user (user, &domain, &name);
  NtlmInput input = {
    .user = name, .domain = domain, .password = password, .target_info = ntlm.target_info
  };
  memcpy (input.server_challenge, ntlm.challenge, sizeof input.server_challenge);
  random (input.client_challenge, sizeof input.client_challenge);
  input.timestamp = ntlm.timestamp != 0
      ? ntlm.timestamp
      : (uint64_t) (real_time + SECONDS_1601_TO_1970 * G_USEC_PER_SEC) * 10;
  g_auto (NtlmResponse) response = { 0 };
  return ntlmv2_respond (&input, &response) ? write_authenticate (&ntlm, &input, &response) : NULL;
}
