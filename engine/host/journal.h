/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/netcfg.h"
#include "host/reverse-path.h"

/* One change of the system, as it is written down before it is made. Device, table and priority
 * follow from the slot, so that no record names one. */
typedef struct {
  NetcfgStep step;
  InetPrefix prefix; /* ADDRESS, ROUTE, SOURCE */
  InetFamily family; /* RULE, BLOCK */
  ReversePath path; /* REVERSE_PATH: as it was */
} JournalChange;

typedef struct _Journal Journal;

typedef enum {
  JOURNAL_LOADED,
  JOURNAL_ABSENT,
  JOURNAL_CORRUPT, /* it was set aside */
  JOURNAL_UNREADABLE,
} JournalVerdict;

Journal *journal_create (int dir, guint slot, GError **error);
JournalVerdict journal_load (int dir, guint slot, Journal **ret_journal, GError **error);
void journal_free (Journal *journal);

gboolean journal_append (Journal *journal, const GArray *changes, GError **error);
gboolean journal_forget (Journal *journal, GError **error);
gboolean journal_exists (int dir, guint slot);

guint journal_slot (const Journal *journal);
const GArray *journal_changes (const Journal *journal);

char *journal_format (guint slot, guint line, const JournalChange *change);
GArray *journal_parse (guint slot, const char *text, gsize len, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Journal, journal_free)
