/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gtk/application.h"
#include "gtk/presence.h"
#include "gtk/window.h"

/* For the files of the application alone. */

struct _VisitorApplication {
  AdwApplication parent_instance;

  /* owned */
  GSettings *settings;
  VisitorSiteModel *model; /* NULL where the sites cannot be had; then the next two are, too */
  VisitorLive *live;
  VisitorPresence *presence;

  /* borrowed */
  VisitorWindow *window; /* NULL while there is none */
};

VisitorWindow *visitor_application_ensure_window (VisitorApplication *self);
void visitor_application_add_actions (VisitorApplication *self);
