/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DiagnosisText: a diagnosis as a report that somebody who runs a network or a gateway can use: what was tried,
 * how long it took, what came of it and what can be done, a line each, and at its end the verdict. It holds
 * no secret, for none was asked for. */
#include "config.h"

#include "client/diagnosis-text.h"

#include <glib/gi18n-lib.h>

#include "client/attempt-text.h"
#include "client/diagnosis-verdict.h"
#include "client/error-text.h"

#define GAP 2 /* blanks between the columns */
#define INDENT 2

/* A line: a head where it has no value. */
typedef struct {
  guint depth;
  char *label;
  char *value; /* or NULL */
} Line;

static void
line_clear (gpointer data)
{
  Line *line = data;
  g_free (line->label);
  g_free (line->value);
}

/* Takes value. */
static void
put_at (GArray *lines, guint depth, const char *label, char *value)
{
  Line line = { .depth = depth, .label = g_strdup (label), .value = value };
  g_array_append_val (lines, line);
}

static void
put (GArray *lines, const char *label, const char *value)
{
  put_at (lines, 1, label, g_strdup (value));
}

static void
put_head (GArray *lines, const char *head)
{
  if (lines->len > 0)
    put_at (lines, 0, "", NULL);
  put_at (lines, 0, head, NULL);
}

