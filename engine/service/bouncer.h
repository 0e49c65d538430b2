/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

#include "service/quota.h"

#define BOUNCER_NO_OWNER ((uid_t) -1)

typedef enum {
  BOUNCER_RULE_ANYONE, /* answers about the caller alone */
  BOUNCER_RULE_ACTION, /* polkit decides, whoever calls */
  BOUNCER_RULE_OWNER, /* the object's owner; polkit decides for others */
} BouncerRule;

typedef struct {
  const char *interface;
  const char *method;
  BouncerRule rule;
  const char *action; /* polkit action; NULL with BOUNCER_RULE_ANYONE */
} BouncerRow;

/* What a call is about. */
typedef struct {
  uid_t owner; /* or BOUNCER_NO_OWNER */
  const char *site; /* the site's name and host, for rules and messages; may be NULL */
  const char *host;
  /* What finds site and host out, where that takes work: it is called for who may have more calls open, and not
   * for a flood of them. They are the invocation's. NULL: they are known. */
  gboolean (*find_out) (GDBusMethodInvocation *invocation, const char **ret_site,
      const char **ret_host, GError **error);
} BouncerSubject;

typedef struct _Bouncer Bouncer;

Bouncer *bouncer_new (Quotas *quotas);
void bouncer_unref (Bouncer *bouncer);

void bouncer_forget_bus (Bouncer *bouncer);
gboolean bouncer_is_busy (const Bouncer *bouncer);
const BouncerRow *bouncer_row (const char *interface, const char *method);

void bouncer_check_async (Bouncer *bouncer, GDBusMethodInvocation *invocation,
    const BouncerSubject *subject, GAsyncReadyCallback callback, gpointer user_data);
gboolean bouncer_check_finish (GAsyncResult *result, uid_t *ret_uid, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bouncer, bouncer_unref)
