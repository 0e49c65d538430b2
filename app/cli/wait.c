/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wait: for verbs that do one thing after the other, the main loop running meanwhile. */
#include "cli/wait.h"

/* GAsyncReadyCallback: puts the result where user_data, a GAsyncResult **, points. */
void
wait_callback (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Runs the main loop until wait_callback () has put a result there, and returns it, borrowed. */
GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}
