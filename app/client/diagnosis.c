/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorDiagnosis: the engine's report on what is in the way to a gateway, and what follows from it. */
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
take_finding (VisitorDiagnosis *self, GVariant *finding)
{
  const char *kind;
  if (!g_variant_lookup (finding, "kind", "&s", &kind))
    return;
  if (g_str_equal (kind, "name")) {
    g_ptr_array_add (self->names, g_variant_ref (finding));
    return;
  }
  if (g_str_equal (kind, "portal")) {
    g_clear_pointer (&self->portal, g_free);
    g_clear_pointer (&self->portal_url, g_free);
    g_variant_lookup (finding, "result", "s", &self->portal);
    g_variant_lookup (finding, "url", "s", &self->portal_url);
    return;
  }
  g_autoptr (GVariant) attempt =
      g_variant_lookup_value (finding, "attempt", G_VARIANT_TYPE_VARDICT);
  VisitorDiagnosisWay *way = g_new0 (VisitorDiagnosisWay, 1);
  if (attempt == NULL || !attempt_from_variant (attempt, &way->attempt)) {
    g_free (way); /* of an engine that knows more */
    return;
  }
  way->tls = g_variant_lookup_value (finding, "tls", G_VARIANT_TYPE_VARDICT);
  way->ike = g_variant_lookup_value (finding, "ike", G_VARIANT_TYPE_VARDICT);
  judge (way);
  g_ptr_array_add (self->ways, way);
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  const VisitorDiagnosisWay *const *one = a, *const *other = b;
  return (int) (*one)->attempt.number - (int) (*other)->attempt.number;
}

/* report: as Engine1.Diagnose gives it. Transfer: full. */
VisitorDiagnosis *
visitor_diagnosis_new (GVariant *report)
{
  VisitorDiagnosis *self = g_new0 (VisitorDiagnosis, 1);
  self->names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  self->ways = g_ptr_array_new_with_free_func (way_free);
  self->complete = flag (report, "complete");
  g_variant_lookup (report, "version", "s", &self->engine_version);
  if (!g_variant_lookup (report, "nameservers", "^as", &self->nameservers))
    self->nameservers = g_new0 (char *, 1);
  g_autoptr (GVariant) findings =
      g_variant_lookup_value (report, "findings", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; findings != NULL && i < g_variant_n_children (findings); i++) {
    g_autoptr (GVariant) finding = g_variant_get_child_value (findings, i);
    take_finding (self, finding);
  }
  g_ptr_array_sort (self->ways, by_number);
  if (self->portal == NULL)
    self->portal = g_strdup ("unknown");
  return self;
}

void
visitor_diagnosis_free (VisitorDiagnosis *diagnosis)
{
  g_ptr_array_unref (diagnosis->names);
  g_ptr_array_unref (diagnosis->ways);
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
