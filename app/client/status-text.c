/* SPDX-License-Identifier: GPL-2.0-or-later */
/* StatusText: how a site is, as one sentence for people, and how long it stays true. */
#include "config.h"

#include "client/status-text.h"

#include <glib/gi18n-lib.h>

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Seconds since the first "connected"; the clock may have been set back meanwhile. */
static gint64
age_of (GVariant *status, gint64 now)
{
  gint64 begin = now;
  if (status != NULL)
    g_variant_lookup (status, "connected", "x", &begin);
  return MAX (now - begin, 0);
}

static char *
connected_for (gint64 age)
{
  if (age < MINUTE)
    return g_strdup (_ ("Connected"));
  if (age < HOUR) {
    unsigned long minutes = (unsigned long) (age / MINUTE);
    /* Translators: min are minutes */
    return g_strdup_printf (
        dngettext (GETTEXT_PACKAGE, "Connected for %lu min", "Connected for %lu min", minutes),
        minutes);
  }
  if (age < DAY)
    /* Translators: hours and minutes */
    return g_strdup_printf (_ ("Connected for %lu h %lu min"), (unsigned long) (age / HOUR),
        (unsigned long) (age % HOUR / MINUTE));
  unsigned long days = (unsigned long) (age / DAY);
  return g_strdup_printf (
      dngettext (GETTEXT_PACKAGE, "Connected for %lu day", "Connected for %lu days", days), days);
}

static char *
signing_in (const char *user)
{
  return user != NULL ? g_strdup_printf (_ ("Signing in as %s"), user)
                      : g_strdup (_ ("Signing in"));
}

/* now: wall clock, seconds. Transfer: full. */
char *
visitor_status_text (const VisitorStatusFacts *facts, gint64 now)
{
  switch (facts->state) {
  case VISITOR_STATE_DISCONNECTED: return g_strdup (_ ("Not connected"));
  case VISITOR_STATE_FAILED: return g_strdup (_ ("Connection failed"));
  case VISITOR_STATE_LOOKING_FOR_GATEWAY:
    if (!facts->has_connection)
      return g_strdup (_ ("Starting the connection"));
    break;
  case VISITOR_STATE_SIGNING_IN: return signing_in (facts->user);
  case VISITOR_STATE_CONNECTED: return connected_for (age_of (facts->status, now));
  case VISITOR_STATE_DISCONNECTING:
    return g_strdup (facts->has_connection ? _ ("Disconnecting") : _ ("Cancelling"));
  case VISITOR_STATE_UNKNOWN:
  case VISITOR_STATE_SETTING_UP:
  case VISITOR_STATE_RECONNECTING:
  case VISITOR_STATE_WAITING_FOR_PORTAL:
  case VISITOR_N_STATES: break;
  }
  return g_strdup (visitor_status_words (facts->state, facts->status));
}

/* Seconds until the sentence is another one, although nothing happens; 0: it stays. */
guint
visitor_status_text_lasts (const VisitorStatusFacts *facts, gint64 now)
{
  if (facts->state != VISITOR_STATE_CONNECTED)
    return 0;
  gint64 age = age_of (facts->status, now);
  return (guint) (age < DAY ? MINUTE - age % MINUTE : DAY - age % DAY);
}
