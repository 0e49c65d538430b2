/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorNotice: what a change of a connection is worth telling somebody who looks at something else.
 *
 * A tunnel that was there when the program came is no news, nor is what the user did; a way that is lost
 * is news only if it stays lost for a while, which VisitorNotifier measures. */
#include "config.h"

#include "desktop/notice.h"

#include <glib/gi18n-lib.h>

#include "client/error-text.h"
#include "client/portal.h"

static gboolean
was_wanted (VisitorState state)
{
  return state == VISITOR_STATE_LOOKING_FOR_GATEWAY || state == VISITOR_STATE_SIGNING_IN ||
      state == VISITOR_STATE_SETTING_UP;
}

static gboolean
was_up (VisitorState state)
{
  return state == VISITOR_STATE_CONNECTED || state == VISITOR_STATE_RECONNECTING;
}

static VisitorNotice *
notice_take (char *title)
{
  VisitorNotice *notice = g_new0 (VisitorNotice, 1);
  notice->title = title;
  return notice;
}

static char *
ended_title (const char *site, gboolean was_there, VisitorError code)
{
  if (code == VISITOR_ERROR_SIGN_IN_EXPIRED)
    return g_strdup_printf (_ ("Your sign-in to %s has run out"), site);
  if (was_there)
    return g_strdup_printf (_ ("The connection to %s has ended"), site);
  return g_strdup_printf (_ ("%s could not be connected"), site);
}

static VisitorNotice *
ended (const char *site, gboolean was_there, const GError *failure)
{
  VisitorError code = failure->domain == VISITOR_ERROR ? failure->code : VISITOR_ERROR_FAILED;
  VisitorNotice *notice = notice_take (ended_title (site, was_there, code));
  notice->body =
      g_strdup_printf ("%s %s", visitor_error_sentence (code), visitor_error_advice (code));
  notice->button = was_there ? _ ("Connect again") : _ ("Try again");
  notice->action = "app.connect";
  notice->is_urgent = was_there;
  return notice;
}

/* What to tell when a site goes from one state to another; NULL if that is no news. failure is the site's,
 * or NULL. */
VisitorNotice *
visitor_notice_for_change (
    const char *site, VisitorState before, VisitorState now, const GError *failure)
{
  if (now == VISITOR_STATE_CONNECTED && was_wanted (before))
    return notice_take (g_strdup_printf (_ ("Connected to %s"), site));
  if (now != VISITOR_STATE_FAILED || failure == NULL || before == VISITOR_STATE_FAILED)
    return NULL;
  if (g_error_matches (failure, VISITOR_ERROR, VISITOR_ERROR_CANCELLED))
    return NULL;
  return ended (site, was_up (before), failure);
}

/* What to tell of a way that is lost and sought anew. */
VisitorNotice *
visitor_notice_for_loss (const char *site)
{
  VisitorNotice *notice =
      notice_take (g_strdup_printf (_ ("The connection to %s is interrupted"), site));
  notice->body = g_strdup (_ ("Visitor goes on trying; nobody has to sign in again."));
  notice->button = _ ("Disconnect");
  notice->action = "app.disconnect";
  return notice;
}

/* What to tell of a network that wants a person to sign in before it lets anybody out. */
VisitorNotice *
visitor_notice_for_portal (const char *site, VisitorConnection *connection_or_null)
{
  VisitorNotice *notice = notice_take (g_strdup_printf (_ ("%s waits for this network"), site));
  notice->body = g_strdup_printf (
      "%s %s", visitor_portal_sentence (), visitor_portal_advice (connection_or_null));
  notice->button = _ ("Open sign-in page");
  notice->action = "app.open-portal";
  notice->is_urgent = TRUE;
  return notice;
}

/* What to tell when a question waits in the window: while connected it means that the sign-in runs out. */
VisitorNotice *
visitor_notice_for_question (const char *site, VisitorState state)
{
  VisitorNotice *notice;
  if (was_up (state)) {
    notice = notice_take (g_strdup_printf (_ ("Your sign-in to %s runs out"), site));
    notice->body = g_strdup (_ ("Sign in again to stay connected."));
  } else {
    notice = notice_take (g_strdup_printf (_ ("%s has a question for you"), site));
    notice->body = g_strdup (_ ("Answer it to go on connecting."));
  }
  notice->button = _ ("Answer");
  notice->action = "app.show-site";
  notice->is_urgent = TRUE;
  return notice;
}

void
visitor_notice_free (VisitorNotice *notice)
{
  if (notice == NULL)
    return;
  g_free (notice->title);
  g_free (notice->body);
  g_free (notice);
}
