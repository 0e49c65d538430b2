/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/random.h"

#include <glib.h>
#include <gnutls/crypto.h>

/* Fills buf with len unpredictable octets, fit for keys. Aborts where the system has none: there is
 * nothing sensible to do without. Thread-safe. */
void
crypto_random (void *buf, size_t len)
{
  int rc = gnutls_rnd (GNUTLS_RND_KEY, buf, len);
  if (rc != 0)
    g_error ("No random octets: %s", gnutls_strerror (rc));
}
