/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WebUrl: an absolute http or https URL (RFC 3986) that a stranger has written and a person's browser is
 * to be sent to. It is read strictly: printable ASCII without what RFC 3986 leaves out of a URI, a host
 * that is a name or an address in its one common form, nothing that leads to this machine itself, and no
 * user before the host, where it would pass for one. */
#include "base/web-url.h"

#include <glib.h>
#include <string.h>

#include "base/inet.h"

static bool
has_plain_octets (const char *text)
{
  size_t len = 0;
  for (; text[len] != '\0'; len++) {
    if (text[len] <= ' ' || text[len] >= 0x7f || strchr ("\"<>\\^`{|}", text[len]) != NULL)
      return false;
  }
  return len <= WEB_URL_MAX;
}

/* True for what browsers read as an IPv4 address, or may: "0x7f.1", "2130706433", "1.2.3". */
static bool
ends_in_number (const char *host)
{
  const char *dot = strrchr (host, '.');
  const char *label = dot != NULL ? dot + 1 : host;
  return label[0] == '\0' || strspn (label, "0123456789") == strlen (label) ||
      g_str_has_prefix (label, "0x");
}

/* True for IPv6 addresses that stand for IPv4 ones (RFC 4291 section 2.5.5). */
static bool
is_disguised (const InetAddr *addr)
{
  static const uint8_t zero[10];
  return addr->family == INET_V6 && memcmp (addr->bytes, zero, sizeof zero) == 0;
}

static bool
leads_away (const char *host)
{
  InetAddr addr;
  if (inet_addr_parse (host, &addr))
    return inet_addr_is_unicast (&addr) && !is_disguised (&addr);
  return strcmp (host, "localhost") != 0 && !g_str_has_suffix (host, ".localhost") &&
      !ends_in_number (host);
}

/* Reads one; *ret_url is written on success. */
bool
web_url_parse (const char *text, WebUrl *ret_url)
{
  Proxy place;
  if (!has_plain_octets (text))
    return false;
  const char *authority = strstr (text, "://");
  if (authority == NULL)
    return false;
  authority += strlen ("://");
  size_t len = (size_t) (authority - text) + strcspn (authority, "/?#");
  g_autofree char *head = g_strndup (text, len);
  if (proxy_parse (head, &place) != PROXY_URI_OK ||
      (place.kind != PROXY_HTTP && place.kind != PROXY_HTTPS) || !leads_away (place.host))
    return false;
  WebUrl url = { .is_https = place.kind == PROXY_HTTPS, .port = place.port };
  memcpy (url.host, place.host, sizeof url.host);
  *ret_url = url;
  return true;
}

/* What a server is asked for a URL that web_url_parse () takes: its path and query. Transfer: full. */
char *
web_url_target (const char *text)
{
  const char *authority = strstr (text, "://") + strlen ("://");
  const char *target = authority + strcspn (authority, "/?#");
  g_autofree char *own = g_strndup (target, strcspn (target, "#"));
  return g_strconcat (own[0] == '/' ? "" : "/", own, NULL);
}

static size_t
labels_in_common (char **a, char **b, size_t n_a, size_t n_b)
{
  size_t n = 0;
  while (n < n_a && n < n_b && g_ascii_strcasecmp (a[n_a - 1 - n], b[n_b - 1 - n]) == 0)
    n++;
  return n;
}

/* Without the dot of the root. Transfer: full. */
static char **
labels_of (const char *host)
{
  size_t len = strlen (host);
  g_autofree char *name = g_strndup (host, len > 0 && host[len - 1] == '.' ? len - 1 : len);
  return g_strsplit (name, ".", 0);
}

/* How many labels name whoever has registered the domain, by the look of it: three below a registry's own
 * second level, as in "example.co.uk". */
static size_t
registered_labels (char **labels, size_t n)
{
  bool of_country = n >= 2 && strlen (labels[n - 1]) == 2 && strlen (labels[n - 2]) <= 3;
  return of_country ? 3 : 2;
}

/* True where two hosts, names or address literals, are likely of one owner: the same, or below one
 * registered domain. A guess, for there is no list of registries here; it is false where in doubt for
 * short second levels ("abc.de"). */
bool
web_hosts_are_related (const char *a, const char *b)
{
  InetAddr addr_a, addr_b;
  bool literal_a = inet_addr_parse (a, &addr_a), literal_b = inet_addr_parse (b, &addr_b);
  if (literal_a || literal_b)
    return literal_a && literal_b && inet_addr_compare (&addr_a, &addr_b) == 0;
  g_auto (GStrv) labels_a = labels_of (a);
  g_auto (GStrv) labels_b = labels_of (b);
  size_t n_a = g_strv_length (labels_a), n_b = g_strv_length (labels_b);
  size_t n = labels_in_common (labels_a, labels_b, n_a, n_b);
  return n > 0 && ((n == n_a && n == n_b) || n >= registered_labels (labels_a, n_a));
}
