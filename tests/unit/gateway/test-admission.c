/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/admission.h"

#include "gateway/log.h"

static InetAddr
addr (const char *text)
{
  InetAddr result;
  g_assert_true (inet_addr_parse (text, &result));
  return result;
}

static AdmissionVerdict
enter (Admission *admission, const char *text)
{
  InetAddr a = addr (text);
  return admission_enter (admission, &a);
}

static void
leave (Admission *admission, const char *text)
{
  InetAddr a = addr (text);
  admission_leave (admission, &a);
}

static void
test_limits (void)
{
  g_autoptr (Admission) admission = admission_new ();
  g_assert_cmpint (enter (admission, "192.0.2.1"), ==, ADMISSION_FULL);
  admission_set_limits (admission, 5, 2);
  g_assert_cmpint (enter (admission, "192.0.2.1"), ==, ADMISSION_OK);
  g_assert_cmpint (enter (admission, "192.0.2.1"), ==, ADMISSION_OK);
  g_assert_cmpint (enter (admission, "192.0.2.1"), ==, ADMISSION_ADDRESS_FULL);
  g_assert_cmpint (enter (admission, "192.0.2.2"), ==, ADMISSION_OK);
  g_assert_cmpint (enter (admission, "2001:db8:1:2::1"), ==, ADMISSION_OK);
  g_assert_cmpint (enter (admission, "2001:db8:1:2:ffff::1"), ==, ADMISSION_OK);
  g_assert_cmpint (enter (admission, "2001:db8:1:3::1"), ==, ADMISSION_FULL);
  leave (admission, "192.0.2.2");
  g_assert_cmpint (enter (admission, "2001:db8:1:2:eeee::1"), ==, ADMISSION_ADDRESS_FULL);
  g_assert_cmpint (enter (admission, "2001:db8:1:3::1"), ==, ADMISSION_OK);
  leave (admission, "192.0.2.1");
  g_assert_cmpint (enter (admission, "192.0.2.1"), ==, ADMISSION_OK);
  g_assert_cmpuint (admission_count (admission), ==, 5);
}

/* Ten lines a second, then a count of what was left out. */
static void
test_log_limit (void)
{
  LogLimit limit = { 0 };
  guint logged = 0, suppressed = 0;
  for (int i = 0; i < 1000; i++)
    logged += log_limit_take (&limit, 5 * G_USEC_PER_SEC + i, &suppressed);
  g_assert_cmpuint (logged, ==, 10);
  g_assert_true (log_limit_take (&limit, 6 * G_USEC_PER_SEC, &suppressed));
  g_assert_cmpuint (suppressed, ==, 990);
  g_assert_true (log_limit_take (&limit, 6 * G_USEC_PER_SEC, &suppressed));
  g_assert_cmpuint (suppressed, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/admission/limits", test_limits);
  g_test_add_func ("/admission/log-limit", test_log_limit);
  return g_test_run ();
}
