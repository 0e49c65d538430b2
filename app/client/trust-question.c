/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorTrustQuestion: a certificate about which a person may have to decide.
 *
 * The words of the certificate were read by the worker, which has no rights and may have been taken
 * over; they are shown for what they are. Its fingerprint and that of its key are made here, and what
 * is shown of the key is what is kept of it. */
#include "client/trust-question.h"

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

/* Reads the engine's dictionary: that of Agent1.AskTrust, or "changed-key" of Connection1. Errors:
 * INVALID_REQUEST if something is missing. Transfer: full. */
VisitorTrustQuestion *
visitor_trust_question_new (GVariant *details, GError **error)
{
  g_autoptr (VisitorTrustQuestion) question = g_new0 (VisitorTrustQuestion, 1);
  question->acceptable = TRUE;
  gboolean complete = read_certificate (details, question) &&
      read_part (details, &question->part) &&
      g_variant_lookup (details, "name", "s", &question->name) &&
      g_variant_lookup (details, "subject", "s", &question->subject) &&
      g_variant_lookup (details, "issuer", "s", &question->issuer) &&
      g_variant_lookup (details, "not-before", "x", &question->not_before) &&
      g_variant_lookup (details, "not-after", "x", &question->not_after);
  if (!complete) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "A question of trust says all about a certificate");
    return NULL;
  }
  g_variant_lookup (details, "acceptable", "b", &question->acceptable);
  return g_steal_pointer (&question);
}

/* Transfer: full. */
VisitorTrustQuestion *
visitor_trust_question_copy (const VisitorTrustQuestion *question)
{
  VisitorTrustQuestion *copy = g_memdup2 (question, sizeof *question);
  copy->name = g_strdup (question->name);
  copy->subject = g_strdup (question->subject);
  copy->issuer = g_strdup (question->issuer);
  copy->certificate_sha256 = g_strdup (question->certificate_sha256);
  return copy;
}

/* NULL is allowed. */
void
visitor_trust_question_free (VisitorTrustQuestion *question)
{
  if (question == NULL)
    return;
  g_free (question->name);
  g_free (question->subject);
  g_free (question->issuer);
  g_free (question->certificate_sha256);
  g_free (question);
}

/* The keys, SitePin, that the site knows for the part of the way that the question is about. Borrowed
 * from the site. */
const GArray *
visitor_trust_question_known_pins (const VisitorTrustQuestion *question, const Site *site)
{
  return question->part == VISITOR_TRUST_TLS ? site->tls_pins : site->gateway_pins;
}

/* The key in question is the only one that the site knows there from now on. */
void
visitor_trust_question_replace_pins (const VisitorTrustQuestion *question, Site *site)
{
  GArray *pins = question->part == VISITOR_TRUST_TLS ? site->tls_pins : site->gateway_pins;
  g_array_set_size (pins, 0);
  g_array_append_vals (pins, &question->pin, 1);
}
