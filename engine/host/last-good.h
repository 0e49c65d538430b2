/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

#define LAST_GOOD_ADDRESSES 4
#define LAST_GOOD_HOSTS 64
#define LAST_GOOD_AGE (24 * 60 * 60 * (gint64) G_USEC_PER_SEC)

typedef struct _LastGood LastGood;

LastGood *last_good_new (void);
void last_good_free (LastGood *last_good);
void
last_good_note (LastGood *last_good, uid_t uid, const char *host, const char *address, gint64 now);
GVariant *
last_good_get_all (const LastGood *last_good, uid_t uid, const GPtrArray *hosts, gint64 now);
char **last_good_get (const LastGood *last_good, uid_t uid, const char *host, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LastGood, last_good_free)
