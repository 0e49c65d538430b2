/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor status: what is connected, and how; for people, or as JSON for scripts. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/engine-call.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/verb.h"
#include "client/attempt-text.h"
#include "client/error-text.h"

#define DROP_PREFIX "drop-"

static void
say_string (GVariant *status, const char *key, const char *label)
{
  const char *value;
  if (g_variant_lookup (status, key, "&s", &value) && value[0] != '\0')
    output_say ("  %s: %s", label, value);
}

static void
say_list (GVariant *status, const char *key, const char *label)
{
  g_autofree const char **items = NULL;
  if (!g_variant_lookup (status, key, "^a&s", &items) || items[0] == NULL)
    return;
  g_autofree char *all = g_strjoinv (", ", (char **) items);
  output_say ("  %s: %s", label, all);
}

static void
say_time (GVariant *status, const char *key, const char *label)
{
  gint64 seconds;
  if (!g_variant_lookup (status, key, "x", &seconds))
    return;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (seconds);
  g_autofree char *text = time != NULL ? g_date_time_format (time, "%c") : NULL;
  if (text != NULL)
    output_say ("  %s: %s", label, text);
}

static guint64
counter (GVariant *counters, const char *name)
{
  guint64 value = 0;
  g_variant_lookup (counters, name, "t", &value);
  return value;
}

static char *
number_text (guint64 n)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, n);
}

static void
say_direction (GVariant *counters, const char *bytes, const char *packets, const char *label)
{
  g_autofree char *size = g_format_size (counter (counters, bytes));
  guint64 n = counter (counters, packets);
  g_autofree char *number = number_text (n);
  g_autofree char *text = g_strdup_printf (
      dngettext (GETTEXT_PACKAGE, "%s in %s packet", "%s in %s packets", (unsigned long) n), size,
      number);
  output_say ("  %s: %s", label, text);
}

static void
say_drops (GVariant *counters)
{
  GVariantIter iter;
  const char *name;
  guint64 n;
  g_variant_iter_init (&iter, counters);
  while (g_variant_iter_next (&iter, "{&st}", &name, &n)) {
    g_autofree char *number = number_text (n);
    if (n > 0 && g_str_has_prefix (name, DROP_PREFIX))
      output_say (_ ("  Dropped (%s): %s"), name + strlen (DROP_PREFIX), number);
  }
}

static void
say_counters (GVariant *status)
{
  g_autoptr (GVariant) counters =
      g_variant_lookup_value (status, "counters", G_VARIANT_TYPE ("a{st}"));
  if (counters == NULL)
    return;
  say_direction (counters, "bytes-in", "packets-in", _ ("Received"));
  say_direction (counters, "bytes-out", "packets-out", _ ("Sent"));
  guint64 reconnects = counter (counters, "reconnects");
  g_autofree char *number = number_text (reconnects);
  if (reconnects > 0)
    output_say (_ ("  Reconnected: %s"), number);
  say_drops (counters);
}

static void
add_attempt (Table *table, const Attempt *attempt, gboolean verbose)
{
  g_autofree char *entry = visitor_attempt_entry (attempt);
  g_autofree char *proxy = visitor_attempt_proxy (attempt);
  g_autofree char *time = visitor_attempt_seconds (attempt->ms);
  const char *transport = attempt_transport_to_string (attempt->transport);
  table_add (table, entry, transport, proxy, time, visitor_attempt_outcome (attempt));
  if (!verbose)
    return;
  g_autofree char *stages = visitor_attempt_stages (attempt);
  table_add_note (table, stages);
  if (attempt->detail[0] != '\0')
    table_add_note (table, attempt->detail);
}

/* Those of the last connect, where it was not the first way that led there; verbose: all that are known. */
static void
say_attempts (GVariant *status, gboolean verbose)
{
  g_autoptr (GArray) attempts = visitor_attempts_read (status);
  guint first = verbose ? 0 : visitor_attempts_last_connect (attempts);
  gboolean plain = attempts->len - first == 1 && g_array_index (attempts, Attempt, first).worked;
  if (attempts->len == first || (plain && !verbose))
    return;
  g_autoptr (Table) table = table_new (5);
  /* Translators: heads of the columns of a table of ways to the gateway */
  table_add (table, _ ("Gateway"), _ ("Transport"), _ ("Proxy"), _ ("Time"), _ ("Result"));
  for (guint i = first; i < attempts->len; i++)
    add_attempt (table, &g_array_index (attempts, Attempt, i), verbose);
  output_say (_ ("  Ways that were tried:"));
  table_say (table, "    ");
}

