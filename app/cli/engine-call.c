/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EngineCall: the client's first steps, one after the other, as the verbs need them. */
#include "cli/engine-call.h"

#include "cli/wait.h"

/* The way to the engine, which is not started. Transfer: full. */
VisitorClient *
engine_open (GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  visitor_client_open_async (NULL, wait_callback, &result);
  return visitor_client_open_finish (wait_for (&result), error);
}

/* The user's connections. Transfer: full. */
GPtrArray *
engine_list (VisitorClient *client, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  visitor_client_list_async (client, NULL, wait_callback, &result);
  return visitor_client_list_finish (client, wait_for (&result), error);
}

/* The connection of the site with this id or name that is not over; NULL if there is none.
 * Borrowed. */
VisitorConnection *
engine_find (GPtrArray *connections, const char *site)
{
  for (guint i = 0; i < connections->len; i++) {
    VisitorConnection *connection = g_ptr_array_index (connections, i);
    const char *id = visitor_connection_get_string (connection, "site");
    const char *name = visitor_connection_get_string (connection, "name");
    if (visitor_state_is_over (visitor_connection_get_state (connection)))
      continue;
    if (g_strcmp0 (id, site) == 0 || g_strcmp0 (name, site) == 0)
      return connection;
  }
  return NULL;
}

/* Leaves out the connections that have ended. */
void
engine_drop_those_over (GPtrArray *connections)
{
  for (guint i = connections->len; i > 0; i--) {
    VisitorConnection *connection = g_ptr_array_index (connections, i - 1);
    if (visitor_state_is_over (visitor_connection_get_state (connection)))
      g_ptr_array_remove_index (connections, i - 1);
  }
}