/* Columns of a terminal. */
static guint
width_of (const char *text)
{
  guint width = 0;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (!g_unichar_iszerowidth (c))
      width += g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

static char *
join (const GArray *lines)
{
  guint column = 0;
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < lines->len; i++) {
    const Line *line = &g_array_index (lines, Line, i);
    if (line->value != NULL)
      column = MAX (column, line->depth * INDENT + width_of (line->label) + GAP);
  }
  for (guint i = 0; i < lines->len; i++) {
    const Line *line = &g_array_index (lines, Line, i);
    g_string_append_printf (text, "%*s%s", (int) (line->depth * INDENT), "", line->label);
    if (line->value != NULL)
      g_string_append_printf (text, "%*s%s",
          (int) (column - line->depth * INDENT - width_of (line->label)), "", line->value);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

static const char *
text_of (GVariant *dictionary, const char *key)
{
  const char *text = NULL;
  g_variant_lookup (dictionary, key, "&s", &text);
  return text;
}

static char *
date_text (gint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (seconds);
  return date != NULL ? g_date_time_format (date, "%F") : g_strdup ("?");
}

static char *
milliseconds (gint64 ms)
{
  /* Translators: ms are milliseconds */
  return g_strdup_printf (_ ("%u ms"), (unsigned int) ms);
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

static void
write_begin (GArray *lines, const VisitorDiagnosis *diagnosis, const Site *site, gint64 now)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (now);
  g_autofree char *date_and_time = date != NULL ? g_date_time_format (date, "%F %T %z") : NULL;
  g_autofree char *entry = host_port_format (site->address.host, site_port (site, &site->address));
  g_autofree char *servers = g_strjoinv (", ", diagnosis->nameservers);
  const char *engine = diagnosis->engine_version != NULL ? diagnosis->engine_version : "?";
  /* Translators: %s is the name of a site, or an address */
  g_autofree char *head = g_strdup_printf (_ ("The way to %s"), site->name);
  put_head (lines, head);
  put (lines, _ ("Time"), date_and_time != NULL ? date_and_time : "?");
  put_at (lines, 1, _ ("Versions"),
      g_strdup_printf ("visitor %s, visitor-engine %s", PACKAGE_VERSION, engine));
  put (lines, _ ("Gateway"), entry);
  for (guint i = 0; i < site->entry_points->len; i++) {
    const SiteAddress *more = &g_array_index (site->entry_points, SiteAddress, i);
    put_at (
        lines, 1, _ ("Other entry point"), host_port_format (more->host, site_port (site, more)));
  }
  if (site_has_tls (site))
    put (lines, _ ("Name in TLS"), site_tls_name (site));
  put (lines, _ ("Name servers"), servers[0] != '\0' ? servers : _ ("none"));
  write_portal (lines, diagnosis);
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
  put_at (lines, 1, label, g_strdup_printf ("%s (%s)", found, source));
}

static void
write_names (GArray *lines, const VisitorDiagnosis *diagnosis)
{
  if (diagnosis->names->len == 0)
    return;
  put_head (lines, _ ("Names"));
  for (guint i = 0; i < diagnosis->names->len; i++)
    write_name (lines, diagnosis->names->pdata[i]);
}

static char *
stage_label (const Attempt *attempt, AttemptStage stage)
{
  char literal[INET_ADDR_STRLEN];
  switch (stage) {
  case ATTEMPT_LOOKUP: return g_strdup (_ ("Name"));
  case ATTEMPT_TCP:
    if (attempt->address.family == INET_NONE)
      return g_strdup ("TCP");
    /* Translators: %s is an address */
    return g_strdup_printf (_ ("TCP to %s"), inet_addr_format (&attempt->address, literal));
  case ATTEMPT_PROXY: return g_strdup (_ ("Proxy"));
  case ATTEMPT_TLS: return g_strdup ("TLS");
  case ATTEMPT_IKE: return g_strdup ("IKE");
  case ATTEMPT_N_STAGES: break;
  }
  return g_strdup ("");
}

static void
write_tls (GArray *lines, GVariant *tls)
{
  static const struct {
    const char *key, *label;
  } rows[] = {
    { "algorithms", N_ ("Algorithms") },
    { "subject", N_ ("Certificate of") },
    { "issuer", N_ ("Issued by") },
    { "pin", N_ ("Key") },
  };
  gint64 from, until;
  gboolean trusted = FALSE, askable = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const char *text = text_of (tls, rows[i].key);
    if (text != NULL)
      put_at (lines, 2, _ (rows[i].label), g_strdup (text[0] != '\0' ? text : "-"));
  }
  if (g_variant_lookup (tls, "not-before", "x", &from) &&
      g_variant_lookup (tls, "not-after", "x", &until)) {
    g_autofree char *first = date_text (from), *last = date_text (until);
    /* Translators: two dates */
    put_at (lines, 2, _ ("Valid"), g_strdup_printf (_ ("from %s to %s"), first, last));
  }
  g_variant_lookup (tls, "trusted", "b", &trusted);
  g_variant_lookup (tls, "askable", "b", &askable);
  const char *words = trusted ? _ ("yes")
      : askable ? _ ("Nobody vouches for it; “visitor connect” asks whether it is right.")
                : _ ("NO");
  put_at (lines, 2, _ ("Trusted"), g_strdup (words));
}

/* Only where nothing but the issuer speaks against the certificate. */
static void
write_issuer_note (GArray *lines, const VisitorDiagnosisWay *way)
{
  g_autofree char *note = visitor_diagnosis_issuer_note (way);
  if (way->code == VISITOR_ERROR_TLS_UNTRUSTED && !way->works && note != NULL)
    put_at (lines, 2, _ ("Note"), g_steal_pointer (&note));
}

static void
write_ike (GArray *lines, GVariant *ike)
{
  gboolean before_us = FALSE, before_gateway = FALSE;
  const char *algorithms = text_of (ike, "algorithms"), *sent_to = text_of (ike, "sent-to");
  g_autofree const char **vendors = NULL;
  if (algorithms != NULL)
    put_at (lines, 2, _ ("Algorithms"), g_strdup (algorithms));
  if (sent_to != NULL)
    put_at (lines, 2, _ ("Sends to"), g_strdup (sent_to));
  if (g_variant_lookup (ike, "nat-before-us", "b", &before_us) &&
      g_variant_lookup (ike, "nat-before-gateway", "b", &before_gateway)) {
    const char *words = before_us && before_gateway
        ? _ ("at both ends, as is usual behind a carrier or a proxy")
        : before_us      ? _ ("before this computer: the gateway sees it at another address")
        : before_gateway ? _ ("before the gateway; some say so to have ESP in UDP")
                         : _ ("none");
    put_at (lines, 2, "NAT", g_strdup (words));
  }
  if (g_variant_lookup (ike, "vendors", "^a&s", &vendors) && vendors[0] != NULL)
    put_at (lines, 2, _ ("Says that it is"), g_strjoinv (", ", (char **) vendors));
}

static void
write_stages (GArray *lines, const VisitorDiagnosisWay *way)
{
  const Attempt *attempt = &way->attempt;
  char literal[INET_ADDR_STRLEN];
  if (attempt->address.family != INET_NONE && attempt->stage_ms[ATTEMPT_TCP] < 0)
    put (lines, _ ("Address"), inet_addr_format (&attempt->address, literal));
  for (guint i = 0; i < ATTEMPT_N_STAGES; i++) {
    if (attempt->stage_ms[i] < 0)
      continue;
    g_autofree char *label = stage_label (attempt, (AttemptStage) i);
    g_autofree char *time = milliseconds (attempt->stage_ms[i]);
    gboolean failed = !attempt->worked && i == (guint) attempt->stage;
    /* Translators: a step on the way; %s is how long it took */
    put_at (lines, 1, label,
        failed ? g_strdup_printf (_ ("FAILED after %s"), time)
               : g_strdup_printf (_ ("works, %s"), time));
    if (i == ATTEMPT_TLS && way->tls != NULL) {
      write_tls (lines, way->tls);
      write_issuer_note (lines, way);
    }
    if (i == ATTEMPT_IKE && way->ike != NULL)
      write_ike (lines, way->ike);
  }
}

static void
write_result (GArray *lines, const VisitorDiagnosisWay *way)
{
  const char *detail = way->attempt.detail;
  if (way->works) {
    put (lines, _ ("Result"), _ ("The gateway answers."));
    return;
  }
  put (lines, _ ("Result"), visitor_error_sentence (way->code));
  put (lines, _ ("What to do"), visitor_diagnosis_advice (way->code));
  if (way->ike != NULL && text_of (way->ike, "detail") != NULL)
    detail = text_of (way->ike, "detail");
  if (detail[0] != '\0')
    put (lines, _ ("Details"), detail);
}

static void
write_way (GArray *lines, const VisitorDiagnosisWay *way, guint number)
{
  const Attempt *attempt = &way->attempt;
  g_autofree char *entry = visitor_attempt_entry (attempt);
  g_autofree char *proxy = visitor_attempt_proxy (attempt);
  const char *transport = attempt_transport_to_string (attempt->transport);
  /* Translators: a way to the gateway: its number, where it leads, "TLS" or the like, and a proxy */
  g_autofree char *head = attempt->proxy.kind != PROXY_DIRECT
      ? g_strdup_printf (_ ("Way %u: %s over %s through %s"), number, entry, transport, proxy)
      : g_strdup_printf (_ ("Way %u: %s over %s without a proxy"), number, entry, transport);
  put_head (lines, head);
  write_stages (lines, way);
  write_result (lines, way);
}

static void
write_verdict (GArray *lines, const VisitorDiagnosis *diagnosis)
{
  g_autofree char *words = visitor_diagnosis_verdict (diagnosis);
  put_head (lines, _ ("Verdict"));
  if (g_str_equal (diagnosis->portal, "found"))
    put_at (lines, 1,
        _ ("This network wants a sign-in on a web page first: open a browser and try again."),
        NULL);
  if (!diagnosis->complete)
    put_at (lines, 1, _ ("This took too long, and not everything was tried."), NULL);
  put_at (lines, 1, words, NULL);
}

/* site: that the diagnosis is about. now: wall clock, seconds. Transfer: full. */
char *
visitor_diagnosis_write (const VisitorDiagnosis *diagnosis, const Site *site, gint64 now)
{
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_array_set_clear_func (lines, line_clear);
  write_begin (lines, diagnosis, site, now);
  write_names (lines, diagnosis);
  for (guint i = 0; i < diagnosis->ways->len; i++)
    write_way (lines, diagnosis->ways->pdata[i], i + 1);
  write_verdict (lines, diagnosis);
  return join (lines);
}
