/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "base/secret.h"
#include "site/secrets.h"
#include "site/site.h"

/* An NM connection, checked. */
typedef struct {
  Site *site;
  char *key_file; /* whole path, to be opened as the owner; NULL = none, or a token */
  char *owner; /* the only user whom it belongs to; NULL = everybody's, or several users' */
} Profile;

Profile *profile_from_connection (NMConnection *connection, GError **error);
void profile_free (Profile *profile);

Secret *profile_get_secret (NMConnection *connection, SiteSecret secret);
unsigned int profile_missing_secrets (const Profile *profile, NMConnection *connection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Profile, profile_free)
