/* SPDX-License-Identifier: GPL-2.0-or-later */
/* InjectErrno: lets the Nth call of a kind fail, in the process that links this shared library before
 * the C library (or has it in LD_PRELOAD and calls inject_errno () itself).
 *
 * A failed write has written nothing, a failed close has closed, as Linux does. All other calls go on to
 * the C library. Only the thread that called inject_errno () is counted. */
#include "support/inject-errno.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static _Thread_local struct {
  bool armed;
  bool fired;
  InjectCall call;
  unsigned int left; /* calls until the one that fails, that one included */
  int error;
} state;

/* The kind of call as a word, for messages. */
const char *
inject_call_to_string (InjectCall call)
{
  switch (call) {
  case INJECT_OPEN: return "open";
  case INJECT_READ: return "read";
  case INJECT_WRITE: return "write";
  case INJECT_FSYNC: return "fsync";
  case INJECT_RENAME: return "rename";
  case INJECT_CLOSE: return "close";
  case INJECT_UNLINK: return "unlink";
  case INJECT_MKDIR: return "mkdir";
  case INJECT_N_CALLS: break;
  }
  return "none";
}

/* From now on the nth (from 1) call of this kind fails once with error. */
void
inject_errno (InjectCall call, unsigned int n, int error)
{
  state.call = call;
  state.left = n;
  state.error = error;
  state.fired = false;
  state.armed = true;
}

/* Lets everything succeed again; true if a call has failed. */
bool
inject_stop (void)
{
  state.armed = false;
  return state.fired;
}

static bool
fails (InjectCall call)
{
  if (!state.armed || state.call != call || --state.left != 0)
    return false;
  state.armed = false;
  state.fired = true;
  errno = state.error;
  return true;
}

#define REAL(name) \
  static __typeof__ (&name) real; \
  if (real == NULL) \
  real = (__typeof__ (&name)) dlsym (RTLD_NEXT, #name)

#define MODE_OF(flags, mode) \
  mode_t mode = 0; \
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) { \
    va_list args; \
    va_start (args, flags); \
    mode = va_arg (args, mode_t); \
    va_end (args); \
  }

int __open_2 (const char *path, int flags);
int __open64_2 (const char *path, int flags);
int __openat_2 (int dir, const char *path, int flags);
int __openat64_2 (int dir, const char *path, int flags);
ssize_t __read_chk (int fd, void *data, size_t len, size_t room);

#undef open
#undef openat

int
open64 (const char *path, int flags, ...)
{
  REAL (open64);
  MODE_OF (flags, mode)
  return fails (INJECT_OPEN) ? -1 : real (path, flags, mode);
}

int
openat64 (int dir, const char *path, int flags, ...)
{
  REAL (openat64);
  MODE_OF (flags, mode)
  return fails (INJECT_OPEN) ? -1 : real (dir, path, flags, mode);
}

int
__open64_2 (const char *path, int flags)
{
  REAL (__open64_2);
  return fails (INJECT_OPEN) ? -1 : real (path, flags);
}

int
__openat64_2 (int dir, const char *path, int flags)
{
  REAL (__openat64_2);
  return fails (INJECT_OPEN) ? -1 : real (dir, path, flags);
}

ssize_t
read (int fd, void *data, size_t len)
{
  REAL (read);
  return fails (INJECT_READ) ? -1 : real (fd, data, len);
}

ssize_t
__read_chk (int fd, void *data, size_t len, size_t room)
{
  REAL (__read_chk);
  return fails (INJECT_READ) ? -1 : real (fd, data, len, room);
}

ssize_t
write (int fd, const void *data, size_t len)
{
  REAL (write);
  return fails (INJECT_WRITE) ? -1 : real (fd, data, len);
}

int
fsync (int fd)
{
  REAL (fsync);
  return fails (INJECT_FSYNC) ? -1 : real (fd);
}

int
renameat (int from_dir, const char *from, int to_dir, const char *to)
{
  REAL (renameat);
  return fails (INJECT_RENAME) ? -1 : real (from_dir, from, to_dir, to);
}

int
renameat2 (int from_dir, const char *from, int to_dir, const char *to, unsigned int flags)
{
  REAL (renameat2);
  return fails (INJECT_RENAME) ? -1 : real (from_dir, from, to_dir, to, flags);
}

int
close (int fd)
{
  REAL (close);
  int rc = real (fd);
  return fails (INJECT_CLOSE) ? -1 : rc;
}

int
unlinkat (int dir, const char *path, int flags)
{
  REAL (unlinkat);
  return fails (INJECT_UNLINK) ? -1 : real (dir, path, flags);
}

int
mkdir (const char *path, mode_t mode)
{
  REAL (mkdir);
  return fails (INJECT_MKDIR) ? -1 : real (path, mode);
}
