/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

typedef struct _Table Table;

Table *table_new (guint n_columns);
void table_free (Table *table);
void table_add (Table *table, ...);
void table_add_note (Table *table, const char *text);
void table_say (const Table *table, const char *indent);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Table, table_free)
