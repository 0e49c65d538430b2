/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/quota.h"

#include "base/error.h"

static void
each_kind_has_a_limit (void)
{
  for (QuotaKind kind = 0; kind < QUOTA_N_KINDS; kind++) {
    g_autoptr (Quotas) quotas = quotas_new ();
    g_autoptr (GError) error = NULL;
    for (guint i = 0; i < quotas_limit (kind); i++)
      g_assert_true (quotas_take (quotas, 1000, kind, NULL));
    g_assert_false (quotas_take (quotas, 1000, kind, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY);
    quotas_give_back (quotas, 1000, kind);
    g_assert_true (quotas_take (quotas, 1000, kind, NULL));
  }
}

static void
another_user_is_not_touched (void)
{
  g_autoptr (Quotas) quotas = quotas_new ();
  while (quotas_take (quotas, 1000, QUOTA_CONNECTIONS, NULL))
    ;
  g_assert_true (quotas_take (quotas, 1001, QUOTA_CONNECTIONS, NULL));
  g_assert_true (quotas_take (quotas, 0, QUOTA_CONNECTIONS, NULL));
  g_assert_true (quotas_take (quotas, 1000, QUOTA_WATCHES, NULL));
}

static void
all_can_be_given_back (void)
{
  g_autoptr (Quotas) quotas = quotas_new ();
  for (guint round = 0; round < 100; round++) {
    for (guint i = 0; i < quotas_limit (QUOTA_CALLS); i++)
      g_assert_true (quotas_take (quotas, 7, QUOTA_CALLS, NULL));
    for (guint i = 0; i < quotas_limit (QUOTA_CALLS); i++)
      quotas_give_back (quotas, 7, QUOTA_CALLS);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quota/each-kind-has-a-limit", each_kind_has_a_limit);
  g_test_add_func ("/quota/another-user-is-not-touched", another_user_is_not_touched);
  g_test_add_func ("/quota/all-can-be-given-back", all_can_be_given_back);
  return g_test_run ();
}
