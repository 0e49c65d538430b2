/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table is checked against what the objects really offer: the interfaces that gdbus-codegen made
 * of the XML, and the polkit actions that are installed. */
#include "service/bouncer.h"

#include <string.h>

#include "dbus/visitor-dbus.h"

static GDBusInterfaceInfo *
served (guint i)
{
  GDBusInterfaceInfo *interfaces[] = {
    visitor_dbus_engine1_interface_info (),
    visitor_dbus_connection1_interface_info (),
  };
  return i < G_N_ELEMENTS (interfaces) ? interfaces[i] : NULL;
}

static void
each_method_has_a_row (void)
{
  guint n = 0;
  for (guint i = 0; served (i) != NULL; i++) {
    for (GDBusMethodInfo **method = served (i)->methods; *method != NULL; method++, n++) {
      g_test_message ("%s.%s", served (i)->name, (*method)->name);
      const BouncerRow *row = bouncer_row (served (i)->name, (*method)->name);
      g_assert_nonnull (row);
      g_assert_cmpint (row->action == NULL, ==, row->rule == BOUNCER_RULE_ANYONE);
    }
  }
  g_assert_cmpuint (n, ==, 11);
}

static void
what_has_no_row_is_refused (void)
{
  g_assert_null (bouncer_row ("org.visitorvpn.Engine1", "Reconfigure"));
  g_assert_null (bouncer_row ("org.visitorvpn.Engine1", "connect"));
  g_assert_null (bouncer_row ("org.visitorvpn.Engine1", "Disconnect"));
  g_assert_null (bouncer_row ("org.visitorvpn.Connection1", "Connect"));
  g_assert_null (bouncer_row ("org.visitorvpn.Engine2", "Connect"));
  g_assert_null (bouncer_row (NULL, "Connect"));
}

/* What needs no permission may only read, and the stronger action guards what is another's. */
static void
no_method_has_the_weaker_action (void)
{
  static const struct {
    const char *interface, *method;
    BouncerRule rule;
    const char *action;
  } wanted[] = {
    { "org.visitorvpn.Engine1", "Connect", BOUNCER_RULE_ACTION, "org.visitorvpn.engine.connect" },
    { "org.visitorvpn.Engine1", "Diagnose", BOUNCER_RULE_ACTION, "org.visitorvpn.engine.connect" },
    { "org.visitorvpn.Engine1", "Forget", BOUNCER_RULE_ANYONE, NULL },
    { "org.visitorvpn.Engine1", "List", BOUNCER_RULE_ANYONE, NULL },
    { "org.visitorvpn.Engine1", "Watch", BOUNCER_RULE_ANYONE, NULL },
    { "org.visitorvpn.Connection1", NULL, BOUNCER_RULE_OWNER, "org.visitorvpn.engine.manage" },
  };
  for (guint i = 0; served (i) != NULL; i++) {
    for (GDBusMethodInfo **method = served (i)->methods; *method != NULL; method++) {
      const BouncerRow *row = bouncer_row (served (i)->name, (*method)->name);
      gboolean found = FALSE;
      for (guint w = 0; w < G_N_ELEMENTS (wanted); w++) {
        if (!g_str_equal (wanted[w].interface, row->interface) ||
            (wanted[w].method != NULL && !g_str_equal (wanted[w].method, row->method)))
          continue;
        found = TRUE;
        g_assert_cmpint (row->rule, ==, wanted[w].rule);
        g_assert_cmpstr (row->action, ==, wanted[w].action);
      }
      g_assert_true (found);
    }
  }
}

static void
actions_are_installed_ones (void)
{
  g_autofree char *policy = NULL;
  g_assert_true (g_file_get_contents (POLICY_FILE, &policy, NULL, NULL));
  for (guint i = 0; served (i) != NULL; i++) {
    for (GDBusMethodInfo **method = served (i)->methods; *method != NULL; method++) {
      const BouncerRow *row = bouncer_row (served (i)->name, (*method)->name);
      if (row->action == NULL)
        continue;
      g_autofree char *element = g_strdup_printf ("<action id=\"%s\">", row->action);
      g_assert_nonnull (strstr (policy, element));
    }
  }
}

/* No property can be written, and none tells of a connection: properties know no caller. */
static void
properties_tell_nothing (void)
{
  for (guint i = 0; served (i) != NULL; i++) {
    GDBusPropertyInfo **properties = served (i)->properties;
    for (guint p = 0; properties != NULL && properties[p] != NULL; p++) {
      g_assert_cmpstr (properties[p]->name, ==, "Version");
      g_assert_cmpint (properties[p]->flags, ==, G_DBUS_PROPERTY_INFO_FLAGS_READABLE);
    }
  }
}

/* The engine opens no file for a caller: nothing it takes is, or could be called, a path. */
static void
no_argument_is_a_path (void)
{
  /* the text of one; the name of a kind of keys */
  static const char *const strings[] = { "site", "what", NULL };
  for (guint i = 0; served (i) != NULL; i++) {
    for (GDBusMethodInfo **method = served (i)->methods; *method != NULL; method++) {
      GDBusArgInfo **args = (*method)->in_args;
      for (guint a = 0; args != NULL && args[a] != NULL; a++) {
        g_test_message ("%s.%s: %s", served (i)->name, (*method)->name, args[a]->name);
        g_assert_false (strcmp (args[a]->signature, "ay") == 0);
        g_assert_true (
            strcmp (args[a]->signature, "s") != 0 || g_strv_contains (strings, args[a]->name));
      }
    }
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bouncer/each-method-has-a-row", each_method_has_a_row);
  g_test_add_func ("/bouncer/no-row-no-entry", what_has_no_row_is_refused);
  g_test_add_func ("/bouncer/no-weaker-action", no_method_has_the_weaker_action);
  g_test_add_func ("/bouncer/actions-are-installed-ones", actions_are_installed_ones);
  g_test_add_func ("/bouncer/properties-tell-nothing", properties_tell_nothing);
  g_test_add_func ("/bouncer/no-argument-is-a-path", no_argument_is_a_path);
  return g_test_run ();
}
