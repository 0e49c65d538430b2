/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/session.h"
#include "tunnel/uplink.h"

typedef struct _Farewell Farewell;

Farewell *farewell_new (Uplink *uplink, IkeSession *ike, Datapath *datapath,
    void (*over) (void *user_data), void *user_data);
void farewell_free (Farewell *farewell);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Farewell, farewell_free)
