/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EditorPlugin: what libnm's clients know of Visitor. Import is by the parser of every site.conf, so that
 * a foreign file, of which GNOME Settings tries each with every plugin, is refused by its first lines. */
#include "config.h"

#include <NetworkManager.h>
#include <libintl.h>
#include <string.h>

#include "nm/connection.h"
#include "nm/editor-module.h"
#include "nm/words.h"
#include "site/items.h"
#include "site/store.h"

#define EDITOR_TYPE_PLUGIN (editor_plugin_get_type ())
G_DECLARE_FINAL_TYPE (EditorPlugin, editor_plugin, VISITOR, EDITOR_PLUGIN, GObject)

struct _EditorPlugin {
  GObject parent_instance;
};

static void interface_init (NMVpnEditorPluginInterface *interface);

G_DEFINE_TYPE_WITH_CODE (EditorPlugin, editor_plugin, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (NM_TYPE_VPN_EDITOR_PLUGIN, interface_init))

enum { PROP_0, PROP_NAME, PROP_DESCRIPTION, PROP_SERVICE };

NMVpnEditorPlugin *nm_vpn_editor_plugin_factory (GError **error);

static gboolean
fail (GError **error, char *taken)
{
  g_set_error_literal (error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_FAILED, taken);
  g_free (taken);
  return FALSE;
}

static NMVpnEditorPluginCapability
get_capabilities (NMVpnEditorPlugin *plugin)
{
  return NM_VPN_EDITOR_PLUGIN_CAPABILITY_IMPORT | NM_VPN_EDITOR_PLUGIN_CAPABILITY_EXPORT |
      NM_VPN_EDITOR_PLUGIN_CAPABILITY_IPV6;
}

static NMConnection *
import_from_file (NMVpnEditorPlugin *plugin, const char *path, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autofree char *key_file = NULL;
  g_autoptr (Site) site = site_import_in_place (path, &key_file, &why);
  if (site != NULL)
    return visitor_connection_from_site (site, key_file);
  fail (error,
      g_strdup_printf (_ ("The file cannot be imported as a site of Visitor: %s"), why->message));
  return NULL;
}

static gboolean
export_to_file (
    NMVpnEditorPlugin *plugin, const char *path, NMConnection *connection, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autofree char *key_file = NULL;
  g_autoptr (Site) site = visitor_connection_get_site (connection, &key_file, &why);
  if (site == NULL)
    return fail (error,
        g_strdup_printf (
            _ ("The connection makes no site and cannot be exported: %s"), why->message));
  g_autofree char *text = site_to_text_with_key (site, key_file);
  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &why))
    return TRUE;
  return fail (error, g_strdup_printf (_ ("The site cannot be exported there: %s"), why->message));
}

/* The connection's name, without what a file name may not have. */
static char *
get_suggested_filename (NMVpnEditorPlugin *plugin, NMConnection *connection)
{
  const char *id = nm_connection_get_id (connection);
  g_autoptr (GString) name = g_string_new (NULL);
  for (const char *p = id != NULL ? id : ""; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    g_string_append_unichar (name, c == '/' || g_unichar_iscntrl (c) ? '_' : c);
  }
  if (name->len == 0 || name->str[0] == '.')
    g_string_prepend (name, "site");
  g_string_append (name, ".conf");
  return g_string_free (g_steal_pointer (&name), FALSE);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  switch (id) {
  case PROP_NAME: g_value_set_static_string (value, _ ("Visitor")); break;
  case PROP_DESCRIPTION:
    g_value_set_static_string (
        value, _ ("An IPsec VPN that gets out of networks which only let web traffic pass."));
    break;
  case PROP_SERVICE: g_value_set_static_string (value, VISITOR_NM_SERVICE); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
interface_init (NMVpnEditorPluginInterface *interface)
{
  interface->get_capabilities = get_capabilities;
  interface->import_from_file = import_from_file;
  interface->export_to_file = export_to_file;
  interface->get_suggested_filename = get_suggested_filename;
  interface->get_editor = editor_module_open;
}

static void
editor_plugin_class_init (EditorPluginClass *klass)
{
  GObjectClass *object = G_OBJECT_CLASS (klass);
  object->get_property = get_property;
  g_object_class_override_property (object, PROP_NAME, NM_VPN_EDITOR_PLUGIN_NAME);
  g_object_class_override_property (object, PROP_DESCRIPTION, NM_VPN_EDITOR_PLUGIN_DESCRIPTION);
  g_object_class_override_property (object, PROP_SERVICE, NM_VPN_EDITOR_PLUGIN_SERVICE);
}

static void
editor_plugin_init (EditorPlugin *self)
{
}

/* What libnm looks for. Transfer: full. */
NMVpnEditorPlugin *
nm_vpn_editor_plugin_factory (GError **error)
{
  bindtextdomain (NM_GETTEXT_DOMAIN, LOCALEDIR);
  bind_textdomain_codeset (NM_GETTEXT_DOMAIN, "UTF-8");
  return g_object_new (EDITOR_TYPE_PLUGIN, NULL);
}