/* In words, and by the name under which visitor-refusals(7) has it. */
static void
say_error (GVariant *status)
{
  const char *name;
  VisitorError code;
  if (!g_variant_lookup (status, "error", "&s", &name))
    return;
  if (visitor_error_from_name (name, &code)) {
    output_say ("  %s: %s", _ ("Reason"), visitor_error_sentence (code));
    output_say ("  %s: %s", _ ("What to do"), visitor_error_advice_on_terminal (code));
  }
  output_say ("  %s: %s", _ ("Error"), name);
}

/* What stands on this computer, and the algorithms in use. */
static void
say_setup (GVariant *status)
{
  guint mtu;
  say_string (status, "interface", _ ("Interface"));
  say_list (status, "addresses", _ ("Addresses"));
  say_list (status, "routes", _ ("Routes"));
  say_list (status, "dns", _ ("Name servers"));
  say_list (status, "domains", _ ("Domains"));
  if (g_variant_lookup (status, "mtu", "u", &mtu))
    output_say (_ ("  MTU: %u"), mtu);
  say_string (status, "transport", _ ("Transport"));
  say_string (status, "stream", _ ("Stream"));
  say_string (status, "ike", _ ("IKE"));
  say_string (status, "child", _ ("ESP"));
}

static void
say_status (VisitorConnection *connection, gboolean verbose)
{
  GVariant *status = visitor_connection_get_status (connection);
  output_say ("%s: %s", visitor_connection_get_string (connection, "name"),
      visitor_status_words (
          visitor_connection_get_state (connection), visitor_connection_get_status (connection)));
  say_error (status);
  say_string (status, "error-detail", _ ("Details"));
  say_time (status, "since", _ ("Since"));
  say_string (status, "portal", _ ("Sign-in page"));
  say_string (status, "banner", _ ("Message"));
  say_string (status, "entry", _ ("Entry point"));
  say_string (status, "gateway", _ ("Gateway"));
  say_string (status, "proxy", _ ("Proxy"));
  if (!visitor_state_is_over (visitor_connection_get_state (connection)))
    say_setup (status);
  say_counters (status);
  say_attempts (status, verbose);
}

static void
print_json (GPtrArray *connections)
{
  g_autoptr (GString) json = g_string_new ("{\"connections\":[");
  for (guint i = 0; i < connections->len; i++) {
    if (i > 0)
      g_string_append_c (json, ',');
    json_append (json, visitor_connection_get_status (g_ptr_array_index (connections, i)));
  }
  g_string_append (json, "]}");
  g_string_append_c (json, '\n');
  output_text (json->str);
}

static GPtrArray *
only (GPtrArray *connections, const char *site)
{
  GPtrArray *one = g_ptr_array_new_with_free_func (g_object_unref);
  VisitorConnection *connection = engine_find (connections, site);
  if (connection == NULL)
    connection = engine_find_over (connections, site);
  if (connection != NULL)
    g_ptr_array_add (one, g_object_ref (connection));
  return one;
}

static ExitCode
tell (GPtrArray *connections, const char *site, gboolean as_json, gboolean verbose)
{
  if (as_json)
    print_json (connections);
  for (guint i = 0; !as_json && i < connections->len; i++)
    say_status (g_ptr_array_index (connections, i), verbose);
  if (site == NULL) {
    if (!as_json && connections->len == 0)
      output_say (_ ("Nothing is connected."));
    return EXIT_CODE_OK;
  }
  VisitorState state = connections->len > 0
      ? visitor_connection_get_state (g_ptr_array_index (connections, 0))
      : VISITOR_STATE_DISCONNECTED;
  if (state == VISITOR_STATE_CONNECTED)
    return EXIT_CODE_OK;
  return connections->len > 0 ? EXIT_CODE_NOT_CONNECTED : engine_complain_absent (site);
}

int
verb_status (int argc, char **argv)
{
  gboolean as_json = FALSE, verbose = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("Write JSON, for scripts"), NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose,
        N_ ("Tell of every way to the gateway that was tried, and each of its steps"), NULL },
    { NULL },
  };
  if (!verb_parse (&argc, &argv, entries, 0, 1))
    return EXIT_CODE_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorClient) client = engine_open (&error);
  g_autoptr (GPtrArray) all = client != NULL ? engine_list (client, &error) : NULL;
  if (all == NULL)
    return output_error (error);
  if (argc == 1)
    return tell (all, NULL, as_json, verbose);
  g_autoptr (GPtrArray) one = only (all, argv[1]);
  return tell (one, argv[1], as_json, verbose);
}
