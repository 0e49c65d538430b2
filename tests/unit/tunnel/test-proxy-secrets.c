/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ProxySecrets against a host that is played by hand: whom is asked, and what is kept. */
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tunnel/proxy-secrets.h"

typedef struct {
  Site *site;
  Control *control;
  ProxySecrets *secrets;
  int host;
  unsigned int answered, given;
} Fixture;

static void
received (Message *message, void *user_data)
{
}

static void
lost (void *user_data)
{
}

static void
set_up (Fixture *f, const void *data)
{
  static const ControlHandlers handlers = { .received = received, .lost = lost };
  int pair[2];
  g_assert_cmpint (
      socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), ==, 0);
  f->host = pair[1];
  f->control = control_new (pair[0], &handlers, f);
  f->site = g_new0 (Site, 1);
  f->secrets = proxy_secrets_new (f->site, f->control);
}

static void
tear_down (Fixture *f, const void *data)
{
  proxy_secrets_free (f->secrets);
  control_free (f->control);
  g_free (f->site);
  close (f->host);
}

static void
answered (const Secret *answer_or_null, void *user_data)
{
  Fixture *f = user_data;
  f->answered++;
  f->given += answer_or_null != NULL;
}

static void
turn (void)
{
  for (unsigned int i = 0; i < 5; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
ask (Fixture *f, bool quietly, ProxyQuestionKind kind, unsigned int attempt)
{
  ProxyAsker asker =
      quietly ? proxy_secrets_quiet_asker (f->secrets) : proxy_secrets_asker (f->secrets);
  ProxyQuestion question = { .kind = kind, .attempt = attempt, .realm = "" };
  g_assert_cmpint (proxy_parse ("http://proxy.test:3128", &question.proxy), ==, PROXY_URI_OK);
  asker.ask (asker.user, &question, answered, f);
  turn ();
}

/* True if the host was asked; *ret_number: for the answer. */
static bool
host_hears (Fixture *f, guint32 *ret_number)
{
  g_auto (Message) message = { .fd = -1 };
  uint8_t octet;
  if (recv (f->host, &octet, 1, MSG_PEEK | MSG_DONTWAIT) < 0)
    return false;
  g_assert_true (message_receive (f->host, &message, NULL));
  g_assert_cmpint (message.type, ==, MESSAGE_WANT_PROXY_SECRET);
  g_variant_get_child (message.body, 0, "u", ret_number);
  return true;
}

static void
host_answers (Fixture *f, guint32 number, const char *text_or_null)
{
  const char *text = text_or_null != NULL ? text_or_null : "";
  GVariant *octets = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, strlen (text), 1);
  g_autoptr (GVariant) body =
      g_variant_ref_sink (g_variant_new ("(ub@ay)", number, text_or_null != NULL, octets));
  proxy_secrets_answered (f->secrets, body);
}

/* Whoever probes in the background bothers nobody, but has what was given before. */
static void
test_quiet (Fixture *f, const void *data)
{
  guint32 number;
  ask (f, true, PROXY_QUESTION_PASSWORD, 1);
  g_assert_false (host_hears (f, &number));
  g_assert_cmpuint (f->answered, ==, 1);
  g_assert_cmpuint (f->given, ==, 0);

  ask (f, false, PROXY_QUESTION_PASSWORD, 1);
  g_assert_true (host_hears (f, &number));
  g_assert_cmpuint (f->answered, ==, 1);
  host_answers (f, number, "alice:Wonderland1");
  g_assert_cmpuint (f->given, ==, 1);

  ask (f, true, PROXY_QUESTION_PASSWORD, 1);
  g_assert_false (host_hears (f, &number));
  g_assert_cmpuint (f->answered, ==, 3);
  g_assert_cmpuint (f->given, ==, 2);

  /* it was wrong, or it is to be sent readably */
  ask (f, true, PROXY_QUESTION_PASSWORD, 2);
  ask (f, true, PROXY_QUESTION_PASSWORD_CLEAR, 1);
  g_assert_false (host_hears (f, &number));
  g_assert_cmpuint (f->answered, ==, 5);
  g_assert_cmpuint (f->given, ==, 2);

  /* the user's tickets are no person */
  ask (f, true, PROXY_QUESTION_TOKEN, 1);
  g_assert_true (host_hears (f, &number));
  g_assert_cmpuint (f->answered, ==, 5);
}

/* Streams that are made at once through one proxy ask a person once, and each goes on with what was said; also
 * where the first of them has been given up meanwhile. */
static void
test_together (Fixture *f, const void *data)
{
  guint32 number, other;
  for (unsigned int i = 0; i < 2; i++) {
    f->answered = f->given = 0;
    ask (f, false, PROXY_QUESTION_PASSWORD, 2);
    ask (f, false, PROXY_QUESTION_PASSWORD, 2);
    ask (f, false, PROXY_QUESTION_PASSWORD, 2);
    g_assert_true (host_hears (f, &number));
    g_assert_false (host_hears (f, &other));
    if (i == 1) {
      ProxyAsker asker = proxy_secrets_asker (f->secrets);
      asker.cancel (asker.user, number);
    }
    host_answers (f, number, "alice:Wonderland1");
    g_assert_cmpuint (f->answered, ==, i == 0 ? 3 : 2);
    g_assert_cmpuint (f->given, ==, f->answered);
    host_answers (f, number, "alice:Wonderland1"); /* nobody waits any more */
    g_assert_cmpuint (f->answered, ==, i == 0 ? 3 : 2);
  }
  /* not the same: what is sent readably, and a token, which is good for once */
  ask (f, false, PROXY_QUESTION_PASSWORD, 2);
  ask (f, false, PROXY_QUESTION_PASSWORD_CLEAR, 2);
  ask (f, false, PROXY_QUESTION_PASSWORD, 3);
  ask (f, false, PROXY_QUESTION_TOKEN, 1);
  ask (f, false, PROXY_QUESTION_TOKEN, 1);
  for (unsigned int i = 0; i < 5; i++)
    g_assert_true (host_hears (f, &number));
}

/* What nobody gives is asked for the next time. */
static void
test_refused (Fixture *f, const void *data)
{
  guint32 number;
  for (unsigned int i = 1; i <= 2; i++) {
    ask (f, false, PROXY_QUESTION_PASSWORD, 1);
    g_assert_true (host_hears (f, &number));
    host_answers (f, number, NULL);
    g_assert_cmpuint (f->answered, ==, i);
  }
  g_assert_cmpuint (f->given, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) \
  g_test_add ("/tunnel/proxy-secrets/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("quiet", test_quiet);
  ADD ("together", test_together);
  ADD ("refused", test_refused);
  return g_test_run ();
}
