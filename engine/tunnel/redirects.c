/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Redirects: how often gateways may send us on (RFC 5685 section 3: MAX_REDIRECTS within
 * REDIRECT_LOOP_DETECT_PERIOD). Pure; microseconds of any monotonic clock. */
#include "tunnel/redirects.h"

/* True if one more may be followed now; it is counted. */
bool
redirects_take (Redirects *redirects, int64_t now)
{
  int64_t *oldest = &redirects->at[redirects->n % REDIRECTS_MAX];
  if (redirects->n >= REDIRECTS_MAX && now - *oldest < REDIRECTS_PERIOD_US)
    return false;
  *oldest = now;
  redirects->n++;
  return true;
}
