/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message: what was sent arrives, and everything else is refused without leaking a descriptor. */
#include "host/protocol/message.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  int ours, theirs;
} Pair;

static Pair
pair_new (void)
{
  int ends[2];
  g_assert_cmpint (
      socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), ==, 0);
  return (Pair){ ends[0], ends[1] };
}

static void
pair_close (Pair *pair)
{
  close (pair->ours);
  if (pair->theirs >= 0)
    close (pair->theirs);
}

static guint
count_open_fds (void)
{
  guint n = 0;
  DIR *dir = opendir ("/proc/self/fd");
  while (readdir (dir) != NULL)
    n++;
  closedir (dir);
  return n;
}

static void
round_trip (void)
{
  static const struct {
    MessageType type;
    const char *body;
  } rows[] = {
    { MESSAGE_START, "{'site': <'x'>, 'nameservers': <['192.0.2.1']>, 'log-level': <uint32 16>}" },
    { MESSAGE_SOCKET, "(uint32 7, 'NoInterface', 'there is none')" },
    { MESSAGE_SECRET, "(true, [byte 0x70, 0x00, 0x71])" },
    { MESSAGE_TRUST_ANSWER, "(false,)" },
    { MESSAGE_DISCONNECT, "()" },
    { MESSAGE_NETWORK, "('changed', ['192.0.2.53'])" },
    { MESSAGE_PATH, "('192.0.2.2', '203.0.113.10')" },
    { MESSAGE_WANT_SOCKET, "(uint32 1, byte 0x04, byte 0x01)" },
    { MESSAGE_WANT_SECRET, "('code', 'jürgen', uint32 2, 'Token:')" },
    { MESSAGE_STATE, "('connected', '')" },
    { MESSAGE_STATUS, "{'counters': <{'bytes-in': uint64 5}>}" },
    { MESSAGE_ATTEMPT, "{'number': <uint32 1>}" },
    { MESSAGE_FAILED, "('TlsExpired', 'x')" },
    { MESSAGE_CLOSED, "()" },
    { MESSAGE_KEY_CHANGED, "{'part': <'tls'>, 'acceptable': <true>}" },
    { MESSAGE_PORTAL, "('http://portal.example/',)" },
    { MESSAGE_CONNECTIVITY, "(uint32 2,)" },
  };
  Pair pair = pair_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) body =
        g_variant_parse (message_signature (rows[i].type), rows[i].body, NULL, NULL, &error);
    g_assert_no_error (error);
    message_send (pair.ours, rows[i].type, body, -1, &error);
    g_assert_no_error (error);

    g_auto (Message) message = { 0 };
    message_receive (pair.theirs, &message, &error);
    g_assert_no_error (error);
    g_assert_cmpint (message.type, ==, rows[i].type);
    g_assert_cmpint (message.fd, ==, -1);
    g_assert_true (g_variant_equal (message.body, body));
  }
  pair_close (&pair);
}

