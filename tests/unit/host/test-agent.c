/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent's two questions over a bus of their own, to an object that answers in every way that a
 * program of a user's, honest or not, can answer. */
#include "host/agent.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "dbus/errors.h"
#include "dbus/visitor-dbus.h"
#include "host/secret-reader.h"

#define AGENT_PATH "/org/visitorvpn/Agent"
#define CONNECTION_PATH "/org/visitorvpn/Engine/connection/1"

typedef enum {
  ANSWER_PIPE,
  ANSWER_MEMFD,
  ANSWER_MEMFD_READ_TO_ITS_END,
  ANSWER_LONGEST,
  ANSWER_TOO_LONG,
  ANSWER_TOO_LONG_PIPE,
  ANSWER_EMPTY,
  ANSWER_REGULAR_FILE,
  ANSWER_NULL_DEVICE,
  ANSWER_NO_DESCRIPTOR,
  ANSWER_CANCELLED,
  ANSWER_FOREIGN_ERROR,
  ANSWER_OPEN_PIPE, /* never closed */
  ANSWER_NEVER,
} Answer;

typedef struct {
  GTestDBus *daemon;
  GDBusConnection *engine, *user;
  VisitorDBusAgent1 *object;
  Agent *agent;
  Answer answer;
  GVariant *request; /* last seen */
  int kept; /* write end of the pipe that stays open */
  GDBusMethodInvocation *unanswered;
  GAsyncResult *result;
  guint open; /* questions that the agent has not answered */
} Fixture;

#define MOST_OPEN 1

static int
memfd_with (const void *data, size_t len)
{
  int fd = memfd_create ("secret", MFD_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, len), ==, len);
  return fd;
}

static int
pipe_with (const void *data, size_t len, int *ret_kept)
{
  int ends[2];
  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (ends[1], data, len), ==, len);
  if (ret_kept != NULL)
    *ret_kept = ends[1];
  else
    close (ends[1]);
  return ends[0];
}

static int
answer_fd (Fixture *fixture)
{
  static const char long_text[SECRET_MAX_LEN + 1] = { 'x' };
  switch (fixture->answer) {
  case ANSWER_PIPE: return pipe_with ("s3cret", 6, NULL);
  case ANSWER_MEMFD:
  case ANSWER_MEMFD_READ_TO_ITS_END: {
    int fd = memfd_with ("s3cret", 6);
    lseek (fd, fixture->answer == ANSWER_MEMFD ? 0 : 6, SEEK_SET);
    return fd;
  }
  case ANSWER_LONGEST: return memfd_with (long_text, SECRET_MAX_LEN);
  case ANSWER_TOO_LONG: return memfd_with (long_text, SECRET_MAX_LEN + 1);
  case ANSWER_TOO_LONG_PIPE: return pipe_with (long_text, SECRET_MAX_LEN + 1, NULL);
  case ANSWER_EMPTY: return memfd_with ("", 0);
  case ANSWER_REGULAR_FILE: return open (REGULAR_FILE, O_RDONLY | O_CLOEXEC);
  case ANSWER_NULL_DEVICE: return open ("/dev/zero", O_RDONLY | O_CLOEXEC);
  case ANSWER_OPEN_PIPE: return pipe_with ("s3", 2, &fixture->kept);
  case ANSWER_NO_DESCRIPTOR:
  case ANSWER_CANCELLED:
  case ANSWER_FOREIGN_ERROR:
  case ANSWER_NEVER: return -1;
  }
  g_assert_not_reached ();
}

