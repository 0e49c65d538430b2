/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Editor: what GNOME Settings or nm-connection-editor puts into its window for a connection of Visitor's.
 * Compiled once for GTK 3 and once for GTK 4; the module exports its factory and nothing else. */
#include "config.h"

#include <libintl.h>

#include "nm/editor-module.h"
#include "nm/editor/view.h"
#include "nm/words.h"

#define EDITOR_TYPE (editor_get_type ())
G_DECLARE_FINAL_TYPE (Editor, editor, VISITOR, EDITOR, GObject)

struct _Editor {
  GObject parent_instance;
  EditorView *view;
};

static void interface_init (NMVpnEditorInterface *interface);

G_DEFINE_TYPE_WITH_CODE (
    Editor, editor, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (NM_TYPE_VPN_EDITOR, interface_init))

NMVpnEditor *EDITOR_FACTORY (NMVpnEditorPlugin *plugin, NMConnection *connection, GError **error);

static GObject *
get_widget (NMVpnEditor *editor)
{
  return G_OBJECT (editor_view_get_widget (VISITOR_EDITOR (editor)->view));
}

static gboolean
update_connection (NMVpnEditor *editor, NMConnection *connection, GError **error)
{
  return editor_view_finish (VISITOR_EDITOR (editor)->view, connection, error);
}

static void
interface_init (NMVpnEditorInterface *interface)
{
  interface->get_widget = get_widget;
  interface->update_connection = update_connection;
}

static void
editor_finalize (GObject *object)
{
  editor_view_free (VISITOR_EDITOR (object)->view);
  G_OBJECT_CLASS (editor_parent_class)->finalize (object);
}

static void
editor_class_init (EditorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = editor_finalize;
}

static void
editor_init (Editor *self)
{
}

static void
on_changed (gpointer user_data)
{
  g_signal_emit_by_name (user_data, "changed");
}

/* What the plugin looks for. Transfer: full. */
NMVpnEditor *
EDITOR_FACTORY (NMVpnEditorPlugin *plugin, NMConnection *connection, GError **error)
{
  /* the plugin has bound its own domain; what the parser says is of the programs' */
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  Editor *self = g_object_new (EDITOR_TYPE, NULL);
  self->view = editor_view_new (connection, on_changed, self);
  return NM_VPN_EDITOR (self);
}
