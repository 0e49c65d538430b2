/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which DNS names of the gateway go further.
 *
 * The grammar is that of host names (RFC 1123 section 2.1), labels of 1 to 63 and 253 in all (RFC 1035
 * section 2.3.4), the last of them no number, which would make it an address to some. And a gateway
 * that is given the queries of a domain sees and answers them: it may not claim what is too much to be
 * its own (RFC 8598 section 7). */
#include "tunnel/domain.h"

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

/* True if domain is parent, or below it. */
static bool
is_within (const char *domain, const char *parent)
{
  size_t len = strlen (domain), parent_len = strlen (parent);
  return len >= parent_len && g_ascii_strcasecmp (domain + len - parent_len, parent) == 0 &&
      (len == parent_len || domain[len - parent_len - 1] == '.');
}

/* Names that mean something to this machine or its network, or whose queries must not leave it, and
 * all that is below them: RFC 6761, 6762, 7686, 8375, 8880, 9462, 9476. */
static const char *const reserved[] = { "localhost", "local", "invalid", "onion", "alt",
  "home.arpa", "ipv4only.arpa", "resolver.arpa" };

/* What is nobody's as a whole: a zone below it may be. */
static const char *const shared[] = { "in-addr.arpa", "ip6.arpa" };

/* True if a gateway may have the queries of a valid domain: with a list of allowed ones (char *) what
 * is within one of them; with an empty list any but a top-level domain and names of special use. */
bool
domain_may_be_claimed (const char *domain, const GPtrArray *allowed)
{
  for (guint i = 0; i < allowed->len; i++) {
    if (is_within (domain, g_ptr_array_index (allowed, i)))
      return true;
  }
  if (allowed->len > 0 || strchr (domain, '.') == NULL)
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (reserved); i++) {
    if (is_within (domain, reserved[i]))
      return false;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (shared); i++) {
    if (g_ascii_strcasecmp (domain, shared[i]) == 0)
      return false;
  }
  return true;
}
