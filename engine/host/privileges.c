/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a privileged service gives up before it does anything else. */
#include "host/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/error.h"

/* TUN, addresses, routes, rules, marked sockets; and for the workers: starting them as another user,
 * ending them. What else a service touches belongs to its own user, for which no capability is needed. */
static const unsigned int kept[] = { CAP_NET_ADMIN, CAP_SETUID, CAP_SETGID, CAP_KILL };

#define BUS_VARIABLE "DBUS_SYSTEM_BUS_ADDRESS"

/* Empties the environment but for the bus to serve, and switches off what GIO loads from directories:
 * no module is needed here, so none shall run with these rights. Call it first in main (), before a
 * thread exists and before GIO is used. */
void
privileges_clean_environment (void)
{
  g_autofree char *bus = g_strdup (g_getenv (BUS_VARIABLE));
  clearenv ();
  if (bus != NULL)
    g_setenv (BUS_VARIABLE, bus, TRUE);
  g_setenv ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", TRUE);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_setenv ("GIO_MODULE_DIR", "/nonexistent", TRUE);
  g_setenv ("GIO_USE_VFS", "local", TRUE);
}

static gboolean
forbid_core_dumps (GError **error)
{
  struct rlimit none = { 0, 0 };
  if (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || setrlimit (RLIMIT_CORE, &none) < 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_FAILED, "Cannot forbid core dumps: %s",
        g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

static gboolean
keep_capabilities (GError **error)
{
  if (capng_get_caps_process () < 0) {
    g_set_error_literal (
        error, VISITOR_ERROR, VISITOR_ERROR_FAILED, "Cannot read this process's capabilities");
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++) {
    if (!capng_have_capability (CAPNG_PERMITTED, kept[i])) {
      g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NOT_AUTHORIZED,
          "The capability %s is missing: this is to be started by the system",
          capng_capability_to_name (kept[i]));
      return FALSE;
    }
  }
  /* Without CAP_SETPCAP the bounding set is whoever started us's business: systemd has cut it. */
  gboolean may_cut_bounds = capng_have_capability (CAPNG_EFFECTIVE, CAP_SETPCAP);
  capng_clear (CAPNG_SELECT_BOTH);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    capng_update (CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET, kept[i]);
  if (capng_apply (may_cut_bounds ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS) != 0) {
    g_set_error_literal (
        error, VISITOR_ERROR, VISITOR_ERROR_FAILED, "Cannot give up the other capabilities");
    return FALSE;
  }
  return TRUE;
}

/* Keeps the capabilities that a host works with and gives up everything else, for good: nothing
 * that is executed later gains any, and no memory of it reaches a disk. Errors:
 * VISITOR_ERROR_NOT_AUTHORIZED where the process does not have what it needs. */
gboolean
privileges_drop (GError **error)
{
  umask (0077);
  if (!forbid_core_dumps (error) || !keep_capabilities (error))
    return FALSE;
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_FAILED, "Cannot set no_new_privs: %s",
        g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}
