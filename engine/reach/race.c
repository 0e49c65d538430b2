/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Race: TCP connections to the addresses of one host, of which the first to stand wins. Happy says
 * what to do when; this does it. Where the winner proves to be of no use the others go on. With UDP nothing
 * answers yet, so that it is the first for which there is a route, and who wants to know more tells the next
 * race which addresses are silent. */
#include "reach/race.h"

#include <errno.h>
#include <string.h>

#include "reach/alarm.h"
#include "reach/dns.h"
#include "reach/entry-policy.h"
#include "reach/fd-watch.h"
#include "reach/happy.h"
#include "reach/link-udp.h"

typedef struct {
  Race *race; /* borrowed */
  unsigned int request; /* for a socket, 0 = none */
  Link *link;
  FdWatch *watch;
} Runner;

struct _Race {
  char *host;
  uint16_t port;
  GArray *nameservers; /* InetAddr */
  SocketSource sockets;
  AttemptRecord *record; /* borrowed */
  bool udp;
  GArray *silent; /* InetAddr */
  RaceDoneFunc done;
  void *user_data;

  Happy happy;
  Runner attempts[HAPPY_MAX_CANDIDATES]; /* as happy.candidates */
  DnsLookup *lookup;
  Alarm *alarm;
  Link *winner;
  size_t winner_index;
  bool rests; /* a winner was handed over */
  CryptoRandomFunc shuffle; /* NULL = not */
  GError *error; /* of all failures the one that came farthest */
};

/* How far an attempt came before it failed: what came farthest says most about the cause. */
int
reach_error_rank (const GError *error)
{
  if (error == NULL)
    return 0;
  switch (error->code) {
  case VISITOR_ERROR_NAME_NOT_FOUND: return 1;
  case VISITOR_ERROR_UNREACHABLE:
  case VISITOR_ERROR_PROXY_UNREACHABLE: return 2;
  case VISITOR_ERROR_TIMED_OUT: return 3;
  case VISITOR_ERROR_REFUSED: return 4;
  default: return 5;
  }
}

static void
note_error (Race *self, GError *error)
{
  g_info ("%s", error->message);
  if (reach_error_rank (error) <= reach_error_rank (self->error)) {
    g_error_free (error);
    return;
  }
  g_clear_error (&self->error);
  self->error = error;
}

static size_t
index_of (const Runner *attempt)
{
  return (size_t) (attempt - attempt->race->attempts);
}

static void
end_attempt (Runner *attempt)
{
  if (attempt->request != 0)
    attempt->race->sockets.cancel (attempt->race->sockets.user, attempt->request);
  attempt->request = 0;
  g_clear_pointer (&attempt->watch, fd_watch_free);
  g_clear_pointer (&attempt->link, link_free);
}

static void
note_failure (Runner *attempt, VisitorError code, const char *why)
{
  Race *self = attempt->race;
  char addr[INET_ADDR_STRLEN];
  const HappyCandidate *candidate = self->happy.candidates + index_of (attempt);
  note_error (self,
      g_error_new (VISITOR_ERROR, (int) code, "%s port %u (%s): %s after %.1f s", self->host,
          self->port, inet_addr_format (&candidate->addr, addr), why,
          (double) (g_get_monotonic_time () - candidate->started) / G_USEC_PER_SEC));
}

/* Why the host gives no socket, where it says so. */
static const GError *
refusal_of (const Race *self)
{
  return self->sockets.refusal != NULL ? self->sockets.refusal (self->sockets.user) : NULL;
}

static void
fail_attempt (Runner *attempt, VisitorError code, const char *why)
{
  note_failure (attempt, code, why);
  end_attempt (attempt);
  happy_failed (&attempt->race->happy, index_of (attempt));
  alarm_set (attempt->race->alarm, 0);
}

static void
connected (GIOCondition condition, void *user_data)
{
  Runner *attempt = user_data;
  Race *self = attempt->race;
  g_autoptr (GError) error = NULL;
  LinkStatus status = link_open (attempt->link, &error);
  if (status == LINK_AGAIN)
    return;
  if (status == LINK_DONE && self->winner == NULL) {
    self->winner = g_steal_pointer (&attempt->link);
    self->winner_index = index_of (attempt);
  }
  if (error != NULL)
    fail_attempt (attempt, (VisitorError) error->code, error->message);
  else
    end_attempt (attempt);
  alarm_set (self->alarm, 0);
}

