/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The UDP link: a connected socket, on which the frames of a stream travel as datagrams. Whoever writes
 * frames to it, whole ones behind the prefix of RFC 9329, and reads frames from it need not know.
 *
 * To port 500 goes what begins an IKE SA, without marker; with the first message that belongs to one the
 * link moves to port 4500, from where it does not come back (RFC 7296 section 2.23). To any other port all
 * goes with markers, from the start.
 *
 * Anybody may send a datagram with a false address, and an ICMP message about one of ours. So nothing that
 * comes in ends the link, and an ICMP error does while the gateway has not been heard, as long as another
 * way costs nothing; later it takes several in a row (RFC 7296 section 2.4). */
#include <errno.h>
#include <netinet/in.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/names.h"
#include "reach/link-udp.h"
#include "wire/datagram.h"

/* Datagrams that leave by one system call. */
#define BATCH 32
/* ICMP errors in a row, without a datagram between them, that end a link on which the gateway was heard. */
#define MAX_ERRORS 4
/* How long a NAT is sure to remember us without traffic (RFC 3948 section 4). */
#define KEEPALIVE_US (20 * G_USEC_PER_SEC)
#define ECN_CE 3

typedef struct {
  Link link;
  size_t prefix_left; /* octets of the stream's prefix that are still to be passed over */
  bool is_marked; /* port 4500, or one that has markers from the start */
  bool heard; /* something like IKE has come */
  unsigned int errors; /* in a row */
  gint64 sent_at;
} UdpLink;

static UdpLink *
udp_link (const Link *link)
{
  return (UdpLink *) link;
}

static LinkStatus
fail (GError **error, const char *doing, int number)
{
  const char *text = strerrordesc_np (number);
  VisitorError code = link_error_of_errno (number);
  if (code == VISITOR_ERROR_STREAM_CLOSED)
    code = VISITOR_ERROR_UNREACHABLE;
  g_set_error (
      error, VISITOR_ERROR, (int) code, "UDP %s: %s", doing, text != NULL ? text : "unknown error");
  return LINK_FAILED;
}

/* What an errno of send () or recv () means: nothing goes (AGAIN), the datagram is lost (DONE), or the end. */
static LinkStatus
judge (UdpLink *self, const char *doing, int number, GError **error)
{
  switch (number) {
  case EAGAIN: return LINK_AGAIN;
  case EMSGSIZE:
  case ENOBUFS:
  case ENOMEM: return LINK_DONE;
  default: break;
  }
  if (!self->heard || ++self->errors >= MAX_ERRORS)
    return fail (error, doing, number);
  return LINK_DONE;
}

static bool
peer_of (int fd, InetAddr *ret_addr, uint16_t *ret_port)
{
  struct sockaddr_storage peer;
  socklen_t len = sizeof peer;
  return getpeername (fd, (struct sockaddr *) &peer, &len) == 0 &&
      inet_addr_from_sockaddr ((struct sockaddr *) &peer, ret_addr, ret_port);
}

static LinkStatus
udp_open (Link *link, GError **error)
{
  InetAddr addr;
  uint16_t port;
  if (!peer_of (link->fd, &addr, &port))
    return fail (error, "connect", errno != 0 ? errno : ENOTCONN);
  udp_link (link)->is_marked = port != VISITOR_IKE_PORT;
  return LINK_DONE;
}

/* True if the control messages of a datagram say CE. */
static bool
says_congested (struct msghdr *message)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c != NULL; c = CMSG_NXTHDR (message, c)) {
    const uint8_t *data = CMSG_DATA (c);
    int traffic_class;
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS)
      return (data[0] & ECN_CE) == ECN_CE;
    if (c->cmsg_level != IPPROTO_IPV6 || c->cmsg_type != IPV6_TCLASS)
      continue;
    memcpy (&traffic_class, data, sizeof traffic_class);
    return (traffic_class & ECN_CE) == ECN_CE;
  }
  return false;
}

