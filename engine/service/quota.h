/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef enum {
  QUOTA_CONNECTIONS,
  QUOTA_CALLS,
  QUOTA_WATCHES,
  QUOTA_QUESTIONS,
  QUOTA_N_KINDS,
} QuotaKind;

typedef struct _Quotas Quotas;

Quotas *quotas_new (void);
void quotas_free (Quotas *quotas);

gboolean quotas_take (Quotas *quotas, uid_t uid, QuotaKind kind, GError **error);
void quotas_give_back (Quotas *quotas, uid_t uid, QuotaKind kind);
guint quotas_limit (QuotaKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Quotas, quotas_free)
