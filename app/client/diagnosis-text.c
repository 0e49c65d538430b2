/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DiagnosisText: a diagnosis as a report that somebody who runs a network or a gateway can use: what was tried,
 * how long it took, what came of it and what can be done, a line each, and at its end the verdict. It is written
 * in pieces, for whoever waits reads along. It holds no secret, for none was asked for. */
#include "config.h"

#include "client/diagnosis-text.h"

#include <glib/gi18n-lib.h>

#include "client/diagnosis-verdict.h"
#include "client/diagnosis-way-text.h"
#include "client/text-lines.h"

#define COLUMN 26 /* of the values, at least: behind “TCP to 192.0.2.123” */

static const char *
text_of (GVariant *dictionary, const char *key)
{
  const char *text = NULL;
  g_variant_lookup (dictionary, key, "&s", &text);
  return text;
}

static char *
milliseconds (gint64 ms)
{
  /* Translators: ms are milliseconds */
  return g_strdup_printf (_ ("%u ms"), (unsigned int) ms);
}

static void
put (GArray *lines, const char *label, const char *value)
{
  text_lines_put (lines, 1, label, g_strdup (value));
}

/* The name of a record of this host, as a label is as wide as the widest. */
static guint
label_width (const char *host)
{
  g_autofree char *label = g_strconcat ("  ", host, " AAAA  ", NULL);
  return text_lines_width (label);
}

/* The pieces stand below each other, so they have one column. */
static guint
column_of (const Site *site)
{
  guint column = MAX (COLUMN, label_width (site->address.host));
  for (guint i = 0; i < site->entry_points->len; i++)
    column = MAX (column, label_width (g_array_index (site->entry_points, SiteAddress, i).host));
  return column;
}

static void
write_portal (GArray *lines, const VisitorDiagnosis *diagnosis)
{
  const char *label = _ ("Captive portal");
  if (g_str_equal (diagnosis->portal, "none"))
    put (lines, label, _ ("none"));
  else if (g_str_equal (diagnosis->portal, "not-asked"))
    put (lines, label, _ ("not asked for, as the site wants it"));
  else if (!g_str_equal (diagnosis->portal, "found"))
    put (lines, label, _ ("none that is seen: nobody answers in clear HTTP"));
  else
    put (lines, label, diagnosis->portal_url != NULL ? diagnosis->portal_url : _ ("yes"));
}

static const char *
result_words (const char *result)
{
  if (g_str_equal (result, "no-name"))
    return _ ("There is no such name.");
  if (g_str_equal (result, "no-address"))
    return _ ("no address");
  if (g_str_equal (result, "no-server"))
    return _ ("This computer knows no name server.");
  return _ ("No name server answered.");
}

static char *
source_words (GVariant *name)
{
  guint32 ms = 0;
  const char *source = text_of (name, "source"), *server = text_of (name, "server");
  g_variant_lookup (name, "ms", "u", &ms);
  if (g_strcmp0 (source, "hosts") == 0)
    return g_strdup ("/etc/hosts");
  if (g_strcmp0 (source, "site") == 0)
    return g_strdup ("site.conf");
  g_autofree char *time = milliseconds (ms);
  /* Translators: the address of a name server, and how long it took to answer */
  return server != NULL ? g_strdup_printf (_ ("from %s, %s"), server, time)
                        : g_steal_pointer (&time);
}

static void
write_name (GArray *lines, GVariant *name)
{
  const char *host = text_of (name, "host"), *result = text_of (name, "result");
  g_autofree const char **addresses = NULL;
  guint32 family = 0;
  if (host == NULL || result == NULL)
    return;
  g_variant_lookup (name, "addresses", "^a&s", &addresses);
  g_variant_lookup (name, "family", "u", &family);
  g_autofree char *list = addresses != NULL ? g_strjoinv (", ", (char **) addresses) : NULL;
  g_autofree char *source = source_words (name);
  const char *kind = family == 4 ? " A" : family == 6 ? " AAAA" : "";
  g_autofree char *label = g_strconcat (host, kind, NULL);
  const char *found = list != NULL && list[0] != '\0' ? list : result_words (result);
  text_lines_put (lines, 1, label, g_strdup_printf ("%s (%s)", found, source));
}

static gboolean
is_of_network (GVariant *finding)
{
  const char *kind = text_of (finding, "kind");
  return g_strcmp0 (kind, "name") == 0 || g_strcmp0 (kind, "portal") == 0;
}

