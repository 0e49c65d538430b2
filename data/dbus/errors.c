/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The error domain on the bus: each VisitorError crosses as org.visitorvpn.Error.NAME and comes out
 * of GDBus as the same code at the other end. Kept out of engine/base, which knows no D-Bus. */
#include "dbus/errors.h"

#include "base/error.h"
#include "base/names.h"

/* Teaches GDBus in this process the names of VISITOR_ERROR. Every program calls it before its first
 * D-Bus call; calling it again does nothing. Safe in any thread. */
void
visitor_dbus_register_errors (void)
{
  static gsize done = 0;
  if (!g_once_init_enter (&done))
    return;
  for (unsigned int i = 0; i < VISITOR_ERROR_N_CODES; i++) {
    g_autofree char *name =
        g_strconcat (VISITOR_DBUS_ERROR_PREFIX, visitor_error_name ((VisitorError) i), NULL);
    g_dbus_error_register_error (VISITOR_ERROR, (int) i, name);
  }
  g_once_init_leave (&done, 1);
}
