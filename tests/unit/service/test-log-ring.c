/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/log-ring.h"

static const struct {
  const char *text, *line;
} cases[] = {
  { "plain", "plain" },
  { "", "" },
  { "Grüße 日本", "Grüße 日本" },
  { "two\nlines\r", "two\\x0alines\\x0d" },
  { "\033[2Jgone", "\\x1b[2Jgone" },
  { "a\177b", "a\\x7fb" },
  { "c\302\205d", "c\\x85d" }, /* U+0085, a control of Latin-1 */
  { "evil\342\200\256txt", "evil\\u202etxt" },
  { "iso\342\201\246late", "iso\\u2066late" },
  { "line\342\200\250sep", "line\\u2028sep" },
  { "bad \377 octet", "bad \\xff octet" },
  { "cut \342\200", "cut \\xe2\\x80" },
  { "escaped \\x1b", "escaped \\x1b" },
};

static void
escapes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *line = log_line_escape (cases[i].text);
    g_assert_cmpstr (line, ==, cases[i].line);
  }
}

static void
long_line_is_cut (void)
{
  g_autofree char *text = g_strnfill (10 * LOG_LINE_MAX, 'x');
  g_autofree char *line = log_line_escape (text);
  g_assert_cmpuint (strlen (line), ==, LOG_LINE_MAX);
}

static void
ring_forgets_the_oldest (void)
{
  g_autoptr (LogRing) ring = log_ring_new ();
  for (guint i = 0; i < LOG_RING_LINES + 3; i++) {
    g_autofree char *text = g_strdup_printf ("line %u", i);
    g_assert_cmpstr (log_ring_add (ring, i, G_LOG_LEVEL_INFO, text), ==, text);
  }
  g_autoptr (GVariant) lines = g_variant_ref_sink (log_ring_to_variant (ring));
  gint64 time;
  guint32 level;
  const char *text;
  g_assert_cmpuint (g_variant_n_children (lines), ==, LOG_RING_LINES);
  g_variant_get_child (lines, 0, "(xu&s)", &time, &level, &text);
  g_assert_cmpint (time, ==, 3);
  g_assert_cmpuint (level, ==, G_LOG_LEVEL_INFO);
  g_assert_cmpstr (text, ==, "line 3");
}

static void
empty_ring (void)
{
  g_autoptr (LogRing) ring = log_ring_new ();
  g_autoptr (GVariant) lines = g_variant_ref_sink (log_ring_to_variant (ring));
  g_assert_cmpstr (g_variant_get_type_string (lines), ==, "a(xus)");
  g_assert_cmpuint (g_variant_n_children (lines), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-ring/escapes", escapes);
  g_test_add_func ("/log-ring/long-line-is-cut", long_line_is_cut);
  g_test_add_func ("/log-ring/forgets-the-oldest", ring_forgets_the_oldest);
  g_test_add_func ("/log-ring/empty", empty_ring);
  return g_test_run ();
}
