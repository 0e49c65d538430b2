/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "tunnel/domain.h"

static void
test_table (void)
{
  static const struct {
    bool valid;
    const char *text;
  } cases[] = {
    { true, "example" },
    { true, "corp.example.test" },
    { true, "xn--bcher-kva.example" },
    { true, "3com.example" },
    { true, "10.in-addr.arpa" },
    { false, "" },
    { false, "." },
    { false, "example." },
    { false, ".example" },
    { false, "a..b" },
    { false, "-a.example" },
    { false, "a-.example" },
    { false, "a_b.example" },
    { false, "10.1.0.10" },
    { false, "a b.example" },
    { false, "a.example\nnameserver 192.0.2.1" },
    { false, "a.example;id" },
    { false, "a.example\t" },
    { false,
        "b\xc3\xbc"
        "cher.example" },
    { false, "~corp.example" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("\"%s\"", cases[i].text);
    g_assert_cmpint (domain_is_valid (cases[i].text), ==, cases[i].valid);
  }
}

static void
test_lengths (void)
{
  g_autofree char *label63 = g_strnfill (63, 'a');
  g_autofree char *label64 = g_strnfill (64, 'a');
  g_assert_true (domain_is_valid (label63));
  g_assert_false (domain_is_valid (label64));
  g_autofree char *name253 = g_strdup_printf ("%s.%s.%s.%.61s", label63, label63, label63, label63);
  g_autofree char *name254 = g_strdup_printf ("%s.%s.%s.%.62s", label63, label63, label63, label63);
  g_assert_true (domain_is_valid (name253));
  g_assert_false (domain_is_valid (name254));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/domain/table", test_table);
  g_test_add_func ("/tunnel/domain/lengths", test_lengths);
  return g_test_run ();
}
