/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message: one packet between a host and its worker, and its transport over SOCK_SEQPACKET.
 *
 * The worker reads bytes from the network, so that what it sends is taken for what an attacker
 * wrote: a type out of the table, a body in normal form of the type's own signature and of bounded
 * size, and a file descriptor exactly where the table has one. Whether a message is permitted now is
 * not decided here but in permit.c. Packets are wiped after use, for some carry a secret. */
#include "host/protocol/message.h"

#include <errno.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Descriptors that we make room for, only to close them: the kernel drops those beyond. */
#define MAX_RECEIVED_FDS 8

typedef enum {
  FD_NEVER,
  FD_MAYBE,
  FD_ALWAYS,
} FdRule;

static const struct {
  const char *name;
  const char *signature;
  FdRule fd;
} types[MESSAGE_N_TYPES] = {
  [MESSAGE_START] = { "start", "a{sv}", FD_NEVER },
  [MESSAGE_SOCKET] = { "socket", "(uss)", FD_MAYBE },
  [MESSAGE_SECRET] = { "secret", "(bay)", FD_NEVER },
  [MESSAGE_TRUST_ANSWER] = { "trust-answer", "(b)", FD_NEVER },
  [MESSAGE_CERTIFICATE] = { "certificate", "(aayas)", FD_NEVER },
  [MESSAGE_SIGNATURE] = { "signature", "(uay)", FD_NEVER },
  [MESSAGE_PROXIES] = { "proxies", "(as)", FD_NEVER },
  [MESSAGE_PROXY_SECRET] = { "proxy-secret", "(ubay)", FD_NEVER },
  [MESSAGE_TUN] = { "tun", "(s)", FD_ALWAYS },
  [MESSAGE_DISCONNECT] = { "disconnect", "()", FD_NEVER },
  [MESSAGE_REKEY] = { "rekey", "(s)", FD_NEVER },
  [MESSAGE_POLL_STATUS] = { "poll-status", "()", FD_NEVER },
  [MESSAGE_CONNECTIVITY] = { "connectivity", "(u)", FD_NEVER },
  [MESSAGE_NETWORK] = { "network", "(sas)", FD_NEVER },
  [MESSAGE_READY] = { "ready", "()", FD_NEVER },
  [MESSAGE_WANT_SOCKET] = { "want-socket", "(uyy)", FD_NEVER },
  [MESSAGE_WANT_SECRET] = { "want-secret", "(ssus)", FD_NEVER },
  [MESSAGE_WANT_TRUST] = { "want-trust", "a{sv}", FD_NEVER },
  [MESSAGE_WANT_CERTIFICATE] = { "want-certificate", "()", FD_NEVER },
  [MESSAGE_WANT_SIGNATURE] = { "want-signature", "(usay)", FD_NEVER },
  [MESSAGE_WANT_PROXIES] = { "want-proxies", "()", FD_NEVER },
  [MESSAGE_WANT_PROXY_SECRET] = { "want-proxy-secret", "(usssus)", FD_NEVER },
  [MESSAGE_STATE] = { "state", "(ss)", FD_NEVER },
  [MESSAGE_PATH] = { "path", "(ss)", FD_NEVER },
  [MESSAGE_CONFIGURE] = { "configure", "a{sv}", FD_NEVER },
  [MESSAGE_STATUS] = { "status", "a{sv}", FD_NEVER },
  [MESSAGE_ATTEMPT] = { "attempt", "a{sv}", FD_NEVER },
  [MESSAGE_FINDING] = { "finding", "a{sv}", FD_NEVER },
  [MESSAGE_LOG] = { "log", "(us)", FD_NEVER },
  [MESSAGE_FAILED] = { "failed", "(ss)", FD_NEVER },
  [MESSAGE_CLOSED] = { "closed", "()", FD_NEVER },
  [MESSAGE_KEY_CHANGED] = { "key-changed", "a{sv}", FD_NEVER },
  [MESSAGE_PORTAL] = { "portal", "(s)", FD_NEVER },
};

/* The type's name for a log; "unknown" for a number that is none. */
const char *
message_type_to_string (MessageType type)
{
  return type > MESSAGE_NONE && type < MESSAGE_N_TYPES ? types[type].name : "unknown";
}

