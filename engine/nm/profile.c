/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profile: an NM connection made into a value that can be acted upon.
 *
 * vpn.data holds the items of a site (site/items.h), and beside them what NM itself keeps there, the flags
 * of secrets. Whoever may edit the connection wrote it: nothing of it is believed before site_parse (). */
#include "nm/profile.h"

#include <string.h>

#include "site/items.h"

static void
put_item (const char *name, const char *value, gpointer user_data)
{
  g_hash_table_insert (user_data, g_strdup (name), g_strdup (value));
}

/* The user whom the connection belongs to, if it is exactly one. Transfer: full. */
static char *
only_user (NMSettingConnection *setting)
{
  const char *type, *user, *detail;
  if (setting == NULL || nm_setting_connection_get_num_permissions (setting) != 1 ||
      !nm_setting_connection_get_permission (setting, 0, &type, &user, &detail) ||
      g_strcmp0 (type, "user") != 0)
    return NULL;
  return g_strdup (user);
}

/* SITE_INVALID says which item is wrong. Transfer: full. */
Profile *
profile_from_connection (NMConnection *connection, GError **error)
{
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  const char *id = nm_connection_get_id (connection);
  if (vpn == NULL || id == NULL) {
    g_set_error_literal (
        error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, "This is no VPN connection");
    return NULL;
  }
  g_autoptr (GHashTable) items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  nm_setting_vpn_foreach_data_item (vpn, put_item, items);
  g_autoptr (Profile) profile = g_new0 (Profile, 1);
  profile->site = site_from_items (items, id, &profile->key_file, error);
  if (profile->site == NULL)
    return NULL;
  profile->owner = only_user (nm_connection_get_setting_connection (connection));
  return g_steal_pointer (&profile);
}

/* NULL is allowed. */
void
profile_free (Profile *profile)
{
  if (profile == NULL)
    return;
  site_free (profile->site);
  g_free (profile->key_file);
  g_free (profile->owner);
  g_free (profile);
}

/* What NM sent of that secret; NULL if it is not there, or empty. Transfer: full. */
Secret *
profile_get_secret (NMConnection *connection, SiteSecret secret)
{
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  const char *value =
      vpn != NULL ? nm_setting_vpn_get_secret (vpn, site_secret_name (secret)) : NULL;
  return value != NULL && *value != '\0' ? secret_new (value, strlen (value)) : NULL;
}

static gboolean
is_required (NMSettingVpn *vpn, SiteSecret secret)
{
  NMSettingSecretFlags flags = NM_SETTING_SECRET_FLAG_NONE;
  (void) nm_setting_get_secret_flags (NM_SETTING (vpn), site_secret_name (secret), &flags, NULL);
  return (flags & NM_SETTING_SECRET_FLAG_NOT_REQUIRED) == 0;
}

/* Which secrets will be asked for in any case and are not there: a set of SiteSecret. */
unsigned int
profile_missing_secrets (const Profile *profile, NMConnection *connection)
{
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  unsigned int missing = site_secrets_certain (profile->site);
  for (unsigned int bit = 0; bit < SITE_N_SECRETS; bit++) {
    SiteSecret secret = (SiteSecret) (1u << bit);
    g_autoptr (Secret) given = profile_get_secret (connection, secret);
    if (given != NULL || !is_required (vpn, secret))
      missing &= ~(unsigned int) secret;
  }
  return missing;
}
