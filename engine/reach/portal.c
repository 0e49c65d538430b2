/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Portal: whether whoever answers in the gateway's place is a captive portal (RFC 8952), told by what it
 * answers to one request in clear HTTP. Pure.
 *
 * Asked is the gateway's own host, so that nobody else hears of it, for a page that no site has: a web
 * server says that there is none, or sends us to its own https; a portal says the same to
 * everybody. Or a page is asked for that somebody has made for this, which is known to have no content. */
#include "reach/portal.h"

#include <glib.h>

#include "base/inet.h"
#include "base/web-url.h"

#define PAGE "/visitor-portal-check"

const char *
portal_verdict_to_string (PortalVerdict verdict)
{
  switch (verdict) {
  case PORTAL_UNKNOWN: return "unknown";
  case PORTAL_NONE: return "none";
  case PORTAL_FOUND: return "found";
  }
  return "unknown";
}

/* HOST as it stands in a URL. Transfer: full. */
static char *
authority_of (const char *host)
{
  InetAddr addr;
  bool brackets = inet_addr_parse (host, &addr) && addr.family == INET_V6;
  return g_strdup_printf (brackets ? "[%s]" : "%s", host);
}

/* What a browser is sent to where the portal did not say: it is caught there, too. Transfer: full. */
char *
portal_own_url (const char *host)
{
  g_autofree char *authority = authority_of (host);
  return g_strdup_printf ("http://%s/", authority);
}

/* The request, which says nothing of us, for the page that no site has or another. Transfer: full. */
char *
portal_request (const char *host, const char *target_or_null)
{
  g_autofree char *authority = authority_of (host);
  return g_strdup_printf (
      "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nCache-Control: no-cache\r\n\r\n",
      target_or_null != NULL ? target_or_null : PAGE, authority);
}

static bool
is_redirect (unsigned int status)
{
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* RFC 9110 section 10.2.2: the target may be relative to what was asked for. */
static bool
is_relative (const char *location)
{
  return g_str_has_prefix (location, "/") && !g_str_has_prefix (location, "//");
}

/* True where url may be of whoever has the gateway. One that leads from host to host in the clear may not:
 * a company's guests have a portal in its own domain. */
static bool
is_ours (const PortalQuestion *question, const WebUrl *url)
{
  if (!url->is_https)
    return g_ascii_strcasecmp (url->host, question->host) == 0;
  return web_hosts_are_related (url->host, question->host) ||
      web_hosts_are_related (url->host, question->tls_name);
}

/* What is said in the place of a page that is known to have no content. */
static PortalVerdict
judge_false_answer (const HttpReply *reply, char **ret_url)
{
  g_autofree char *location = g_strndup ((const char *) reply->location.data, reply->location.len);
  WebUrl url;
  bool is_page = reply->status >= 200 && reply->status < 300;
  if (!is_page && !is_redirect (reply->status))
    return PORTAL_UNKNOWN;
  if (is_redirect (reply->status) && reply->n_locations == 1 && web_url_parse (location, &url))
    *ret_url = g_steal_pointer (&location);
  return PORTAL_FOUND;
}

/* A web server sends people on within its own house, a portal to itself. */
static PortalVerdict
judge_redirect (const PortalQuestion *question, const HttpReply *reply, char **ret_url)
{
  WebUrl url;
  PortalVerdict in_house = question->strange_tls ? PORTAL_FOUND : PORTAL_NONE;
  if (reply->n_locations != 1)
    return PORTAL_UNKNOWN;
  g_autofree char *location = g_strndup ((const char *) reply->location.data, reply->location.len);
  if (is_relative (location))
    return in_house;
  if (!web_url_parse (location, &url))
    return PORTAL_UNKNOWN;
  bool ours = is_ours (question, &url);
  if (ours && url.is_https)
    return PORTAL_NONE; /* where TLS has the say, and has said what is wrong */
  if (!ours || in_house == PORTAL_FOUND)
    *ret_url = g_steal_pointer (&location);
  return ours ? in_house : PORTAL_FOUND;
}

/* Judges the answer to portal_request (). *ret_url, NULL before, is set to where the portal has sent us, if
 * it said; transfer: full. */
PortalVerdict
portal_judge (const PortalQuestion *question, const HttpReply *reply, char **ret_url)
{
  if (reply->status == 511) { /* RFC 6585 section 6 */
    g_autofree char *location =
        g_strndup ((const char *) reply->location.data, reply->location.len);
    WebUrl url;
    if (reply->n_locations == 1 && web_url_parse (location, &url))
      *ret_url = g_steal_pointer (&location);
    return PORTAL_FOUND;
  }
  if (question->answers_204)
    return reply->status == 204 ? PORTAL_NONE : judge_false_answer (reply, ret_url);
  if (is_redirect (reply->status))
    return judge_redirect (question, reply, ret_url);
  /* A page for what is no page: alone it may be of a site that has one for everything. */
  bool page = reply->status >= 200 && reply->status < 300 && reply->status != 204;
  return page && question->strange_tls ? PORTAL_FOUND : PORTAL_NONE;
}
