/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorTrustRequest: one call of Agent1.AskTrust on its way to an answer.
 *
 * The words of the certificate were read by the worker, which has no rights and may have been taken
 * over; they are shown for what they are. Its fingerprint and that of its key are made here, and what
 * is shown of the key is what is kept of it. A request that is dropped unanswered is a no. */
#include "client/trust-request.h"

struct _VisitorTrustRequest {
  GDBusMethodInvocation *invocation; /* owned; NULL once answered */
  VisitorTrustQuestion question;
};

/* The octets in hexadecimal with colons, as openssl(1) writes fingerprints. Transfer: full. */
char *
visitor_fingerprint (const guint8 sha256[static SITE_PIN_LEN])
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < SITE_PIN_LEN; i++)
    g_string_append_printf (text, "%s%02X", i > 0 ? ":" : "", sha256[i]);
  return g_string_free (text, FALSE);
}

static gboolean
read_part (GVariant *details, VisitorTrustPart *ret_part)
{
  const char *part = "";
  g_variant_lookup (details, "part", "&s", &part);
  static const VisitorTrustPart parts[] = { VISITOR_TRUST_TLS, VISITOR_TRUST_GATEWAY };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    *ret_part = parts[i];
    if (g_str_equal (part, visitor_trust_part_group (parts[i])))
      return TRUE;
  }
  return FALSE;
}

/* The pin is that of the certificate whose fingerprint is shown, whatever the worker says. */
static gboolean
read_certificate (GVariant *details, VisitorTrustQuestion *question)
{
  g_autoptr (GVariant) octets =
      g_variant_lookup_value (details, "certificate", G_VARIANT_TYPE_BYTESTRING);
  if (octets == NULL ||
      !site_pin_of_certificate (
          SLICE (g_variant_get_data (octets), g_variant_get_size (octets)), &question->pin))
    return FALSE;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 sha256[SITE_PIN_LEN];
  gsize len = sizeof sha256;
  g_checksum_update (sum, g_variant_get_data (octets), (gssize) g_variant_get_size (octets));
  g_checksum_get_digest (sum, sha256, &len);
  question->certificate_sha256 = visitor_fingerprint (sha256);
  return TRUE;
}

static void
question_clear (VisitorTrustQuestion *question)
{
  g_free (question->name);
  g_free (question->subject);
  g_free (question->issuer);
  g_free (question->certificate_sha256);
}

/* Reads the engine's dictionary. INVALID_REQUEST if something is missing; then the invocation is still
 * the caller's, otherwise the request answers it. Transfer: full. */
VisitorTrustRequest *
visitor_trust_request_new (GDBusMethodInvocation *invocation, GVariant *details, GError **error)
{
  VisitorTrustQuestion question = { 0 };
  gboolean complete = read_certificate (details, &question) &&
      read_part (details, &question.part) &&
      g_variant_lookup (details, "name", "s", &question.name) &&
      g_variant_lookup (details, "subject", "s", &question.subject) &&
      g_variant_lookup (details, "issuer", "s", &question.issuer) &&
      g_variant_lookup (details, "not-before", "x", &question.not_before) &&
      g_variant_lookup (details, "not-after", "x", &question.not_after);
  if (!complete) {
    question_clear (&question);
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "A question of trust says all about a certificate");
    return NULL;
  }
  VisitorTrustRequest *request = g_new0 (VisitorTrustRequest, 1);
  request->invocation = g_object_ref (invocation);
  request->question = question;
  return request;
}

/* Borrowed. */
const VisitorTrustQuestion *
visitor_trust_request_get_question (const VisitorTrustRequest *request)
{
  return &request->question;
}

/* Tells the engine what the person said. */
void
visitor_trust_request_answer (VisitorTrustRequest *request, gboolean trusted)
{
  g_dbus_method_invocation_return_value (
      g_steal_pointer (&request->invocation), g_variant_new ("(b)", trusted));
}

/* Tells the engine that the person wants no more of it. */
void
visitor_trust_request_cancel (VisitorTrustRequest *request)
{
  g_dbus_method_invocation_return_error_literal (g_steal_pointer (&request->invocation),
      VISITOR_ERROR, VISITOR_ERROR_CANCELLED, "The user cancelled");
}

/* NULL is allowed. */
void
visitor_trust_request_free (VisitorTrustRequest *request)
{
  if (request == NULL)
    return;
  if (request->invocation != NULL)
    visitor_trust_request_answer (request, FALSE);
  question_clear (&request->question);
  g_free (request);
}
