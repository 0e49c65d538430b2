/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/attempt.h"

G_BEGIN_DECLS

/* A way that a diagnosis has gone to its end. */
typedef struct {
  Attempt attempt;
  GVariant *tls; /* what the server showed, or NULL; its keys stand in engine/host/finding.c */
  GVariant *ike; /* what the gateway answered, or NULL */
  gboolean works; /* it would do for a connection */
  gboolean askable; /* if a person knows the TLS server's key */
  VisitorError code; /* why it does not */
} VisitorDiagnosisWay;

/* What a diagnosis has found, in order. */
typedef struct {
  GPtrArray *names; /* GVariant, as they came */
  GPtrArray *ways; /* VisitorDiagnosisWay, by number */
  char *portal; /* "found", "none", "unknown" or "not-asked" */
  char *portal_url; /* or NULL */
  char *engine_version; /* or NULL */
  char **nameservers; /* of this computer */
  gboolean complete;
} VisitorDiagnosis;

VisitorDiagnosis *visitor_diagnosis_new (GVariant *report);
void visitor_diagnosis_free (VisitorDiagnosis *diagnosis);
guint visitor_diagnosis_count_working (const VisitorDiagnosis *diagnosis);
const VisitorDiagnosisWay *visitor_diagnosis_farthest (const VisitorDiagnosis *diagnosis);
const VisitorDiagnosisWay *visitor_diagnosis_impostor (const VisitorDiagnosis *diagnosis);
VisitorError visitor_diagnosis_outcome (const VisitorDiagnosis *diagnosis, gboolean *ret_works);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorDiagnosis, visitor_diagnosis_free)

G_END_DECLS