/* Whether it is of the network as a whole, and the last that was understood before it is not. */
static gboolean
begins_network (const VisitorDiagnosis *diagnosis, guint place)
{
  if (!is_of_network (diagnosis->findings->pdata[place]))
    return FALSE;
  for (guint i = place; i > 0; i--) {
    GVariant *before = diagnosis->findings->pdata[i - 1];
    if (is_of_network (before))
      return FALSE;
    if (visitor_diagnosis_way_of (diagnosis, before) != NULL)
      return TRUE;
  }
  return TRUE;
}

/* What is known at the beginning: about what it is, and with what. site: that the diagnosis is about. now: wall
 * clock, seconds. Transfer: full. */
char *
visitor_diagnosis_write_begin (const VisitorDiagnosis *diagnosis, const Site *site, gint64 now)
{
  g_autoptr (GArray) lines = text_lines_new ();
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (now);
  g_autofree char *date_and_time = date != NULL ? g_date_time_format (date, "%F %T %z") : NULL;
  g_autofree char *entry = host_port_format (site->address.host, site_port (site, &site->address));
  g_autofree char *servers = g_strjoinv (", ", diagnosis->nameservers);
  const char *engine = diagnosis->engine_version != NULL ? diagnosis->engine_version : "?";
  /* Translators: %s is the name of a site, or an address */
  g_autofree char *head = g_strdup_printf (_ ("The way to %s"), site->name);
  text_lines_put (lines, 0, head, NULL);
  put (lines, _ ("Time"), date_and_time != NULL ? date_and_time : "?");
  text_lines_put (lines, 1, _ ("Versions"),
      g_strdup_printf ("visitor %s, visitor-engine %s", PACKAGE_VERSION, engine));
  put (lines, _ ("Gateway"), entry);
  for (guint i = 0; i < site->entry_points->len; i++) {
    const SiteAddress *more = &g_array_index (site->entry_points, SiteAddress, i);
    text_lines_put (
        lines, 1, _ ("Other entry point"), host_port_format (more->host, site_port (site, more)));
  }
  if (site_has_tls (site))
    put (lines, _ ("Name in TLS"), site_tls_name (site));
  put (lines, _ ("Name servers"), servers[0] != '\0' ? servers : _ ("none"));
  return text_lines_join (lines, column_of (site));
}

/* One of its findings, by its place; names and what else is asked of a network stand together under one head.
 * Transfer: full; empty for what is not understood. */
char *
visitor_diagnosis_write_finding (const VisitorDiagnosis *diagnosis, const Site *site, guint place)
{
  g_autoptr (GArray) lines = text_lines_new ();
  GVariant *finding = diagnosis->findings->pdata[place];
  const VisitorDiagnosisWay *way = visitor_diagnosis_way_of (diagnosis, finding);
  const char *kind = text_of (finding, "kind");
  if (begins_network (diagnosis, place)) {
    text_lines_put (lines, 0, "", NULL);
    text_lines_put (lines, 0, _ ("This network"), NULL);
  }
  if (g_strcmp0 (kind, "name") == 0)
    write_name (lines, finding);
  else if (g_strcmp0 (kind, "portal") == 0)
    write_portal (lines, diagnosis);
  else if (way != NULL)
    visitor_diagnosis_write_way (lines, way);
  return text_lines_join (lines, column_of (site));
}

/* What it comes to. Transfer: full. */
char *
visitor_diagnosis_write_verdict (const VisitorDiagnosis *diagnosis)
{
  g_autoptr (GArray) lines = text_lines_new ();
  g_autofree char *words = visitor_diagnosis_verdict (diagnosis);
  text_lines_put (lines, 0, "", NULL);
  text_lines_put (lines, 0, _ ("Verdict"), NULL);
  if (g_str_equal (diagnosis->portal, "found"))
    text_lines_put (lines, 1,
        _ ("This network wants a sign-in on a web page first: open a browser and try again."),
        NULL);
  if (diagnosis->given_up)
    text_lines_put (lines, 1, _ ("You ended this early, and not everything was tried."), NULL);
  else if (!diagnosis->complete)
    text_lines_put (lines, 1, _ ("This took too long, and not everything was tried."), NULL);
  text_lines_put (lines, 1, words, NULL);
  return text_lines_join (lines, 0);
}