static void
socket_ready (int fd, void *user_data)
{
  Runner *attempt = user_data;
  Race *self = attempt->race;
  attempt->request = 0;
  if (fd < 0) {
    const GError *why = refusal_of (self);
    fail_attempt (attempt, why != NULL ? (VisitorError) why->code : VISITOR_ERROR_UNREACHABLE,
        why != NULL ? why->message : "the host gave no socket");
    return;
  }
  attempt->link = self->udp ? link_udp_new (fd) : link_tcp_new (fd);
  if (!self->udp)
    link_tcp_tune (fd);

  struct sockaddr_storage to;
  socklen_t len =
      inet_addr_to_sockaddr (&self->happy.candidates[index_of (attempt)].addr, self->port, &to);
  if (connect (fd, (struct sockaddr *) &to, len) < 0 && errno != EINPROGRESS) {
    fail_attempt (attempt, link_error_of_errno (errno), strerrordesc_np (errno));
    return;
  }
  attempt->watch = fd_watch_new (fd, G_IO_OUT, connected, attempt);
}

static bool
is_silent (const Race *self, const InetAddr *addr)
{
  for (guint i = 0; i < self->silent->len; i++) {
    if (inet_addr_compare (&g_array_index (self->silent, InetAddr, i), addr) == 0)
      return true;
  }
  return false;
}

/* Its silence has been waited for already. */
static void
pass_over (Runner *attempt)
{
  Race *self = attempt->race;
  char addr[INET_ADDR_STRLEN];
  note_error (self,
      g_error_new (VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT,
          "%s port %u (%s) does not answer over UDP", self->host, self->port,
          inet_addr_format (&self->happy.candidates[index_of (attempt)].addr, addr)));
  happy_failed (&self->happy, index_of (attempt));
  alarm_set (self->alarm, 0);
}

static void
start_attempt (Runner *attempt)
{
  Race *self = attempt->race;
  char addr[INET_ADDR_STRLEN];
  const HappyCandidate *candidate = self->happy.candidates + index_of (attempt);
  if (is_silent (self, &candidate->addr)) {
    pass_over (attempt);
    return;
  }
  if (!self->udp)
    attempt_record_stage (self->record, ATTEMPT_TCP);
  g_info (
      "trying %s port %u at %s", self->host, self->port, inet_addr_format (&candidate->addr, addr));
  attempt->request = self->sockets.want (self->sockets.user, candidate->addr.family,
      self->udp ? SOCK_DGRAM : SOCK_STREAM, socket_ready, attempt);
}

/* Adds what DNS says, in a random order where one is wanted. */
static void
take_answer (Race *self, InetFamily family, const InetAddr *addrs, size_t n)
{
  size_t places[DNS_MAX_ADDRESSES];
  InetAddr in_order[DNS_MAX_ADDRESSES];
  n = MIN (n, DNS_MAX_ADDRESSES);
  for (size_t i = 0; i < n; i++)
    places[i] = i;
  if (self->shuffle != NULL)
    entry_policy_shuffle (places, n, self->shuffle);
  for (size_t i = 0; i < n; i++)
    in_order[i] = addrs[places[i]];
  happy_answered (&self->happy, family, in_order, n, g_get_monotonic_time ());
}

static void
answered (InetFamily family, DnsVerdict verdict, const InetAddr *addrs, size_t n, void *user_data)
{
  Race *self = user_data;
  const GError *why = verdict == DNS_SERVER_FAILED ? refusal_of (self) : NULL;
  if (why != NULL)
    note_error (self, g_error_copy (why));
  else if (verdict == DNS_NO_NAME || verdict == DNS_SERVER_FAILED)
    note_error (self,
        g_error_new (VISITOR_ERROR, VISITOR_ERROR_NAME_NOT_FOUND, "%s: %s", self->host,
            verdict == DNS_NO_NAME ? "DNS knows no such name" : "no DNS server answered"));
  take_answer (self, family, addrs, n);
  alarm_set (self->alarm, 0);
}

/* Nothing happens any more before race_go_on (), but that DNS still answers. */
static void
rest (Race *self)
{
  for (size_t i = 0; i < G_N_ELEMENTS (self->attempts); i++)
    end_attempt (self->attempts + i);
  happy_won (&self->happy, self->winner_index);
  self->rests = true;
}

