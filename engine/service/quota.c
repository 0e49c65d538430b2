/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Quotas: how much of the engine one user may hold, so that none can starve the others. Counted by
 * user, not by bus name: a user can open hundreds of those. */
#include "service/quota.h"

#include "base/error.h"

/* A watcher costs one of the 512 match rules that the bus lets us have, a question one of 8192 replies. */
static const struct {
  guint limit;
  const char *what;
} kinds[QUOTA_N_KINDS] = {
  [QUOTA_CONNECTIONS] = { 8, "connections" },
  [QUOTA_CALLS] = { 32, "calls that wait for an answer" },
  [QUOTA_WATCHES] = { 32, "watchers" },
  [QUOTA_QUESTIONS] = { 64, "questions that its programs have not answered" },
};

typedef struct {
  guint used[QUOTA_N_KINDS];
} Account;

struct _Quotas {
  GHashTable *accounts; /* uid -> owned Account; only users who hold something */
};

Quotas *
quotas_new (void)
{
  Quotas *quotas = g_new0 (Quotas, 1);
  quotas->accounts = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return quotas;
}

void
quotas_free (Quotas *quotas)
{
  g_hash_table_unref (quotas->accounts);
  g_free (quotas);
}

guint
quotas_limit (QuotaKind kind)
{
  return kinds[kind].limit;
}

/* Books one more of kind for uid. Errors: VISITOR_ERROR_BUSY at the limit, and then nothing is
 * booked. */
gboolean
quotas_take (Quotas *quotas, uid_t uid, QuotaKind kind, GError **error)
{
  Account *account = g_hash_table_lookup (quotas->accounts, GUINT_TO_POINTER (uid));
  if (account == NULL) {
    account = g_new0 (Account, 1);
    g_hash_table_insert (quotas->accounts, GUINT_TO_POINTER (uid), account);
  }
  if (account->used[kind] >= kinds[kind].limit) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY, "A user may have %u %s at most",
        kinds[kind].limit, kinds[kind].what);
    return FALSE;
  }
  account->used[kind]++;
  return TRUE;
}

/* Gives back what a successful quotas_take () booked. */
void
quotas_give_back (Quotas *quotas, uid_t uid, QuotaKind kind)
{
  Account *account = g_hash_table_lookup (quotas->accounts, GUINT_TO_POINTER (uid));
  g_return_if_fail (account != NULL && account->used[kind] > 0);
  account->used[kind]--;
  for (guint i = 0; i < QUOTA_N_KINDS; i++) {
    if (account->used[i] > 0)
      return;
  }
  g_hash_table_remove (quotas->accounts, GUINT_TO_POINTER (uid));
}
