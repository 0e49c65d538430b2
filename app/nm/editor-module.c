/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The editor, in a module beside this one: for GTK 3 or 4, whichever the program has that loaded us. A
 * module that was loaded stays, for its types cannot be unregistered. */
#include "nm/editor-module.h"

#include <dlfcn.h>

#include "nm/words.h"

#define GTK3_MODULE "libnm-vpn-plugin-visitor-editor.so"
#define GTK4_MODULE "libnm-gtk4-vpn-plugin-visitor-editor.so"

/* The path of the module, beside this one. Transfer: full. */
static char *
module_path (void)
{
  Dl_info own;
  if (dladdr ((void *) module_path, &own) == 0 || own.dli_fname == NULL)
    return NULL;
  gboolean is_gtk3 = dlsym (RTLD_DEFAULT, "gtk_container_add") != NULL; /* gone in GTK 4 */
  g_autofree char *directory = g_path_get_dirname (own.dli_fname);
  return g_build_filename (directory, is_gtk3 ? GTK3_MODULE : GTK4_MODULE, NULL);
}

static EditorFactory
load (GError **error)
{
  static EditorFactory factory;
  if (factory != NULL)
    return factory;
  g_autofree char *path = module_path ();
  void *module = path != NULL ? dlopen (path, RTLD_LAZY | RTLD_LOCAL) : NULL;
  if (module != NULL)
    factory = (EditorFactory) dlsym (module, EDITOR_FACTORY_NAME);
  if (factory == NULL)
    g_set_error (error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_FAILED,
        _ ("The settings of this VPN cannot be shown: install the part of Visitor that shows them. "
           "(%s)"),
        path != NULL ? dlerror () : "");
  return factory;
}

/* The editor of a connection. Transfer: full. */
NMVpnEditor *
editor_module_open (NMVpnEditorPlugin *plugin, NMConnection *connection, GError **error)
{
  EditorFactory factory = load (error);
  return factory != NULL ? factory (plugin, connection, error) : NULL;
}
