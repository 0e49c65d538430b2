/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/slice.h"

#define CERTIFICATE_PIN_LEN 32

/* What a certificate says of itself, for people; nothing in it is proved. */
typedef struct {
  char *subject, *issuer; /* distinguished names (RFC 4514), valid UTF-8 */
  gint64 not_before, not_after; /* seconds since 1970 */
  uint8_t pin[CERTIFICATE_PIN_LEN]; /* SHA-256 of the SubjectPublicKeyInfo */
} CertificateInfo;

bool crypto_certificate_info (Slice der, CertificateInfo *ret_info);
void certificate_info_clear (CertificateInfo *info);
char *crypto_certificate_describe (Slice der);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CertificateInfo, certificate_info_clear)
