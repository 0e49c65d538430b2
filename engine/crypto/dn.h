/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/slice.h"

#define DN_MAX_LEN 1024 /* in DER */

GBytes *crypto_dn_from_text (const char *text);
char *crypto_dn_to_text (Slice der);
bool crypto_dn_equal (Slice a, Slice b);

GBytes *crypto_cert_subject (Slice cert_der);
