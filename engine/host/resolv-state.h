/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/conf-file.h"
#include "host/configuration.h"

/* What one connection wants to stand in resolv.conf. */
typedef struct {
  guint slot;
  GArray *servers; /* InetAddr */
  GPtrArray *domains; /* char * */
} ResolvLayer;

/* What we did to resolv.conf: the original, and the connections above it, newest last. */
typedef struct {
  ConfFile original;
  GBytes *before; /* what stood there before our last write */
  GPtrArray *layers; /* ResolvLayer * */
} ResolvState;

ResolvState *resolv_state_new (void);
void resolv_state_free (ResolvState *state);
void resolv_state_put_layer (ResolvState *state, guint slot, const HostConfiguration *wanted);
void resolv_state_drop_layer (ResolvState *state, guint slot);
GBytes *resolv_state_render (const ResolvState *state);

GBytes *resolv_state_serialise (const ResolvState *state);
ResolvState *resolv_state_parse (GBytes *bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ResolvState, resolv_state_free)
