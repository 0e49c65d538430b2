/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Endpoint: an address and a port. */
#include "gateway/endpoint.h"

#include <glib.h>
#include <string.h>

/* Parses ADDRESS:PORT, an IPv6 address in brackets; no host names: what a name means may change
 * behind the administrator's back. */
bool
endpoint_parse (const char *text, Endpoint *ret_endpoint)
{
  const char *colon = strrchr (text, ':');
  if (colon == NULL)
    return false;
  g_autofree char *host = g_strndup (text, (gsize) (colon - text));
  size_t len = strlen (host);
  bool bracketed = len >= 2 && host[0] == '[' && host[len - 1] == ']';
  if (bracketed) {
    host[len - 1] = '\0';
    memmove (host, host + 1, len - 1);
  }

  Endpoint endpoint;
  guint64 port;
  if (!inet_addr_parse (host, &endpoint.addr) || bracketed != (endpoint.addr.family == INET_V6) ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
    return false;
  endpoint.port = (uint16_t) port;
  *ret_endpoint = endpoint;
  return true;
}

bool
endpoint_equal (const Endpoint *a, const Endpoint *b)
{
  return a->port == b->port && inet_addr_compare (&a->addr, &b->addr) == 0;
}

/* Writes 192.0.2.1:443 or [2001:db8::1]:443 into buf and returns it. */
const char *
endpoint_format (const Endpoint *endpoint, char buf[static ENDPOINT_STRLEN])
{
  char addr[INET_ADDR_STRLEN];
  inet_addr_format (&endpoint->addr, addr);
  bool v6 = endpoint->addr.family == INET_V6;
  g_snprintf (
      buf, ENDPOINT_STRLEN, "%s%s%s:%u", v6 ? "[" : "", addr, v6 ? "]" : "", endpoint->port);
  return buf;
}
