/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connector, further entry points: where the gateway itself says that it, or another, is. */
#include <string.h>

#include "reach/connector-private.h"

/* True for the address behind a name of the site's at which the last stream stood: once a round is enough
 * for one that may be gone. */
static bool
is_tried_by_name (const Connector *self, const char *host)
{
  InetAddr addr;
  return self->good_entry < self->config.n_entries && inet_addr_parse (host, &addr) &&
      inet_addr_compare (&addr, &self->good_addr) == 0;
}

/* Further hosts, a list that ends with NULL, at which the gateway or its like says that it is, at the port
 * that was used last. `order` says where the first of them stands; the others come behind all that is
 * configured, but for one that is tried there already. They take the place of those that were set before,
 * and of a round that is under way. */
void
connector_set_further (Connector *connector, const char *const *hosts, ConnectorOrder order)
{
  const EntryPoint *good = connector->entries->pdata[connector->good_entry];
  EntryPoint further = { .port = good->port };
  g_autofree char *good_host = g_strdup (good->host);
  guint configured = (guint) connector->config.n_entries;
  bool was_further = connector->good_entry >= configured;
  connector_stop (connector);
  connector_forget_rest (connector);
  g_ptr_array_set_size (connector->entries, (gint) configured);
  for (size_t i = 0; hosts[i] != NULL; i++) {
    further.host = (char *) hosts[i];
    if (order != CONNECTOR_BEHIND || !is_tried_by_name (connector, hosts[i]))
      connector_add_entry (connector, &further);
  }
  connector->only_first = order == CONNECTOR_ONLY;
  if (order != CONNECTOR_BEHIND) {
    connector->good_entry = configured;
    connector->good_addr = (InetAddr){ 0 };
  } else if (was_further) {
    connector->good_entry = 0;
    for (guint i = configured; i < connector->entries->len; i++) {
      if (strcmp (((const EntryPoint *) connector->entries->pdata[i])->host, good_host) == 0)
        connector->good_entry = i;
    }
    if (connector->good_entry == 0)
      connector->good_addr = (InetAddr){ 0 };
  }
}

/* Until a link stood, this entry point of the configuration and no other is looked for. A round that is under
 * way is ended. */
void
connector_set_only (Connector *connector, size_t entry)
{
  connector_stop (connector);
  connector_forget_rest (connector);
  connector->good_entry = entry;
  connector->good_addr = (InetAddr){ 0 };
  connector->only_first = true;
}
