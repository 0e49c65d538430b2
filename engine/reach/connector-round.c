/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connector, its rounds: where one begins, whether all entry points are looked for at once, and what is left
 * of one that has ended with a link which proved to be of no use. */
#include "reach/connector-private.h"

/* Where a round begins. One that the gateway itself has named, or that is alone to be tried, is no matter of policy,
 * nor is UDP, by which nobody is seen to be well. */
static size_t
first_entry (const Connector *self)
{
  if (self->config.policy == NULL || self->config.udp || self->only_first ||
      self->good_entry >= self->config.n_entries)
    return self->good_entry;
  return entry_policy_first (self->config.policy, g_get_monotonic_time ());
}

/* What worked last goes first. */
static size_t
first_proxy (const Connector *self)
{
  for (size_t i = 0; i < self->n_proxies && self->through_good && !self->config.udp; i++) {
    if (proxy_equal (&self->proxies[i], &self->good_proxy))
      return i;
  }
  return 0;
}

void
connector_begin_round (Connector *self)
{
  const Way first = { .proxy = first_proxy (self), .entry = first_entry (self) };
  ways_begin (&self->ways, self->config.udp ? 1 : self->n_proxies,
      self->only_first ? 1 : self->entries->len, &first);
  self->begun = true;
}

/* True if somebody else waits for his turn, of those who are asked over UDP whether they are there. */
bool
connector_has_others (const Connector *self)
{
  return self->config.udp && !self->is_patient &&
      ((self->race != NULL && race_has_other (self->race)) ||
          (!self->only_first && ways_has_more (&self->ways)));
}

/* Nobody is left to be asked over UDP. True if some were waited for in a hurry: they are tried once more, now with
 * patience. */
bool
connector_begins_again (Connector *self)
{
  if (self->is_patient || self->silent->len == self->spent->len)
    return false;
  self->is_patient = true;
  g_array_set_size (self->silent, 0);
  g_array_append_vals (self->silent, self->spent->data, self->spent->len);
  connector_forget_rest (self);
  self->stage = STAGE_NONE;
  alarm_set (self->alarm, 0);
  return true;
}

/* True if all entry points are looked for at once. Over UDP they are not, for nobody answers there before IKE is
 * spoken. Nor is one that was named by the gateway itself, which knows us there. */
bool
connector_races_entries (const Connector *self)
{
  return self->config.policy != NULL && self->config.policy->order == ENTRY_FIRST_TO_RESPOND &&
      self->entries->len > 1 && !self->config.udp && !self->only_first &&
      self->good_entry < self->config.n_entries;
}

static void
entry_race_over (size_t entry, Connector *winner, Link *link, const GError *error, void *user_data)
{
  Connector *self = user_data;
  self->way.entry = entry;
  if (link != NULL) {
    bool direct = connector_is_direct (self);
    self->link = link;
    self->record = connector_take_record (winner);
    connector_note_good (self, direct ? &winner->good_addr : &winner->good_proxy_addr);
    connector_finish (self);
    return;
  }
  connector_note_error (self, error);
  if (winner->unvouched != NULL && self->unvouched == NULL)
    self->unvouched = g_bytes_ref (winner->unvouched);
  alarm_set (self->alarm, 0); /* for connector_next_entry_race () */
}

/* Through the next proxy of the list, which is an order of preference; where there is none left that is the end
 * of the round. */
void
connector_next_entry_race (Connector *self)
{
  if (self->raced_proxies >= self->n_proxies) {
    connector_finish (self);
    return;
  }
  size_t first = first_entry (self);
  self->way = (Way){ .proxy = ways_nth (self->raced_proxies, first_proxy (self)) };
  self->raced_proxies++;
  const Proxy *proxy = connector_current_proxy (self);
  bool is_good = self->through_good && proxy_equal (proxy, &self->good_proxy);
  const EntryRaceConfig config = {
    .config = self->config,
    .entries = self->entries,
    .first = first,
    .first_is_known = is_good && first == self->good_entry,
    .first_addr = self->good_addr,
    .proxy = *proxy,
    .proxy_addr = is_good ? self->good_proxy_addr : (InetAddr){ 0 },
    .resume = self->resume,
  };
  g_clear_pointer (&self->entry_race, entry_race_free);
  self->entry_race = entry_race_new (&config, entry_race_over, self);
}

void
connector_begin_entry_race (Connector *self)
{
  self->raced_proxies = 0;
  connector_next_entry_race (self);
}

/* The link that `done` was given is of no use, for what error says: the round goes on with whatever was not
 * tried yet, another address of the same host or another way, and `done` is called again. False if nothing
 * is left of it, or the link has proved itself meanwhile; then nothing is called. */
bool
connector_go_on (Connector *connector, const GError *error)
{
  if (connector->busy || !connector->begun)
    return false;
  if (connector->entry_race != NULL) {
    connector->busy = entry_race_go_on (connector->entry_race, error);
    if (!connector->busy && connector->raced_proxies < connector->n_proxies) {
      connector_note_error (connector, error);
      connector->busy = true;
      alarm_set (connector->alarm, 0);
    }
    if (!connector->busy)
      connector_forget_rest (connector);
    return connector->busy;
  }
  bool direct = connector_is_direct (connector);
  bool other_address =
      direct && connector->race != NULL && connector_race_goes_on (connector, false);
  if (!other_address && !ways_has_more (&connector->ways)) {
    connector_forget_rest (connector);
    return false;
  }
  GError *own = g_error_copy (error);
  connector->busy = true;
  connector_name_place (connector, &own, false);
  connector_note_error (connector, own);
  g_clear_error (&own);
  if (!other_address)
    alarm_set (connector->alarm, 0);
  return true;
}
