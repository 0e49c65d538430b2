/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PortalWait: which failures may be those of a captive portal, whether there is one, and how long it is
 * waited for. Pure.
 *
 * Two witnesses speak: our own question in HTTP, and the machine's network manager, which asks a server of
 * its own, but seldom. What the question has shown to be a web server is none, whatever the other says; and
 * once there was one, failures of its kind are no answer to the user for a while: a portal opens when it
 * likes. */
#include "tunnel/portal-wait.h"

#include <glib.h>

void
portal_wait_init (PortalWait *w, Connectivity connectivity)
{
  *w = (PortalWait){ .connectivity = connectivity, .seen_at = INT64_MIN };
  portal_wait_restart (w);
}

/* True for what becomes of a stream in a network with a portal. was_up: it stood before, so that only what
 * came on it can tell. */
bool
portal_wait_suspects (VisitorError code, bool was_up)
{
  if (was_up)
    return code == VISITOR_ERROR_NOT_VISITOR_MODE;
  return code == VISITOR_ERROR_NAME_NOT_FOUND || code == VISITOR_ERROR_UNREACHABLE ||
      code == VISITOR_ERROR_REFUSED || code == VISITOR_ERROR_TIMED_OUT ||
      code == VISITOR_ERROR_STREAM_CLOSED || code == VISITOR_ERROR_TLS ||
      code == VISITOR_ERROR_TLS_UNTRUSTED || code == VISITOR_ERROR_TLS_WRONG_NAME ||
      code == VISITOR_ERROR_TLS_EXPIRED || code == VISITOR_ERROR_NOT_VISITOR_MODE ||
      code == VISITOR_ERROR_PEER_SILENT || code == VISITOR_ERROR_PROXY_UNREACHABLE ||
      code == VISITOR_ERROR_PROXY_TLS || code == VISITOR_ERROR_PROXY_PROTOCOL;
}

/* What our question has come to; true if there is a portal now. */
bool
portal_wait_found (PortalWait *w, PortalVerdict verdict, int64_t now)
{
  bool told = verdict == PORTAL_UNKNOWN && w->connectivity == CONNECTIVITY_PORTAL;
  bool found = verdict == PORTAL_FOUND || told;
  if (found)
    w->seen_at = now;
  return found;
}

/* When to look again, which is the later the longer it takes. */
int64_t
portal_wait_next (PortalWait *w, int64_t now)
{
  int64_t at = now + w->step;
  w->step = MIN (w->step + w->step / 2, PORTAL_WAIT_MAX_US);
  return at;
}

/* Something has changed. */
void
portal_wait_restart (PortalWait *w)
{
  w->step = PORTAL_WAIT_FIRST_US;
}

/* True if a failure that portals cause is an answer to the user. */
bool
portal_wait_is_over (const PortalWait *w, int64_t now)
{
  return w->seen_at == INT64_MIN || now - w->seen_at > PORTAL_WAIT_GRACE_US;
}
