/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "desktop/tray.h"

#include "client/site-item-private.h"
#include "desktop/tray-dbus.h"
#include "desktop/tray-menu.h"

#define WAIT_SECONDS 60

/* A desktop's panel on a bus of its own, the icon on another connection to it. */
typedef struct {
  GTestDBus *dbus;
  GDBusConnection *bus; /* of the icon */
  GDBusConnection *panel; /* of the watcher */
  VisitorNotifierWatcher *watcher;
  guint own;
  gboolean refuses;
  guint registrations;
  char *item; /* the icon's name, as it was registered */
  guint layouts;

  GListStore *items;
  GSimpleActionGroup *actions;
  GString *done; /* the actions so far */
  VisitorTray *tray;
} Fixture;

static gboolean
on_late (gpointer late)
{
  *(gboolean *) late = TRUE;
  return G_SOURCE_REMOVE;
}

#define wait_for(condition) \
  G_STMT_START \
  { \
    gboolean late = FALSE; \
    guint source = g_timeout_add_seconds (WAIT_SECONDS, on_late, &late); \
    while (!(condition) && !late) \
      g_main_context_iteration (NULL, TRUE); \
    g_assert_true (condition); \
    if (!late) \
      g_source_remove (source); \
  } \
  G_STMT_END

static void
on_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Fixture *f = user_data;
  g_string_append (f->done, g_action_get_name (G_ACTION (action)));
  if (parameter != NULL)
    g_string_append_printf (f->done, "(%s)", g_variant_get_string (parameter, NULL));
  g_string_append_c (f->done, ' ');
}

static const GActionEntry actions[] = {
  { "connect", on_action, "s" },
  { "disconnect", on_action, "s" },
  { "show-window", on_action },
  { "quit", on_action },
};

static VisitorSiteItem *
add_site (Fixture *f, const char *id, const char *name)
{
  SiteEntry *entry = g_new0 (SiteEntry, 1);
  g_autofree char *text = g_strdup_printf (
      "[site]\nname=%s\naddress=a.example.com\n[sign-in]\nmethod=psk\nuser=alice\n", name);
  g_autoptr (GError) error = NULL;
  entry->id = g_strdup (id);
  entry->site = site_parse (text, -1, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (VisitorSiteItem) item = visitor_site_item_new (entry);
  g_list_store_append (f->items, item);
  return item;
}

static gboolean
on_register (VisitorNotifierWatcher *watcher, GDBusMethodInvocation *invocation,
    const char *service, Fixture *f)
{
  if (f->refuses) {
    g_dbus_method_invocation_return_error_literal (
        invocation, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED, "no");
    f->registrations++;
    return TRUE;
  }
  g_free (f->item);
  f->item = g_strdup (service);
  visitor_notifier_watcher_complete_register_status_notifier_item (watcher, invocation);
  f->registrations++;
  return TRUE;
}

static void
start_watcher (Fixture *f, gboolean has_host)
{
  g_autoptr (GError) error = NULL;
  f->watcher = visitor_notifier_watcher_skeleton_new ();
  visitor_notifier_watcher_set_is_status_notifier_host_registered (f->watcher, has_host);
  g_signal_connect (
      f->watcher, "handle-register-status-notifier-item", G_CALLBACK (on_register), f);
  g_dbus_interface_skeleton_export (
      G_DBUS_INTERFACE_SKELETON (f->watcher), f->panel, "/StatusNotifierWatcher", &error);
  g_assert_no_error (error);
  f->own = g_bus_own_name_on_connection (f->panel, "org.kde.StatusNotifierWatcher",
      G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
}

static void
stop_watcher (Fixture *f)
{
  if (f->watcher == NULL)
    return;
  g_clear_handle_id (&f->own, g_bus_unown_name);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (f->watcher));
  g_clear_object (&f->watcher);
}

static GDBusConnection *
connection_new (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (f->dbus),
          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
              G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
          NULL, NULL, &error);
  g_assert_no_error (error);
  return bus;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->dbus);
  f->bus = connection_new (f);
  f->panel = connection_new (f);
  f->items = g_list_store_new (VISITOR_TYPE_SITE_ITEM);
  f->done = g_string_new (NULL);
  f->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (f->actions), actions, G_N_ELEMENTS (actions), f);
  f->tray = visitor_tray_new (f->bus, G_LIST_MODEL (f->items), G_ACTION_GROUP (f->actions));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->tray);
  stop_watcher (f);
  g_clear_object (&f->items);
  g_clear_object (&f->actions);
  g_dbus_connection_close_sync (f->bus, NULL, NULL);
  g_dbus_connection_close_sync (f->panel, NULL, NULL);
  g_clear_object (&f->bus);
  g_clear_object (&f->panel);
  g_string_free (f->done, TRUE);
  g_free (f->item);
  g_test_dbus_down (f->dbus);
  g_clear_object (&f->dbus);
}

