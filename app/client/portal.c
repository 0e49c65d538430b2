/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorPortal: a network that lets nobody out before a sign-in on a web page: where that page is, and
 * what a person is told. */
#include "config.h"

#include "client/portal.h"

#include <glib/gi18n-lib.h>

#include "base/inet.h"
#include "base/web-url.h"

/* The gateway's own host in clear HTTP: behind a portal that is the portal, too. */
static char *
own_url (const Site *site)
{
  InetAddr addr;
  bool brackets = inet_addr_parse (site->address.host, &addr) && addr.family == INET_V6;
  return g_strdup_printf (brackets ? "http://[%s]/" : "http://%s/", site->address.host);
}

/* Where a browser is to be sent: where the portal has said, if it did. What a stranger wrote is read once
 * more, here. NULL where neither is known. Transfer: full. */
char *
visitor_portal_url (VisitorConnection *connection_or_null, const Site *site_or_null)
{
  WebUrl parsed;
  const char *told = connection_or_null != NULL
      ? visitor_connection_get_string (connection_or_null, "portal")
      : NULL;
  if (told != NULL && web_url_parse (told, &parsed))
    return g_strdup (told);
  return site_or_null != NULL ? own_url (site_or_null) : NULL;
}

/* What is the matter, translated. */
const char *
visitor_portal_sentence (void)
{
  return _ ("This network wants you to sign in on a web page first.");
}

/* What comes of it, translated. */
const char *
visitor_portal_advice (void)
{
  return _ ("Visitor goes on by itself as soon as the network lets you out.");
}
