/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/secret.h"
#include "base/slice.h"

#define NTLM_CHALLENGE_OCTETS 8
#define NTLM_LM_RESPONSE_LEN 24

/* Who signs in, and to what. */
typedef struct {
  const char *user; /* UTF-8, without its domain */
  const char *domain; /* UTF-8, may be empty */
  const Secret *password; /* UTF-8 */
  uint8_t server_challenge[NTLM_CHALLENGE_OCTETS];
  uint8_t client_challenge[NTLM_CHALLENGE_OCTETS];
  uint64_t timestamp; /* 100 ns since 1601 */
  Slice target_info; /* AV pairs of the server, borrowed */
} NtlmInput;

typedef struct {
  uint8_t lm_response[NTLM_LM_RESPONSE_LEN];
  GBytes *nt_response; /* owned */
} NtlmResponse;

bool ntlmv2_respond (const NtlmInput *input, NtlmResponse *ret_response);
void ntlm_response_clear (NtlmResponse *response);
GBytes *ntlm_utf16 (const char *utf8);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NtlmResponse, ntlm_response_clear)
