/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listener: one TCP address and port. When the process has no file descriptor left, the listener
 * stops looking for a second: those who wait stay in the kernel's queue, those who are in are not
 * disturbed, and there is no busy loop. */
#include "gateway/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "gateway/log.h"

#define ACCEPT_BATCH 64
#define COOL_DOWN (1 * G_USEC_PER_SEC)
#define NOT_SENT_MAX 65536 /* what the kernel may hold over the congestion window */
#define USER_TIMEOUT_MS 60000
#define KEEPALIVE_IDLE_S 60
#define KEEPALIVE_INTERVAL_S 15
#define KEEPALIVE_COUNT 4

struct _Listener {
  Loop *loop;
  LoopWatch watch;
  ListenerAcceptFunc accept;
  void *user;
  gint64 resume_at; /* 0 while it listens */
  LogLimit exhausted;
};

static void
set_option (int fd, int level, int name, int value)
{
  setsockopt (fd, level, name, &value, sizeof value);
}

/* The outer stream must neither wait to fill segments nor hide a dead client for hours, and what
 * it holds back must stay small, so that inner TCP sees loss and not delay. */
static void
set_stream_options (int fd)
{
  set_option (fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, NOT_SENT_MAX);
  set_option (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
  set_option (fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option (fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
  set_option (fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
  set_option (fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT);
}

static void
cool_down (Listener *listener, int code)
{
  log_limited (&listener->exhausted, LOG_WARNING,
      "No new streams for a second: %s. Raise LimitNOFILE= or lower max-streams.",
      g_strerror (code));
  listener->resume_at = loop_now (listener->loop) + COOL_DOWN;
  loop_set_events (listener->loop, &listener->watch, 0);
}

static void
on_ready (void *user, uint32_t events)
{
  Listener *listener = user;
  for (int i = 0; i < ACCEPT_BATCH; i++) {
    struct sockaddr_storage sockaddr;
    socklen_t len = sizeof sockaddr;
    int fd = accept4 (
        listener->watch.fd, (struct sockaddr *) &sockaddr, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
      cool_down (listener, errno);
    if (fd < 0)
      return;
    Endpoint peer;
    if (!inet_addr_from_sockaddr ((struct sockaddr *) &sockaddr, &peer.addr, &peer.port)) {
      close (fd);
      continue;
    }
    set_stream_options (fd);
    listener->accept (listener->user, fd, &peer);
  }
}

/* Looks again after a cool-down; to be called about once a second. */
void
listener_tick (Listener *listener, gint64 now)
{
  if (listener->resume_at == 0 || now < listener->resume_at)
    return;
  listener->resume_at = 0;
  loop_set_events (listener->loop, &listener->watch, EPOLLIN);
}

static int
bind_socket (const Endpoint *endpoint)
{
  static const InetAddr any6 = { .family = INET_V6 };
  struct sockaddr_storage sockaddr;
  socklen_t len = inet_addr_to_sockaddr (&endpoint->addr, endpoint->port, &sockaddr);
  int fd = socket (sockaddr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  set_option (fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (endpoint->addr.family == INET_V6) /* [::] is IPv4 as well */
    set_option (fd, IPPROTO_IPV6, IPV6_V6ONLY, inet_addr_compare (&endpoint->addr, &any6) != 0);
  if (bind (fd, (struct sockaddr *) &sockaddr, len) == 0 && listen (fd, SOMAXCONN) == 0)
    return fd;
  close (fd);
  return -1;
}

/* Binds and listens. The error's message is the line for the log, in words that administrators of
 * Visitor Mode gateways have searched for since long before this program. */
Listener *
listener_new (
    Loop *loop, const Endpoint *endpoint, ListenerAcceptFunc accept, void *user, GError **error)
{
  int fd = bind_socket (endpoint);
  if (fd < 0) {
    char text[ENDPOINT_STRLEN];
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_FAILED,
        "Visitor Mode Server failed to bind to %s (either port was already taken or the IP "
        "address does not exist)",
        endpoint_format (endpoint, text));
    return NULL;
  }
  Listener *listener = g_new0 (Listener, 1);
  listener->loop = loop;
  listener->accept = accept;
  listener->user = user;
  listener->watch = (LoopWatch){ .fd = fd, .events = EPOLLIN, .ready = on_ready, .user = listener };
  if (loop_add (loop, &listener->watch, error))
    return listener;
  close (fd);
  g_free (listener);
  return NULL;
}

void
listener_free (Listener *listener)
{
  loop_remove (listener->loop, &listener->watch);
  close (listener->watch.fd);
  g_free (listener);
}
