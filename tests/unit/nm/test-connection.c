/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site in an NM connection, as the plugin and the editors put it there. */
#include "nm/connection.h"

#include <string.h>

#define OFFICE \
  "[site]\nname=Head office\naddress=vpn.example.com\n[sign-in]\nmethod=eap-ttls\nuser=alice\n" \
  "[newer]\nkey=x\n"

static Site *
site_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  Site *site = site_parse (text, -1, NULL, NULL, &error);
  g_assert_no_error (error);
  return site;
}

static const char *
item (NMConnection *connection, const char *name)
{
  return nm_setting_vpn_get_data_item (nm_connection_get_setting_vpn (connection), name);
}

static void
there_and_back (void)
{
  g_autoptr (Site) site = site_of (OFFICE);
  g_autoptr (NMConnection) connection = visitor_connection_from_site (site, NULL);
  g_autofree char *key_file = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_cmpstr (nm_connection_get_id (connection), ==, "Head office");
  g_assert_cmpstr (item (connection, "newer.key"), ==, "x");
  g_assert_null (item (connection, "site.name"));
  g_assert_cmpstr (item (connection, "password-flags"), ==, "1");
  g_assert_cmpstr (item (connection, "code-flags"), ==, "2");
  g_assert_null (item (connection, "psk-flags"));
  g_autoptr (Site) again = visitor_connection_get_site (connection, &key_file, &error);
  g_assert_no_error (error);
  g_autofree char *text = site_to_text (again);
  g_assert_nonnull (strstr (text, "name=Head office\n"));
  g_assert_nonnull (strstr (text, "method=eap-ttls\n"));
  g_assert_null (key_file);
}

static void
another_site_takes_its_place (void)
{
  g_autoptr (Site) site = site_of (OFFICE);
  g_autoptr (Site) other =
      site_of ("[site]\naddress=other.example.com\n[sign-in]\nmethod=certificate\nkey=user.key\n");
  g_autoptr (NMConnection) connection = visitor_connection_from_site (site, NULL);
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  nm_setting_set_secret_flags (
      NM_SETTING (vpn), "password", NM_SETTING_SECRET_FLAG_NOT_SAVED, NULL);
  visitor_connection_set_site (connection, other, "/srv/alice.key");
  g_assert_cmpstr (item (connection, "site.address"), ==, "other.example.com");
  g_assert_cmpstr (item (connection, "sign-in.key"), ==, "/srv/alice.key");
  g_assert_null (item (connection, "sign-in.user"));
  g_assert_null (item (connection, "newer.key"));
  g_assert_cmpstr (item (connection, "password-flags"), ==, "2");
  g_assert_cmpstr (item (connection, "passphrase-flags"), ==, "1");
  g_assert_cmpstr (nm_connection_get_id (connection), ==, "Head office");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection/there-and-back", there_and_back);
  g_test_add_func ("/connection/another-site", another_site_takes_its_place);
  return g_test_run ();
}
