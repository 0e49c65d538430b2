/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EntryProber: looks, while a backup is in use, whether an entry point before it is well again: TCP, TLS and
 * a certificate that is believed, and nothing behind them. When, and what follows from it, is up to the
 * EntryPolicy. */
#include "reach/entry-prober.h"

#include "reach/alarm.h"

struct _EntryProber {
  ConnectorConfig config;
  EntryPolicy *policy; /* borrowed */
  EntryProberFunc found;
  void *user_data;
  Alarm *alarm;
  Connector *connector; /* while a probe is under way */
  Proxy proxies[PROXY_LIST_MAX];
  size_t n_proxies;
  bool runs;
};

static void
wait_for_next (EntryProber *self)
{
  int64_t at = entry_policy_next_probe (self->policy);
  alarm_set (self->alarm, !self->runs || at == INT64_MAX ? ALARM_OFF : at);
}

static void
probed (Link *link, const GError *error, void *user_data)
{
  EntryProber *self = user_data;
  size_t found = link != NULL ? connector_entry_index (self->connector) : ENTRY_NONE;
  if (link != NULL) {
    g_debug ("entry point %zu answers a probe", found);
    link_close (link);
    link_free (link);
  } else {
    g_debug ("probe: %s", error->message);
  }
  entry_policy_probed (self->policy, found, g_get_monotonic_time ());
  wait_for_next (self);
  if (found != ENTRY_NONE)
    self->found (self->user_data);
}

/* Those that stand before the one in use. */
static void
probe (void *user_data)
{
  EntryProber *self = user_data;
  ConnectorConfig config = self->config;
  config.policy = NULL;
  config.n_entries = MIN (config.n_entries, self->policy->in_use);
  g_clear_pointer (&self->connector, connector_free);
  if (config.n_entries == 0)
    return;
  self->connector = connector_new (&config, probed, self);
  connector_set_proxies (self->connector, self->proxies, self->n_proxies);
  connector_start (self->connector);
}

/* Does nothing before entry_prober_run (). The configuration is copied, what it points to is not; the policy
 * is borrowed. */
EntryProber *
entry_prober_new (
    const ConnectorConfig *config, EntryPolicy *policy, EntryProberFunc found, void *user_data)
{
  EntryProber *self = g_new0 (EntryProber, 1);
  self->config = *config;
  self->policy = policy;
  self->found = found;
  self->user_data = user_data;
  self->alarm = alarm_new (probe, self);
  return self;
}

/* Through which proxies it looks from the next probe on. */
void
entry_prober_set_proxies (EntryProber *prober, const Proxy *list, size_t n)
{
  prober->n_proxies = MIN (n, PROXY_LIST_MAX);
  for (size_t i = 0; i < prober->n_proxies; i++)
    prober->proxies[i] = list[i];
}

/* Probes when the policy wants it, or stops; also to be called when another entry point is in use. */
void
entry_prober_run (EntryProber *prober, bool runs)
{
  prober->runs = runs;
  if (!runs)
    g_clear_pointer (&prober->connector, connector_free);
  if (prober->connector == NULL || !connector_is_busy (prober->connector))
    wait_for_next (prober);
}

void
entry_prober_free (EntryProber *prober)
{
  if (prober == NULL)
    return;
  alarm_free (prober->alarm);
  connector_free (prober->connector);
  g_free (prober);
}