/* As recv (); *ret_congested: a router has marked it. */
static ssize_t
receive (int fd, void *buf, size_t size, bool *ret_congested)
{
  alignas (struct cmsghdr) char control[CMSG_SPACE (sizeof (int))];
  struct iovec vector = { buf, size };
  struct msghdr message = {
    .msg_iov = &vector,
    .msg_iovlen = 1,
    .msg_control = control,
    .msg_controllen = sizeof control,
  };
  ssize_t n = recvmsg (fd, &message, 0);
  *ret_congested = n >= 0 && says_congested (&message);
  return n;
}

/* One datagram, as a frame. */
static LinkStatus
udp_read (Link *link, void *buf, size_t size, size_t *ret_len, GError **error)
{
  UdpLink *self = udp_link (link);
  size_t room = self->is_marked ? DATAGRAM_MARKED_ROOM : DATAGRAM_PLAIN_ROOM;
  g_return_val_if_fail (size > room, LINK_AGAIN);
  for (;;) {
    uint8_t *frame = buf;
    ssize_t n = receive (link->fd, frame + room, size - room, &link->was_congested);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      LinkStatus status = judge (self, "receive", errno, error);
      if (status != LINK_DONE)
        return status;
      continue;
    }
    bool is_ike = false;
    size_t len = datagram_to_frame (frame, (size_t) n, self->is_marked, &is_ike);
    if (len == 0 || (!self->heard && !is_ike))
      continue;
    self->heard = true;
    self->errors = 0;
    *ret_len = len;
    return LINK_DONE;
  }
}

/* Sends to port 4500 from now on. */
static void
move_to_nat_port (UdpLink *self)
{
  InetAddr addr;
  uint16_t port;
  if (self->is_marked || !peer_of (self->link.fd, &addr, &port))
    return;
  struct sockaddr_storage to;
  socklen_t len = inet_addr_to_sockaddr (&addr, VISITOR_IKE_NAT_PORT, &to);
  /* Cannot fail for an address that the socket is connected to already; if it does, nothing is answered. */
  (void) connect (self->link.fd, (struct sockaddr *) &to, len);
  self->is_marked = true;
}

/* The one IKE message that begins an SA, to port 500. */
static LinkStatus
send_plain (UdpLink *self, const Datagram *datagram, GError **error)
{
  Slice message =
      SLICE (datagram->body.data + STREAM_MARKER_LEN, datagram->body.len - STREAM_MARKER_LEN);
  if (send (self->link.fd, message.data, message.len, MSG_NOSIGNAL) >= 0)
    return LINK_DONE;
  return judge (self, "send", errno, error);
}

/* As many frames as one call takes; *ret_len of their octets are dealt with, sent or lost. */
static LinkStatus
send_batch (UdpLink *self, Slice frames, size_t *ret_len, GError **error)
{
  struct mmsghdr messages[BATCH];
  struct iovec vectors[BATCH];
  size_t ends[BATCH], at = 0;
  unsigned int n = 0;
  Datagram datagram;
  while (n < BATCH && datagram_of_frame (SLICE (frames.data + at, frames.len - at), &datagram)) {
    at += datagram.frame_len;
    vectors[n] = (struct iovec){ (void *) datagram.body.data, datagram.body.len };
    messages[n] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &vectors[n], .msg_iovlen = 1 } };
    ends[n++] = at;
  }
  g_return_val_if_fail (n > 0, LINK_AGAIN);
  int sent = sendmmsg (self->link.fd, messages, n, MSG_NOSIGNAL);
  LinkStatus status = sent < 0 ? judge (self, "send", errno, error) : LINK_DONE;
  if (status == LINK_DONE)
    *ret_len = ends[MAX (sent, 1) - 1];
  return status;
}

static size_t
skip_prefix (UdpLink *self, size_t len)
{
  size_t n = MIN (len, self->prefix_left);
  self->prefix_left -= n;
  return n;
}