typedef struct {
  GVariant *value;
  GError *error;
  gboolean is_done;
} Answer;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;
  answer->value =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &answer->error);
  answer->is_done = TRUE;
}

/* What the icon answers to the panel. */
static GVariant *
call (Fixture *f, const char *path, const char *interface, const char *method, GVariant *arguments)
{
  Answer answer = { 0 };
  g_dbus_connection_call (f->panel, f->item, path, interface, method, arguments, NULL,
      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, on_answer, &answer);
  wait_for (answer.is_done);
  g_assert_no_error (answer.error);
  return answer.value;
}

/* The menu as the panel draws it: a row each, with "x" where it is checked. */
static char *
menu_of (Fixture *f)
{
  g_autoptr (GVariant) answer = call (f, VISITOR_TRAY_MENU_PATH, "com.canonical.dbusmenu",
      "GetLayout", g_variant_new ("(ii@as)", 0, -1, g_variant_new_strv (NULL, 0)));
  g_autoptr (GVariant) children = NULL;
  g_variant_get (answer, "(u(ia{sv}@av))", NULL, NULL, NULL, &children);
  GString *menu = g_string_new (NULL);
  for (gsize i = 0; i < g_variant_n_children (children); i++) {
    g_autoptr (GVariant) child = NULL;
    g_autoptr (GVariant) properties = NULL;
    const char *label = "-";
    int row, checked = 0;
    gboolean enabled = TRUE;
    g_variant_get_child (children, i, "v", &child);
    g_variant_get (child, "(i@a{sv}av)", &row, &properties, NULL);
    g_variant_lookup (properties, "label", "&s", &label);
    g_variant_lookup (properties, "toggle-state", "i", &checked);
    g_variant_lookup (properties, "enabled", "b", &enabled);
    g_string_append_printf (
        menu, "%d %s%s%s\n", row, label, checked ? " x" : "", enabled ? "" : " off");
  }
  return g_string_free (menu, FALSE);
}

#define assert_menu(f, expected) \
  G_STMT_START \
  { \
    g_autofree char *menu = menu_of (f); \
    g_assert_cmpstr (menu, ==, expected); \
  } \
  G_STMT_END

static void
click (Fixture *f, int row)
{
  g_autoptr (GVariant) answer = call (f, VISITOR_TRAY_MENU_PATH, "com.canonical.dbusmenu", "Event",
      g_variant_new ("(isvu)", row, "clicked", g_variant_new_int32 (0), 0));
}

/* The icon before the watcher, its end, its return, and a disabled icon. */
static void
test_watcher_comes_and_goes (Fixture *f, gconstpointer data)
{
  visitor_tray_set_enabled (f->tray, TRUE);
  g_assert_false (visitor_tray_is_shown (f->tray));
  start_watcher (f, TRUE);
  wait_for (visitor_tray_is_shown (f->tray));
  g_assert_cmpuint (f->registrations, ==, 1);
  stop_watcher (f);
  wait_for (!visitor_tray_is_shown (f->tray));
  start_watcher (f, TRUE);
  wait_for (visitor_tray_is_shown (f->tray));
  g_assert_cmpuint (f->registrations, ==, 2);
  visitor_tray_set_enabled (f->tray, FALSE);
  g_assert_false (visitor_tray_is_shown (f->tray));
  visitor_tray_set_enabled (f->tray, TRUE);
  wait_for (visitor_tray_is_shown (f->tray));
  g_assert_cmpuint (f->registrations, ==, 3);
}

/* A watcher whose panel draws nothing is no place to live on in. */
static void
test_no_host (Fixture *f, gconstpointer data)
{
  start_watcher (f, FALSE);
  visitor_tray_set_enabled (f->tray, TRUE);
  wait_for (f->registrations == 1);
  g_autoptr (GVariant) answer = call (f, "/StatusNotifierItem", "org.freedesktop.DBus.Properties",
      "GetAll", g_variant_new ("(s)", "org.kde.StatusNotifierItem"));
  g_assert_false (visitor_tray_is_shown (f->tray));
  visitor_notifier_watcher_emit_status_notifier_host_registered (f->watcher);
  wait_for (visitor_tray_is_shown (f->tray));
  visitor_notifier_watcher_emit_status_notifier_host_unregistered (f->watcher);
  wait_for (!visitor_tray_is_shown (f->tray));
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  f->refuses = TRUE;
  start_watcher (f, TRUE);
  visitor_tray_set_enabled (f->tray, TRUE);
  wait_for (f->registrations == 1);
  f->refuses = FALSE;
  stop_watcher (f);
  start_watcher (f, TRUE);
  wait_for (visitor_tray_is_shown (f->tray));
}

