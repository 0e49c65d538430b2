/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The site of an NM connection: vpn.data holds its items (site/items.h) and, beside them, how each secret
 * is kept, which is NM's own business and stays as the user has chosen it. */
#include "nm/connection.h"

#include <string.h>

#include "site/items.h"
#include "site/secrets.h"

static void
take_item (const char *name, const char *value, gpointer user_data)
{
  g_hash_table_insert (user_data, g_strdup (name), g_strdup (value));
}

/* SITE_INVALID says which item is wrong. Where the key is in a file, its path goes to *ret_key_file, which
 * is else NULL. Transfer: full. */
Site *
visitor_connection_get_site (NMConnection *connection, char **ret_key_file, GError **error)
{
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  const char *name = nm_connection_get_id (connection);
  g_autoptr (GHashTable) items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (vpn != NULL)
    nm_setting_vpn_foreach_data_item (vpn, take_item, items);
  return site_from_items (items, name != NULL ? name : "", ret_key_file, error);
}

static void
collect_item (const char *name, const char *value, gpointer user_data)
{
  if (strchr (name, '.') != NULL)
    g_ptr_array_add (user_data, g_strdup (name));
}

static void
remove_items (NMSettingVpn *vpn)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  nm_setting_vpn_foreach_data_item (vpn, collect_item, names);
  for (guint i = 0; i < names->len; i++)
    nm_setting_vpn_remove_data_item (vpn, names->pdata[i]);
}

/* A secret that nothing was said about yet: kept by the user's keyring, or not at all if it is good for
 * once. */
static void
set_default_flags (NMSettingVpn *vpn, unsigned int secrets)
{
  for (unsigned int bit = 0; bit < SITE_N_SECRETS; bit++) {
    SiteSecret secret = (SiteSecret) (1u << bit);
    g_autofree char *item = g_strconcat (site_secret_name (secret), "-flags", NULL);
    if ((secrets & (unsigned int) secret) == 0 || nm_setting_vpn_get_data_item (vpn, item) != NULL)
      continue;
    NMSettingSecretFlags flags = site_secret_may_be_kept (secret)
        ? NM_SETTING_SECRET_FLAG_AGENT_OWNED
        : NM_SETTING_SECRET_FLAG_NOT_SAVED;
    nm_setting_set_secret_flags (NM_SETTING (vpn), site_secret_name (secret), flags, NULL);
  }
}

/* Puts a site into a connection that has a VPN setting, in the place of the one before. The connection's
 * own name stays. */
void
visitor_connection_set_site (
    NMConnection *connection, const Site *site, const char *key_file_or_null)
{
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  g_autoptr (GHashTable) items = site_to_items (site, key_file_or_null);
  GHashTableIter iter;
  gpointer name, value;
  remove_items (vpn);
  g_hash_table_iter_init (&iter, items);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    if (*(const char *) value != '\0')
      nm_setting_vpn_add_data_item (vpn, name, value);
  }
  set_default_flags (vpn, site_secrets_possible (site));
}

/* A new connection for a site, with its name. Transfer: full. */
NMConnection *
visitor_connection_from_site (const Site *site, const char *key_file_or_null)
{
  NMConnection *connection = nm_simple_connection_new ();
  NMSetting *general = nm_setting_connection_new (), *vpn = nm_setting_vpn_new ();
  g_object_set (general, NM_SETTING_CONNECTION_ID, site->name, NM_SETTING_CONNECTION_TYPE,
      NM_SETTING_VPN_SETTING_NAME, NULL);
  g_object_set (vpn, NM_SETTING_VPN_SERVICE_TYPE, VISITOR_NM_SERVICE, NULL);
  nm_connection_add_setting (connection, general);
  nm_connection_add_setting (connection, vpn);
  visitor_connection_set_site (connection, site, key_file_or_null);
  return connection;
}
