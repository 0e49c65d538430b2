/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

typedef struct {
  char *state_dir;
  char *tunnel_program;
  char *tunnel_user;
  char *resolv_conf;
  gboolean replay_only;
  int idle_timeout; /* seconds; 0 = never */
  gboolean debug;
} ServiceOptions;

gboolean service_run (const ServiceOptions *options, GError **error);
void service_options_clear (ServiceOptions *options);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ServiceOptions, service_options_clear)