static LinkStatus
udp_write (Link *link, const void *data, size_t len, size_t *ret_len, GError **error)
{
  UdpLink *self = udp_link (link);
  const uint8_t *octets = data;
  Datagram datagram;
  size_t n = skip_prefix (self, len);
  if (n == len) {
    *ret_len = n;
    return LINK_DONE;
  }
  Slice frames = SLICE (octets + n, len - n);
  if (!datagram_of_frame (frames, &datagram))
    g_return_val_if_reached (LINK_AGAIN);
  LinkStatus status;
  size_t sent = datagram.frame_len;
  if (!self->is_marked && datagram.begins_sa) {
    status = send_plain (self, &datagram, error);
  } else {
    move_to_nat_port (self);
    status = send_batch (self, frames, &sent, error);
  }
  if (status == LINK_AGAIN && n > 0) { /* the prefix alone is dealt with */
    *ret_len = n;
    return LINK_DONE;
  }
  if (status != LINK_DONE)
    return status;
  self->sent_at = g_get_monotonic_time ();
  *ret_len = n + sent;
  return LINK_DONE;
}

static void
udp_close (Link *link)
{
}

static bool
udp_wants_write (const Link *link)
{
  return false;
}

static char *
udp_describe (const Link *link)
{
  return g_strdup ("UDP");
}

static GBytes *
udp_session (Link *link)
{
  return NULL;
}

static GBytes *
udp_unvouched_certificate (const Link *link)
{
  return NULL;
}

static void
udp_free (Link *link)
{
  close (link->fd);
  g_free (link);
}

static const LinkClass udp_class = {
  .transport = "UDP",
  .has_datagrams = true,
  .open = udp_open,
  .read = udp_read,
  .write = udp_write,
  .close = udp_close,
  .wants_write = udp_wants_write,
  .describe = udp_describe,
  .session = udp_session,
  .unvouched_certificate = udp_unvouched_certificate,
  .free = udp_free,
};

/* A link for an IKE SA that there is already: it begins at port 4500. Nothing where the link is of
 * another kind, or has such a port anyway. */
void
link_udp_move (Link *link)
{
  if (link->class == &udp_class)
    move_to_nat_port (udp_link (link));
}

/* Sends a NAT keepalive where nothing was sent for long; returns when to call it the next time. Keepalives
 * have a marker's port alone: port 500 is left within a round trip. */
gint64
link_udp_keep_alive (Link *link, gint64 now)
{
  UdpLink *self = udp_link (link);
  static const uint8_t keepalive = DATAGRAM_KEEPALIVE;
  if (now < self->sent_at + KEEPALIVE_US)
    return self->sent_at + KEEPALIVE_US;
  if (self->is_marked)
    (void) send (link->fd, &keepalive, sizeof keepalive, MSG_NOSIGNAL);
  self->sent_at = now;
  return now + KEEPALIVE_US;
}

/* Lets routers and our own kernel cut what is too long for the way, be it a certificate or a packet: the
 * inner MTU is chosen so that on most ways there is nothing to cut, and what is lost to a smaller one
 * would be lost for good. */
static void
allow_fragments (int fd)
{
  const int v4 = IP_PMTUDISC_DONT, v6 = IPV6_PMTUDISC_DONT;
  (void) setsockopt (fd, IPPROTO_IP, IP_MTU_DISCOVER, &v4, sizeof v4);
  (void) setsockopt (fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &v6, sizeof v6);
}

/* What goes out says that it is not capable of ECN (compatibility mode of RFC 6040), as nobody has asked the
 * gateway whether it looks; what comes in may be marked. */
static void
ask_for_marks (int fd)
{
  const int yes = 1;
  (void) setsockopt (fd, IPPROTO_IP, IP_RECVTOS, &yes, sizeof yes);
  (void) setsockopt (fd, IPPROTO_IPV6, IPV6_RECVTCLASS, &yes, sizeof yes);
}

/* Takes a non-blocking datagram socket that is connected, or will be before the link is opened, and owns
 * it. */
Link *
link_udp_new (int fd)
{
  UdpLink *self = g_new0 (UdpLink, 1);
  self->link = (Link){ .class = &udp_class, .fd = fd };
  self->prefix_left = STREAM_PREFIX_LEN;
  self->sent_at = g_get_monotonic_time ();
  allow_fragments (fd);
  ask_for_marks (fd);
  return &self->link;
}
