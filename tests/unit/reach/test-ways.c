/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which order proxies and entry points are tried; ways are written "proxy/entry". */
#include <glib.h>

#include "reach/ways.h"

#define NOTHING SIZE_MAX

static void
test_order (void)
{
  static const struct {
    const char *name;
    size_t n_proxies, n_entries;
    Way first;
    size_t useless; /* found so when its first way was tried */
    const char *want;
  } rows[] = {
    { "one way", 1, 1, { 0, 0 }, NOTHING, "0/0" },
    { "entry points, no proxy", 1, 3, { 0, 0 }, NOTHING, "0/0 0/1 0/2" },
    { "the entry point in use is first, the others keep their order", 1, 4, { 0, 2 }, NOTHING,
        "0/2 0/0 0/1 0/3" },
    { "through each proxy", 2, 3, { 1, 1 }, NOTHING, "1/1 1/0 1/2 0/1 0/0 0/2" },
    { "and nothing but that one", 2, 1, { 0, 2 }, NOTHING, "0/2 1/2" },
    { "all entry points by a proxy, then the next", 2, 2, { 0, 0 }, NOTHING, "0/0 0/1 1/0 1/1" },
    { "what worked last time is first", 3, 1, { 1, 0 }, NOTHING, "1/0 0/0 2/0" },
    { "also at the end of the list", 3, 1, { 2, 0 }, NOTHING, "2/0 0/0 1/0" },
    { "a proxy of no use is tried once", 3, 2, { 0, 0 }, 0, "0/0 1/0 1/1 2/0 2/1" },
    { "wherever it stands", 3, 2, { 2, 0 }, 2, "2/0 0/0 0/1 1/0 1/1" },
    { "the last one", 2, 3, { 0, 0 }, 1, "0/0 0/1 0/2 1/0" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GString) got = g_string_new (NULL);
    Ways ways;
    Way way;
    g_test_message ("%s", rows[i].name);
    ways_begin (&ways, rows[i].n_proxies, rows[i].n_entries, &rows[i].first);
    g_assert_true (ways_has_more (&ways));
    while (ways_next (&ways, &way)) {
      g_string_append_printf (got, "%s%zu/%zu", got->len > 0 ? " " : "", way.proxy, way.entry);
      if (way.proxy == rows[i].useless)
        ways_give_up_proxy (&ways, way.proxy);
    }
    g_assert_cmpstr (got->str, ==, rows[i].want);
    g_assert_false (ways_has_more (&ways));
    g_assert_false (ways_next (&ways, &way));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reach/ways/order", test_order);
  return g_test_run ();
}
