/* SPDX-License-Identifier: GPL-2.0-or-later */
/* challenges_add () on any value, and all that it found; then an NTLM challenge out of the same octets. */
#include <glib.h>
#include <string.h>

#include "fuzz.h"
#include "wire/challenge.h"
#include "wire/ntlm.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Challenges challenges = { 0 };
  bool read = challenges_add (&challenges, SLICE (data, size));
  g_assert (read || challenges.n == 0);
  g_assert (challenges.n <= CHALLENGES_MAX);
  for (size_t i = 0; i < challenges.n; i++) {
    const Challenge *c = &challenges.list[i];
    g_assert (c->scheme.len > 0);
    g_assert (c->n_params <= CHALLENGE_MAX_PARAMS && (c->n_params == 0 || c->token.len == 0));
    for (size_t k = 0; k < c->n_params; k++) {
      g_autofree char *name =
          g_strndup ((const char *) c->params[k].name.data, c->params[k].name.len);
      g_autofree char *value = challenge_param (c, name);
      g_assert (value == NULL || strlen (value) <= c->params[k].value.len);
    }
  }
  NtlmChallenge ntlm;
  if (ntlm_challenge_parse (SLICE (data, size), &ntlm))
    g_assert (ntlm.target_info.len <= size);
  return 0;
}
