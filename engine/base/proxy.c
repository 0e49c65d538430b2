/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Proxy: SCHEME://HOST:PORT, as sites, desktops and the answers of PAC scripts have it once they are
 * URIs. What comes from a script was written by whoever runs the network, so that it is read strictly:
 * nothing but a scheme that is known, a host and a port; no user, no path but "/". */
#include "base/proxy.h"

#include <glib.h>
#include <string.h>

#include "base/inet.h"

static const struct {
  const char *scheme;
  ProxyKind kind;
  uint16_t port; /* where none stands in the URI */
} schemes[] = {
  { "http", PROXY_HTTP, 80 },
  { "https", PROXY_HTTPS, 443 },
  { "socks5", PROXY_SOCKS5, 1080 },
  { "socks", PROXY_SOCKS5, 1080 },
  { "socks4a", PROXY_SOCKS4A, 1080 },
  { "socks4", PROXY_SOCKS4A, 1080 },
};

static const char *
scheme_of (ProxyKind kind)
{
  switch (kind) {
  case PROXY_DIRECT: return "direct";
  case PROXY_HTTP: return "http";
  case PROXY_HTTPS: return "https";
  case PROXY_SOCKS4A: return "socks4a";
  case PROXY_SOCKS5: return "socks5";
  }
  return "";
}

static bool
parse_port (const char *text, uint16_t *ret_port)
{
  guint64 port;
  if (!g_ascii_string_to_unsigned (text, 10, 1, UINT16_MAX, &port, NULL))
    return false;
  *ret_port = (uint16_t) port;
  return true;
}

/* Letters, digits, hyphens, dots, and the underscores that some networks have in names. */
static bool
is_name (const char *name)
{
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
  size_t len = strlen (name);
  return len > 0 && strspn (name, allowed) == len && name[0] != '.' && name[0] != '-' &&
      strstr (name, "..") == NULL;
}

static bool
take_host (const char *host, size_t len, bool in_brackets, Proxy *proxy)
{
  InetAddr addr;
  if (len == 0 || len > PROXY_HOST_MAX)
    return false;
  for (size_t i = 0; i < len; i++)
    proxy->host[i] = g_ascii_tolower (host[i]);
  proxy->host[len] = '\0';
  bool is_literal = inet_addr_parse (proxy->host, &addr);
  if (in_brackets)
    return is_literal && addr.family == INET_V6;
  return is_literal ? addr.family == INET_V4 : is_name (proxy->host);
}

/* HOST or HOST:PORT, an IPv6 address in brackets. */
static bool
take_authority (const char *text, Proxy *proxy)
{
  const char *end, *host = text;
  bool in_brackets = text[0] == '[';
  if (in_brackets) {
    host++;
    end = strchr (host, ']');
  } else {
    end = text + strcspn (text, ":");
  }
  if (end == NULL || !take_host (host, (size_t) (end - host), in_brackets, proxy))
    return false;
  const char *rest = in_brackets ? end + 1 : end;
  return rest[0] == '\0' || (rest[0] == ':' && parse_port (rest + 1, &proxy->port));
}

/* Reads one URI; *ret_proxy is written where that is PROXY_URI_OK. */
ProxyUriVerdict
proxy_parse (const char *uri, Proxy *ret_proxy)
{
  Proxy proxy = { .kind = PROXY_DIRECT };
  const char *colon = strstr (uri, "://");
  if (strlen (uri) > PROXY_URI_MAX || colon == NULL)
    return PROXY_URI_NOT_ONE;
  g_autofree char *scheme = g_ascii_strdown (uri, colon - uri);
  g_autofree char *authority = g_strdup (colon + strlen ("://"));
  size_t len = strlen (authority);
  if (len > 0 && authority[len - 1] == '/')
    authority[len - 1] = '\0';
  if (strcmp (scheme, "direct") == 0) {
    if (authority[0] != '\0')
      return PROXY_URI_NOT_ONE;
    *ret_proxy = proxy;
    return PROXY_URI_OK;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (schemes) && proxy.kind == PROXY_DIRECT; i++) {
    if (strcmp (schemes[i].scheme, scheme) == 0) {
      proxy.kind = schemes[i].kind;
      proxy.port = schemes[i].port;
    }
  }
  if (proxy.kind == PROXY_DIRECT)
    return PROXY_URI_SCHEME;
  if (strchr (authority, '@') != NULL)
    return PROXY_URI_USER;
  if (!take_authority (authority, &proxy))
    return PROXY_URI_NOT_ONE;
  *ret_proxy = proxy;
  return PROXY_URI_OK;
}

/* host:port, an IPv6 address in brackets. Transfer: full. */
char *
host_port_format (const char *host, uint16_t port)
{
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

/* HOST:PORT: who it is, however it is spoken to. Transfer: full. */
char *
proxy_name (const Proxy *proxy)
{
  return host_port_format (proxy->host, proxy->port);
}

/* The URI that is read as the same proxy. Transfer: full. */
char *
proxy_format (const Proxy *proxy)
{
  if (proxy->kind == PROXY_DIRECT)
    return g_strdup ("direct://");
  g_autofree char *name = proxy_name (proxy);
  return g_strconcat (scheme_of (proxy->kind), "://", name, NULL);
}

bool
proxy_equal (const Proxy *a, const Proxy *b)
{
  return a->kind == b->kind && a->port == b->port && strcmp (a->host, b->host) == 0;
}

static size_t
add (Proxy list[static PROXY_LIST_MAX], size_t n, const Proxy *proxy)
{
  for (size_t i = 0; i < n; i++) {
    if (proxy_equal (&list[i], proxy))
      return n;
  }
  if (n < PROXY_LIST_MAX)
    list[n++] = *proxy;
  return n;
}

/* The proxies of a list that ends with NULL, in the order in which they are to be tried: each once, what
 * is none left out, PROXY_LIST_MAX at most. "socks" leaves open which of the two is spoken: 5 comes
 * first. Returns how many. */
size_t
proxy_list_parse (const char *const *uris, Proxy ret_list[static PROXY_LIST_MAX])
{
  size_t n = 0;
  for (size_t i = 0; uris[i] != NULL; i++) {
    Proxy proxy;
    if (proxy_parse (uris[i], &proxy) != PROXY_URI_OK)
      continue;
    n = add (ret_list, n, &proxy);
    if (g_ascii_strncasecmp (uris[i], "socks:", strlen ("socks:")) == 0) {
      proxy.kind = PROXY_SOCKS4A;
      n = add (ret_list, n, &proxy);
    }
  }
  return n;
}
