/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/slice.h"

typedef struct _KeyAgent KeyAgent;

KeyAgent *key_agent_new (Slice order);
gboolean key_agent_export (KeyAgent *agent, GDBusConnection *bus, GError **error);
void key_agent_free (KeyAgent *agent);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeyAgent, key_agent_free)
