/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HostWorker against a real process of its own (peer.c): every way in which a worker can end, and
 * what is said before. */
#include "host/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  GMainLoop *loop;
  HostWorker *worker;
  GString *log;
  GError *error;
  guint ended;
} Talk;

static char *program;

static void
on_state (HostWorker *worker, const char *state, const char *detail, gpointer user_data)
{
  Talk *talk = user_data;
  g_string_append_printf (talk->log, "state %s (%s)\n", state, detail);
}

static void
on_path (HostWorker *worker, gpointer user_data)
{
  Talk *talk = user_data;
  InetAddr remote;
  char text[INET_ADDR_STRLEN];
  g_assert_true (host_worker_remote (worker, &remote));
  g_string_append_printf (talk->log, "to %s\n", inet_addr_format (&remote, text));
}

static void
on_want_secret (HostWorker *worker, const HostQuestion *question, gpointer user_data)
{
  Talk *talk = user_data;
  g_autoptr (Secret) secret = secret_new ("pass\0word", 9);
  g_string_append_printf (talk->log, "want %s of %s, %u: %s\n", question->kind, question->user,
      question->attempt, question->text);
  host_worker_answer_secret (worker, question->attempt == 1 ? secret : NULL);
}

static void
on_want_trust (HostWorker *worker, GVariant *question, gpointer user_data)
{
  Talk *talk = user_data;
  const char *name, *subject;
  g_assert_true (g_variant_lookup (question, "name", "&s", &name));
  g_assert_true (g_variant_lookup (question, "subject", "&s", &subject));
  g_string_append_printf (talk->log, "%s, %s\n", name, subject);
  host_worker_answer_trust (worker, TRUE);
}

static void
on_key_changed (HostWorker *worker, GVariant *shown, gpointer user_data)
{
  Talk *talk = user_data;
  const char *part, *subject;
  g_assert_true (g_variant_lookup (shown, "part", "&s", &part));
  g_assert_true (g_variant_lookup (shown, "subject", "&s", &subject));
  g_string_append_printf (talk->log, "%s shows %s\n", part, subject);
}

static void
on_configure (HostWorker *worker, const HostConfiguration *configuration, gpointer user_data)
{
  Talk *talk = user_data;
  int fd = open ("/dev/null", O_RDWR | O_CLOEXEC);
  g_string_append_printf (talk->log, "configure, mtu %u\n", configuration->mtu);
  host_worker_give_tun (worker, "visitor7", fd);
  close (fd);
  host_worker_rekey (worker, "child");
  host_worker_poll_status (worker);
}

static void
on_status (HostWorker *worker, GVariant *status, gpointer user_data)
{
  Talk *talk = user_data;
  g_autofree char *text = g_variant_print (status, FALSE);
  g_string_append_printf (talk->log, "%s\n", text);
  host_worker_disconnect (worker);
}

static void
on_log (HostWorker *worker, GLogLevelFlags level, const char *line, gpointer user_data)
{
  static const char *const servers[] = { "192.0.2.53", "2001:db8::53", NULL };
  Talk *talk = user_data;
  g_autoptr (NetworkSnapshot) none = network_snapshot_new ();
  g_string_append_printf (talk->log, "%s\n", line);
  if (g_str_equal (line, "moves"))
    host_worker_network_changed (worker, none, none, servers);
  else if (g_str_equal (line, "sleeps"))
    host_worker_woke (worker, none, servers + 2);
  else if (g_str_equal (line, "stubborn"))
    host_worker_disconnect (worker);
  else if (g_str_equal (line, "idle"))
    g_main_loop_quit (talk->loop);
  for (guint i = 0; g_str_equal (line, "deaf") && i < 100000; i++)
    host_worker_poll_status (worker);
}

static void
on_ended (HostWorker *worker, const GError *error, gpointer user_data)
{
  Talk *talk = user_data;
  talk->ended++;
  talk->error = error != NULL ? g_error_copy (error) : NULL;
  g_main_loop_quit (talk->loop);
}

static const HostWorkerCallbacks callbacks = {
  .state = on_state,
  .path = on_path,
  .want_secret = on_want_secret,
  .want_trust = on_want_trust,
  .key_changed = on_key_changed,
  .configure = on_configure,
  .status = on_status,
  .log = on_log,
  .ended = on_ended,
};

static void
begin (const char *site, const char *user, Talk *ret_talk)
{
  const HostWorkerOptions options = { .program = program, .user = user };
  g_autoptr (GError) error = NULL;
  GVariant *start = g_variant_new_parsed ("{'site': <%s>}", site);
  *ret_talk = (Talk){ .loop = g_main_loop_new (NULL, FALSE), .log = g_string_new (NULL) };
  ret_talk->worker = host_worker_start (&options, start, &callbacks, ret_talk, &error);
  g_assert_no_error (error);
}

