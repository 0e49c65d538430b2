/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the service reads out of an NM connection, which a user has written. */
#include "nm/profile.h"

#include <string.h>

#include "nm/failure.h"

static NMConnection *
connection_of (const char *const *pairs)
{
  NMConnection *connection = nm_simple_connection_new ();
  NMSetting *general = nm_setting_connection_new (), *vpn = nm_setting_vpn_new ();
  g_object_set (general, NM_SETTING_CONNECTION_ID, "office", NULL);
  for (gsize i = 0; pairs[i] != NULL; i += 2)
    nm_setting_vpn_add_data_item (NM_SETTING_VPN (vpn), pairs[i], pairs[i + 1]);
  nm_connection_add_setting (connection, general);
  nm_connection_add_setting (connection, vpn);
  return connection;
}

#define OFFICE \
  "site.address", "vpn.example.com", "sign-in.method", "eap-mschapv2", "sign-in.user", "alice"
#define CONNECTION(...) connection_of ((const char *const[]){ __VA_ARGS__, NULL })

static void
owners (void)
{
  static const char *const rows[][3] = {
    { NULL, NULL, NULL },
    { "alice", NULL, "alice" },
    { "alice", "bob", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (NMConnection) connection = CONNECTION (OFFICE);
    g_autoptr (GError) error = NULL;
    NMSettingConnection *general = nm_connection_get_setting_connection (connection);
    for (gsize user = 0; user < 2 && rows[i][user] != NULL; user++)
      nm_setting_connection_add_permission (general, "user", rows[i][user], NULL);
    g_autoptr (Profile) profile = profile_from_connection (connection, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (profile->owner, ==, rows[i][2]);
  }
}

static void
missing_secrets (void)
{
  g_autoptr (NMConnection) connection = CONNECTION (OFFICE, "password-flags", "1");
  g_autoptr (Profile) profile = profile_from_connection (connection, NULL);
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  g_assert_cmpuint (profile_missing_secrets (profile, connection), ==, SITE_SECRET_PASSWORD);
  nm_setting_vpn_add_secret (vpn, "password", "s3cret");
  g_assert_cmpuint (profile_missing_secrets (profile, connection), ==, 0);
  g_autoptr (Secret) secret = profile_get_secret (connection, SITE_SECRET_PASSWORD);
  g_assert_cmpmem (secret_slice (secret).data, secret_len (secret), "s3cret", 6);
  g_assert_null (profile_get_secret (connection, SITE_SECRET_CODE));
  nm_setting_vpn_remove_secret (vpn, "password");
  nm_setting_vpn_remove_data_item (vpn, "password-flags");
  nm_setting_vpn_add_data_item (vpn, "password-flags", "4");
  g_assert_cmpuint (profile_missing_secrets (profile, connection), ==, 0);
}

static void
no_line_of_its_own (void)
{
  static const char *const values[] = { "al\nice", "al\rice", "al\x1b[31mice", "al\x7fice" };
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (NMConnection) connection = CONNECTION (
        "site.address", "vpn.example.com", "sign-in.method", "psk", "sign-in.user", values[i]);
    g_assert_null (profile_from_connection (connection, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
  }
}

static void
no_vpn (void)
{
  g_autoptr (NMConnection) connection = nm_simple_connection_new ();
  g_autoptr (GError) error = NULL;
  g_assert_null (profile_from_connection (connection, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
}

static void
failures (void)
{
  static const struct {
    VisitorError code;
    NMVpnPluginFailure failure;
  } rows[] = {
    { VISITOR_ERROR_PASSWORD_REFUSED, NM_VPN_PLUGIN_FAILURE_LOGIN_FAILED },
    { VISITOR_ERROR_CODE_REFUSED, NM_VPN_PLUGIN_FAILURE_LOGIN_FAILED },
    { VISITOR_ERROR_PIN_WRONG, NM_VPN_PLUGIN_FAILURE_LOGIN_FAILED },
    { VISITOR_ERROR_UNREACHABLE, NM_VPN_PLUGIN_FAILURE_CONNECT_FAILED },
    { VISITOR_ERROR_TRUST_DECLINED, NM_VPN_PLUGIN_FAILURE_CONNECT_FAILED },
    { VISITOR_ERROR_NO_ADDRESS, NM_VPN_PLUGIN_FAILURE_BAD_IP_CONFIG },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = g_error_new (VISITOR_ERROR, (int) rows[i].code, "x");
    g_assert_cmpint (failure_of_error (error), ==, rows[i].failure);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profile/owners", owners);
  g_test_add_func ("/profile/missing-secrets", missing_secrets);
  g_test_add_func ("/profile/no-line-of-its-own", no_line_of_its_own);
  g_test_add_func ("/profile/no-vpn", no_vpn);
  g_test_add_func ("/failure/words", failures);
  return g_test_run ();
}
