/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A child enters the sandbox and does one thing: what a worker needs works, all else kills it. */
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/random.h"
#include "tunnel/sandbox.h"

static int handed[2]; /* a socketpair that was there before */

static bool
try_open (void)
{
  return open ("/etc/passwd", O_RDONLY) >= 0;
}

static bool
try_create (void)
{
  return open ("/tmp/visitor-test-sandbox", O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool
try_socket (void)
{
  return socket (AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool
try_execve (void)
{
  char *argv[] = { (char *) "/bin/true", NULL };
  return execve (argv[0], argv, NULL) == 0;
}

static bool
try_fork (void)
{
  return fork () >= 0;
}

static bool
try_ptrace (void)
{
  return ptrace (PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool
try_listen (void)
{
  return listen (handed[0], 1) == 0;
}

static bool
try_kill (void)
{
  return kill (getppid (), 0) == 0;
}

static bool
try_stat (void)
{
  struct stat st;
  return stat ("/etc/passwd", &st) == 0;
}

static bool
try_unlink (void)
{
  return unlink ("/tmp/visitor-test-sandbox") == 0;
}

static bool
try_setuid (void)
{
  return setuid (0) == 0;
}

static bool
try_io_uring (void)
{
  return syscall (425, 1, NULL) >= 0; /* io_uring_setup: a way around any filter */
}

/* Octets of its own that it could run: what an attacker brings is not there before. */
static bool
try_executable_memory (void)
{
  return mmap (NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static void *own_page;

static bool
try_make_executable (void)
{
  return mprotect (own_page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static pid_t victim; /* of the same user, as another person's worker is */

/* By the owner of a descriptor the kernel sends what kill () may not. */
static bool
try_signal_by_owner (void)
{
  char octet = 'x';
  return fcntl (handed[0], F_SETOWN, victim) == 0 && fcntl (handed[0], F_SETSIG, SIGKILL) == 0 &&
      fcntl (handed[0], F_SETFL, O_ASYNC) == 0 && write (handed[1], &octet, 1) == 1;
}

static bool
do_flags (void)
{
  return fcntl (handed[0], F_SETFL, fcntl (handed[0], F_GETFL) | O_NONBLOCK) == 0 &&
      fcntl (handed[0], F_SETFD, fcntl (handed[0], F_GETFD) | FD_CLOEXEC) == 0;
}

static bool
do_streams (void)
{
  char octet = 'x';
  struct pollfd p = { .fd = handed[1], .events = POLLIN };
  return write (handed[0], &octet, 1) == 1 && poll (&p, 1, 1000) == 1 &&
      recv (handed[1], &octet, 1, 0) == 1 && octet == 'x' && shutdown (handed[0], SHUT_WR) == 0 &&
      close (handed[0]) == 0;
}

static bool
do_memory_time_chance (void)
{
  g_autofree char *much = g_malloc0 (8 * 1024 * 1024);
  uint32_t number = 0;
  crypto_random (&number, sizeof number);
  return much[4096] == 0 && g_get_monotonic_time () > 0 && g_get_real_time () > 0;
}

static bool
do_main_loop (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_timeout_add (1, (GSourceFunc) (void *) g_main_loop_quit, loop);
  g_main_loop_run (loop);
  return true;
}

typedef struct {
  const char *name;
  bool (*act) (void);
  bool killed;
} Case;

static const Case cases[] = {
  { "opens a file", try_open, true },
  { "creates a file", try_create, true },
  { "makes a socket", try_socket, true },
  { "runs a program", try_execve, true },
  { "forks", try_fork, true },
  { "traces", try_ptrace, true },
  { "listens", try_listen, true },
  { "signals", try_kill, true },
  { "asks for a file", try_stat, true },
  { "removes a file", try_unlink, true },
  { "becomes root", try_setuid, true },
  { "goes around by io_uring", try_io_uring, true },
  { "maps memory to run", try_executable_memory, true },
  { "makes its memory run", try_make_executable, true },
  { "sets a descriptor's flags", do_flags, false },
  { "uses the streams it was handed", do_streams, false },
  { "has memory, time and chance", do_memory_time_chance, false },
  { "runs a main loop", do_main_loop, false },
};

static int
run_child (bool (*act) (void))
{
  pid_t pid = fork ();
  if (pid == 0) {
    if (!sandbox_enter (NULL))
      _exit (3);
    _exit (act () ? 0 : 1);
  }
  int status;
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return status;
}

static void
test_case (const void *data)
{
  const Case *c = data;
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, handed), ==, 0);
  int status = run_child (c->act);
  if (c->killed) {
    g_assert_true (WIFSIGNALED (status));
    g_assert_cmpint (WTERMSIG (status), ==, SIGSYS);
  } else {
    g_assert_true (WIFEXITED (status));
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  }
  close (handed[0]);
  close (handed[1]);
}

/* Workers of several people run as one user. */
static void
test_others (void)
{
  victim = fork ();
  if (victim == 0)
    for (;;)
      pause ();
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, handed), ==, 0);
  int status = run_child (try_signal_by_owner);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGSYS);
  g_assert_cmpint (waitpid (victim, NULL, WNOHANG), ==, 0);
  g_assert_cmpint (kill (victim, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (victim, NULL, 0), ==, victim);
  close (handed[0]);
  close (handed[1]);
}

/* What /proc says of a worker: no capability in any set, no way to get one. */
static void
test_rights (void)
{
  int pair[2];
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  pid_t pid = fork ();
  char octet = 0;
  if (pid == 0) {
    if (!sandbox_enter (NULL) || write (pair[1], &octet, 1) != 1)
      _exit (3);
    _exit (read (pair[1], &octet, 1) == 1 ? 0 : 1);
  }
  g_assert_cmpint (read (pair[0], &octet, 1), ==, 1);
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid);
  g_autofree char *status = NULL;
  g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
  for (const char *const *line = (const char *const[]){ "CapInh:\t0000000000000000",
           "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "CapAmb:\t0000000000000000",
           "NoNewPrivs:\t1", "Seccomp:\t2", NULL };
       *line != NULL; line++)
    g_assert_nonnull (strstr (status, *line));
  g_assert_cmpint (write (pair[0], &octet, 1), ==, 1);
  int code;
  g_assert_cmpint (waitpid (pid, &code, 0), ==, pid);
  g_assert_cmpint (code, ==, 0);
  close (pair[0]);
  close (pair[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  own_page = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_main_context_default (); /* made before the sandbox, as a worker has it */
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/tunnel/sandbox/%s", cases[i].name);
    g_test_add_data_func (path, cases + i, test_case);
  }
  g_test_add_func ("/tunnel/sandbox/others", test_others);
  g_test_add_func ("/tunnel/sandbox/rights", test_rights);
  return g_test_run ();
}