static void
passes_a_descriptor (void)
{
  Pair pair = pair_new ();
  g_autoptr (GError) error = NULL;
  int lent = open ("/dev/null", O_RDWR | O_CLOEXEC);
  message_send (pair.ours, MESSAGE_TUN, g_variant_new ("(s)", "visitor0"), lent, &error);
  g_assert_no_error (error);

  g_auto (Message) message = { 0 };
  message_receive (pair.theirs, &message, &error);
  g_assert_no_error (error);
  g_assert_cmpint (message.fd, >=, 0);
  g_assert_cmpint (message.fd, !=, lent);
  g_assert_cmpint (fcntl (message.fd, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
  close (lent);
  pair_close (&pair);
}

static void
tells_ends_apart (void)
{
  Pair pair = pair_new ();
  g_auto (Message) message = { 0 };
  g_autoptr (GError) error = NULL;
  g_assert_false (message_receive (pair.ours, &message, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY);
  g_clear_error (&error);

  close (pair.theirs);
  pair.theirs = -1;
  g_assert_false (message_receive (pair.ours, &message, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED);
  g_clear_error (&error);

  g_assert_false (message_send (pair.ours, MESSAGE_CLOSED, NULL, -1, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED);
  pair_close (&pair);
}

/* A peer that does not read costs us nothing but an error. */
static void
does_not_block (void)
{
  Pair pair = pair_new ();
  g_autoptr (GError) error = NULL;
  guint sent = 0;
  while (sent < 100000 && message_send (pair.ours, MESSAGE_DISCONNECT, NULL, -1, &error))
    sent++;
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY);
  pair_close (&pair);
}

static void
refuses_to_send (void)
{
  Pair pair = pair_new ();
  g_autofree char *huge = g_strnfill (MESSAGE_MAX_LEN, 'x');
  const struct {
    MessageType type;
    GVariant *body;
    int fd;
  } rows[] = {
    { MESSAGE_NONE, g_variant_new ("()"), -1 },
    { MESSAGE_N_TYPES, g_variant_new ("()"), -1 },
    { MESSAGE_STATE, g_variant_new ("(s)", "one"), -1 },
    { MESSAGE_READY, g_variant_new ("(u)", 1), -1 },
    { MESSAGE_TUN, g_variant_new ("(s)", "without a device"), -1 },
    { MESSAGE_CLOSED, g_variant_new ("()"), pair.ours },
    { MESSAGE_LOG, g_variant_new ("(us)", 1, huge), -1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (message_send (pair.ours, rows[i].type, rows[i].body, rows[i].fd, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST);
  }
  g_autoptr (GError) error = NULL;
  g_auto (Message) message = { 0 };
  g_assert_false (message_receive (pair.theirs, &message, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY);
  pair_close (&pair);
}

static void
send_raw (int socket, const void *data, gsize len, int fd, guint n_fds)
{
  struct iovec vector = { .iov_base = (void *) data, .iov_len = len };
  union {
    char space[CMSG_SPACE (16 * sizeof (int))];
    struct cmsghdr align;
  } control = { 0 };
  struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1 };
  if (n_fds > 0) {
    header.msg_control = &control;
    header.msg_controllen = CMSG_SPACE (n_fds * sizeof (int));
    struct cmsghdr *rights = CMSG_FIRSTHDR (&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN (n_fds * sizeof (int));
    for (guint i = 0; i < n_fds; i++)
      memcpy (CMSG_DATA (rights) + i * sizeof fd, &fd, sizeof fd);
  }
  g_assert_cmpint (sendmsg (socket, &header, 0), ==, len);
}

typedef struct {
  const char *why;
  guint32 type;
  const char *body;
  gsize len;
  guint n_fds;
} HostileRow;

static const HostileRow hostile[] = {
  { "no type", MESSAGE_NONE, "", 0, 0 },
  { "a type beyond the last", MESSAGE_N_TYPES, "", 0, 0 },
  { "a type that is negative as int", 0x80000001u, "", 0, 0 },
  { "an empty body that needs its octet", MESSAGE_CLOSED, "", 0, 0 },
  { "a unit that is not zero", MESSAGE_CLOSED, "\1", 1, 0 },
  { "a body too long", MESSAGE_CLOSED, "\0\0", 2, 0 },
  { "a body too short", MESSAGE_WANT_SOCKET, "\1\0\0\0", 4, 0 },
  { "a string without its end", MESSAGE_FAILED, "abcd\2", 5, 0 },
  { "a string that is not UTF-8", MESSAGE_FAILED, "\xff\0b\0\2", 5, 0 },
  { "an offset past the end", MESSAGE_FAILED, "a\0b\0\x7f", 5, 0 },
  { "a dictionary of noise", MESSAGE_CONFIGURE, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, 0 },
  { "a boolean that is two", MESSAGE_TRUST_ANSWER, "\2", 1, 0 },
  { "a descriptor where none belongs", MESSAGE_CLOSED, "\0", 1, 1 },
  { "three descriptors", MESSAGE_SOCKET, "\1\0\0\0\0\0\5", 7, 3 },
  { "sixteen descriptors", MESSAGE_SOCKET, "\1\0\0\0\0\0\5", 7, 16 },
  { "a missing descriptor", MESSAGE_TUN, "v\0", 2, 0 },
};

static void
refuses_to_receive (void)
{
  Pair pair = pair_new ();
  guint before = count_open_fds ();
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++) {
    guint8 packet[64];
    memcpy (packet, &hostile[i].type, 4);
    memcpy (packet + 4, hostile[i].body, hostile[i].len);
    send_raw (pair.ours, packet, 4 + hostile[i].len, pair.ours, hostile[i].n_fds);

    g_test_message ("%s", hostile[i].why);
    g_autoptr (GError) error = NULL;
    g_auto (Message) message = { 0 };
    g_assert_false (message_receive (pair.theirs, &message, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
    g_assert_cmpuint (count_open_fds (), ==, before);
  }
  pair_close (&pair);
}

static void
refuses_sizes (void)
{
  Pair pair = pair_new ();
  g_autofree guint8 *packet = g_malloc0 (MESSAGE_MAX_LEN + 1);
  static const gsize sizes[] = { 1, 2, 3, MESSAGE_MAX_LEN + 1 };
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    send_raw (pair.ours, packet, sizes[i], -1, 0);
    g_autoptr (GError) error = NULL;
    g_auto (Message) message = { 0 };
    g_assert_false (message_receive (pair.theirs, &message, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
  }
  pair_close (&pair);
}

/* The kernel tells of the reset before it hands out what was sent: the reason must not be lost. */
static void
hears_the_last_word (void)
{
  Pair pair = pair_new ();
  g_autoptr (GError) error = NULL;
  g_auto (Message) message = { 0 };
  g_assert_true (message_send (pair.ours, MESSAGE_POLL_STATUS, NULL, -1, &error));
  g_assert_true (message_send (
      pair.theirs, MESSAGE_FAILED, g_variant_new ("(ss)", "TlsExpired", "x"), -1, &error));
  close (pair.theirs);
  pair.theirs = -1;
  g_assert_true (message_receive (pair.ours, &message, &error));
  g_assert_no_error (error);
  g_assert_cmpint (message.type, ==, MESSAGE_FAILED);
  message_clear (&message);
  g_assert_false (message_receive (pair.ours, &message, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED);
  pair_close (&pair);
}

static void
names_every_type (void)
{
  for (int type = MESSAGE_NONE + 1; type < MESSAGE_N_TYPES; type++) {
    g_assert_nonnull (message_signature ((MessageType) type));
    g_assert_cmpstr (message_type_to_string ((MessageType) type), !=, "unknown");
  }
  g_assert_null (message_signature (MESSAGE_N_TYPES));
  g_assert_cmpstr (message_type_to_string (MESSAGE_N_TYPES), ==, "unknown");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/message/names-every-type", names_every_type);
  g_test_add_func ("/host/message/round-trip", round_trip);
  g_test_add_func ("/host/message/passes-a-descriptor", passes_a_descriptor);
  g_test_add_func ("/host/message/tells-ends-apart", tells_ends_apart);
  g_test_add_func ("/host/message/hears-the-last-word", hears_the_last_word);
  g_test_add_func ("/host/message/does-not-block", does_not_block);
  g_test_add_func ("/host/message/refuses-to-send", refuses_to_send);
  g_test_add_func ("/host/message/refuses-to-receive", refuses_to_receive);
  g_test_add_func ("/host/message/refuses-sizes", refuses_sizes);
  return g_test_run ();
}