static void
finish (Race *self)
{
  g_autoptr (GError) error = g_steal_pointer (&self->error);
  if (self->winner == NULL && error == NULL)
    error =
        g_error_new (VISITOR_ERROR, VISITOR_ERROR_NAME_NOT_FOUND, "%s has no address", self->host);
  if (self->winner != NULL)
    rest (self);
  self->done (g_steal_pointer (&self->winner), error, self->user_data);
}

static void
step (void *user_data)
{
  Race *self = user_data;
  if (self->rests)
    return;
  if (self->winner != NULL) {
    finish (self);
    return;
  }
  for (;;) {
    HappyStep s = happy_next (&self->happy, g_get_monotonic_time ());
    switch (s.action) {
    case HAPPY_START: start_attempt (self->attempts + s.index); break;
    case HAPPY_GIVE_UP:
      note_failure (self->attempts + s.index, VISITOR_ERROR_TIMED_OUT, "no answer");
      end_attempt (self->attempts + s.index);
      break;
    case HAPPY_RESOLVE:
      attempt_record_stage (self->record, ATTEMPT_LOOKUP);
      self->lookup = dns_lookup_new (self->host, self->nameservers, &self->sockets, answered, self);
      break;
    case HAPPY_WAIT: alarm_set (self->alarm, s.until == INT64_MAX ? ALARM_OFF : s.until); return;
    case HAPPY_EXHAUSTED: finish (self); return;
    }
  }
}

/* Begins; nothing is called before the main loop runs. */
Race *
race_new (const RaceConfig *config, RaceDoneFunc done, void *user_data)
{
  Race *self = g_new0 (Race, 1);
  self->host = g_strdup (config->host);
  self->port = config->port;
  self->nameservers = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  g_array_append_vals (self->nameservers, config->nameservers->data, config->nameservers->len);
  self->sockets = config->sockets;
  self->record = config->record;
  self->udp = config->udp;
  self->silent = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  if (config->silent != NULL)
    g_array_append_vals (self->silent, config->silent->data, config->silent->len);
  self->done = done;
  self->user_data = user_data;
  for (size_t i = 0; i < G_N_ELEMENTS (self->attempts); i++)
    self->attempts[i].race = self;

  InetAddr literal;
  bool is_literal = !config->only_known && inet_addr_parse (config->host, &literal);
  happy_init (&self->happy, !is_literal && !config->only_known);
  if (config->delay_us > 0)
    self->happy.delay = config->delay_us;
  self->happy.remembers = config->remembers;
  self->shuffle = config->shuffle;
  if (is_literal)
    happy_add (&self->happy, &literal);
  for (size_t i = 0; i < config->n_known && !is_literal; i++)
    happy_add (&self->happy, config->known + i);
  self->alarm = alarm_new (step, self);
  alarm_set (self->alarm, 0);
  return self;
}

/* True if an address that was not passed over waits for its turn, or DNS may still name one. */
bool
race_has_other (const Race *race)
{
  const Happy *happy = &race->happy;
  bool any = happy->awaits_v4 || happy->awaits_v6;
  for (size_t i = 0; i < happy->n && !any; i++)
    any = happy->candidates[i].state == HAPPY_CANDIDATE_WAITING &&
        !is_silent (race, &happy->candidates[i].addr);
  return any;
}

/* What is tried from now on is another attempt; borrowed, NULL for none. */
void
race_set_record (Race *race, AttemptRecord *record)
{
  race->record = record;
}

/* After the winner proved to be of no use above TCP: whoever else there is has his turn, and `done` is called
 * again. With try_winner_again the winner may be at fault for something that will not be repeated. False
 * if nothing is left; then nothing is called. */
bool
race_go_on (Race *race, bool try_winner_again)
{
  HappyCandidate *winner = &race->happy.candidates[race->winner_index];
  winner->state = try_winner_again ? HAPPY_CANDIDATE_WAITING : HAPPY_CANDIDATE_FAILED;
  if (!happy_has_more (&race->happy))
    return false;
  race->rests = false;
  alarm_set (race->alarm, 0);
  return true;
}

void
race_free (Race *race)
{
  if (race == NULL)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (race->attempts); i++)
    end_attempt (race->attempts + i);
  dns_lookup_free (race->lookup);
  alarm_free (race->alarm);
  link_free (race->winner);
  g_clear_error (&race->error);
  g_array_unref (race->nameservers);
  g_array_unref (race->silent);
  g_free (race->host);
  g_free (race);
}
