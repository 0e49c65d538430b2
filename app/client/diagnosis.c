/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorDiagnosis: the engine's report on what is in the way to a gateway, part by part as it comes, and what
 * follows from what is there. */
#include "client/diagnosis.h"

static void
way_free (gpointer data)
{
  VisitorDiagnosisWay *way = data;
  g_clear_pointer (&way->tls, g_variant_unref);
  g_clear_pointer (&way->ike, g_variant_unref);
  g_free (way);
}

static gboolean
flag (GVariant *dictionary_or_null, const char *key)
{
  gboolean value = FALSE;
  if (dictionary_or_null != NULL)
    g_variant_lookup (dictionary_or_null, key, "b", &value);
  return value;
}

/* Whether it works, or why not: an answer of the gateway that refuses is no way in either. */
static void
judge (VisitorDiagnosisWay *way)
{
  const char *error;
  way->code = way->attempt.code;
  way->askable = flag (way->tls, "askable");
  way->works = way->attempt.worked && way->ike != NULL;
  if (way->ike != NULL && g_variant_lookup (way->ike, "error", "&s", &error)) {
    way->works = FALSE;
    way->code = VISITOR_ERROR_PROTOCOL;
    visitor_error_from_name (error, &way->code);
  } else if (way->attempt.worked && way->ike == NULL) {
    way->code = VISITOR_ERROR_PROTOCOL; /* it spoke, but made no sense */
  }
}

static void
take_portal (VisitorDiagnosis *self, GVariant *finding)
{
  g_clear_pointer (&self->portal, g_free);
  g_clear_pointer (&self->portal_url, g_free);
  if (!g_variant_lookup (finding, "result", "s", &self->portal))
    self->portal = g_strdup ("unknown");
  g_variant_lookup (finding, "url", "s", &self->portal_url);
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  const VisitorDiagnosisWay *const *one = a, *const *other = b;
  return (int) (*one)->attempt.number - (int) (*other)->attempt.number;
}

static void
take_way (VisitorDiagnosis *self, GVariant *finding)
{
  g_autoptr (GVariant) attempt =
      g_variant_lookup_value (finding, "attempt", G_VARIANT_TYPE_VARDICT);
  VisitorDiagnosisWay *way = g_new0 (VisitorDiagnosisWay, 1);
  if (attempt == NULL || !attempt_from_variant (attempt, &way->attempt)) {
    g_free (way); /* of an engine that knows more */
    return;
  }
  way->finding = finding;
  way->tls = g_variant_lookup_value (finding, "tls", G_VARIANT_TYPE_VARDICT);
  way->ike = g_variant_lookup_value (finding, "ike", G_VARIANT_TYPE_VARDICT);
  judge (way);
  g_ptr_array_add (self->ways, way);
  g_ptr_array_sort (self->ways, by_number);
}

static void
take_finding (VisitorDiagnosis *self, GVariant *finding)
{
  const char *kind = "";
  g_ptr_array_add (self->findings, g_variant_ref (finding));
  g_variant_lookup (finding, "kind", "&s", &kind);
  if (g_str_equal (kind, "portal"))
    take_portal (self, finding);
  else if (g_str_equal (kind, "way"))
    take_way (self, finding);
}

/* Takes the findings of a report or a part of it, but the first `known`. */
static void
take_findings (VisitorDiagnosis *self, GVariant *report, gsize known)
{
  g_autoptr (GVariant) findings =
      g_variant_lookup_value (report, "findings", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = known; findings != NULL && i < g_variant_n_children (findings); i++) {
    g_autoptr (GVariant) finding = g_variant_get_child_value (findings, i);
    take_finding (self, finding);
  }
}

static void
take_beginning (VisitorDiagnosis *self, GVariant *report)
{
  char **servers;
  if (self->has_begun || !g_variant_lookup (report, "nameservers", "^as", &servers))
    return;
  g_strfreev (self->nameservers);
  self->nameservers = servers;
  self->has_begun = g_variant_lookup (report, "version", "s", &self->engine_version);
}

/* One of which nothing is known yet. Transfer: full. */
VisitorDiagnosis *
visitor_diagnosis_new (void)
{
  VisitorDiagnosis *self = g_new0 (VisitorDiagnosis, 1);
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  self->ways = g_ptr_array_new_with_free_func (way_free);
  self->nameservers = g_new0 (char *, 1);
  self->portal = g_strdup ("unknown");
  return self;
}

