/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trust: a certificate that nobody known vouches for, shown to the person who may know better.
 *
 * What stands in it is said by whoever sent it. A name is cut short enough that no fingerprint fits
 * into it, and the real ones stand last, above the question. */
#include "config.h"

#include "cli/trust.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/output.h"

#define SHOWN_MAX 80
#define HALF_FINGERPRINT 48 /* 16 octets with the colons between and the one behind */

static char *
cut (const char *name)
{
  if (g_utf8_strlen (name, -1) <= SHOWN_MAX)
    return g_strdup (name);
  g_autofree char *start = g_utf8_substring (name, 0, SHOWN_MAX);
  return g_strconcat (start, "...", NULL);
}

static char *
date (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (seconds);
  return time != NULL ? g_date_time_format (time, "%Y-%m-%d") : g_strdup ("?");
}

static char *
where (const VisitorTrustQuestion *question)
{
  switch (question->part) {
  case VISITOR_TRUST_TLS: return g_strdup_printf (_ ("%s, TLS"), question->name);
  case VISITOR_TRUST_GATEWAY: return g_strdup_printf (_ ("%s, IKE"), question->name);
  }
  return g_strdup (question->name);
}

static void
show_value (Prompt *prompt, const char *label, const char *value)
{
  g_autofree char *line = g_strdup_printf ("  %s: %s", label, value);
  prompt_show (prompt, line);
}

static void
show_fingerprint (Prompt *prompt, const char *label, const char *fingerprint)
{
  g_autofree char *line = g_strdup_printf ("  %s:", label);
  g_autofree char *first = g_strdup_printf ("    %.*s", HALF_FINGERPRINT, fingerprint);
  g_autofree char *second = g_strdup_printf ("    %s", fingerprint + HALF_FINGERPRINT);
  prompt_show (prompt, line);
  prompt_show (prompt, first);
  prompt_show (prompt, second);
}

/* Everything that a person needs to answer the question, on the terminal of `prompt`. */
void
trust_show (Prompt *prompt, const VisitorTrustQuestion *question)
{
  g_autofree char *gateway = where (question);
  g_autofree char *subject = cut (question->subject);
  g_autofree char *issuer = cut (question->issuer);
  g_autofree char *from = date (question->not_before), *to = date (question->not_after);
  g_autofree char *valid = g_strdup_printf (_ ("%s to %s"), from, to);
  g_autofree char *key = visitor_fingerprint (question->pin.sha256);
  gboolean self_signed = strcmp (question->subject, question->issuer) == 0;
  prompt_show (prompt, "");
  prompt_show (
      prompt, _ ("Nobody whom this computer knows vouches for the gateway's certificate."));
  show_value (prompt, _ ("Gateway"), gateway);
  show_value (prompt, _ ("Issued to"), subject);
  show_value (prompt, _ ("Issued by"), self_signed ? _ ("itself") : issuer);
  show_value (prompt, _ ("Valid"), valid);
  show_fingerprint (prompt, _ ("SHA-256 of the certificate"), question->certificate_sha256);
  show_fingerprint (prompt, _ ("SHA-256 of its key"), key);
  prompt_show (prompt,
      _ ("Compare one of these with what your administrator gave you, on paper or by telephone."));
  prompt_show (prompt,
      _ ("If it differs, or you have nothing to compare with, somebody may be listening: say no."));
}

/* The same for who cannot be asked, on standard error: what to do so that nobody has to be. */
void
trust_explain (const VisitorTrustQuestion *question)
{
  g_autofree char *gateway = where (question);
  g_autofree char *key = visitor_fingerprint (question->pin.sha256);
  g_autofree char *pin = g_base64_encode (question->pin.sha256, sizeof question->pin.sha256);
  output_complain (_ ("Nobody whom this computer knows vouches for the gateway's certificate (%s), "
                      "and there is no terminal to ask on."),
      gateway);
  output_complain (
      _ ("If your administrator knows the CA of the gateway, put ca=FILE into [gateway] "
         "of the site.conf and import it again."));
  output_complain (
      _ ("If the SHA-256 of the key is right, %s, it is enough to put this line into [%s]:"), key,
      visitor_trust_part_group (question->part));
  output_complain ("pins=sha256/%s", pin);
}

/* What changed, after a failure for that reason, on standard error: both keys, and how to take the new
 * one where nothing else is wrong with it. */
void
trust_explain_change (const VisitorTrustQuestion *shown, const Site *site)
{
  g_autofree char *gateway = where (shown);
  const GArray *known = visitor_trust_question_known_pins (shown, site);
  g_autofree char *key = visitor_fingerprint (shown->pin.sha256);
  output_complain (_ ("The key that was shown (%s): %s"), gateway, key);
  for (guint i = 0; i < known->len; i++) {
    g_autofree char *old = visitor_fingerprint (g_array_index (known, SitePin, i).sha256);
    output_complain (_ ("The key that the site knows: %s"), old);
  }
  if (!shown->acceptable) {
    output_complain (_ ("Its certificate is also for another name or time, or is too weak."));
    return;
  }
  g_autofree char *pin = g_base64_encode (shown->pin.sha256, sizeof shown->pin.sha256);
  output_complain (_ ("If your administrator confirms the new key, put this line into [%s] of the "
                      "site.conf, in the place of the old one, and import it again:"),
      visitor_trust_part_group (shown->part));
  output_complain ("pins=sha256/%s", pin);
}