/* What a body of this type looks like, or NULL if there is no such type. */
const GVariantType *
message_signature (MessageType type)
{
  if (type <= MESSAGE_NONE || type >= MESSAGE_N_TYPES)
    return NULL;
  return G_VARIANT_TYPE (types[type].signature);
}

/* Drops what the message owns: its body, which is wiped if it was received, and its descriptor. */
void
message_clear (Message *message)
{
  g_clear_pointer (&message->body, g_variant_unref);
  if (message->type != MESSAGE_NONE && message->fd >= 0)
    close (message->fd);
  *message = (Message){ .type = MESSAGE_NONE, .fd = -1 };
}

static void
set_socket_error (GError **error, int code, const char *doing)
{
  VisitorError kind = VISITOR_ERROR_FAILED;
  if (code == EPIPE || code == ECONNRESET)
    kind = VISITOR_ERROR_STREAM_CLOSED;
  else if (code == EAGAIN)
    kind = VISITOR_ERROR_BUSY;
  g_set_error (error, VISITOR_ERROR, kind, "%s a message: %s", doing, g_strerror (code));
}

static void
attach_fd (struct msghdr *header, void *control, size_t size, int fd)
{
  memset (control, 0, size);
  header->msg_control = control;
  header->msg_controllen = size;
  struct cmsghdr *rights = CMSG_FIRSTHDR (header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN (sizeof fd);
  memcpy (CMSG_DATA (rights), &fd, sizeof fd);
}

static gboolean
send_packet (int socket, struct iovec *packet, int fd, GError **error)
{
  struct msghdr header = { .msg_iov = packet, .msg_iovlen = 1 };
  alignas (struct cmsghdr) char control[CMSG_SPACE (sizeof fd)];
  if (fd >= 0)
    attach_fd (&header, control, sizeof control, fd);

  ssize_t sent;
  do {
    sent = sendmsg (socket, &header, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) {
    set_socket_error (error, errno, "sending");
    return FALSE;
  }
  return TRUE;
}

/* Sends one message: body must have the type's signature (a floating one is consumed; NULL stands
 * for "()"), fd is lent, -1 for none. Whole or not at all: a non-blocking socket whose peer does not
 * read gives VISITOR_ERROR_BUSY, a peer that is gone VISITOR_ERROR_STREAM_CLOSED. */
gboolean
message_send (int socket, MessageType type, GVariant *body, int fd, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (body != NULL ? body : g_variant_new ("()"));
  gsize len = g_variant_get_size (owned);
  if (message_signature (type) == NULL || !g_variant_is_of_type (owned, message_signature (type)) ||
      (fd >= 0 ? types[type].fd == FD_NEVER : types[type].fd == FD_ALWAYS)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "A %s message is not of type %s", message_type_to_string (type),
        g_variant_get_type_string (owned));
    return FALSE;
  }
  if (len > MESSAGE_MAX_LEN - sizeof (guint32)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "A %s message of %zu octets is too long", message_type_to_string (type), len);
    return FALSE;
  }

  /* g_variant_store () wants the alignment of its largest member, hence the detour. */
  alignas (16) guint8 stored[MESSAGE_MAX_LEN], packet[MESSAGE_MAX_LEN];
  guint32 number = type;
  g_variant_store (owned, stored);
  memcpy (packet, &number, sizeof number);
  memcpy (packet + sizeof number, stored, len);
  struct iovec vector = { .iov_base = packet, .iov_len = sizeof number + len };
  gboolean ok = send_packet (socket, &vector, fd, error);
  explicit_bzero (stored, len);
  explicit_bzero (packet, vector.iov_len);
  return ok;
}

/* Takes every descriptor out of the control data; all but the first are closed. */
static guint
collect_fds (struct msghdr *header, int *ret_fd)
{
  guint n = 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR (header); c != NULL; c = CMSG_NXTHDR (header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
      continue;
    size_t count = (c->cmsg_len - CMSG_LEN (0)) / sizeof (int);
    for (size_t i = 0; i < count; i++) {
      int fd;
      memcpy (&fd, CMSG_DATA (c) + i * sizeof fd, sizeof fd);
      if (n++ == 0)
        *ret_fd = fd;
      else
        close (fd);
    }
  }
  return n;
}

typedef struct {
  gsize len;
  guint8 data[];
} WipedBytes;

