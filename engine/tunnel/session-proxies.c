/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, its proxies: which there are, by the site or by the user's session, and the question to the
 * latter whether that is still so. Nobody waits for its answer: the list that is known is tried, and a new
 * one takes its place as soon as it comes. */
#include "tunnel/session-private.h"

static size_t
list_of (GVariant *uris, Proxy ret_list[static PROXY_LIST_MAX])
{
  g_autofree const char **texts = g_variant_get_strv (uris, NULL);
  return proxy_list_parse (texts, ret_list);
}

/* At the start: what the site says, or the host. */
void
session_init_proxies (Session *self)
{
  const Site *site = self->start->site;
  const char *const manual[] = { site->proxy_uri, NULL };
  switch (site->proxy_mode) {
  case SITE_PROXY_NONE: break;
  case SITE_PROXY_MANUAL: self->n_proxies = proxy_list_parse (manual, self->proxies); break;
  case SITE_PROXY_AUTOMATIC:
    if (self->start->proxies != NULL)
      self->n_proxies = list_of (self->start->proxies, self->proxies);
    break;
  }
  if (self->n_proxies == 0) {
    self->proxies[0] = (Proxy){ .kind = PROXY_DIRECT };
    self->n_proxies = 1;
  }
}

/* Before a reconnect, and where a network had to be waited for: the place may be another. */
void
session_want_proxies (Session *self)
{
  bool had_network = self->network.back_at == INT64_MIN;
  if ((self->was_connected || !had_network) &&
      self->start->site->proxy_mode == SITE_PROXY_AUTOMATIC)
    control_send (self->control, MESSAGE_WANT_PROXIES, NULL);
}

/* The host's answer. An empty one changes nothing. */
void
session_take_proxies (Session *self, GVariant *body)
{
  Proxy list[PROXY_LIST_MAX];
  g_autoptr (GVariant) uris = g_variant_get_child_value (body, 0);
  size_t n = list_of (uris, list);
  if (n == 0 || self->start->site->proxy_mode != SITE_PROXY_AUTOMATIC)
    return;
  bool same = n == self->n_proxies;
  for (size_t i = 0; i < n && same; i++)
    same = proxy_equal (&list[i], &self->proxies[i]);
  self->n_proxies = n;
  for (size_t i = 0; i < n; i++)
    self->proxies[i] = list[i];
  if (self->uplink != NULL)
    uplink_set_proxies (self->uplink, self->proxies, self->n_proxies);
  if (!same)
    session_contest_again (self);
}
