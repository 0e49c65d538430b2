/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Privilege: what the gateway gives up once its ports are bound: root, every capability, the right
 * to gain any by a new program, and the system calls that a relay has no use for. */
#include "gateway/privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <pwd.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.h"

static bool
fail (GError **error, const char *what, int code)
{
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_FAILED, "%s: %s", what, g_strerror (code));
  return false;
}

static bool
become (const char *user, GError **error)
{
  errno = 0;
  const struct passwd *entry = getpwnam (user);
  if (entry == NULL) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "The user \"%s\" of the configuration does not exist", user);
    return false;
  }
  capng_clear (CAPNG_SELECT_BOTH);
  int code = capng_change_id ((int) entry->pw_uid, (int) entry->pw_gid,
      (capng_flags_t) (CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING));
  if (code == 0)
    return true;
  g_set_error (
      error, VISITOR_ERROR, VISITOR_ERROR_FAILED, "Cannot become the user \"%s\" (%d)", user, code);
  return false;
}

static bool
drop_capabilities (GError **error)
{
  capng_clear (CAPNG_SELECT_CAPS);
  return capng_apply (CAPNG_SELECT_CAPS) == 0 || fail (error, "Cannot drop capabilities", errno);
}

static const int refused_calls[] = {
  SCMP_SYS (execve),
  SCMP_SYS (execveat),
  SCMP_SYS (fork),
  SCMP_SYS (vfork),
  SCMP_SYS (ptrace),
  SCMP_SYS (process_vm_readv),
  SCMP_SYS (process_vm_writev),
  SCMP_SYS (kill),
  SCMP_SYS (tkill),
  SCMP_SYS (mount),
  SCMP_SYS (umount2),
  SCMP_SYS (pivot_root),
  SCMP_SYS (chroot),
  SCMP_SYS (setns),
  SCMP_SYS (unshare),
  SCMP_SYS (bpf),
  SCMP_SYS (perf_event_open),
  SCMP_SYS (userfaultfd),
  SCMP_SYS (io_uring_setup),
  SCMP_SYS (keyctl),
  SCMP_SYS (add_key),
  SCMP_SYS (request_key),
  SCMP_SYS (init_module),
  SCMP_SYS (finit_module),
  SCMP_SYS (kexec_load),
  SCMP_SYS (unlink),
  SCMP_SYS (unlinkat),
  SCMP_SYS (rename),
  SCMP_SYS (renameat),
  SCMP_SYS (renameat2),
  SCMP_SYS (mkdir),
  SCMP_SYS (mkdirat),
  SCMP_SYS (chmod),
  SCMP_SYS (fchmodat),
  SCMP_SYS (chown),
  SCMP_SYS (fchownat),
  SCMP_SYS (setuid),
  SCMP_SYS (setgid),
};

static bool
filter_calls (GError **error)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);
  if (filter == NULL)
    return fail (error, "seccomp", ENOMEM);
  int code = 0;
  for (size_t i = 0; code == 0 && i < G_N_ELEMENTS (refused_calls); i++)
    code = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), refused_calls[i], 0);
  if (code == 0)
    code = seccomp_load (filter);
  seccomp_release (filter);
  return code == 0 || fail (error, "seccomp", -code);
}

/* As root becomes the user, with the groups it is in; started as anybody else stays who it is.
 * Ends with no capability and the filter in place either way. */
bool
privilege_drop (const char *user, GError **error)
{
  if (geteuid () == 0 && !become (user, error))
    return false;
  if (!drop_capabilities (error))
    return false;
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return fail (error, "no_new_privs", errno);
  return filter_calls (error);
}
