/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DiagnosisVerdict: what a diagnosis comes to, in one line. Whatever hangs on a key that nobody vouches for, and
 * whoever shows a certificate that the site does not trust, is named in it. */
#include "config.h"

#include "client/diagnosis-verdict.h"

#include <glib/gi18n-lib.h>

#include "client/error-text.h"

static const char *
text_of (GVariant *dictionary_or_null, const char *key)
{
  const char *text = NULL;
  if (dictionary_or_null != NULL)
    g_variant_lookup (dictionary_or_null, key, "&s", &text);
  return text;
}

/* What it may mean that this issuer is not believed. Transfer: full; NULL where no certificate was shown. */
char *
visitor_diagnosis_issuer_note (const VisitorDiagnosisWay *way)
{
  const char *issuer = text_of (way->tls, "issuer");
  if (issuer == NULL)
    return NULL;
  /* Translators: %s is the name of who issued a certificate */
  return g_strdup_printf (
      _ ("If “%s” is not your gateway's CA, something between reads along: this "
         "network inspects TLS, or somebody else answers."),
      issuer[0] != '\0' ? issuer : "-");
}

/* What can be done about it by who asks for the diagnosis, whom nobody has asked for anything. */
const char *
visitor_diagnosis_advice (VisitorError code)
{
  if (code == VISITOR_ERROR_PROXY_AUTH_REQUIRED)
    return _ (
        "Pass what it wants with --proxy-password-fd, and with --proxy-in-clear where it may be "
        "sent so that others can read it.");
  return visitor_error_advice_on_terminal (code);
}

static void
append_sentence (GString *words, const char *sentence_or_null)
{
  if (sentence_or_null == NULL)
    return;
  if (words->len > 0)
    g_string_append_c (words, ' ');
  g_string_append (words, sentence_or_null);
}

/* A working way whose key nobody vouches for: the verdict hangs on that key. NULL if there is none. */
static const VisitorDiagnosisWay *
find_askable (const VisitorDiagnosis *diagnosis)
{
  for (guint i = 0; i < diagnosis->ways->len; i++) {
    const VisitorDiagnosisWay *way = diagnosis->ways->pdata[i];
    if (way->works && way->askable)
      return way;
  }
  return NULL;
}

static void
append_condition (GString *words, const VisitorDiagnosisWay *way)
{
  const char *pin = text_of (way->tls, "pin");
  g_autofree char *note = visitor_diagnosis_issuer_note (way);
  /* Translators: %s is the fingerprint of a key, as sites have it: sha256/… */
  g_autofree char *condition = g_strdup_printf (
      _ ("The gateway answers if this key is the gateway's: %s."), pin != NULL ? pin : "-");
  append_sentence (words, condition);
  append_sentence (words,
      _ ("Nobody whom this computer knows vouches for the key that it shows in TLS: compare it "
         "before you sign in."));
  append_sentence (words, note);
}

static void
append_working (GString *words, const VisitorDiagnosis *diagnosis, guint working)
{
  guint all = diagnosis->ways->len;
  const VisitorDiagnosisWay *askable = find_askable (diagnosis);
  if (working < all || !diagnosis->complete) {
    g_autofree char *count = g_strdup_printf (
        dngettext (GETTEXT_PACKAGE, "The gateway answers on %u of %u way; a connection takes it.",
            "The gateway answers on %u of %u ways; a connection takes one that works.", all),
        working, all);
    append_sentence (words, count);
  } else if (askable == NULL) {
    append_sentence (
        words, _ ("The gateway answers: nothing between is in the way of a connection."));
  }
  if (askable != NULL)
    append_condition (words, askable);
}

/* No name server has answered, so that nothing is known of any name. */
static gboolean
is_unanswered (const VisitorDiagnosis *diagnosis)
{
  gboolean unanswered = FALSE;
  for (guint i = 0; i < diagnosis->findings->len; i++) {
    const char *result = text_of (diagnosis->findings->pdata[i], "result");
    if (g_strcmp0 (text_of (diagnosis->findings->pdata[i], "kind"), "name") != 0)
      continue;
    unanswered = g_strcmp0 (result, "no-answer") == 0 || g_strcmp0 (result, "no-server") == 0;
    if (!unanswered)
      return FALSE;
  }
  return unanswered;
}

/* What it comes to, in one line. Transfer: full. */
char *
visitor_diagnosis_verdict (const VisitorDiagnosis *diagnosis)
{
  const VisitorDiagnosisWay *farthest = visitor_diagnosis_farthest (diagnosis);
  const VisitorDiagnosisWay *impostor = visitor_diagnosis_impostor (diagnosis);
  guint working = visitor_diagnosis_count_working (diagnosis);
  GString *words = g_string_new (NULL);
  if (working > 0) {
    append_working (words, diagnosis, working);
  } else if (farthest != NULL) {
    append_sentence (words,
        diagnosis->complete ? _ ("No way leads to the gateway.")
                            : _ ("No way that was tried leads to the gateway."));
    if (farthest->code == VISITOR_ERROR_NAME_NOT_FOUND && is_unanswered (diagnosis))
      append_sentence (words, _ ("No name server answers on this network."));
    else
      append_sentence (words, visitor_error_sentence (farthest->code));
    append_sentence (words, visitor_diagnosis_advice (farthest->code));
  } else {
    append_sentence (words, _ ("Nothing was found out."));
  }
  if (impostor != NULL) {
    g_autofree char *note = visitor_diagnosis_issuer_note (impostor);
    if (working > 0 || farthest->code != impostor->code)
      append_sentence (words, visitor_error_sentence (impostor->code));
    append_sentence (words, note);
  }
  return g_string_free (words, FALSE);
}