static gboolean
on_get_secret (VisitorDBusAgent1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds,
    const char *connection, GVariant *request, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_assert_cmpstr (connection, ==, CONNECTION_PATH);
  g_clear_pointer (&fixture->request, g_variant_unref);
  fixture->request = g_variant_ref (request);
  if (fixture->answer == ANSWER_NEVER) {
    fixture->unanswered = invocation;
  } else if (fixture->answer == ANSWER_CANCELLED) {
    g_dbus_method_invocation_return_error (
        invocation, VISITOR_ERROR, VISITOR_ERROR_CANCELLED, "not today");
  } else if (fixture->answer == ANSWER_FOREIGN_ERROR) {
    g_dbus_method_invocation_return_dbus_error (invocation, "com.example.Oops", "oops");
  } else if (fixture->answer == ANSWER_NO_DESCRIPTOR) {
    visitor_dbus_agent1_complete_get_secret (object, invocation, NULL, g_variant_new_handle (0));
  } else {
    g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
    int fd = answer_fd (fixture);
    g_assert_cmpint (g_unix_fd_list_append (list, fd, NULL), ==, 0);
    close (fd);
    visitor_dbus_agent1_complete_get_secret (object, invocation, list, g_variant_new_handle (0));
  }
  return TRUE;
}

static gboolean
on_ask_trust (VisitorDBusAgent1 *object, GDBusMethodInvocation *invocation, const char *connection,
    GVariant *request, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_clear_pointer (&fixture->request, g_variant_unref);
  fixture->request = g_variant_ref (request);
  if (fixture->answer == ANSWER_FOREIGN_ERROR)
    g_dbus_method_invocation_return_dbus_error (invocation, "com.example.Oops", "oops");
  else
    visitor_dbus_agent1_complete_ask_trust (object, invocation, fixture->answer == ANSWER_PIPE);
  return TRUE;
}

static GDBusConnection *
join_bus (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (fixture->daemon),
          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
              G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
          NULL, NULL, &error);
  g_assert_no_error (error);
  return bus;
}

static gboolean
take (gpointer user_data, uid_t uid, GError **error)
{
  Fixture *fixture = user_data;
  g_assert_cmpuint (uid, ==, 1234);
  if (fixture->open >= MOST_OPEN) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_BUSY, "too many");
    return FALSE;
  }
  fixture->open++;
  return TRUE;
}

static void
give_back (gpointer user_data, uid_t uid)
{
  ((Fixture *) user_data)->open--;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->daemon);
  fixture->engine = join_bus (fixture);
  fixture->user = join_bus (fixture);
  fixture->kept = -1;
  fixture->object = visitor_dbus_agent1_skeleton_new ();
  g_signal_connect (fixture->object, "handle-get-secret", G_CALLBACK (on_get_secret), fixture);
  g_signal_connect (fixture->object, "handle-ask-trust", G_CALLBACK (on_ask_trust), fixture);
  g_assert_true (g_dbus_interface_skeleton_export (
      G_DBUS_INTERFACE_SKELETON (fixture->object), fixture->user, AGENT_PATH, NULL));
  fixture->agent = agent_new (fixture->engine, g_dbus_connection_get_unique_name (fixture->user),
      AGENT_PATH, CONNECTION_PATH, "Head office");
  agent_set_limit (fixture->agent, &(AgentLimit){ take, give_back, fixture, 1234 });
}

static void
wait_for_answers (Fixture *fixture)
{
  while (fixture->open > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->agent, agent_free);
  g_dbus_connection_close_sync (fixture->user, NULL, NULL);
  wait_for_answers (fixture);
  g_clear_object (&fixture->object);
  g_clear_object (&fixture->engine);
  g_clear_object (&fixture->user);
  g_clear_object (&fixture->result);
  g_clear_object (&fixture->unanswered);
  g_clear_pointer (&fixture->request, g_variant_unref);
  if (fixture->kept >= 0)
    close (fixture->kept);
  g_test_dbus_stop (fixture->daemon);
  g_clear_object (&fixture->daemon);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_assert_null (fixture->result);
  fixture->result = g_object_ref (result);
}