static void
wiped_bytes_free (gpointer memory)
{
  WipedBytes *bytes = memory;
  explicit_bzero (bytes->data, bytes->len);
  g_free (bytes);
}

/* The body as a value in normal form, or NULL. The copy is wiped when it is freed. */
static GVariant *
parse_body (MessageType type, const guint8 *data, gsize len)
{
  WipedBytes *copy = g_malloc (sizeof *copy + len);
  copy->len = len;
  memcpy (copy->data, data, len);
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (copy->data, len, wiped_bytes_free, copy);
  g_autoptr (GVariant) body =
      g_variant_ref_sink (g_variant_new_from_bytes (message_signature (type), bytes, FALSE));
  return g_variant_is_normal_form (body) ? g_steal_pointer (&body) : NULL;
}

static gboolean
refuse (GError **error, const char *why, MessageType type)
{
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "Bad message (%s): %s",
      message_type_to_string (type), why);
  return FALSE;
}

/* One packet that came with n_fds descriptors, as a message without its descriptor: what
 * message_receive () does after receiving, for it and for the fuzzer. Errors: VISITOR_ERROR_PROTOCOL;
 * *ret_message is then untouched. */
gboolean
message_parse (const guint8 *packet, gsize len, guint n_fds, Message *ret_message, GError **error)
{
  guint32 number = MESSAGE_NONE;
  if (len >= sizeof number)
    memcpy (&number, packet, sizeof number);
  if (number <= MESSAGE_NONE || number >= MESSAGE_N_TYPES)
    return refuse (error, "there is no such type", MESSAGE_NONE);
  MessageType type = (MessageType) number;
  if (n_fds > 1 || (n_fds == 1 && types[type].fd == FD_NEVER))
    return refuse (error, "it carries a descriptor too many", type);
  if (n_fds == 0 && types[type].fd == FD_ALWAYS)
    return refuse (error, "it lacks its descriptor", type);
  GVariant *body = parse_body (type, packet + sizeof number, len - sizeof number);
  if (body == NULL)
    return refuse (error, "its body is malformed", type);
  *ret_message = (Message){ .type = type, .body = body, .fd = -1 };
  return TRUE;
}

/* A peer that went while a message of ours was unread gives ECONNRESET, once, before what it sent
 * last: its last word, which says why it went. */
static ssize_t
receive_packet (int socket, struct msghdr *header)
{
  ssize_t got;
  gboolean was_reset = FALSE, again;
  do {
    got = recvmsg (socket, header, MSG_CMSG_CLOEXEC);
    again = got < 0 && (errno == EINTR || (errno == ECONNRESET && !was_reset));
    was_reset = was_reset || (got < 0 && errno == ECONNRESET);
  } while (again);
  return got;
}

/* Receives one message into *ret_message, to be given to message_clear (). Errors:
 * VISITOR_ERROR_STREAM_CLOSED at the end of the stream, VISITOR_ERROR_BUSY if the socket is
 * non-blocking and nothing waits, VISITOR_ERROR_PROTOCOL for what is no message: the peer is broken
 * or hostile then, and should not be listened to any longer. */
gboolean
message_receive (int socket, Message *ret_message, GError **error)
{
  guint8 packet[MESSAGE_MAX_LEN];
  alignas (struct cmsghdr) char control[CMSG_SPACE (sizeof (int) * MAX_RECEIVED_FDS)];
  struct iovec vector = { .iov_base = packet, .iov_len = sizeof packet };
  struct msghdr header = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };

  ssize_t got = receive_packet (socket, &header);
  if (got < 0) {
    set_socket_error (error, errno, "receiving");
    return FALSE;
  }
  Message message = { .type = MESSAGE_NONE, .fd = -1 };
  int fd = -1;
  guint n_fds = collect_fds (&header, &fd);
  gboolean ok;
  if (got == 0 && n_fds == 0) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED, "The peer is gone");
    ok = FALSE;
  } else if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
    ok = refuse (error, "it is too long", MESSAGE_NONE);
  } else {
    ok = message_parse (packet, (gsize) got, n_fds, &message, error);
  }
  explicit_bzero (packet, (gsize) got);
  if (!ok && fd >= 0)
    close (fd);
  message.fd = fd;
  if (ok)
    *ret_message = message;
  return ok;
}
