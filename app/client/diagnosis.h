/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/attempt.h"

G_BEGIN_DECLS

/* A way that a diagnosis has gone to its end. */
typedef struct {
  const GVariant *finding; /* it is told in; borrowed */
  Attempt attempt;
  GVariant *tls; /* what the server showed, or NULL; its keys stand in engine/host/finding.c */
  GVariant *ike; /* what the gateway answered, or NULL */
  gboolean works; /* it would do for a connection */
  gboolean askable; /* if a person knows the TLS server's key */
  VisitorError code; /* why it does not */
} VisitorDiagnosisWay;

/* What a diagnosis has found so far. */
typedef struct {
  GPtrArray *findings; /* GVariant, as they came */
  GPtrArray *ways; /* VisitorDiagnosisWay, by number */
  char *portal; /* "found", "none", "unknown" or "not-asked" */
  char *portal_url; /* or NULL */
  char *engine_version; /* or NULL */
  char **nameservers; /* of this computer */
  gboolean has_begun; /* the two above are known */
  gboolean complete; /* it has come to its end */
  gboolean given_up; /* by who asked for it */
} VisitorDiagnosis;

VisitorDiagnosis *visitor_diagnosis_new (void);
void visitor_diagnosis_add (VisitorDiagnosis *diagnosis, GVariant *part);
void visitor_diagnosis_end (VisitorDiagnosis *diagnosis, GVariant *report);
GVariant *visitor_diagnosis_to_report (const VisitorDiagnosis *diagnosis);
const VisitorDiagnosisWay *
visitor_diagnosis_way_of (const VisitorDiagnosis *diagnosis, const GVariant *finding);
void visitor_diagnosis_free (VisitorDiagnosis *diagnosis);
guint visitor_diagnosis_count_working (const VisitorDiagnosis *diagnosis);
const VisitorDiagnosisWay *visitor_diagnosis_farthest (const VisitorDiagnosis *diagnosis);
const VisitorDiagnosisWay *visitor_diagnosis_impostor (const VisitorDiagnosis *diagnosis);
VisitorError visitor_diagnosis_outcome (const VisitorDiagnosis *diagnosis, gboolean *ret_works);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorDiagnosis, visitor_diagnosis_free)

G_END_DECLS
