/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

typedef struct _SleepWatch SleepWatch;

/* The machine has slept and is awake again. */
typedef void (*SleepWokeFunc) (gpointer user_data);

SleepWatch *sleep_watch_new (GDBusConnection *bus, SleepWokeFunc woke, gpointer user_data);
void sleep_watch_free (SleepWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SleepWatch, sleep_watch_free)
