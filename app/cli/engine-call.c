/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EngineCall: the client's first steps, one after the other, as the verbs need them. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/engine-call.h"
#include "cli/output.h"
#include "cli/wait.h"
#include "client/site-list.h"

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

/* As the list of sites has it: letter case aside. */
static gboolean
is_called (VisitorConnection *connection, const char *key, const char *folded)
{
  const char *name = visitor_connection_get_string (connection, key);
  g_autofree char *same = name != NULL ? g_utf8_casefold (name, -1) : NULL;
  return g_strcmp0 (same, folded) == 0;
}

static VisitorConnection *
find (GPtrArray *connections, const char *site, gboolean over)
{
  g_autofree char *valid = g_utf8_make_valid (site, -1);
  g_autofree char *folded = g_utf8_casefold (valid, -1);
  for (guint i = 0; i < connections->len; i++) {
    VisitorConnection *connection = g_ptr_array_index (connections, i);
    if (visitor_state_is_over (visitor_connection_get_state (connection)) == over &&
        (is_called (connection, "site", folded) || is_called (connection, "name", folded)))
      return connection;
  }
  return NULL;
}

/* The connection of the site with this id or name that is not over; NULL if there is none.
 * Borrowed. */
VisitorConnection *
engine_find (GPtrArray *connections, const char *site)
{
  return find (connections, site, FALSE);
}

/* The one that has failed. Borrowed. */
VisitorConnection *
engine_find_over (GPtrArray *connections, const char *site)
{
  return find (connections, site, TRUE);
}

/* Says that this site has no connection, or is none at all. Returns the exit code of that. */
ExitCode
engine_complain_absent (const char *site)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorSiteList) list = visitor_site_list_load (NULL);
  if (list != NULL && visitor_site_list_find_any (list, site, &error) == NULL)
    return output_error (error);
  output_complain (_ ("“%s” is not connected."), site);
  return EXIT_CODE_NOT_CONNECTED;
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

/* All the user's connections; NULL if the engine cannot be asked, which has been said then. Transfer: full. */
GPtrArray *
engine_list_all (ExitCode *ret_code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorClient) client = engine_open (&error);
  GPtrArray *connections = client != NULL ? engine_list (client, &error) : NULL;
  if (connections == NULL)
    *ret_code = output_error (error);
  return connections;
}

/* The connections that are not over: that of the site with this id or name, or with NULL all of them.
 * NULL if there is no such site among them, or the engine cannot be asked; this has been said then, and
 * *ret_code is what the verb ends with. Transfer: full. */
GPtrArray *
engine_list_running (const char *site, ExitCode *ret_code)
{
  g_autoptr (GPtrArray) connections = engine_list_all (ret_code);
  if (connections == NULL)
    return NULL;
  engine_drop_those_over (connections);
  if (site == NULL)
    return g_steal_pointer (&connections);
  VisitorConnection *connection = engine_find (connections, site);
  if (connection == NULL) {
    *ret_code = engine_complain_absent (site);
    return NULL;
  }
  GPtrArray *one = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (one, g_object_ref (connection));
  return one;
}

/* The connection that a verb is meant for: of the site with this id or name, or with NULL the only one.
 * several: what is said where there are more. NULL after it was said why there is none, as
 * engine_list_running () has it. Transfer: full. */
VisitorConnection *
engine_choose (const char *site, const char *several, ExitCode *ret_code)
{
  g_autoptr (GPtrArray) connections = engine_list_running (site, ret_code);
  if (connections == NULL)
    return NULL;
  if (connections->len == 1)
    return g_object_ref (g_ptr_array_index (connections, 0));
  if (connections->len == 0) {
    output_complain (_ ("Nothing is connected."));
    *ret_code = EXIT_CODE_NOT_CONNECTED;
  } else {
    output_complain ("%s", several);
    *ret_code = EXIT_CODE_USAGE;
  }
  return NULL;
}
