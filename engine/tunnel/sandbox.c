/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker reads what anybody on the way may write, so before it reads the first octet it gives up
 * everything but what it was handed: no new file, socket, process or program, no capability, no core.
 * A system call that is not on the list ends the process. */
#include "tunnel/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/error.h"

#define MAX_FILES 128

static const int allowed[] = {
  /* what it was handed: the host's socket, streams, the TUN */
  SCMP_SYS (read), SCMP_SYS (readv), SCMP_SYS (write), SCMP_SYS (writev), SCMP_SYS (close),
  SCMP_SYS (connect), SCMP_SYS (sendto), SCMP_SYS (sendmsg), SCMP_SYS (sendmmsg),
  SCMP_SYS (recvfrom), SCMP_SYS (recvmsg), SCMP_SYS (shutdown), SCMP_SYS (getsockopt),
  SCMP_SYS (setsockopt), SCMP_SYS (getsockname), SCMP_SYS (getpeername), SCMP_SYS (fstat),
  /* the main loop */
  SCMP_SYS (poll), SCMP_SYS (ppoll), SCMP_SYS (restart_syscall), SCMP_SYS (futex),
  SCMP_SYS (rt_sigreturn), SCMP_SYS (rt_sigprocmask), SCMP_SYS (sigaltstack),
  SCMP_SYS (sched_yield),
  /* memory */
  SCMP_SYS (brk), SCMP_SYS (munmap), SCMP_SYS (mremap), SCMP_SYS (madvise), SCMP_SYS (mlock),
  SCMP_SYS (mlock2), SCMP_SYS (munlock),
  /* time, chance, self */
  SCMP_SYS (clock_gettime), SCMP_SYS (clock_getres), SCMP_SYS (gettimeofday), SCMP_SYS (time),
  SCMP_SYS (clock_nanosleep), SCMP_SYS (getrandom), SCMP_SYS (getpid), SCMP_SYS (gettid),
  SCMP_SYS (getuid), SCMP_SYS (geteuid), SCMP_SYS (getrusage),
  /* the end */
  SCMP_SYS (exit), SCMP_SYS (exit_group)
};

/* With a descriptor's owner and signal (F_SETOWN, F_SETSIG) one worker could kill another, as all run as one
 * user. */
static const scmp_datum_t allowed_fcntl[] = { F_GETFD, F_SETFD, F_GETFL, F_SETFL };

/* Nothing becomes a program that was not one when the sandbox was entered: the protection is their third
 * argument. */
static const int not_executable[] = { SCMP_SYS (mmap), SCMP_SYS (mprotect) };

static gboolean
fail (GError **error, const char *what, int number)
{
  const char *text = strerrordesc_np (number);
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_FAILED, "cannot %s: %s", what,
      text != NULL ? text : "unknown error");
  return FALSE;
}

static gboolean
limit_resources (GError **error)
{
  static const struct {
    __rlimit_resource_t resource;
    rlim_t limit;
  } limits[] = {
    { RLIMIT_NOFILE, MAX_FILES },
    { RLIMIT_NPROC, 0 },
    { RLIMIT_CORE, 0 },
    { RLIMIT_FSIZE, 0 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (limits); i++) {
    struct rlimit limit = { .rlim_cur = limits[i].limit, .rlim_max = limits[i].limit };
    if (setrlimit (limits[i].resource, &limit) < 0)
      return fail (error, "lower a resource limit", errno);
  }
  return TRUE;
}

static gboolean
drop_capabilities (GError **error)
{
  capng_get_caps_process ();
  /* The bounding set can only be emptied by who may change it; without it no_new_privs does. */
  bool bounds = capng_have_capability (CAPNG_EFFECTIVE, CAP_SETPCAP);
  capng_clear (CAPNG_SELECT_ALL);
  if (capng_apply (bounds ? CAPNG_SELECT_ALL : CAPNG_SELECT_CAPS) != 0)
    return fail (error, "drop the capabilities", EPERM);
  if (prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
    return fail (error, "drop the ambient capabilities", errno);
  return TRUE;
}

static gboolean
filter_system_calls (GError **error)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_KILL_PROCESS);
  if (filter == NULL)
    return fail (error, "make a system call filter", ENOMEM);
  int code = 0;
  for (size_t i = 0; i < G_N_ELEMENTS (allowed) && code == 0; i++)
    code = seccomp_rule_add (filter, SCMP_ACT_ALLOW, allowed[i], 0);
  for (size_t i = 0; i < G_N_ELEMENTS (allowed_fcntl) && code == 0; i++)
    code = seccomp_rule_add (
        filter, SCMP_ACT_ALLOW, SCMP_SYS (fcntl), 1, SCMP_A1 (SCMP_CMP_EQ, allowed_fcntl[i]));
  for (size_t i = 0; i < G_N_ELEMENTS (not_executable) && code == 0; i++)
    code = seccomp_rule_add (
        filter, SCMP_ACT_ALLOW, not_executable[i], 1, SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  if (code == 0)
    code = seccomp_load (filter);
  seccomp_release (filter);
  return code == 0 ? TRUE : fail (error, "filter system calls", -code);
}

/* Gives everything up, for good. Whatever needs a file has to be read before. */
gboolean
sandbox_enter (GError **error)
{
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    return fail (error, "forbid new privileges", errno);
  if (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
    return fail (error, "forbid core dumps", errno);
  return limit_resources (error) && drop_capabilities (error) && filter_system_calls (error);
}
