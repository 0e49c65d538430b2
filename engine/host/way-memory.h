/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

#define WAY_MEMORY_MAX 64
#define WAY_MEMORY_AGE (90 * 24 * 60 * 60) /* seconds */

typedef struct _WayMemory WayMemory;

WayMemory *way_memory_new (const char *text);
void way_memory_free (WayMemory *memory);
char *way_memory_to_text (const WayMemory *memory);
gboolean way_memory_note (WayMemory *memory, uid_t uid, const char *host, const char *network,
    const char *transport, gint64 now);
const char *way_memory_get (
    const WayMemory *memory, uid_t uid, const char *host, const char *network, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayMemory, way_memory_free)
