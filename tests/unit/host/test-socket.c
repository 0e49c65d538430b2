/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets for a worker, bound as a site says, and what a worker without rights can do about it. */
#include "host/socket.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

static InetAddr
addr_of (const char *text)
{
  InetAddr addr = { 0 };
  g_assert_true (inet_addr_parse (text, &addr));
  return addr;
}

static bool
may_mark (void)
{
  if (geteuid () == 0)
    return true;
  g_test_skip ("needs root, to mark sockets");
  return false;
}

static void
test_open (void)
{
  static const struct {
    const char *name;
    InetFamily family;
    const char *interface, *source;
    int code; /* -1: a socket */
    const char *says;
  } rows[] = {
    { "by the routes", INET_V4, NULL, NULL, -1, NULL },
    { "by an interface", INET_V4, "lo", NULL, -1, NULL },
    { "IPv6 by an interface", INET_V6, "lo", NULL, -1, NULL },
    { "from an address", INET_V4, NULL, "127.0.0.5", -1, NULL },
    { "both", INET_V4, "lo", "127.0.0.5", -1, NULL },
    { "no such interface", INET_V4, "nosuch0", NULL, VISITOR_ERROR_NO_INTERFACE,
        "nosuch0: there is no" },
    { "not ours", INET_V4, NULL, "192.0.2.77", VISITOR_ERROR_NO_SOURCE_ADDRESS,
        "192.0.2.77: this is no" },
    { "not ours, IPv6", INET_V6, NULL, "2001:db8::77", VISITOR_ERROR_NO_SOURCE_ADDRESS,
        "2001:db8::77" },
    { "the other family", INET_V6, NULL, "127.0.0.5", VISITOR_ERROR_UNREACHABLE, "by IPv6" },
    { "an interface, but not ours", INET_V4, "lo", "192.0.2.77", VISITOR_ERROR_NO_SOURCE_ADDRESS,
        NULL },
  };
  if (!may_mark ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    HostSocketBinding binding = { .interface = rows[i].interface };
    if (rows[i].source != NULL)
      binding.source = addr_of (rows[i].source);
    int fd = host_socket_open (rows[i].family, SOCK_STREAM, &binding, &error);
    g_test_message ("%s: %s", rows[i].name, error != NULL ? error->message : "a socket");
    g_assert_true ((fd < 0) == (rows[i].code >= 0));
    if (rows[i].code >= 0)
      g_assert_error (error, VISITOR_ERROR, rows[i].code);
    if (rows[i].says != NULL)
      g_assert_nonnull (strstr (error->message, rows[i].says));
    if (fd >= 0)
      close (fd);
  }
}

/* In a process without rights: what it is bound to stays. */
static void
try_to_widen (int fd)
{
  const char *other = "";
  struct sockaddr_in any = { .sin_family = AF_INET };
  if (setgid (NOBODY) != 0 || setuid (NOBODY) != 0)
    _exit (1);
  if (setsockopt (fd, SOL_SOCKET, SO_BINDTODEVICE, other, 1) == 0 || errno != EPERM)
    _exit (2);
  unsigned int none = 0;
  if (setsockopt (fd, SOL_SOCKET, SO_BINDTOIFINDEX, &none, sizeof none) == 0 || errno != EPERM)
    _exit (3);
  if (bind (fd, (struct sockaddr *) &any, sizeof any) == 0)
    _exit (4);
  struct sockaddr unspecified = { .sa_family = AF_UNSPEC };
  (void) connect (fd, &unspecified, sizeof unspecified);
  struct sockaddr_in at;
  socklen_t len = sizeof at;
  if (getsockname (fd, (struct sockaddr *) &at, &len) < 0 ||
      at.sin_addr.s_addr != htonl (0x7f000005))
    _exit (5);
  _exit (0);
}

static void
test_cannot_widen (void)
{
  static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
  if (!may_mark ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GError) error = NULL;
    const HostSocketBinding binding = { .interface = "lo", .source = addr_of ("127.0.0.5") };
    int fd = host_socket_open (INET_V4, types[i], &binding, &error), status;
    g_assert_no_error (error);
    pid_t child = fork ();
    if (child == 0)
      try_to_widen (fd);
    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    g_assert_true (WIFEXITED (status));
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
    close (fd);
  }
}

static void
test_serves_itself (void)
{
  static const struct {
    const char *servers[4];
    bool itself;
  } rows[] = {
    { { NULL }, false },
    { { "127.0.0.53", NULL }, true },
    { { "::1", "127.0.0.1", NULL }, true },
    { { "127.0.0.1", "192.0.2.53", NULL }, false },
    { { "192.0.2.53", NULL }, false },
    { { "2001:db8::1", NULL }, false },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_true (host_socket_serves_itself (rows[i].servers) == rows[i].itself);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/socket/open", test_open);
  g_test_add_func ("/host/socket/cannot-widen", test_cannot_widen);
  g_test_add_func ("/host/socket/serves-itself", test_serves_itself);
  return g_test_run ();
}
