/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/builder.h"
#include "base/slice.h"

/* What one message of the server brought, as far as somebody inside wants it. */
typedef struct {
  Slice eap; /* an EAP packet, or empty */
  Slice mschap_success; /* MS-CHAP2-Success behind its identifier, or empty */
  Slice mschap_error; /* MS-CHAP-Error behind its identifier, or empty */
} TtlsInput;

bool ttls_input_parse (Slice plain, Builder *packet, TtlsInput *ret_input);
