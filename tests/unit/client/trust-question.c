/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A certificate about which a person decides: what is read of it, and what a yes changes. */
#include "client/trust-question.h"

#include <string.h>

#define DATES "'not-before': <int64 1>, 'not-after': <int64 2000000000>"
#define WORDS \
  "'name': <'gw.example.com'>, 'reason': <'unknown'>, 'subject': <'CN=gw'>, 'issuer': <'CN=ca'>, "

/* The least that has a key, and which. */
static GVariant *
certificate (guint8 key)
{
  const guint8 der[] = { 0x30, 16, 0x30, 14, 0x02, 1, 1, 0x30, 0, 0x30, 0, 0x30, 0, 0x30, 0, 0x30,
    1, key };
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, der, sizeof der, 1);
}

static VisitorTrustQuestion *
question (const char *part, guint8 key, const char *more)
{
  g_autofree char *format = g_strdup_printf (
      "{'part': <'%s'>, 'certificate': <%%@ay>, " WORDS "%s" DATES "}", part, more);
  g_autoptr (GVariant) details =
      g_variant_ref_sink (g_variant_new_parsed (format, certificate (key)));
  g_autoptr (GError) error = NULL;
  VisitorTrustQuestion *question = visitor_trust_question_new (details, &error);
  g_assert_true (
      (question == NULL) == g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST));
  return question;
}

/* A first contact may always be accepted, for it would not be asked about otherwise. */
static void
test_acceptable (void)
{
  g_autoptr (VisitorTrustQuestion) first = question ("tls", 1, "");
  g_autoptr (VisitorTrustQuestion) yes = question ("gateway", 1, "'acceptable': <true>, ");
  g_autoptr (VisitorTrustQuestion) no = question ("gateway", 1, "'acceptable': <false>, ");
  g_assert_true (first->acceptable);
  g_assert_cmpint (first->part, ==, VISITOR_TRUST_TLS);
  g_assert_true (yes->acceptable);
  g_assert_false (no->acceptable);
  g_assert_null (question ("proxy", 1, ""));
}

static void
test_copy (void)
{
  g_autoptr (VisitorTrustQuestion) first = question ("tls", 1, "");
  g_autoptr (VisitorTrustQuestion) copy = visitor_trust_question_copy (first);
  g_assert_cmpstr (copy->subject, ==, "CN=gw");
  g_assert_cmpmem (copy->pin.sha256, SITE_PIN_LEN, first->pin.sha256, SITE_PIN_LEN);
  g_assert_true (copy->subject != first->subject);
}

/* The new key stands alone in its own part; the other part, and what we do not know, stays. */
static void
test_replace (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorTrustQuestion) changed = question ("gateway", 1, "'acceptable': <true>, ");
  g_autoptr (Site) site =
      site_parse ("# mine\n[site]\naddress=gw.example.com\nfuture=1\n"
                  "[tls]\npins=sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                  "[gateway]\npins=sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;"
                  "sha256/PL5kcM/4Xfrd6pmPhX+jh3Lb9G90sDn+8KdfabxKjH0=\n"
                  "[sign-in]\nmethod=psk\nuser=a\n",
          -1, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (visitor_trust_question_known_pins (changed, site)->len, ==, 2);
  visitor_trust_question_replace_pins (changed, site);
  g_assert_cmpuint (visitor_trust_question_known_pins (changed, site)->len, ==, 1);
  g_autofree char *text = site_to_text (site);
  g_assert_nonnull (strstr (text, "# mine"));
  g_assert_nonnull (strstr (text, "future=1"));
  g_assert_nonnull (
      strstr (text, "[tls]\npins=sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"));
  g_assert_nonnull (
      strstr (text, "[gateway]\npins=sha256/nbCEfg++xGJt8cyFmiwGJhno5duPqxg8W/nZd5Va+00=\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/trust-question/acceptable", test_acceptable);
  g_test_add_func ("/client/trust-question/copy", test_copy);
  g_test_add_func ("/client/trust-question/replace", test_replace);
  return g_test_run ();
}
