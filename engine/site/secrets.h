/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "site/site.h"

/* What a site's sign-in may ask a person for; a set of bits. The names are those of the questions. */
typedef enum {
  SITE_SECRET_PSK = 1 << 0,
  SITE_SECRET_PASSWORD = 1 << 1,
  SITE_SECRET_PPK = 1 << 2,
  SITE_SECRET_PASSPHRASE = 1 << 3, /* of the file of a key */
  SITE_SECRET_CODE = 1 << 4, /* good for once, never to be kept */
  SITE_SECRET_PIN = 1 << 5, /* of a token, never to be kept: a wrong one locks it */
} SiteSecret;

#define SITE_N_SECRETS 6

const char *site_secret_name (SiteSecret secret);
SiteSecret site_secret_from_name (const char *name);
bool site_secret_may_be_kept (SiteSecret secret);

unsigned int site_secrets_possible (const Site *site);
unsigned int site_secrets_certain (const Site *site);
