/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting a program with nothing: another user, no capability, no way to get one back, no environment,
 * no descriptor but its socket, and an end when we end. A worker has no group either; a program that acts
 * for a person has that person's groups and home.
 *
 * What happens between fork () and exec () is in child_setup (), which may only make calls that are
 * safe after a signal: other threads of ours may hold any lock at that moment. */
#include "host/spawn.h"

#include <errno.h>
#include <glib-unix.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHILD_SETUP_FAILED 121

typedef struct {
  gboolean change_user;
  uid_t uid;
  gid_t gid;
  gid_t groups[HOST_SPAWN_MAX_GROUPS];
  int n_groups;
  pid_t parent;
} Confinement;

static void
require (gboolean ok)
{
  static const char text[] = "visitor: the worker's rights could not be taken away\n";
  if (ok)
    return;
  ssize_t ignored = write (STDERR_FILENO, text, sizeof text - 1);
  _exit (ignored < 0 ? CHILD_SETUP_FAILED : CHILD_SETUP_FAILED);
}

static void
drop_capabilities (void)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };
  require (prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0);
  require (syscall (SYS_capset, &header, none) == 0);
}

/* Refused without CAP_SETPCAP; no_new_privs makes the set worthless in any case. */
static void
drop_bounding_set (void)
{
  for (unsigned long cap = 0; prctl (PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
    (void) prctl (PR_CAPBSET_DROP, cap, 0, 0, 0);
}

static void
become (const Confinement *c)
{
  require (setgroups ((size_t) c->n_groups, c->groups) == 0);
  require (setresgid (c->gid, c->gid, c->gid) == 0);
  require (setresuid (c->uid, c->uid, c->uid) == 0);
}

static void
reset_signals (void)
{
  sigset_t none;
  sigemptyset (&none);
  for (int number = 1; number < NSIG; number++)
    (void) signal (number, SIG_DFL);
  require (sigprocmask (SIG_SETMASK, &none, NULL) == 0);
}

static void
child_setup (gpointer user_data)
{
  const Confinement *c = user_data;
  const struct rlimit no_core = { 0 };
  require (setsid () >= 0);
  (void) umask (077);
  require (setrlimit (RLIMIT_CORE, &no_core) == 0);
  reset_signals ();
  drop_bounding_set ();
  if (c->change_user)
    become (c);
  drop_capabilities ();
  require (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  /* After setresuid (), which clears it; and our parent may already be gone. */
  require (prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0);
  require (getppid () == c->parent);
}

static gboolean
refuse_user (const char *name, const char *why, GError **error)
{
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NETWORK_SETUP, "The user %s: %s", name, why);
  return FALSE;
}

static gboolean
look_up_user (const HostSpawn *spawn, Confinement *confinement, char **ret_home, GError **error)
{
  struct passwd entry, *found = NULL;
  char buffer[4096];
  int code = getpwnam_r (spawn->user, &entry, buffer, sizeof buffer, &found);
  if (found == NULL)
    return refuse_user (spawn->user, code != 0 ? g_strerror (code) : "no such user", error);
  if (entry.pw_uid == 0 || entry.pw_gid == 0)
    return refuse_user (spawn->user, "nothing is started as root", error);
  confinement->change_user = TRUE;
  confinement->uid = entry.pw_uid;
  confinement->gid = entry.pw_gid;
  if (!spawn->as_person)
    return TRUE;
  confinement->n_groups = HOST_SPAWN_MAX_GROUPS;
  if (getgrouplist (spawn->user, entry.pw_gid, confinement->groups, &confinement->n_groups) < 0)
    return refuse_user (spawn->user, "is in too many groups", error);
  *ret_home = g_strconcat ("HOME=", entry.pw_dir, NULL);
  return TRUE;
}

static gboolean
spawn_with_socket (const HostSpawn *spawn, Confinement *confinement, const char *home, int theirs,
    GPid *ret_pid, GError **error)
{
  const char *const argv[] = { spawn->program, NULL };
  const char *const envp[] = { home, NULL };
  const int target = HOST_WORKER_FD;
  g_autoptr (GError) why = NULL;
  if (g_spawn_async_with_pipes_and_fds ("/", argv, envp,
          G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, child_setup, confinement,
          spawn->input, -1, -1, &theirs, &target, 1, ret_pid, NULL, NULL, NULL, &why))
    return TRUE;
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_WORKER_DIED, "The program %s did not start: %s",
      spawn->program, why->message);
  return FALSE;
}

/* Starts a program. *ret_socket is our end of the socketpair, non-blocking and close-on-exec; *ret_pid is
 * to be reaped by the caller. The program dies with the thread that called this, so call it from the main
 * one. One whose rights could not be taken away does not run: it exits with status 121. */
gboolean
host_spawn (const HostSpawn *spawn, int *ret_socket, GPid *ret_pid, GError **error)
{
  Confinement confinement = { .parent = getpid () };
  g_autofree char *home = NULL;
  int ends[2];
  if (spawn->user != NULL && !look_up_user (spawn, &confinement, &home, error))
    return FALSE;
  if (!g_path_is_absolute (spawn->program)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_WORKER_DIED, "The path %s is not absolute",
        spawn->program);
    return FALSE;
  }
  if (socketpair (AF_UNIX, spawn->socket_type | SOCK_CLOEXEC, 0, ends) != 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_WORKER_DIED, "Making a socketpair: %s",
        g_strerror (errno));
    return FALSE;
  }
  gboolean ok = spawn_with_socket (spawn, &confinement, home, ends[1], ret_pid, error) &&
      g_unix_set_fd_nonblocking (ends[0], TRUE, NULL);
  close (ends[1]);
  if (!ok) {
    close (ends[0]);
    return FALSE;
  }
  *ret_socket = ends[0];
  return TRUE;
}
