/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A certificate from anywhere: what has a pin keeps it, wherever it lies, and loses it when it is cut. */
#include <string.h>

#include "fuzz.h"
#include "site/site.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SitePin pin, again;
  if (!site_pin_of_certificate (SLICE (data, size), &pin))
    return 0;
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  g_assert (site_pin_of_certificate (SLICE (copy, size), &again));
  g_assert (memcmp (pin.sha256, again.sha256, sizeof pin.sha256) == 0);
  g_assert (!site_pin_of_certificate (SLICE (copy, size - 1), &again));
  return 0;
}
