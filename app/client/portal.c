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

/* TRUE where a tunnel keeps everything inside, a browser that would open the page among it. */
gboolean
visitor_portal_is_enclosed (VisitorConnection *connection_or_null)
{
  gboolean aside = FALSE;
  if (connection_or_null == NULL)
    return FALSE;
  GVariant *status = visitor_connection_get_status (connection_or_null);
  g_variant_lookup (status, "aside", "b", &aside);
  return g_variant_lookup (status, "interface", "&s", NULL) && !aside;
}

/* What comes of it, or what it takes, translated. */
const char *
visitor_portal_advice (VisitorConnection *connection_or_null)
{
  if (!visitor_portal_is_enclosed (connection_or_null))
    return _ ("Visitor goes on by itself as soon as the network lets you out.");
  return _ ("The tunnel keeps your browser inside. Opening the page lets all programs past it, "
            "unprotected in this network, until you are through, for ten minutes at most.");
}
