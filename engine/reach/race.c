/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Race: TCP connections to the addresses of one host, of which the first to stand wins. Happy says
 * what to do when; this does it. With UDP nothing answers yet, so that it is the first for which there is a
 * route, and who wants to know more tells the next race which addresses are silent. */
#include "reach/race.h"

#include <errno.h>
#include <string.h>

#include "reach/alarm.h"
#include "reach/dns.h"
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
  if (status == LINK_DONE && self->winner == NULL)
    self->winner = g_steal_pointer (&attempt->link);
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
    fail_attempt (attempt, VISITOR_ERROR_UNREACHABLE, "the host gave no socket");
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

static void
answered (InetFamily family, DnsVerdict verdict, const InetAddr *addrs, size_t n, void *user_data)
{
  Race *self = user_data;
  if (verdict == DNS_NO_NAME || verdict == DNS_SERVER_FAILED)
    note_error (self,
        g_error_new (VISITOR_ERROR, VISITOR_ERROR_NAME_NOT_FOUND, "%s: %s", self->host,
            verdict == DNS_NO_NAME ? "DNS knows no such name" : "no DNS server answered"));
  happy_answered (&self->happy, family, addrs, n, g_get_monotonic_time ());
  alarm_set (self->alarm, 0);
}

static void
finish (Race *self)
{
  g_autoptr (GError) error = g_steal_pointer (&self->error);
  if (self->winner == NULL && error == NULL)
    error =
        g_error_new (VISITOR_ERROR, VISITOR_ERROR_NAME_NOT_FOUND, "%s has no address", self->host);
  self->done (g_steal_pointer (&self->winner), error, self->user_data);
}

static void
step (void *user_data)
{
  Race *self = user_data;
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
  bool is_literal = inet_addr_parse (config->host, &literal);
  happy_init (&self->happy, !is_literal);
  if (is_literal)
    happy_add (&self->happy, &literal);
  for (size_t i = 0; i < config->n_known && !is_literal; i++)
    happy_add (&self->happy, config->known + i);
  self->alarm = alarm_new (step, self);
  alarm_set (self->alarm, 0);
  return self;
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
