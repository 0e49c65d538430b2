/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DiagnosisText, a way: how far it led, step by step, what was shown and answered on it, and what can be done. */
#include "config.h"

#include "client/diagnosis-way-text.h"

#include <glib/gi18n-lib.h>

#include "client/attempt-text.h"
#include "client/diagnosis-verdict.h"
#include "client/error-text.h"
#include "client/text-lines.h"

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
put (GArray *lines, const char *label, const char *value)
{
  text_lines_put (lines, 1, label, g_strdup (value));
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
      text_lines_put (lines, 2, _ (rows[i].label), g_strdup (text[0] != '\0' ? text : "-"));
  }
  if (g_variant_lookup (tls, "not-before", "x", &from) &&
      g_variant_lookup (tls, "not-after", "x", &until)) {
    g_autofree char *first = date_text (from), *last = date_text (until);
    /* Translators: two dates */
    text_lines_put (lines, 2, _ ("Valid"), g_strdup_printf (_ ("from %s to %s"), first, last));
  }
  g_variant_lookup (tls, "trusted", "b", &trusted);
  g_variant_lookup (tls, "askable", "b", &askable);
  const char *words = trusted ? _ ("yes")
      : askable ? _ ("Nobody vouches for it; “visitor connect” asks whether it is right.")
                : _ ("NO");
  text_lines_put (lines, 2, _ ("Trusted"), g_strdup (words));
}

/* Only where nothing but the issuer speaks against the certificate. */
static void
write_issuer_note (GArray *lines, const VisitorDiagnosisWay *way)
{
  g_autofree char *note = visitor_diagnosis_issuer_note (way);
  if (way->code == VISITOR_ERROR_TLS_UNTRUSTED && !way->works && note != NULL)
    text_lines_put (lines, 2, _ ("Note"), g_steal_pointer (&note));
}

static void
write_ike (GArray *lines, GVariant *ike)
{
  gboolean before_us = FALSE, before_gateway = FALSE;
  const char *algorithms = text_of (ike, "algorithms"), *sent_to = text_of (ike, "sent-to");
  g_autofree const char **vendors = NULL;
  if (algorithms != NULL)
    text_lines_put (lines, 2, _ ("Algorithms"), g_strdup (algorithms));
  if (sent_to != NULL)
    text_lines_put (lines, 2, _ ("Sends to"), g_strdup (sent_to));
  if (g_variant_lookup (ike, "nat-before-us", "b", &before_us) &&
      g_variant_lookup (ike, "nat-before-gateway", "b", &before_gateway)) {
    const char *words = before_us && before_gateway
        ? _ ("at both ends, as is usual behind a carrier or a proxy")
        : before_us      ? _ ("before this computer: the gateway sees it at another address")
        : before_gateway ? _ ("before the gateway; some say so to have ESP in UDP")
                         : _ ("none");
    text_lines_put (lines, 2, "NAT", g_strdup (words));
  }
  if (g_variant_lookup (ike, "vendors", "^a&s", &vendors) && vendors[0] != NULL)
    text_lines_put (lines, 2, _ ("Says that it is"), g_strjoinv (", ", (char **) vendors));
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
    text_lines_put (lines, 1, label,
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

/* Adds what became of a way, under a head of its own. */
void
visitor_diagnosis_write_way (GArray *lines, const VisitorDiagnosisWay *way)
{
  const Attempt *attempt = &way->attempt;
  g_autofree char *entry = visitor_attempt_entry (attempt);
  g_autofree char *proxy = visitor_attempt_proxy (attempt);
  const char *transport = attempt_transport_to_string (attempt->transport);
  /* Translators: a way to the gateway: its number, where it leads, "TLS" or the like, and a proxy */
  g_autofree char *head = attempt->proxy.kind != PROXY_DIRECT
      ? g_strdup_printf (
            _ ("Way %u: %s over %s through %s"), attempt->number, entry, transport, proxy)
      : g_strdup_printf (
            _ ("Way %u: %s over %s without a proxy"), attempt->number, entry, transport);
  text_lines_put (lines, 0, "", NULL);
  text_lines_put (lines, 0, head, NULL);
  write_stages (lines, way);
  write_result (lines, way);
}
