/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The main loop of a test that waits for something, or for nothing to happen. */
#include "loop.h"

#include <stdbool.h>

#define SECONDS 60 /* for what takes four, on a machine that is busy */

static gboolean
too_late (gpointer data)
{
  g_assert_not_reached ();
}

/* What ends the test if it is not removed (g_source_remove ()) in time. */
guint
loop_limit (void)
{
  return g_timeout_add_seconds (SECONDS, too_late, NULL);
}

static gboolean
rung (gpointer data)
{
  *(bool *) data = true;
  return G_SOURCE_REMOVE;
}

/* Runs the default main context for so long. */
void
loop_wait_ms (guint ms)
{
  bool over = false;
  g_timeout_add (ms, rung, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}