/* A watcher learns by the end of the name that an icon is gone. */
static void
test_name_ends (Fixture *f, gconstpointer data)
{
  start_watcher (f, TRUE);
  visitor_tray_set_enabled (f->tray, TRUE);
  wait_for (visitor_tray_is_shown (f->tray));
  visitor_tray_set_enabled (f->tray, FALSE);
  gboolean has_owner = TRUE;
  while (has_owner) {
    Answer answer = { 0 };
    g_dbus_connection_call (f->panel, "org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus", "NameHasOwner", g_variant_new ("(s)", f->item), NULL,
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_answer, &answer);
    wait_for (answer.is_done);
    g_variant_get (answer.value, "(b)", &has_owner);
    g_variant_unref (answer.value);
  }
}

static void
test_properties (Fixture *f, gconstpointer data)
{
  start_watcher (f, TRUE);
  visitor_tray_set_enabled (f->tray, TRUE);
  wait_for (visitor_tray_is_shown (f->tray));
  g_autoptr (GVariant) answer = call (f, "/StatusNotifierItem", "org.freedesktop.DBus.Properties",
      "GetAll", g_variant_new ("(s)", "org.kde.StatusNotifierItem"));
  g_autoptr (GVariant) properties = g_variant_get_child_value (answer, 0);
  static const char *const wanted[][2] = {
    { "Category", "ApplicationStatus" },
    { "Id", "org.visitorvpn.Visitor" },
    { "Status", "Active" },
    { "IconName", "org.visitorvpn.Visitor-closed-symbolic" },
    { "IconAccessibleDesc", "Not connected" },
    { "Menu", VISITOR_TRAY_MENU_PATH },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++) {
    g_autoptr (GVariant) value = g_variant_lookup_value (properties, wanted[i][0], NULL);
    g_assert_nonnull (value);
    g_assert_cmpstr (g_variant_get_string (value, NULL), ==, wanted[i][1]);
  }
  g_autoptr (GVariant) activated = call (f, "/StatusNotifierItem", "org.kde.StatusNotifierItem",
      "Activate", g_variant_new ("(ii)", 0, 0));
  g_assert_cmpstr (f->done->str, ==, "show-window ");
}

static void
on_layout (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
    const char *signal, GVariant *parameters, gpointer user_data)
{
  ((Fixture *) user_data)->layouts++;
}

static void
test_menu (Fixture *f, gconstpointer data)
{
  start_watcher (f, TRUE);
  guint id = g_dbus_connection_signal_subscribe (f->panel, NULL, "com.canonical.dbusmenu",
      "LayoutUpdated", NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_layout, f, NULL);
  visitor_tray_set_enabled (f->tray, TRUE);
  wait_for (visitor_tray_is_shown (f->tray));
  assert_menu (f, "2 Open Visitor\n3 Quit\n");
  VisitorSiteItem *home = add_site (f, "home", "My_home");
  add_site (f, "office", "Office");
  wait_for (f->layouts > 0);
  assert_menu (f, "16 My__home\n17 Office\n1 -\n2 Open Visitor\n3 Quit\n");
  visitor_site_item_set_phase (home, VISITOR_ITEM_STARTS);
  assert_menu (
      f, "16 My__home: Looking for the gateway x\n17 Office\n1 -\n2 Open Visitor\n3 Quit\n");
  click (f, 16);
  click (f, 17);
  click (f, 2);
  click (f, 3);
  g_assert_cmpstr (f->done->str, ==, "disconnect(home) connect(office) show-window quit ");
  g_dbus_connection_signal_unsubscribe (f->panel, id);
}

/* The panel may show a menu that is older than the list. */
static void
test_old_menu (Fixture *f, gconstpointer data)
{
  start_watcher (f, TRUE);
  add_site (f, "home", "Home");
  add_site (f, "office", "Office");
  visitor_tray_set_enabled (f->tray, TRUE);
  wait_for (visitor_tray_is_shown (f->tray));
  assert_menu (f, "16 Home\n17 Office\n1 -\n2 Open Visitor\n3 Quit\n");
  g_list_store_remove (f->items, 0);
  click (f, 16);
  click (f, 17);
  click (f, 99);
  click (f, -5);
  g_assert_cmpstr (f->done->str, ==, "connect(office) ");
  assert_menu (f, "17 Office\n1 -\n2 Open Visitor\n3 Quit\n");
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/desktop/tray/watcher-comes-and-goes", test_watcher_comes_and_goes },
    { "/desktop/tray/no-host", test_no_host },
    { "/desktop/tray/refused", test_refused },
    { "/desktop/tray/name-ends", test_name_ends },
    { "/desktop/tray/properties", test_properties },
    { "/desktop/tray/menu", test_menu },
    { "/desktop/tray/old-menu", test_old_menu },
  };
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
