/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/client.h"
#include "dbus/visitor-dbus.h"

/* What the files called client share. */
struct _VisitorClient {
  GObject parent_instance;

  /* owned */
  VisitorDBusEngine1 *engine;

  gboolean watching; /* wanted, of whatever engine there is */
};
