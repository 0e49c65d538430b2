/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#define ALARM_OFF G_GINT64_CONSTANT (-1)

typedef struct _Alarm Alarm;

Alarm *alarm_new (void (*ring) (void *user_data), void *user_data);
void alarm_free (Alarm *alarm);
void alarm_set (Alarm *alarm, gint64 at);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Alarm, alarm_free)
