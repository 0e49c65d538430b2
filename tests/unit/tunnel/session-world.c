/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session with all that is real but the host, which is played here: it hands out sockets, answers for the person, and
 * takes a socket for a TUN. */
#include "session-world.h"

#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>

#include "base/names.h"

#define ADDRESS "127.0.0.1"
static const char site[] = "[site]\nname=Lab\naddress=" ADDRESS "\ntransport=auto\n%s"
                           "[tls]\nname=" RESPONDER_NAME "\n"
                           "[gateway]\nidentity=" RESPONDER_NAME "\n"
                           "[sign-in]\nmethod=psk\nuser=alice@example.test\n";

/* A network in which the gateway's ports are free; false where none is to be had. To be called before all else, as
 * there may be one thread. */
bool
world_enter_network (void)
{
  struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
  if (unshare (CLONE_NEWNET) < 0 && unshare (CLONE_NEWUSER | CLONE_NEWNET) < 0)
    return false;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool ok = fd >= 0 && ioctl (fd, SIOCSIFFLAGS, &request) == 0;
  close (fd);
  return ok;
}

static void
tell_with (World *w, MessageType type, GVariant *body, int fd)
{
  g_autoptr (GVariant) owned = body != NULL ? g_variant_ref_sink (body) : NULL;
  g_autoptr (GError) error = NULL;
  (void) message_send (w->host, type, owned, fd, &error);
  g_assert_no_error (error);
}

/* The host says that; body: floating, or NULL. */
void
world_tell (World *w, MessageType type, GVariant *body)
{
  tell_with (w, type, body, -1);
}

static void
give_socket (World *w, GVariant *body)
{
  guint32 number;
  guint8 family, type;
  g_variant_get (body, "(uyy)", &number, &family, &type);
  int fd = socket (family == 4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  w->n_datagram_sockets += type == SOCK_DGRAM;
  tell_with (w, MESSAGE_SOCKET, g_variant_new ("(uss)", number, "", ""), fd);
  close (fd);
}

/* The person answers. */
void
world_give_secret (World *w)
{
  world_tell (w, MESSAGE_SECRET,
      g_variant_new ("(b@ay)", TRUE,
          g_variant_new_fixed_array (
              G_VARIANT_TYPE_BYTE, RESPONDER_PSK, strlen (RESPONDER_PSK), 1)));
}

static void
give_tun (World *w)
{
  int fds[2];
  g_assert_cmpint (
      socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), ==, 0);
  tell_with (w, MESSAGE_TUN, g_variant_new ("(s)", "tun0"), fds[0]);
  close (fds[0]);
  if (w->tun >= 0)
    close (w->tun);
  w->tun = fds[1];
}

static void
take (World *w, const Message *message)
{
  const char *text, *more;
  if (message->type == MESSAGE_WANT_SOCKET) {
    give_socket (w, message->body);
  } else if (message->type == MESSAGE_WANT_SECRET) {
    w->n_secrets++;
    if (w->says_secret)
      world_give_secret (w);
  } else if (message->type == MESSAGE_CONFIGURE) {
    give_tun (w);
  } else if (message->type == MESSAGE_STATE) {
    g_variant_get (message->body, "(&s&s)", &text, &more);
    g_test_message ("%s (%s)", text, more);
    g_string_append_c (w->states, text[0]);
  } else if (message->type == MESSAGE_FAILED) {
    g_variant_get (message->body, "(&s&s)", &text, &more);
    g_test_message ("failed: %s", more);
    g_assert_true (visitor_error_from_name (text, &w->code));
  }
}

static gboolean
host_ready (gint fd, GIOCondition condition, gpointer data)
{
  g_auto (Message) message = { .fd = -1 };
  if (message_receive (fd, &message, NULL))
    take (data, &message);
  return G_SOURCE_CONTINUE;
}

static void
received (Message *message, void *user_data)
{
  session_received (((World *) user_data)->session, message);
}

static void
lost (void *user_data)
{
  g_assert_not_reached ();
}

static void
over (void *user_data)
{
  ((World *) user_data)->is_over = true;
}

void
world_init (World *w, Mood udp, Mood tcp)
{
  static const ControlHandlers handlers = { .received = received, .lost = lost };
  int pair[2];
  *w = (World){ .tun = -1, .says_secret = true };
  gateway_init (&w->gateway, ADDRESS, VISITOR_IKE_PORT, VISITOR_IKE_NAT_PORT, 443);
  gateway_use_tls (&w->gateway, RESPONDER_NAME, &w->trust);
  w->gateway.udp = udp;
  w->gateway.tcp = tcp;
  w->states = g_string_new (NULL);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), ==, 0);
  w->host = pair[1];
  w->source = g_unix_fd_add (w->host, G_IO_IN, host_ready, w);
  w->control = control_new (pair[0], &handlers, w);
}

/* Another entry point, with a gateway of its own that knows nothing of the first. */
void
world_add_other (World *w)
{
  w->other = g_new (Gateway, 1);
  gateway_init (w->other, ADDRESS, 0, WORLD_OTHER_PORT, WORLD_OTHER_PORT);
  w->other->credentials = tls_server_credentials_ref (w->gateway.credentials);
}

/* The session begins to connect. */
void
world_start (World *w)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *entries =
      w->other != NULL ? g_strdup_printf ("entry-points=" ADDRESS ":%d\n", WORLD_OTHER_PORT) : NULL;
  g_autofree char *text = g_strdup_printf (site, entries != NULL ? entries : "");
  g_autoptr (GVariant) body =
      g_variant_ref_sink (g_variant_new_parsed ("{'site': <%s>, 'last-transport': <'TLS'>}", text));
  Start *start = start_parse (body, &error);
  g_assert_no_error (error);
  w->session = session_new (start, w->trust, w->control, over, w, &error);
  g_assert_no_error (error);
}

void
world_clear (World *w)
{
  session_free (w->session);
  control_free (w->control);
  g_source_remove (w->source);
  close (w->host);
  if (w->tun >= 0)
    close (w->tun);
  crypto_trust_free (w->trust);
  g_string_free (w->states, TRUE);
  gateway_clear (&w->gateway);
  if (w->other != NULL)
    gateway_clear (w->other);
  g_free (w->other);
}

void
world_run_until (const World *w, bool (*holds) (const World *w))
{
  guint limit = loop_limit ();
  while (!holds (w))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

bool
world_is_connected (const World *w)
{
  return w->session->state == TUNNEL_CONNECTED;
}

bool
world_has_ended (const World *w)
{
  return w->is_over;
}
