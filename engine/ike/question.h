/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

/* What a person is asked for while a session signs in. */
typedef enum {
  IKE_SECRET_PSK,
  IKE_SECRET_PASSWORD,
  IKE_SECRET_PPK, /* a post-quantum preshared key (RFC 8784) */
  IKE_SECRET_CODE, /* the last: good for once, never kept, never taken from where secrets are kept */
} IkeSecretKind;

typedef struct {
  IkeSecretKind kind;
  const char *text; /* the gateway's own, one harmless line, or NULL */
  bool refused; /* the answer before was not taken, and another one may be given */
} IkeQuestion;