static void
wait_for_result (Fixture *fixture)
{
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static Secret *
ask (Fixture *fixture, GError **error)
{
  g_clear_object (&fixture->result);
  const HostQuestion question = { "code", "alice", 2, "Token:" };
  agent_get_secret_async (fixture->agent, &question, on_result, fixture);
  wait_for_result (fixture);
  return agent_get_secret_finish (fixture->result, error);
}

static const struct {
  Answer answer;
  size_t len; /* of the secret, 0 = error */
  VisitorError code;
} answers[] = {
  { ANSWER_PIPE, 6 },
  { ANSWER_MEMFD, 6 },
  { ANSWER_MEMFD_READ_TO_ITS_END, 6 },
  { ANSWER_LONGEST, SECRET_MAX_LEN },
  { ANSWER_TOO_LONG, 0, VISITOR_ERROR_INVALID_REQUEST },
  { ANSWER_TOO_LONG_PIPE, 0, VISITOR_ERROR_INVALID_REQUEST },
  { ANSWER_EMPTY, 0, VISITOR_ERROR_NO_SECRET },
  { ANSWER_REGULAR_FILE, 0, VISITOR_ERROR_INVALID_REQUEST },
  { ANSWER_NULL_DEVICE, 0, VISITOR_ERROR_INVALID_REQUEST },
  { ANSWER_NO_DESCRIPTOR, 0, VISITOR_ERROR_INVALID_REQUEST },
  { ANSWER_CANCELLED, 0, VISITOR_ERROR_CANCELLED },
  { ANSWER_FOREIGN_ERROR, 0, VISITOR_ERROR_NO_SECRET },
};

static void
every_answer (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("row %u", i);
    fixture->answer = answers[i].answer;
    g_autoptr (Secret) secret = ask (fixture, &error);
    if (answers[i].len == 0) {
      g_assert_null (secret);
      g_assert_error (error, VISITOR_ERROR, (int) answers[i].code);
      continue;
    }
    g_assert_no_error (error);
    g_assert_cmpuint (secret_len (secret), ==, answers[i].len);
    if (answers[i].len == 6)
      g_assert_cmpmem (secret_slice (secret).data, 6, "s3cret", 6);
  }
}

static void
the_request_says_what_is_asked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Secret) secret = ask (fixture, NULL);
  const char *kind, *user, *site;
  const char *message;
  guint32 attempt;
  gboolean may_be_kept;
  g_assert_true (g_variant_lookup (fixture->request, "message", "&s", &message));
  g_assert_true (g_variant_lookup (fixture->request, "may-be-kept", "b", &may_be_kept));
  g_assert_true (g_variant_lookup (fixture->request, "kind", "&s", &kind));
  g_assert_true (g_variant_lookup (fixture->request, "user", "&s", &user));
  g_assert_true (g_variant_lookup (fixture->request, "site", "&s", &site));
  g_assert_true (g_variant_lookup (fixture->request, "attempt", "u", &attempt));
  g_assert_cmpstr (message, ==, "Token:");
  g_assert_false (may_be_kept);
  g_assert_cmpstr (kind, ==, "code");
  g_assert_cmpstr (user, ==, "alice");
  g_assert_cmpstr (site, ==, "Head office");
  g_assert_cmpuint (attempt, ==, 2);
}

static void
withdrawn (Fixture *fixture, Answer answer)
{
  g_autoptr (GError) error = NULL;
  fixture->answer = answer;
  agent_get_secret_async (
      fixture->agent, &(HostQuestion){ "psk", "alice", 1, "" }, on_result, fixture);
  while (fixture->request == NULL)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 20; i++) { /* the answer with its pipe may arrive */
    g_main_context_iteration (NULL, FALSE);
    g_usleep (2000);
  }
  g_assert_null (fixture->result);
  agent_cancel (fixture->agent);
  wait_for_result (fixture);
  g_assert_null (agent_get_secret_finish (fixture->result, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_CANCELLED);
}

