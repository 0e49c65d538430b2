/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The window's way to the page on which a person signs in to the network. */
#include "config.h"

#include "client/portal.h"
#include "gtk/window-private.h"

static void
show_portal (VisitorWindow *self, VisitorSiteItem *item)
{
  g_autofree char *url = visitor_portal_url (
      visitor_site_item_get_connection (item), visitor_site_item_get_site (item));
  if (url != NULL)
    gtk_show_uri (GTK_WINDOW (self), url, GDK_CURRENT_TIME);
}

typedef struct {
  VisitorWindow *window; /* owned */
  VisitorSiteItem *item; /* owned */
} PortalRequest;

static void
on_stepped_aside (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree PortalRequest *request = user_data;
  g_autoptr (VisitorWindow) window = request->window;
  g_autoptr (VisitorSiteItem) item = request->item;
  g_autoptr (GError) error = NULL;
  if (visitor_connection_step_aside_finish (VISITOR_CONNECTION (source), result, &error))
    show_portal (window, item);
  else
    visitor_window_tell_error (window, error);
}

/* Opens the page on which a person signs in to the network that item is kept waiting by; a tunnel that is in
 * the browser's way steps aside first. */
void
visitor_window_open_portal (VisitorWindow *self, VisitorSiteItem *item)
{
  VisitorConnection *connection = visitor_site_item_get_connection (item);
  if (visitor_site_item_get_state (item) != VISITOR_STATE_WAITING_FOR_PORTAL ||
      !visitor_portal_is_enclosed (connection)) {
    show_portal (self, item);
    return;
  }
  PortalRequest *request = g_new (PortalRequest, 1);
  *request = (PortalRequest){ .window = g_object_ref (self), .item = g_object_ref (item) };
  visitor_connection_step_aside_async (connection, NULL, on_stepped_aside, request);
}
