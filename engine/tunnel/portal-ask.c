/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked to find out about a captive portal, as the site wants it: the site's own host for a page
 * that no site has, or a page that the site names, or nobody. */
#include "tunnel/portal-ask.h"

#include "base/web-url.h"

/* False where the site wants no question in the clear. */
bool
portal_may_ask (const Site *site)
{
  return g_strcmp0 (site->portal_check, "none") != 0;
}

/* A page that answers 204 where there is a way out; its host has nothing to do with the gateway's. */
static PortalProbe *
ask_page (PortalProbeConfig *config, const char *url, const WebUrl *page, PortalProbeDoneFunc done,
    void *user_data)
{
  g_autoptr (GArray) nowhere = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  g_autofree char *target = web_url_target (url);
  config->question.host = config->question.tls_name = page->host;
  config->question.answers_204 = true;
  config->port = page->port;
  config->target = target;
  config->url = url;
  config->hosts = nowhere;
  return portal_probe_new (config, done, user_data);
}

/* Begins to ask, of a site of which portal_may_ask () is true. hosts: InetAddr, where the site's host is known
 * to be; strange_tls: who answers there has shown a certificate for somebody else. Transfer: full. */
PortalProbe *
portal_ask (const Start *start, const GArray *hosts, bool strange_tls, SocketSource sockets,
    PortalProbeDoneFunc done, void *user_data)
{
  const Site *site = start->site;
  g_autofree char *own = portal_own_url (site->address.host);
  PortalProbeConfig config = {
    .question = {
      .host = site->address.host,
      .tls_name = site_tls_name (site),
      .strange_tls = strange_tls,
    },
    .port = PORTAL_PORT,
    .url = own,
    .nameservers = start->nameservers,
    .hosts = hosts,
    .sockets = sockets,
  };
  WebUrl page;
  if (site->portal_check != NULL && web_url_parse (site->portal_check, &page))
    return ask_page (&config, site->portal_check, &page, done, user_data);
  return portal_probe_new (&config, done, user_data);
}
