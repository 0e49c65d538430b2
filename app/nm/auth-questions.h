/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* What an agent of NM's wants to know; borrowed. */
typedef struct {
  const char *name; /* of the connection */
  GHashTable *data; /* vpn.data, char * to char * */
  GHashTable *secrets; /* that the agent has, likewise */
  const char *const *hints; /* names of secrets, and "x-vpn-message:TEXT" */
  gboolean may_ask; /* a person */
  gboolean again; /* what there is was refused */
} AuthRequest;

char *auth_questions (const AuthRequest *request, GError **error);
