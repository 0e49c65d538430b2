/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DnsLookup: asks for A and AAAA of one name at the same time, over UDP and, where the answer was cut,
 * TCP. Each question goes to the name servers in turn, two rounds; every try has a socket (and so a
 * port) and an id of its own. Runs on the thread's default main context. */
#include "reach/dns.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/builder.h"
#include "base/cursor.h"
#include "crypto/random.h"
#include "reach/alarm.h"
#include "reach/fd-watch.h"

#define TRY_US 1500000
#define ROUNDS 2
#define TCP_LENGTH_LEN 2

/* One question on its way. The alarm ends a try: by time, or at once when it has failed. */
typedef struct {
  DnsLookup *lookup; /* borrowed */
  InetFamily family;
  Alarm *alarm;

  unsigned int n_tries; /* begun, over all servers and rounds */
  bool over_tcp;
  uint16_t id;
  unsigned int request; /* for a socket, 0 = none */
  int fd; /* or -1 */
  FdWatch *watch;
  uint8_t *in; /* what TCP brought so far */
  size_t in_len;
} Query;

struct _DnsLookup {
  char *name;
  GArray *nameservers; /* InetAddr */
  SocketSource sockets;
  DnsAnsweredFunc answered;
  void *user_data;
  Query queries[2];
};

static DnsQuestion
question_of (const Query *q)
{
  return (DnsQuestion){ .id = q->id, .name = q->lookup->name, .family = q->family };
}

static const InetAddr *
server_of (const Query *q)
{
  const GArray *servers = q->lookup->nameservers;
  return &g_array_index (servers, InetAddr, (q->n_tries - 1) % servers->len);
}

static void
end_try (Query *q)
{
  if (q->request != 0)
    q->lookup->sockets.cancel (q->lookup->sockets.user, q->request);
  q->request = 0;
  g_clear_pointer (&q->watch, fd_watch_free);
  if (q->fd >= 0)
    close (q->fd);
  q->fd = -1;
  g_clear_pointer (&q->in, g_free);
  q->in_len = 0;
}

static void
finish (Query *q, DnsVerdict verdict, const InetAddr *addrs, size_t n)
{
  DnsLookup *lookup = q->lookup;
  end_try (q);
  alarm_set (q->alarm, ALARM_OFF);
  g_debug ("DNS: %s of %s: %s", q->family == INET_V6 ? "AAAA" : "A", lookup->name,
      dns_verdict_to_string (verdict));
  lookup->answered (q->family, verdict, addrs, n, lookup->user_data);
}

static void
fail_try (Query *q)
{
  end_try (q);
  alarm_set (q->alarm, 0);
}

/* False if the message was not meant for us and the try goes on. */
static bool
take_message (Query *q, Slice message)
{
  InetAddr addrs[DNS_MAX_ADDRESSES];
  size_t n = 0;
  DnsQuestion question = question_of (q);
  DnsVerdict verdict = dns_answer_parse (&question, message, addrs, &n);
  switch (verdict) {
  case DNS_NOT_OURS: return false;
  case DNS_ANSWER:
  case DNS_NO_NAME:
  case DNS_NO_DATA: finish (q, verdict, addrs, n); return true;
  case DNS_TRUNCATED:
    if (!q->over_tcp) {
      q->over_tcp = true;
      q->n_tries--; /* the same server again */
    }
    break;
  case DNS_SERVER_FAILED:
  case DNS_MALFORMED: break;
  }
  fail_try (q);
  return true;
}

static void
udp_readable (GIOCondition condition, void *user_data)
{
  Query *q = user_data;
  uint8_t buf[4096];
  ssize_t n = recv (q->fd, buf, sizeof buf, 0);
  if (n >= 0)
    (void) take_message (q, SLICE (buf, (size_t) n));
  else if (errno != EAGAIN && errno != EINTR) /* port unreachable, say */
    fail_try (q);
}

static void
tcp_readable (GIOCondition condition, void *user_data)
{
  Query *q = user_data;
  size_t size = TCP_LENGTH_LEN + DNS_MESSAGE_MAX;
  if (q->in == NULL)
    q->in = g_malloc (size);
  ssize_t n = recv (q->fd, q->in + q->in_len, size - q->in_len, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n <= 0) {
    fail_try (q);
    return;
  }
  q->in_len += (size_t) n;

  Cursor c = cursor_init (q->in, q->in_len);
  Slice message = cursor_slice (&c, cursor_u16 (&c));
  if (!c.failed && !take_message (q, message))
    fail_try (q);
}

