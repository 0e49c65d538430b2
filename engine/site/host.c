/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host: who a gateway is on the network, an address literal or a DNS name.
 *
 * A name is brought into the one form that DNS, TLS and the certificate use: lower-case A-labels
 * (RFC 5891, by libidn2 with the mapping of UTS 46) under the letter-digit-hyphen rule of RFC 1123
 * section 2.1, without the final dot. */
#include "site/host.h"

#include <idn2.h>
#include <string.h>

#include "base/error.h"
#include "base/inet.h"

#define NAME_MAX_LEN 253
#define LABEL_MAX_LEN 63

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, why);
  return FALSE;
}

static gboolean
label_is_number (const char *label)
{
  if (g_ascii_strncasecmp (label, "0x", 2) == 0)
    return TRUE;
  return label[0] != '\0' && label[strspn (label, "0123456789")] == '\0';
}

static gboolean
check_label (const char *label, GError **error)
{
  size_t len = strlen (label);
  if (len == 0)
    return refuse (error, "a part of the name between two dots is empty");
  if (len > LABEL_MAX_LEN)
    return refuse (error, "a part of the name has more than 63 characters");
  if (strspn (label, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
    return refuse (error, "a name has letters, digits, hyphens and dots only");
  if (label[0] == '-' || label[len - 1] == '-')
    return refuse (error, "a part of a name neither begins nor ends with a hyphen");
  return TRUE;
}

static gboolean
check_labels (const char *name, GError **error)
{
  if (name[0] == '\0')
    return refuse (error, "the name is empty");
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);
  for (unsigned int i = 0; labels[i] != NULL; i++) {
    if (!check_label (labels[i], error))
      return FALSE;
    if (labels[i + 1] == NULL && label_is_number (labels[i]))
      return refuse (error, "this is neither a name nor a complete IPv4 address");
  }
  return TRUE;
}

static char *
to_ascii (const char *text, GError **error)
{
  if (g_str_is_ascii (text))
    return g_ascii_strdown (text, -1);
  char *ascii = NULL;
  int rc = idn2_to_ascii_8z (text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  if (rc != IDN2_OK) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "this is not an internationalised name (%s)", idn2_strerror (rc));
    return NULL;
  }
  char *copy = g_ascii_strdown (ascii, -1);
  idn2_free (ascii);
  return copy;
}

/* The A-label form of a DNS name (never an address). SITE_INVALID says what is wrong, without
 * repeating the text. Transfer: full. */
char *
site_name_normalize (const char *text, GError **error)
{
  g_autofree char *name = to_ascii (text, error);
  if (name == NULL)
    return NULL;
  size_t len = strlen (name);
  if (len > 1 && name[len - 1] == '.')
    name[--len] = '\0';
  if (len > NAME_MAX_LEN) {
    refuse (error, "the name has more than 253 characters");
    return NULL;
  }
  return check_labels (name, error) ? g_steal_pointer (&name) : NULL;
}

/* True for an address of one host, be it this one: a gateway's, or our own. */
bool
site_addr_is_of_host (const InetAddr *addr)
{
  static const uint8_t loopback6[16] = { [15] = 1 };
  if (inet_addr_is_unicast (addr))
    return true;
  if (addr->family == INET_V4)
    return addr->bytes[0] == 127;
  return memcmp (addr->bytes, loopback6, sizeof loopback6) == 0;
}

/* The one form of a host: an address as inet_ntop () writes it, without brackets, or a name as
 * site_name_normalize () has it. Transfer: full. */
char *
site_host_normalize (const char *text, GError **error)
{
  InetAddr addr;
  if (!inet_addr_parse (text, &addr)) {
    if (strchr (text, ':') != NULL) {
      refuse (error,
          strchr (text, '%') != NULL ? "an IPv6 address with a zone cannot be a gateway"
                                     : "this is not an IPv6 address");
      return NULL;
    }
    return site_name_normalize (text, error);
  }
  if (!site_addr_is_of_host (&addr)) {
    refuse (error, "this address does not belong to a single host");
    return NULL;
  }
  char buf[INET_ADDR_STRLEN];
  return g_strdup (inet_addr_format (&addr, buf));
}
