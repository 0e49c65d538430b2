/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gnutls/x509.h>
#include <stdbool.h>

#include "crypto/trust.h"

bool
crypto_certificate_names (gnutls_x509_crt_t cert, TrustPurpose purpose, const char *expected_name);
bool crypto_certificate_serves (gnutls_x509_crt_t cert, TrustPurpose purpose);
