/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include <string.h>

/* What comes in, how much may come out, and what a person sees. */
static const struct {
  const char *octets;
  size_t len;
  size_t max_len;
  const char *line;
} rows[] = {
  { "Code:", 5, 99, "Code:" },
  { "  Enter\r\n\tthe  code \n", 21, 99, "Enter the code" },
  { "a\x1b[31mred", 9, 99, "a [31mred" },
  { "a\xe2\x80\xae"
    "b",
      5, 99, "a b" },
  { "\xff\xfe", 2, 99, "\xef\xbf\xbd\xef\xbf\xbd" },
  { "seen\0unseen", 11, 99, "seen" },
  { "12345", 5, 5, "12345" },
  { "12345", 5, 4, "1234" },
  { "1 2", 3, 2, "1" },
  { "\xc3\xa4\xc3\xa4", 4, 3, "\xc3\xa4" },
  { "\n\n", 2, 99, NULL },
  { "", 0, 99, NULL },
  { NULL, 0, 99, NULL },
};

static void
test_one_line (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree uint8_t *copy = g_memdup2 (rows[i].octets, rows[i].len);
    g_autofree char *line = text_one_line (SLICE (copy, rows[i].len), rows[i].max_len);
    g_assert_cmpstr (line, ==, rows[i].line);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/text/one-line", test_one_line);
  return g_test_run ();
}
