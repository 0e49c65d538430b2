/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals reach those who watch and nobody else, and who leaves the bus is forgotten. */
#include "service/watchers.h"

#include "base/error.h"

#define PATH "/org/example/Thing"
#define INTERFACE "org.example.Thing1"

typedef struct {
  GTestDBus *daemon;
  GDBusConnection *engine;
  Quotas *quotas;
  Watchers *watchers;
} Fixture;

typedef struct {
  GDBusConnection *bus;
  guint heard;
} Listener;

static GDBusConnection *
join_bus (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (fixture->daemon),
          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
              G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
          NULL, NULL, &error);
  g_assert_no_error (error);
  return bus;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->daemon);
  fixture->engine = join_bus (fixture);
  fixture->quotas = quotas_new ();
  fixture->watchers = watchers_new (fixture->engine, fixture->quotas, PATH, INTERFACE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  watchers_free (fixture->watchers);
  quotas_free (fixture->quotas);
  g_clear_object (&fixture->engine);
  g_test_dbus_stop (fixture->daemon);
  g_clear_object (&fixture->daemon);
}

static void
on_signal (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
    const char *signal, GVariant *parameters, gpointer user_data)
{
  Listener *listener = user_data;
  g_assert_cmpstr (signal, ==, "Changed");
  listener->heard++;
}

/* Listens as an eavesdropper would: to every signal of the interface. */
static void
listen (Fixture *fixture, Listener *listener)
{
  listener->bus = join_bus (fixture);
  g_dbus_connection_signal_subscribe (listener->bus, NULL, INTERFACE, NULL, NULL, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_signal, listener, NULL);
}

static const char *
name_of (const Listener *listener)
{
  return g_dbus_connection_get_unique_name (listener->bus);
}

static void
ask_bus (GDBusConnection *bus)
{
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
          "org.freedesktop.DBus", "GetId", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (answer);
}

/* What the engine sent before is heard: the bus has passed it on when it has answered the engine,
 * and it has arrived when the bus has then answered the listener. */
static void
settle (Fixture *fixture, Listener *listener)
{
  ask_bus (fixture->engine);
  ask_bus (listener->bus);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
unicast (Fixture *fixture, gconstpointer data)
{
  Listener watcher = { 0 }, eavesdropper = { 0 };
  listen (fixture, &watcher);
  listen (fixture, &eavesdropper);
  g_assert_true (watchers_add (fixture->watchers, name_of (&watcher), 1000, NULL));
  g_assert_true (watchers_add (fixture->watchers, name_of (&watcher), 1000, NULL));
  watchers_emit (fixture->watchers, "Changed", g_variant_new ("(s)", "x"));
  settle (fixture, &watcher);
  settle (fixture, &eavesdropper);
  g_assert_cmpuint (watcher.heard, ==, 1);
  g_assert_cmpuint (eavesdropper.heard, ==, 0);
  g_object_unref (watcher.bus);
  g_object_unref (eavesdropper.bus);
}

static void
to_one_user (Fixture *fixture, gconstpointer data)
{
  Listener first = { 0 }, second = { 0 };
  listen (fixture, &first);
  listen (fixture, &second);
  g_assert_true (watchers_add (fixture->watchers, name_of (&first), 1000, NULL));
  g_assert_true (watchers_add (fixture->watchers, name_of (&second), 1001, NULL));
  watchers_emit_to_user (fixture->watchers, 1001, "Changed", g_variant_new ("(s)", "x"));
  settle (fixture, &first);
  settle (fixture, &second);
  g_assert_cmpuint (first.heard, ==, 0);
  g_assert_cmpuint (second.heard, ==, 1);
  g_object_unref (first.bus);
  g_object_unref (second.bus);
}

/* Names that there are none of are forgotten as soon as the bus says so, and can be taken again. */
static void
who_leaves_is_forgotten (Fixture *fixture, gconstpointer data)
{
  Listener stays = { 0 };
  g_autoptr (GError) error = NULL;
  listen (fixture, &stays);
  g_assert_true (watchers_add (fixture->watchers, name_of (&stays), 1000, NULL));
  for (guint i = 1; i < quotas_limit (QUOTA_WATCHES); i++) {
    g_autofree char *name = g_strdup_printf (":9.%u", i);
    g_assert_true (watchers_add (fixture->watchers, name, 1000, NULL));
  }
  g_assert_false (watchers_add (fixture->watchers, ":9.999", 1000, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY);
  while (!quotas_take (fixture->quotas, 1000, QUOTA_WATCHES, NULL))
    g_main_context_iteration (NULL, TRUE);
  quotas_give_back (fixture->quotas, 1000, QUOTA_WATCHES);
  watchers_emit (fixture->watchers, "Changed", g_variant_new ("(s)", "x"));
  settle (fixture, &stays);
  g_assert_cmpuint (stays.heard, ==, 1);
  g_object_unref (stays.bus);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/watchers/unicast", Fixture, NULL, set_up, unicast, tear_down);
  g_test_add ("/watchers/one-user", Fixture, NULL, set_up, to_one_user, tear_down);
  g_test_add ("/watchers/forgotten", Fixture, NULL, set_up, who_leaves_is_forgotten, tear_down);
  return g_test_run ();
}