static bool
send_question (Query *q)
{
  uint8_t buf[TCP_LENGTH_LEN + DNS_UDP_MAX];
  DnsQuestion question = question_of (q);
  size_t n = dns_question_write (&question, buf + TCP_LENGTH_LEN, DNS_UDP_MAX);
  Builder length = builder_init (buf, TCP_LENGTH_LEN);
  builder_u16 (&length, (uint16_t) n);

  size_t skip = q->over_tcp ? 0 : TCP_LENGTH_LEN;
  size_t len = TCP_LENGTH_LEN + n - skip;
  return n > 0 && send (q->fd, buf + skip, len, MSG_NOSIGNAL) == (ssize_t) len;
}

static void
tcp_connected (GIOCondition condition, void *user_data)
{
  Query *q = user_data;
  fd_watch_free (q->watch);
  q->watch = fd_watch_new (q->fd, G_IO_IN, tcp_readable, q);
  if (!send_question (q))
    fail_try (q);
}

static void
socket_ready (int fd, void *user_data)
{
  Query *q = user_data;
  q->request = 0;
  q->fd = fd;
  struct sockaddr_storage server;
  socklen_t len = inet_addr_to_sockaddr (server_of (q), DNS_PORT, &server);
  if (fd < 0 || (connect (fd, (struct sockaddr *) &server, len) < 0 && errno != EINPROGRESS)) {
    fail_try (q);
    return;
  }
  if (q->over_tcp)
    q->watch = fd_watch_new (fd, G_IO_OUT, tcp_connected, q);
  else if (send_question (q))
    q->watch = fd_watch_new (fd, G_IO_IN, udp_readable, q);
  else
    fail_try (q);
}

static void
begin_try (void *user_data)
{
  Query *q = user_data;
  DnsLookup *lookup = q->lookup;
  end_try (q);
  if (q->n_tries >= ROUNDS * lookup->nameservers->len) {
    finish (q, DNS_SERVER_FAILED, NULL, 0);
    return;
  }
  q->n_tries++;
  crypto_random (&q->id, sizeof q->id);
  alarm_set (q->alarm, g_get_monotonic_time () + TRY_US);
  q->request = lookup->sockets.want (lookup->sockets.user, server_of (q)->family,
      q->over_tcp ? SOCK_STREAM : SOCK_DGRAM, socket_ready, q);
}

/* Asks for the addresses of `name` (ASCII). nameservers: InetAddr, in order of preference; without
 * any both families answer DNS_SERVER_FAILED. Nothing is called before the main loop runs. */
DnsLookup *
dns_lookup_new (const char *name, const GArray *nameservers, const SocketSource *sockets,
    DnsAnsweredFunc answered, void *user_data)
{
  DnsLookup *self = g_new0 (DnsLookup, 1);
  self->name = g_strdup (name);
  self->nameservers = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  g_array_append_vals (self->nameservers, nameservers->data, nameservers->len);
  self->sockets = *sockets;
  self->answered = answered;
  self->user_data = user_data;
  for (size_t i = 0; i < G_N_ELEMENTS (self->queries); i++) {
    Query *q = self->queries + i;
    *q = (Query){ .lookup = self, .family = i == 0 ? INET_V6 : INET_V4, .fd = -1 };
    q->alarm = alarm_new (begin_try, q);
    alarm_set (q->alarm, 0);
  }
  return self;
}

/* The server that was asked last for a family, which is the one that answered where one did; NULL where there is
 * none to ask. Borrowed. */
const InetAddr *
dns_lookup_server (const DnsLookup *lookup, InetFamily family)
{
  const Query *q = &lookup->queries[family == INET_V6 ? 0 : 1];
  return q->n_tries > 0 ? server_of (q) : NULL;
}

void
dns_lookup_free (DnsLookup *lookup)
{
  if (lookup == NULL)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (lookup->queries); i++) {
    end_try (lookup->queries + i);
    alarm_free (lookup->queries[i].alarm);
  }
  g_array_unref (lookup->nameservers);
  g_free (lookup->name);
  g_free (lookup);
}
