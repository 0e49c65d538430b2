/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "gateway/session.h"

/* Every session by every key it is known by, and those without a stream by age. */
typedef struct _SessionTable SessionTable;

typedef struct {
  Session session; /* first: the table hands out Session pointers */
  GList link; /* in `waits_in`; data is the entry */
  GQueue *waits_in; /* one of the table's; NULL while it has a stream */
  gint64 detached_at; /* monotonic, microseconds */
} SessionEntry;

SessionTable *session_table_new (GDestroyNotify entry_free);
void session_table_free (SessionTable *table);

SessionEntry *session_table_find (SessionTable *table, const SessionKey *key);
void session_table_add (SessionTable *table, SessionEntry *entry);
void session_table_learn (SessionTable *table, SessionEntry *entry, const SessionKey *key);
void session_table_set_detached (
    SessionTable *table, SessionEntry *entry, bool detached, gint64 now, guint max_detached);
guint session_table_expire (
    SessionTable *table, gint64 now, gint64 keep_established, gint64 keep_half_open);
guint session_table_size (const SessionTable *table);
guint session_table_n_detached (const SessionTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SessionTable, session_table_free)
