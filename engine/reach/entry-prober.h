/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "reach/connector.h"

typedef struct _EntryProber EntryProber;

/* A probe has found somebody, and the policy knows; the prober may be told to run or not from inside. */
typedef void (*EntryProberFunc) (void *user_data);

EntryProber *entry_prober_new (
    const ConnectorConfig *config, EntryPolicy *policy, EntryProberFunc found, void *user_data);
void entry_prober_free (EntryProber *prober);
void entry_prober_set_proxies (EntryProber *prober, const Proxy *list, size_t n);
void entry_prober_run (EntryProber *prober, bool runs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntryProber, entry_prober_free)