static void
an_open_question_can_be_withdrawn (Fixture *fixture, gconstpointer data)
{
  withdrawn (fixture, ANSWER_NEVER);
}

static void
an_open_pipe_does_not_hold_us (Fixture *fixture, gconstpointer data)
{
  withdrawn (fixture, ANSWER_OPEN_PIPE);
}

static void
after_withdrawal_it_can_be_asked_again (Fixture *fixture, gconstpointer data)
{
  agent_cancel (fixture->agent);
  g_autoptr (Secret) secret = ask (fixture, NULL);
  g_assert_nonnull (secret);
}

/* The bus holds it open, too, and does so for a bounded number in all: whoever answers none is asked no more. */
static void
a_withdrawn_question_counts_until_it_is_answered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  withdrawn (fixture, ANSWER_NEVER);
  g_assert_cmpuint (fixture->open, ==, MOST_OPEN);
  g_clear_pointer (&fixture->request, g_variant_unref);
  g_assert_null (ask (fixture, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET);
  g_assert_null (fixture->request);

  g_dbus_method_invocation_return_dbus_error (
      g_steal_pointer (&fixture->unanswered), "com.example.Late", "late");
  wait_for_answers (fixture);
  fixture->answer = ANSWER_PIPE;
  g_autoptr (Secret) secret = ask (fixture, NULL);
  g_assert_nonnull (secret);
}

static void
leaving_the_bus_ends_the_question (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->answer = ANSWER_NEVER;
  agent_get_secret_async (
      fixture->agent, &(HostQuestion){ "psk", "alice", 1, "" }, on_result, fixture);
  while (fixture->unanswered == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_dbus_connection_close_sync (fixture->user, NULL, NULL));
  wait_for_result (fixture);
  g_assert_null (agent_get_secret_finish (fixture->result, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET);
}

static gboolean
ask_trust (Fixture *fixture, gboolean *ret_trusted, GError **error)
{
  g_autoptr (GVariant) question = g_variant_ref_sink (
      g_variant_new_parsed ("{'certificate': <[byte 0x30, 3, 2, 1, 0]>, 'part': <'tls'>}"));
  g_clear_object (&fixture->result);
  agent_ask_trust_async (fixture->agent, question, on_result, fixture);
  wait_for_result (fixture);
  return agent_ask_trust_finish (fixture->result, ret_trusted, error);
}

static void
trust (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean trusted = FALSE;
  g_assert_true (ask_trust (fixture, &trusted, &error));
  g_assert_true (trusted);
  g_autoptr (GVariant) der =
      g_variant_lookup_value (fixture->request, "certificate", G_VARIANT_TYPE_BYTESTRING);
  g_assert_cmpuint (g_variant_get_size (der), ==, 5);
  const char *site;
  g_assert_true (g_variant_lookup (fixture->request, "site", "&s", &site));
  g_assert_cmpstr (site, ==, "Head office");

  fixture->answer = ANSWER_MEMFD;
  g_assert_true (ask_trust (fixture, &trusted, &error));
  g_assert_false (trusted);

  trusted = TRUE;
  fixture->answer = ANSWER_FOREIGN_ERROR;
  g_assert_false (ask_trust (fixture, &trusted, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_TRUST_DECLINED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  visitor_dbus_register_errors ();
#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  ADD ("/agent/every-answer", every_answer);
  ADD ("/agent/request", the_request_says_what_is_asked);
  ADD ("/agent/withdrawn", an_open_question_can_be_withdrawn);
  ADD ("/agent/open-pipe", an_open_pipe_does_not_hold_us);
  ADD ("/agent/asked-again", after_withdrawal_it_can_be_asked_again);
  ADD ("/agent/counts-until-answered", a_withdrawn_question_counts_until_it_is_answered);
  ADD ("/agent/leaves-the-bus", leaving_the_bus_ends_the_question);
  ADD ("/agent/trust", trust);
  return g_test_run ();
}
