/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways: in which order proxies and entry points are tried. The list of proxies is an order of preference
 * ("PROXY a; SOCKS b; DIRECT"), so that all entry points are tried through one before the next has its
 * turn; a proxy that is no use itself is not tried for another entry point. What worked last time, or is to
 * be gone back to, goes first in each list, and the rest follows in its order. Pure. */
#include "reach/ways.h"

/* A round; n_entries is 1 where nothing but the entry point of `first` may be tried. */
void
ways_begin (Ways *ways, size_t n_proxies, size_t n_entries, const Way *first)
{
  *ways = (Ways){ .n_proxies = n_proxies, .n_entries = n_entries, .first = *first };
}

/* The n-th of a list whose `first` has moved to the front. */
size_t
ways_nth (size_t n, size_t first)
{
  if (n == 0)
    return first;
  return n <= first ? n - 1 : n;
}

/* The next way to try; false where none is left. */
bool
ways_next (Ways *ways, Way *ret_way)
{
  while (ways->done < ways->n_proxies * ways->n_entries) {
    size_t at = ways->done++;
    Way way = { .proxy = ways_nth (at / ways->n_entries, ways->first.proxy),
      .entry = ways_nth (at % ways->n_entries, ways->first.entry) };
    if (ways->useless[way.proxy])
      continue;
    *ret_way = way;
    return true;
  }
  return false;
}

/* True if ways_next () has another. */
bool
ways_has_more (const Ways *ways)
{
  Ways copy = *ways;
  Way way;
  return ways_next (&copy, &way);
}

/* The proxy itself failed: nothing more goes through it in this round. */
void
ways_give_up_proxy (Ways *ways, size_t proxy)
{
  ways->useless[proxy] = true;
}
