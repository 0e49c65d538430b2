/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar that a DNS name from the gateway must keep before anybody else sees it: that of host names
 * (RFC 1123 section 2.1), labels of 1 to 63 and 253 in all (RFC 1035 section 2.3.4), the last of them
 * no number, which would make it an address to some. */
#include "tunnel/domain.h"

#include <glib.h>
#include <string.h>

#define DOMAIN_MAX 253
#define LABEL_MAX 63

static bool
label_is_valid (const char *label, size_t len)
{
  if (len == 0 || len > LABEL_MAX || label[0] == '-' || label[len - 1] == '-')
    return false;
  for (size_t i = 0; i < len; i++) {
    if (!g_ascii_isalnum (label[i]) && label[i] != '-')
      return false;
  }
  return true;
}

/* True for one ASCII domain name without a final dot. */
bool
domain_is_valid (const char *text)
{
  if (strlen (text) > DOMAIN_MAX)
    return false;
  for (;;) {
    size_t len = strcspn (text, ".");
    if (!label_is_valid (text, len))
      return false;
    if (text[len] == '\0')
      return strspn (text, "0123456789") < len;
    text += len + 1;
  }
}
