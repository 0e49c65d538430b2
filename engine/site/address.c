/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SiteAddress: HOST:PORT as people write it. HOST is a name (IDN too), an IPv4 address or an IPv6
 * address, which has to stand in brackets where a port follows (RFC 3986 section 3.2.2). */
#include <string.h>

#include "base/names.h"
#include "site/host.h"
#include "site/site.h"

static bool
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, why);
  return false;
}

static bool
parse_port (const char *text, uint16_t *ret_port, GError **error)
{
  guint64 port;
  if (text[0] == '\0')
    return refuse (error, "the port after the colon is missing");
  if (strlen (text) > 5 || text[strspn (text, "0123456789")] != '\0' ||
      !g_ascii_string_to_unsigned (text, 10, 1, 65535, &port, NULL))
    return refuse (error, "the port is a number from 1 to 65535");
  *ret_port = (uint16_t) port;
  return true;
}

/* Splits what stands in brackets from the port behind them. */
static bool
split_bracketed (char *text, char **ret_host, const char **ret_port, GError **error)
{
  char *close = strchr (text, ']');
  if (close == NULL)
    return refuse (error, "the closing bracket of the IPv6 address is missing");
  if (close[1] != '\0' && close[1] != ':')
    return refuse (error, "behind the closing bracket only :PORT may stand");
  *close = '\0';
  InetAddr addr;
  if (strchr (text, '%') == NULL && (!inet_addr_parse (text + 1, &addr) || addr.family != INET_V6))
    return refuse (error, "brackets are for IPv6 addresses, and this is none");
  *ret_host = text + 1;
  *ret_port = close[1] == ':' ? close + 2 : NULL;
  return true;
}

static bool
split (char *text, char **ret_host, const char **ret_port, GError **error)
{
  if (strstr (text, "://") != NULL)
    return refuse (error, "write the address alone, without http:// or the like");
  if (strpbrk (text, "/?#@ \t\\") != NULL)
    return refuse (error, "this is no address: write a name, or a name, a colon and a port");
  if (text[0] == '[')
    return split_bracketed (text, ret_host, ret_port, error);
  char *colon = strchr (text, ':');
  *ret_host = text;
  *ret_port = NULL;
  if (colon != NULL && colon == strrchr (text, ':')) {
    *colon = '\0';
    *ret_port = colon + 1;
  }
  return true;
}

/* Parses HOST, HOST:PORT, V6, [V6] or [V6]:PORT; where no port is given it is 443, and said to be the default
 * alone. The error
 * (SITE_INVALID) says what is wrong; *ret_address is written only on success and is cleared by
 * site_address_clear (). */
bool
site_address_parse (const char *text, SiteAddress *ret_address, GError **error)
{
  g_autofree char *copy = g_strstrip (g_strdup (text));
  if (copy[0] == '\0')
    return refuse (error, "the address is empty");
  char *host;
  const char *port_text;
  if (!split (copy, &host, &port_text, error))
    return false;
  uint16_t port = VISITOR_DEFAULT_PORT;
  if (port_text != NULL && !parse_port (port_text, &port, error))
    return false;
  char *normal = site_host_normalize (host, error);
  if (normal == NULL)
    return false;
  *ret_address =
      (SiteAddress){ .host = normal, .port = port, .port_is_default = port_text == NULL };
  return true;
}

/* HOST:PORT, with brackets around an IPv6 address; HOST alone where no port was written. Transfer: full. */
char *
site_address_format (const SiteAddress *address)
{
  if (address->port_is_default)
    return g_strdup (address->host);
  bool v6 = strchr (address->host, ':') != NULL;
  return g_strdup_printf (v6 ? "[%s]:%u" : "%s:%u", address->host, address->port);
}

/* Frees what the address owns and empties it. */
void
site_address_clear (SiteAddress *address)
{
  g_clear_pointer (&address->host, g_free);
  address->port = 0;
  address->port_is_default = false;
}
