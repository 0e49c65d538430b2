/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a program as systemd would under SystemCallFilter=, where no systemd runs:
 *
 *   system-calls FILE PROGRAM ARGUMENT...   FILE has the names of what is allowed, one in a line
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
fail (const char *what)
{
  perror (what);
  return 2;
}

int
main (int argc, char *argv[])
{
  FILE *names = argc > 2 ? fopen (argv[1], "r") : NULL;
  if (names == NULL)
    return fail ("system-calls: FILE PROGRAM");
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  char name[64];
  while (fgets (name, sizeof name, names) != NULL) {
    name[strcspn (name, "\n")] = '\0';
    int number = seccomp_syscall_resolve_name (name);
    if (number >= 0 && seccomp_rule_add (filter, SCMP_ACT_ALLOW, number, 0) != 0)
      return fail (name);
  }
  fclose (names);
  if (seccomp_load (filter) != 0)
    return fail ("seccomp_load");
  execv (argv[2], argv + 2);
  return fail (argv[2]);
}
