/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module as libnm's clients load it: one symbol, import, export, and a clear word without an editor. */
#include <NetworkManager.h>
#include <dlfcn.h>
#include <glib/gstdio.h>
#include <string.h>

static NMVpnEditorPlugin *plugin;
static char *folder;

static char *
file_with (const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

#define SITE \
  "[site]\nname=Head " \
  "office\naddress=vpn.example.com\n[sign-in]\nmethod=certificate\nkey=alice.key\n"

static void
round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = file_with ("site.conf", SITE);
  g_autofree char *out = g_build_filename (folder, "out.conf", NULL);
  g_autofree char *key = g_build_filename (folder, "alice.key", NULL);
  g_autoptr (NMConnection) connection = nm_vpn_editor_plugin_import (plugin, path, &error);
  g_assert_no_error (error);
  NMSettingVpn *vpn = nm_connection_get_setting_vpn (connection);
  g_assert_cmpstr (nm_setting_vpn_get_data_item (vpn, "sign-in.key"), ==, key);
  g_autofree char *name = nm_vpn_editor_plugin_get_suggested_filename (plugin, connection);
  g_assert_cmpstr (name, ==, "Head office.conf");
  g_assert_true (nm_vpn_editor_plugin_export (plugin, out, connection, &error));
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (out, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, key));
  g_autoptr (NMConnection) again = nm_vpn_editor_plugin_import (plugin, out, &error);
  g_assert_no_error (error);
  g_assert_true (nm_connection_compare (connection, again, NM_SETTING_COMPARE_FLAG_EXACT));
}

static void
foreign_files (void)
{
  static const char *const texts[] = { "client\nremote vpn.example.com\n",
    "[Interface]\nPrivateKey=x\n", "", "\177ELF", "[site]\nname=x\n" };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *path = file_with ("foreign.conf", texts[i]);
    g_assert_null (nm_vpn_editor_plugin_import (plugin, path, &error));
    g_assert_nonnull (error);
    g_test_message ("%s", error->message);
  }
}

static void
file_names (void)
{
  static const char *const rows[][2] = { { "a/b\nc", "a_b_c.conf" },
    { ".hidden", "site.hidden.conf" }, { "Büro", "Büro.conf" } };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (NMConnection) connection = nm_simple_connection_new ();
    NMSetting *general = nm_setting_connection_new ();
    g_object_set (general, NM_SETTING_CONNECTION_ID, rows[i][0], NULL);
    nm_connection_add_setting (connection, general);
    g_autofree char *name = nm_vpn_editor_plugin_get_suggested_filename (plugin, connection);
    g_assert_cmpstr (name, ==, rows[i][1]);
  }
}

static void
properties (void)
{
  g_autofree char *name = NULL, *description = NULL, *service = NULL;
  g_object_get (plugin, NM_VPN_EDITOR_PLUGIN_NAME, &name, NM_VPN_EDITOR_PLUGIN_DESCRIPTION,
      &description, NM_VPN_EDITOR_PLUGIN_SERVICE, &service, NULL);
  g_assert_cmpstr (name, ==, "Visitor");
  g_assert_cmpstr (description, !=, "");
  g_assert_cmpstr (service, ==, "org.freedesktop.NetworkManager.visitor");
  g_assert_cmpuint (nm_vpn_editor_plugin_get_capabilities (plugin), ==,
      NM_VPN_EDITOR_PLUGIN_CAPABILITY_IMPORT | NM_VPN_EDITOR_PLUGIN_CAPABILITY_EXPORT |
          NM_VPN_EDITOR_PLUGIN_CAPABILITY_IPV6);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  void *module = dlopen (argv[1], RTLD_NOW | RTLD_LOCAL);
  if (module == NULL)
    g_error ("%s", dlerror ());
  NMVpnEditorPluginFactory factory =
      (NMVpnEditorPluginFactory) dlsym (module, "nm_vpn_editor_plugin_factory");
  g_assert_null (dlsym (module, "site_parse"));
  plugin = factory (NULL);
  folder = g_dir_make_tmp ("visitor-nm-XXXXXX", NULL);
  g_test_add_func ("/plugin/round-trip", round_trip);
  g_test_add_func ("/plugin/foreign-files", foreign_files);
  g_test_add_func ("/plugin/file-names", file_names);
  g_test_add_func ("/plugin/properties", properties);
  int result = g_test_run ();
  const char *const made[] = { "site.conf", "out.conf", "foreign.conf" };
  for (gsize i = 0; i < G_N_ELEMENTS (made); i++) {
    g_autofree char *path = g_build_filename (folder, made[i], NULL);
    g_unlink (path);
  }
  g_rmdir (folder);
  return result;
}
