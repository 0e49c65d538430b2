/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An attempt to reach the gateway as a line of the service's log, which says no name and no address. Pure. */
#include "nm/attempt-line.h"

/* entry: which of the site's entry points it went to, from 1; 0: none of them. Transfer: full. */
char *
attempt_line (const Attempt *attempt, guint entry)
{
  const char *outcome = attempt->worked          ? "worked"
      : attempt->code == VISITOR_ERROR_CANCELLED ? "was not needed"
                                                 : "failed";
  GString *line = g_string_new (NULL);
  g_string_append_printf (line, "Attempt %u over %s to ", attempt->number,
      attempt_transport_to_string (attempt->transport));
  if (entry == 0)
    g_string_append (line, "where the gateway has sent us");
  else
    g_string_append_printf (line, "entry point %u", entry);
  if (attempt->proxy.kind != PROXY_DIRECT)
    g_string_append (line, " through a proxy");
  g_string_append_printf (
      line, " %s after %u.%02u s", outcome, attempt->ms / 1000, attempt->ms % 1000 / 10);
  if (!attempt->worked)
    g_string_append_printf (line, " at the step %s: %s", attempt_stage_to_string (attempt->stage),
        visitor_error_name (attempt->code));
  return g_string_free (line, FALSE);
}
