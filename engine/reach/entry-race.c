/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EntryRace: all entry points are looked for at once, each by a connector of its own, directly or through one
 * proxy, and the first whose TLS handshake stands, with a certificate that is believed, is the one. The others
 * are dropped; should it prove to be of no use, they run once more. A proxy that is of no use itself is so for
 * all of them, and none asks it, or a person about it, once more. */
#include "reach/entry-race.h"

#include "reach/connector-private.h"

#define ADDRESS_DELAY_US 10000 /* between two addresses of one: they are entry points as well */

typedef struct {
  EntryRace *entry_race; /* borrowed */
  size_t entry;
  Connector *connector;
  Alarm *alarm; /* for its beginning */
  bool lost; /* for good */
} Runner;

struct _EntryRace {
  EntryRaceDoneFunc done;
  void *user_data;
  Runner *runners;
  size_t n_runners;
  bool through_proxy;
  size_t winner;
  GError *error; /* that came farthest */
  size_t farthest; /* whose it is */
};

static bool
is_lost (const EntryRace *self)
{
  for (size_t i = 0; i < self->n_runners; i++) {
    if (!self->runners[i].lost)
      return false;
  }
  return true;
}

static void
begin (void *user_data)
{
  connector_start (((Runner *) user_data)->connector);
}

/* Who waits for his turn need not wait for one that has fallen. */
static void
hurry (EntryRace *self)
{
  for (size_t i = 0; i < self->n_runners; i++) {
    const Runner *runner = &self->runners[i];
    if (!runner->lost && connector_is_busy (runner->connector))
      return;
  }
  for (size_t i = 0; i < self->n_runners; i++) {
    if (!self->runners[i].lost)
      alarm_set (self->runners[i].alarm,
          g_get_monotonic_time () +
              entry_policy_delay (self->runners[i].entry, false, self->through_proxy));
  }
}

static void
stop_others (EntryRace *self)
{
  for (size_t i = 0; i < self->n_runners; i++) {
    alarm_set (self->runners[i].alarm, ALARM_OFF);
    if (i != self->winner)
      connector_overtake (self->runners[i].connector);
  }
}

static void
lose_all (EntryRace *self)
{
  for (size_t i = 0; i < self->n_runners; i++) {
    alarm_set (self->runners[i].alarm, ALARM_OFF);
    if (!self->runners[i].lost)
      connector_overtake (self->runners[i].connector);
    self->runners[i].lost = true;
  }
}

static void
note_error (EntryRace *self, const Runner *runner, const GError *error)
{
  if (reach_error_rank (error) <= reach_error_rank (self->error))
    return;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  self->farthest = (size_t) (runner - self->runners);
}

static void
arrived (Link *link, const GError *error, void *user_data)
{
  Runner *runner = user_data;
  EntryRace *self = runner->entry_race;
  if (link != NULL) {
    self->winner = (size_t) (runner - self->runners);
    stop_others (self);
    self->done (runner->entry, runner->connector, link, NULL, self->user_data);
    return;
  }
  runner->lost = true;
  note_error (self, runner, error);
  if (self->through_proxy && connector_is_of_proxy (error))
    lose_all (self);
  if (!is_lost (self)) {
    hurry (self);
    return;
  }
  g_autoptr (GError) own = g_error_copy (self->error);
  const Runner *farthest = &self->runners[self->farthest];
  self->done (farthest->entry, farthest->connector, NULL, own, self->user_data);
}

static void
prepare (EntryRace *self, const EntryRaceConfig *config, size_t place)
{
  Runner *runner = &self->runners[place];
  bool is_first = place == 0;
  runner->entry_race = self;
  runner->entry = ways_nth (place, config->first);
  ConnectorConfig own = config->config;
  own.entries = config->entries->pdata[runner->entry];
  own.n_entries = 1;
  own.policy = NULL;
  if (!self->through_proxy)
    own.address_delay_us = ADDRESS_DELAY_US;
  runner->connector = connector_new (&own, arrived, runner);
  (void) connector_set_proxies (runner->connector, &config->proxy, 1);
  runner->connector->good_proxy = config->proxy;
  runner->connector->good_proxy_addr = config->proxy_addr;
  if (is_first && config->first_is_known)
    runner->connector->good_addr = config->first_addr;
  if (config->resume != NULL)
    runner->connector->resume = g_bytes_ref (config->resume);
  runner->alarm = alarm_new (begin, runner);
  int64_t delay = entry_policy_delay (place, config->first_is_known, self->through_proxy);
  alarm_set (runner->alarm, g_get_monotonic_time () + delay);
}

/* Begins; nothing is called before the main loop runs. What config points to is borrowed for the race's
 * life, but for the entry points. */
EntryRace *
entry_race_new (const EntryRaceConfig *config, EntryRaceDoneFunc done, void *user_data)
{
  EntryRace *self = g_new0 (EntryRace, 1);
  self->done = done;
  self->user_data = user_data;
  self->n_runners = config->entries->len;
  self->through_proxy = config->proxy.kind != PROXY_DIRECT;
  self->runners = g_new0 (Runner, self->n_runners);
  for (size_t i = 0; i < self->n_runners; i++)
    prepare (self, config, i);
  return self;
}

/* The winner is of no use: whoever else there is runs once more, and `done` is called again. False if
 * nobody is left; then nothing is called. */
bool
entry_race_go_on (EntryRace *entry_race, const GError *error)
{
  Runner *winner = &entry_race->runners[entry_race->winner];
  winner->lost = !connector_go_on (winner->connector, error);
  note_error (entry_race, winner, error);
  if (is_lost (entry_race))
    return false;
  for (size_t i = 0; i < entry_race->n_runners; i++) {
    if (i != entry_race->winner && !entry_race->runners[i].lost)
      alarm_set (entry_race->runners[i].alarm,
          g_get_monotonic_time () + entry_policy_delay (i, false, entry_race->through_proxy));
  }
  return true;
}

void
entry_race_free (EntryRace *entry_race)
{
  if (entry_race == NULL)
    return;
  for (size_t i = 0; i < entry_race->n_runners; i++) {
    alarm_free (entry_race->runners[i].alarm);
    connector_free (entry_race->runners[i].connector);
  }
  g_clear_error (&entry_race->error);
  g_free (entry_race->runners);
  g_free (entry_race);
}
