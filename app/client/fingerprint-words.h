/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "site/site.h"

#define VISITOR_FINGERPRINT_DICTIONARY_LEN 2048
#define VISITOR_FINGERPRINT_WORDS 12

extern const char *const visitor_fingerprint_dictionary[VISITOR_FINGERPRINT_DICTIONARY_LEN];

char **visitor_fingerprint_words (const guint8 sha256[static SITE_PIN_LEN]);