static void
talk_clear (Talk *talk)
{
  g_main_loop_unref (talk->loop);
  g_string_free (talk->log, TRUE);
  g_clear_error (&talk->error);
  g_clear_pointer (&talk->worker, host_worker_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Talk, talk_clear)

static void
run (const char *site, const char *user, Talk *talk)
{
  begin (site, user, talk);
  pid_t pid = host_worker_pid (talk->worker);
  g_main_loop_run (talk->loop);
  g_assert_cmpuint (talk->ended, ==, 1);
  g_assert_cmpint (host_worker_pid (talk->worker), ==, 0);
  g_assert_true (kill (pid, 0) != 0 && errno == ESRCH);
}

static void
ends (void)
{
  static const struct {
    const char *site;
    int code; /* -1: an orderly end */
    const char *words;
  } rows[] = {
    { "close", -1, NULL },
    { "fail", VISITOR_ERROR_TLS_EXPIRED, "two\\u{a}lines" },
    { "crash", VISITOR_ERROR_WORKER_DIED, "signal 9" },
    { "leave", VISITOR_ERROR_WORKER_DIED, "status 7" },
    { "noise", VISITOR_ERROR_PROTOCOL, "no such type" },
    { "ready-again", VISITOR_ERROR_PROTOCOL, "may not send \"ready\" while connecting" },
    { "bad-configuration", VISITOR_ERROR_PROTOCOL, "127.0.0.1" },
    { "hang-up", VISITOR_ERROR_WORKER_DIED, "stopped listening" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (Talk) talk = { 0 };
    g_test_message ("%s", rows[i].site);
    run (rows[i].site, NULL, &talk);
    if (rows[i].code < 0) {
      g_assert_no_error (talk.error);
    } else {
      g_assert_error (talk.error, VISITOR_ERROR, rows[i].code);
      g_assert_nonnull (strstr (talk.error->message, rows[i].words));
    }
  }
}

static void
secret (void)
{
  g_auto (Talk) talk = { 0 };
  run ("secret", NULL, &talk);
  g_assert_no_error (talk.error);
  g_assert_cmpstr (talk.log->str, ==,
      "want password of jürgen, 1: Say friend\n1 pass\n"
      "want password of jürgen, 2: Say friend\n0 \n");
}

static void
trust (void)
{
  g_auto (Talk) talk = { 0 };
  run ("trust", NULL, &talk);
  g_assert_cmpstr (talk.log->str, ==, "gw.example, CN=a\\u{a}b\ntrusted\n");
}

/* What was shown is told before the end. */
static void
key_changed (void)
{
  g_auto (Talk) talk = { 0 };
  run ("key-changed", NULL, &talk);
  g_assert_error (talk.error, VISITOR_ERROR, VISITOR_ERROR_KEY_CHANGED);
  g_assert_cmpstr (talk.log->str, ==, "gateway shows CN=a\\u{a}b\n");
}

/* What becomes of the network is judged by the ends of the stream, and told. */
static void
network (void)
{
  g_auto (Talk) talk = { 0 };
  run ("network", NULL, &talk);
  g_assert_no_error (talk.error);
  g_assert_cmpstr (
      talk.log->str, ==, "to 127.0.0.1\nmoves\nsame [192.0.2.53,2001:db8::53]\nsleeps\nwoke []\n");
}

/* What is known of the network between the start of the process and its first word is not lost. */
static void
connectivity (void)
{
  g_auto (Talk) talk = { 0 };
  InetAddr remote;
  begin ("connectivity", NULL, &talk);
  g_assert_false (host_worker_remote (talk.worker, &remote));
  host_worker_tell_connectivity (talk.worker, CONNECTIVITY_FULL);
  host_worker_tell_connectivity (talk.worker, CONNECTIVITY_PORTAL);
  g_main_loop_run (talk.loop);
  g_assert_no_error (talk.error);
  g_autofree char *wanted = g_strdup_printf ("started with %d\n", CONNECTIVITY_PORTAL);
  g_assert_cmpstr (talk.log->str, ==, wanted);
}

static void
whole_life (void)
{
  g_auto (Talk) talk = { 0 };
  run ("connect", NULL, &talk);
  g_assert_no_error (talk.error);
  g_assert_cmpstr (talk.log->str, ==,
      "state signing-in (EAP)\nconfigure, mtu 1400\nvisitor7\n"
      "{'counters': <{'bytes-in': uint64 5}>}\n");
}

/* A worker that does not read must not make us wait. */
static void
deaf (void)
{
  g_auto (Talk) talk = { 0 };
  run ("deaf", NULL, &talk);
  g_assert_error (talk.error, VISITOR_ERROR, VISITOR_ERROR_WORKER_DIED);
  g_assert_nonnull (strstr (talk.error->message, "does not take"));
}

static void
stubborn (void)
{
  g_auto (Talk) talk = { 0 };
  run ("stubborn", NULL, &talk);
  g_assert_no_error (talk.error);
  g_assert_cmpstr (talk.log->str, ==, "stubborn\n");
}

/* With the last reference the process goes, and nobody is told. */
static void
unreferenced (void)
{
  g_auto (Talk) talk = { 0 };
  begin ("idle", NULL, &talk);
  pid_t pid = host_worker_pid (talk.worker);
  g_main_loop_run (talk.loop);
  g_clear_pointer (&talk.worker, host_worker_unref);
  g_assert_true (kill (pid, 0) != 0 && errno == ESRCH);
  g_assert_cmpuint (talk.ended, ==, 0);
}

static void
does_not_start (void)
{
  static const struct {
    HostWorkerOptions options;
    int code;
  } rows[] = {
    { { "/nonexistent/visitor-tunnel", NULL }, VISITOR_ERROR_WORKER_DIED },
    { { "sh", NULL }, VISITOR_ERROR_WORKER_DIED },
    { { "/bin/true", "no-such-user-of-ours" }, VISITOR_ERROR_NETWORK_SETUP },
    { { "/bin/true", "root" }, VISITOR_ERROR_NETWORK_SETUP },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    GVariant *start = g_variant_new_parsed ("@a{sv} {}");
    g_assert_null (host_worker_start (&rows[i].options, start, &callbacks, NULL, &error));
    g_assert_error (error, VISITOR_ERROR, rows[i].code);
  }
}

/* The program, where any user may run it. */
static char *
copy_program (const char *dir)
{
  char *copy = g_build_filename (dir, "peer", NULL);
  g_autofree char *text = NULL;
  gsize len;
  g_assert_true (g_file_get_contents (program, &text, &len, NULL));
  g_assert_true (
      g_file_set_contents_full (copy, text, (gssize) len, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  g_assert_cmpint (g_chmod (dir, 0755) | g_chmod (copy, 0755), ==, 0);
  return copy;
}

static void
assert_said (const Talk *talk, const char *words)
{
  if (strstr (talk->log->str, words) == NULL)
    g_error ("\"%s\" is not in:\n%s", words, talk->log->str);
}

static void
rights (void)
{
  if (geteuid () != 0) {
    g_test_skip ("needs root to become another user");
    return;
  }
  g_autofree char *dir = g_dir_make_tmp ("visitor-XXXXXX", NULL);
  g_autofree char *copy = copy_program (dir);
  g_autofree char *original = g_steal_pointer (&program);
  program = copy;
  g_setenv ("LD_LIBRARY_PATH", "/nonexistent", TRUE);
  g_auto (Talk) talk = { 0 };
  run ("rights", "nobody", &talk);
  program = g_steal_pointer (&original);
  g_assert_no_error (talk.error);
  static const char *const said[] = {
    "Uid: 65534 65534 65534 65534\n",
    "Gid: 65534 65534 65534 65534\n",
    "Groups:  \n",
    "CapInh: 0000000000000000\n",
    "CapPrm: 0000000000000000\n",
    "CapEff: 0000000000000000\n",
    "CapBnd: 0000000000000000\n",
    "CapAmb: 0000000000000000\n",
    "NoNewPrivs: 1\n",
    "SigBlk: 0000000000000000\n",
    "SigIgn: 0000000000000000\n",
    "descriptors 0 1 2 3\n",
    "cwd / environment empty session own core 0 root lost\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (said); i++)
    assert_said (&talk, said[i]);
  g_unlink (copy);
  g_rmdir (dir);
}

static void
sockets (void)
{
  if (geteuid () != 0) {
    g_test_skip ("needs root to mark a socket");
    return;
  }
  g_auto (Talk) talk = { 0 };
  run ("sockets", NULL, &talk);
  g_assert_no_error (talk.error);
  g_assert_cmpstr (talk.log->str, ==, "granted 40\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *built = g_test_build_filename (G_TEST_BUILT, "test-host-peer", NULL);
  program = g_canonicalize_filename (built, NULL);
  g_test_add_func ("/host/worker/ends", ends);
  g_test_add_func ("/host/worker/secret", secret);
  g_test_add_func ("/host/worker/trust", trust);
  g_test_add_func ("/host/worker/network", network);
  g_test_add_func ("/host/worker/connectivity", connectivity);
  g_test_add_func ("/host/worker/key-changed", key_changed);
  g_test_add_func ("/host/worker/whole-life", whole_life);
  g_test_add_func ("/host/worker/deaf", deaf);
  g_test_add_func ("/host/worker/stubborn", stubborn);
  g_test_add_func ("/host/worker/unreferenced", unreferenced);
  g_test_add_func ("/host/worker/does-not-start", does_not_start);
  g_test_add_func ("/host/worker/rights", rights);
  g_test_add_func ("/host/worker/sockets", sockets);
  int result = g_test_run ();
  g_free (program);
  return result;
}