/* part: as Engine1.Found tells it. */
void
visitor_diagnosis_add (VisitorDiagnosis *diagnosis, GVariant *part)
{
  take_beginning (diagnosis, part);
  take_findings (diagnosis, part, 0);
}

/* report: as Engine1.Diagnose gives it; what was added before is at its beginning. */
void
visitor_diagnosis_end (VisitorDiagnosis *diagnosis, GVariant *report)
{
  take_beginning (diagnosis, report);
  take_findings (diagnosis, report, diagnosis->findings->len);
  diagnosis->complete = flag (report, "complete");
}

/* What is known by now, in the form of Engine1.Diagnose. Floating. */
GVariant *
visitor_diagnosis_to_report (const VisitorDiagnosis *diagnosis)
{
  GVariantBuilder findings;
  GVariantDict report;
  g_variant_builder_init (&findings, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < diagnosis->findings->len; i++)
    g_variant_builder_add_value (&findings, diagnosis->findings->pdata[i]);
  g_variant_dict_init (&report, NULL);
  if (diagnosis->engine_version != NULL)
    g_variant_dict_insert (&report, "version", "s", diagnosis->engine_version);
  g_variant_dict_insert (&report, "nameservers", "^as", diagnosis->nameservers);
  g_variant_dict_insert (&report, "complete", "b", diagnosis->complete);
  g_variant_dict_insert_value (&report, "findings", g_variant_builder_end (&findings));
  return g_variant_dict_end (&report);
}

/* The way that this one of the findings tells of; NULL where it tells of none. Borrowed. */
const VisitorDiagnosisWay *
visitor_diagnosis_way_of (const VisitorDiagnosis *diagnosis, const GVariant *finding)
{
  for (guint i = 0; i < diagnosis->ways->len; i++) {
    const VisitorDiagnosisWay *way = diagnosis->ways->pdata[i];
    if (way->finding == finding)
      return way;
  }
  return NULL;
}

void
visitor_diagnosis_free (VisitorDiagnosis *diagnosis)
{
  g_ptr_array_unref (diagnosis->ways);
  g_ptr_array_unref (diagnosis->findings);
  g_strfreev (diagnosis->nameservers);
  g_free (diagnosis->engine_version);
  g_free (diagnosis->portal);
  g_free (diagnosis->portal_url);
  g_free (diagnosis);
}

guint
visitor_diagnosis_count_working (const VisitorDiagnosis *diagnosis)
{
  guint n = 0;
  for (guint i = 0; i < diagnosis->ways->len; i++)
    n += ((const VisitorDiagnosisWay *) diagnosis->ways->pdata[i])->works ? 1 : 0;
  return n;
}

/* The way that came farthest, which says most about what is wrong; of several the first. NULL where there is
 * none. Borrowed. */
const VisitorDiagnosisWay *
visitor_diagnosis_farthest (const VisitorDiagnosis *diagnosis)
{
  const VisitorDiagnosisWay *best = NULL;
  for (guint i = 0; i < diagnosis->ways->len; i++) {
    const VisitorDiagnosisWay *way = diagnosis->ways->pdata[i];
    if (best == NULL || (way->works && !best->works) ||
        (way->works == best->works && way->attempt.stage > best->attempt.stage))
      best = way;
  }
  return best;
}

/* The first way on which somebody showed a certificate that the site's CA or pin does not vouch for, and whom
 * nobody would be asked about; others may work beside it. NULL where there is none. Borrowed. */
const VisitorDiagnosisWay *
visitor_diagnosis_impostor (const VisitorDiagnosis *diagnosis)
{
  for (guint i = 0; i < diagnosis->ways->len; i++) {
    const VisitorDiagnosisWay *way = diagnosis->ways->pdata[i];
    if (!way->works && way->tls != NULL && way->code == VISITOR_ERROR_TLS_UNTRUSTED)
      return way;
  }
  return NULL;
}

/* What it all comes to, for who reads no text: ret_works only if a gateway answers and no way shows somebody
 * else's certificate; otherwise why not. */
VisitorError
visitor_diagnosis_outcome (const VisitorDiagnosis *diagnosis, gboolean *ret_works)
{
  const VisitorDiagnosisWay *farthest = visitor_diagnosis_farthest (diagnosis);
  const VisitorDiagnosisWay *impostor = visitor_diagnosis_impostor (diagnosis);
  gboolean answers = farthest != NULL && farthest->works;
  *ret_works = answers && impostor == NULL;
  if (answers && impostor != NULL)
    return impostor->code;
  return farthest != NULL ? farthest->code : VISITOR_ERROR_FAILED;
}
