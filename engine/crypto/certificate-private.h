/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gnutls/x509.h>

#include "crypto/certificate.h"

gnutls_x509_crt_t crypto_certificate_import (Slice der);
bool crypto_certificate_pin (gnutls_x509_crt_t cert, uint8_t ret_pin[static CERTIFICATE_PIN_LEN]);
