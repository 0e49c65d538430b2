/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, its gateway elsewhere: other addresses that it has (RFC 4555), and another gateway that it
 * sends us to (RFC 5685).
 *
 * Both change where the next stream goes. Port, TLS name, and whom we believe stay those of the site. */
#include "tunnel/domain.h"
#include "tunnel/session-private.h"

/* Where else an uplink looks for the gateway: the one that we were sent to, then the addresses of the one
 * that we are at. order is the former's. */
void
session_set_further (const Session *self, Uplink *uplink, ConnectorOrder order)
{
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func (g_free);
  if (self->redirected_to != NULL)
    g_ptr_array_add (hosts, g_strdup (self->redirected_to));
  for (guint i = 0; self->gateway_addresses != NULL && i < self->gateway_addresses->len; i++) {
    char text[INET_ADDR_STRLEN];
    inet_addr_format (&g_array_index (self->gateway_addresses, InetAddr, i), text);
    g_ptr_array_add (hosts, g_strdup (text));
  }
  g_ptr_array_add (hosts, NULL);
  uplink_set_further (uplink, (const char *const *) hosts->pdata,
      self->redirected_to != NULL ? order : CONNECTOR_BEHIND);
}

/* All addresses of the gateway but the one that is known. */
void
session_take_addresses (Session *self, const GArray *addresses)
{
  g_info ("the gateway can be reached at %u more addresses", addresses->len);
  g_clear_pointer (&self->gateway_addresses, g_array_unref);
  self->gateway_addresses = g_array_copy ((GArray *) addresses);
  session_set_further (self, self->uplink, CONNECTOR_BEHIND);
}

/* Signs in at the other gateway beside the tunnel that there is, or where there is none instead. */
static void
go_there (Session *self, const char *host)
{
  IkePath path;
  const Uplink *here = self->successor != NULL ? successor_uplink (self->successor) : self->uplink;
  if (uplink_path (here, &path))
    self->redirected_from = path.remote;
  g_free (self->redirected_to);
  self->redirected_to = g_strdup (host);
  g_clear_pointer (&self->gateway_addresses, g_array_unref);
  g_clear_pointer (&self->successor, successor_free);
  self->successor_awaits_secret = self->successor_awaits_signature = false;
  if (self->state == TUNNEL_CONNECTED) {
    session_sign_in_anew (self);
    return;
  }
  session_say_goodbye (self);
  session_forget_ike (self);
  self->lost_at = g_get_monotonic_time ();
  session_set_state (self, self->was_connected ? TUNNEL_RECONNECTING : TUNNEL_LOOKING_FOR_GATEWAY,
      "the gateway sends us to another");
  uplink_close (self->uplink);
  session_set_further (self, self->uplink, CONNECTOR_FIRST);
  session_connect_again (self);
}

/* Where we were sent to is not to be had. */
void
session_stay (Session *self)
{
  if (self->redirected_from.family == INET_NONE)
    return;
  self->redirected_from = (InetAddr){ 0 };
  g_clear_pointer (&self->redirected_to, g_free);
}

/* A gateway names another: the one that we are at, or whoever the successor has come to. What cannot be
 * followed is passed over while there is a tunnel; otherwise it is the end, as this gateway has nothing
 * else to say. True if it is followed. */
bool
session_follow (Session *self, const char *host)
{
  InetAddr literal;
  bool is_up = self->state == TUNNEL_CONNECTED;
  g_autoptr (GError) error = NULL;
  if (self->moves) { /* to another already */
    g_message ("the gateway sends us on while we move; staying");
    return false;
  }
  if (!inet_addr_parse (host, &literal) && !domain_is_valid (host))
    error = g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
        "the gateway sends us to another by a name that is none");
  else if (!redirects_take (&self->redirects, g_get_monotonic_time ()))
    error = g_error_new_literal (
        VISITOR_ERROR, VISITOR_ERROR_REDIRECT_LOOP, "the gateways send us from one to the other");
  if (error == NULL)
    go_there (self, host);
  else if (is_up)
    g_message ("%s; staying", error->message);
  else
    session_end (self, error);
  return error == NULL;
}
