/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/proxy.h"

/* One way to the gateway: through which proxy, to which entry point; places in the lists of both. */
typedef struct {
  size_t proxy;
  size_t entry;
} Way;

/* The order of one round. */
typedef struct {
  size_t n_proxies; /* PROXY_LIST_MAX at most */
  size_t n_entries;
  Way first; /* what is tried before all others: it worked last time */
  size_t done; /* ways that were handed out or passed over */
  bool useless[PROXY_LIST_MAX]; /* proxies */
} Ways;

size_t ways_nth (size_t n, size_t first);
bool ways_has_more (const Ways *ways);
void ways_begin (Ways *ways, size_t n_proxies, size_t n_entries, const Way *first);
bool ways_next (Ways *ways, Way *ret_way);
void ways_give_up_proxy (Ways *ways, size_t proxy);
