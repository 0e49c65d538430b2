/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways: in which order proxies and entry points are tried. The list of proxies is an order of preference
 * ("PROXY a; SOCKS b; DIRECT"), so that all entry points are tried through one before the next has its
 * turn; a proxy that is no use itself is not tried for another entry point. What worked last time goes
 * first in each list, and the rest follows: proxies in their order, entry points on from there. Pure. */
#include "reach/ways.h"

/* A round; n_entries is 1 where nothing but the first entry point may be tried. */
void
ways_begin (Ways *ways, size_t n_proxies, size_t n_entries, const Way *first)
{
  *ways = (Ways){ .n_proxies = n_proxies, .n_entries = n_entries, .first = *first };
}

/* The n-th proxy: the first one moves to the front. */
static size_t
proxy_at (const Ways *ways, size_t n)
{
  if (n == 0)
    return ways->first.proxy;
  return n <= ways->first.proxy ? n - 1 : n;
}

/* The next way to try; false where none is left. `entry` counts from the first on, and goes round at the
 * end of the list, which the caller knows. */
bool
ways_next (Ways *ways, Way *ret_way)
{
  while (ways->done < ways->n_proxies * ways->n_entries) {
    size_t at = ways->done++;
    Way way = { .proxy = proxy_at (ways, at / ways->n_entries), .entry = at % ways->n_entries };
    if (ways->useless[way.proxy])
      continue;
    *ret_way = way;
    return true;
  }
  return false;
}

/* The proxy itself failed: nothing more goes through it in this round. */
void
ways_give_up_proxy (Ways *ways, size_t proxy)
{
  ways->useless[proxy] = true;
}
