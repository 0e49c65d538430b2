/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

#define NTLM_CHALLENGE_LEN 8
#define NTLM_MESSAGE_MAX 4096 /* of ours; a challenge may be longer */

/* CHALLENGE_MESSAGE; the slices are borrowed. */
typedef struct {
  uint32_t flags;
  bool is_unicode; /* else texts are ASCII, as of servers that know no better */
  uint8_t challenge[NTLM_CHALLENGE_LEN];
  Slice target_info; /* AV pairs as they are, up to MsvAvEOL; empty if there are none */
  uint64_t timestamp; /* MsvAvTimestamp; 0 = none */
} NtlmChallenge;

/* What AUTHENTICATE_MESSAGE says; all borrowed, the texts as UTF-16LE or ASCII, as the challenge has it. */
typedef struct {
  uint32_t flags; /* of the challenge */
  Slice lm_response;
  Slice nt_response;
  Slice domain;
  Slice user;
} NtlmAuthenticate;

size_t ntlm_negotiate_write (uint8_t *buf, size_t size);
bool ntlm_challenge_parse (Slice message, NtlmChallenge *ret_challenge);
size_t ntlm_authenticate_write (const NtlmAuthenticate *authenticate, uint8_t *buf, size_t size);
