/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

/* Every code has a name of its own, fit for D-Bus, that leads back to it. */
static void
test_names (void)
{
  for (unsigned int i = 0; i < VISITOR_ERROR_N_CODES; i++) {
    const char *name = visitor_error_name ((VisitorError) i);
    VisitorError code = VISITOR_ERROR_N_CODES;
    g_assert_nonnull (name);
    g_assert_true (g_ascii_isupper (name[0]));
    for (const char *p = name; *p != '\0'; p++)
      g_assert_true (g_ascii_isalnum (*p));
    g_assert_true (visitor_error_from_name (name, &code));
    g_assert_cmpuint (code, ==, i);
  }
}

static void
test_unknown (void)
{
  VisitorError code = VISITOR_ERROR_BUSY;
  g_assert_false (visitor_error_from_name ("Nonsense", &code));
  g_assert_false (visitor_error_from_name ("", &code));
  g_assert_false (visitor_error_from_name (NULL, &code));
  g_assert_cmpuint (code, ==, VISITOR_ERROR_BUSY);
  g_assert_cmpstr (visitor_error_name (VISITOR_ERROR_N_CODES), ==, "Failed");
  g_assert_cmpstr (visitor_error_name ((VisitorError) 12345), ==, "Failed");
}

static void
test_domain (void)
{
  g_assert_cmpstr (g_quark_to_string (VISITOR_ERROR), ==, "visitor-error-quark");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/error/names", test_names);
  g_test_add_func ("/base/error/unknown", test_unknown);
  g_test_add_func ("/base/error/domain", test_domain);
  return g_test_run ();
}
