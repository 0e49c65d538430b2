/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows from the findings of a diagnosis, and the report that is made of them. */
#include "client/diagnosis-text.h"

#include <string.h>

#define WAY(number, stage, end) \
  "{'kind': <'way'>, 'attempt': <{'number': <uint32 " number ">, 'host': <'gw.example'>," \
  " 'port': <uint16 443>, 'transport': <'TLS'>, 'address': <'192.0.2.1'>, 'stage': <'" stage "'>," \
  " 'stages': <{'tcp': uint32 3, '" stage "': uint32 7}>, 'ms': <uint32 10>" end "}>"
#define FAILED(code) ", 'error': <'" code "'>, 'detail': <'so it is'>"
#define ANSWER ", 'ike': <{'algorithms': <'AES-256-GCM-16'>}>"
#define REPORT(findings) \
  "{'version': <'1.2'>, 'complete': <true>, 'nameservers': <['192.0.2.53']>, 'findings': " \
  "<[" findings "]>}"

static VisitorDiagnosis *
diagnosis_of (const char *text)
{
  g_autoptr (GVariant) report = g_variant_ref_sink (g_variant_new_parsed (text));
  VisitorDiagnosis *diagnosis = visitor_diagnosis_new ();
  visitor_diagnosis_end (diagnosis, report);
  return diagnosis;
}

static void
test_verdict (void)
{
  static const struct {
    const char *report;
    guint n, working;
    guint farthest; /* its number; 0 = none */
    VisitorError code;
  } rows[] = {
    { REPORT ("@a{sv} {}"), 0, 0, 0, VISITOR_ERROR_FAILED },
    { REPORT (WAY ("1", "ike", "") ANSWER "}"), 1, 1, 1, VISITOR_ERROR_FAILED },
    { REPORT (WAY ("2", "tls", FAILED ("Tls")) "}, " WAY ("1", "tcp", FAILED ("Refused")) "}"), 2,
        0, 2, VISITOR_ERROR_TLS },
    { REPORT (WAY ("2", "tcp", FAILED ("TimedOut")) "}, " WAY ("1", "tcp", FAILED ("Refused")) "}"),
        2, 0, 1, VISITOR_ERROR_REFUSED },
    { REPORT (WAY ("1", "ike", FAILED ("TimedOut")) "}, " WAY ("2", "ike", "") ANSWER "}"), 2, 1, 2,
        VISITOR_ERROR_FAILED },
    /* an answer that refuses is no way in */
    { REPORT (WAY ("1", "ike", "") ", 'ike': <{'error': <'ProposalRefused'>, 'detail': <'no'>}>}"),
        1, 0, 1, VISITOR_ERROR_PROPOSAL_REFUSED },
    /* and a word that makes no sense is no answer */
    { REPORT (WAY ("1", "ike", "") "}"), 1, 0, 1, VISITOR_ERROR_PROTOCOL },
    /* what is not understood is passed over */
    { REPORT ("{'kind': <'way'>}, {'kind': <'weather'>}, " WAY ("1", "ike", "") ANSWER "}"), 1, 1,
        1, VISITOR_ERROR_FAILED },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (VisitorDiagnosis) diagnosis = diagnosis_of (rows[i].report);
    const VisitorDiagnosisWay *farthest = visitor_diagnosis_farthest (diagnosis);
    g_test_message ("%s", rows[i].report);
    g_assert_cmpuint (diagnosis->ways->len, ==, rows[i].n);
    g_assert_cmpuint (visitor_diagnosis_count_working (diagnosis), ==, rows[i].working);
    g_assert_cmpuint (farthest != NULL ? farthest->attempt.number : 0, ==, rows[i].farthest);
    if (farthest != NULL && rows[i].working == 0)
      g_assert_cmpint (farthest->code, ==, rows[i].code);
  }
}

static Site *
office (void)
{
  g_autoptr (GError) error = NULL;
  Site *site = site_parse (
      "[site]\nname=Office\naddress=gw.example\n[sign-in]\nmethod=eap-mschapv2\nuser=secret-user\n",
      -1, NULL, NULL, &error);
  g_assert_no_error (error);
  return site;
}

static char *
write_all (const VisitorDiagnosis *diagnosis)
{
  g_autoptr (Site) site = office ();
  g_autofree char *begin = visitor_diagnosis_write_begin (diagnosis, site, 0);
  g_autofree char *verdict = visitor_diagnosis_write_verdict (diagnosis);
  GString *text = g_string_new (begin);
  for (guint i = 0; i < diagnosis->findings->len; i++) {
    g_autofree char *finding = visitor_diagnosis_write_finding (diagnosis, site, i);
    g_string_append (text, finding);
  }
  g_string_append (text, verdict);
  return g_string_free (text, FALSE);
}

static char *
write_report (const char *report)
{
  g_autoptr (VisitorDiagnosis) diagnosis = diagnosis_of (report);
  return write_all (diagnosis);
}

/* Each finding is there, in columns, and the last line says what it comes to. */
static void
test_report (void)
{
  static const char *const lines[] = {
    "The way to Office\n",
    "  Gateway                 gw.example:443\n",
    "  Name servers            192.0.2.53\n",
    ("\n\nThis network\n  Captive portal          none\n"
     "  gw.example A            192.0.2.1 (from 192.0.2.53, 3 ms)\n\n"),
    ("Way 1: gw.example:443 over TLS without a proxy\n  TCP to 192.0.2.1        works, 3 ms\n"
     "  TLS                     FAILED after 7 ms\n    Issued by             CN=Inspector\n"
     "    Trusted               NO\n    Note                  If “CN=Inspector” is not"),
    "  Details                 so it is\n\n",
    ("Verdict\n  No way leads to the gateway. The TLS certificate that was shown is not from "
     "anybody"),
  };
  g_autofree char *text = write_report (REPORT (
      "{'kind': <'portal'>, 'result': <'none'>},"
      "{'kind': <'name'>, 'host': <'gw.example'>, 'source': <'dns'>, 'family': <uint32 4>,"
      " 'server': <'192.0.2.53'>, 'ms': <uint32 3>, 'result': <'found'>,"
      " 'addresses': <['192.0.2.1']>}," WAY ("1", "tls",
          FAILED ("TlsUntrusted")) ", 'tls': <{'issuer': <'CN=Inspector'>, 'trusted': <false>}>}"));
  g_test_message ("%s", text);
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_test_message ("%s", lines[i]);
    g_assert_nonnull (strstr (text, lines[i]));
  }
  g_assert_null (strstr (text, "secret-user"));
}

/* Who answers, but with a key that nobody knows, is no plain success. */
static void
test_askable (void)
{
  g_autofree char *text = write_report (
      REPORT (WAY ("1", "ike", "") ANSWER ", 'tls': <{'trusted': <false>, 'askable': <true>,"
                                          " 'pin': <'sha256/AAA'>, 'issuer': <'CN=Box'>}>}"));
  const char *last = strstr (text, "\nVerdict\n");
  g_assert_nonnull (last);
  g_assert_null (strstr (text, "nothing between"));
  g_assert_nonnull (
      strstr (last, "\n  The gateway answers if this key is the gateway's: sha256/AAA. Nobody"));
  g_assert_nonnull (strstr (last, "compare it before you sign in. If “CN=Box” is not"));
}

#define FOREIGN \
  WAY ("2", "tls", FAILED ("TlsUntrusted")) \
  ", 'tls': <{'issuer': <'CN=Inspector'>, 'trusted': <false>}>}"
#define WORKS WAY ("1", "ike", "") ANSWER "}"

#define ASKED(result) \
  "{'kind': <'name'>, 'host': <'gw.example'>, 'source': <'dns'>, 'family': <uint32 4>," \
  " 'ms': <uint32 3>, 'result': <'" result "'>}"
#define NAMELESS \
  "{'kind': <'way'>, 'attempt': <{'number': <uint32 1>, 'host': <'gw.example'>," \
  " 'port': <uint16 443>, 'transport': <'TLS'>, 'stage': <'lookup'>," \
  " 'stages': <{'lookup': uint32 3}>, 'ms': <uint32 3>" FAILED ("NameNotFound") "}>}"

/* Somebody else's certificate on one way is told and no success, whatever the others come to. */
static void
test_impostor (void)
{
  static const struct {
    const char *report;
    gboolean works;
    VisitorError code; /* unless it works */
    const char *verdict;
  } rows[] = {
    { REPORT (WORKS), TRUE, 0, "\n  The gateway answers: nothing between is in the way" },
    { REPORT (WORKS ", " FOREIGN), FALSE, VISITOR_ERROR_TLS_UNTRUSTED,
        "on 1 of 2 ways; a connection takes one that works. The TLS certificate that was shown is "
        "not from anybody you trust. If “CN=Inspector” is not" },
    { REPORT (FOREIGN), FALSE, VISITOR_ERROR_TLS_UNTRUSTED,
        "the site. If “CN=Inspector” is not your gateway's CA" },
    /* the way that came farthest says why, but the other certificate is told, too */
    { REPORT (WAY ("1", "ike", FAILED ("TimedOut")) "}, " FOREIGN), FALSE, VISITOR_ERROR_TIMED_OUT,
        "is not from anybody you trust. If “CN=Inspector” is not" },
    { REPORT ("@a{sv} {}"), FALSE, VISITOR_ERROR_FAILED, "Nothing was found out.\n" },
    /* a name that is not there, and one of which nobody could be asked */
    { REPORT (ASKED ("no-name") ", " ASKED ("no-answer") ", " NAMELESS), FALSE,
        VISITOR_ERROR_NAME_NOT_FOUND, "gateway. The gateway's name was not found. Check" },
    { REPORT (ASKED ("no-answer") ", " ASKED ("no-server") ", " NAMELESS), FALSE,
        VISITOR_ERROR_NAME_NOT_FOUND, "gateway. No name server answers on this network. Check" },
    /* without a certificate nobody has shown one */
    { REPORT (WORKS ", " WAY ("2", "tls", FAILED ("TlsUntrusted")) "}"), TRUE, 0, "on 1 of 2" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (VisitorDiagnosis) diagnosis = diagnosis_of (rows[i].report);
    g_autofree char *text = write_report (rows[i].report);
    gboolean works;
    VisitorError code = visitor_diagnosis_outcome (diagnosis, &works);
    g_test_message ("%s", text);
    g_assert_cmpint (works, ==, rows[i].works);
    if (!works)
      g_assert_cmpint (code, ==, rows[i].code);
    g_assert_nonnull (strstr (text, rows[i].verdict));
  }
}

#define NAME(family, address) \
  "{'kind': <'name'>, 'host': <'gw.example'>, 'source': <'dns'>, 'family': <uint32 " family ">," \
  " 'server': <'192.0.2.53'>, 'ms': <uint32 3>, 'result': <'found'>, 'addresses': <['" address \
  "']>}"

static GVariant *
part_of (const char *finding_or_null)
{
  if (finding_or_null == NULL)
    return g_variant_ref_sink (g_variant_new_parsed (
        "{'version': <'1.2'>, 'nameservers': <['192.0.2.53']>, 'findings': <@aa{sv} []>}"));
  g_autofree char *text = g_strdup_printf ("{'findings': <[%s]>}", finding_or_null);
  return g_variant_ref_sink (g_variant_new_parsed (text));
}

/* Parts add up to the report that comes at the end, whose findings are taken once, and what was given up says
 * of itself that it is not everything. */
static void
test_parts (void)
{
  static const char *const findings[] = { "{'kind': <'weather'>}", NAME ("4", "192.0.2.1"),
    WAY ("2", "ike", FAILED ("TimedOut")) "}" };
  g_autoptr (VisitorDiagnosis) diagnosis = visitor_diagnosis_new ();
  g_autoptr (GVariant) begin = part_of (NULL);
  g_assert_false (diagnosis->has_begun);
  visitor_diagnosis_add (diagnosis, begin);
  g_assert_true (diagnosis->has_begun);
  g_autofree char *nothing = write_all (diagnosis);
  g_assert_true (
      g_str_has_suffix (nothing, "not everything was tried.\n  Nothing was found out.\n"));
  for (guint i = 0; i < G_N_ELEMENTS (findings); i++) {
    g_autoptr (GVariant) part = part_of (findings[i]);
    visitor_diagnosis_add (diagnosis, part);
    g_assert_cmpuint (diagnosis->findings->len, ==, i + 1);
  }
  diagnosis->given_up = TRUE;
  g_autofree char *early = write_all (diagnosis);
  g_assert_nonnull (strstr (early,
      "  You ended this early, and not everything was tried.\n"
      "  No way that was tried leads to the gateway. "));

  g_autoptr (GVariant) report = g_variant_ref_sink (
      g_variant_new_parsed (REPORT (NAME ("4", "192.0.2.1") ", {'kind': <'weather'>}, " WAY (
          "2", "ike", FAILED ("TimedOut")) "}, " NAME ("6", "2001:db8::1") ", " WORKS)));
  diagnosis->given_up = FALSE;
  visitor_diagnosis_end (diagnosis, report);
  g_assert_cmpuint (diagnosis->findings->len, ==, 5);
  g_assert_cmpuint (diagnosis->ways->len, ==, 2);
  g_autoptr (GVariant) again = g_variant_ref_sink (visitor_diagnosis_to_report (diagnosis));
  g_autofree char *printed = g_variant_print (again, FALSE),
                  *wanted = g_variant_print (report, FALSE);
  g_assert_cmpint (strlen (printed), ==, strlen (wanted)); /* in whichever order of the keys */
  g_autofree char *text = write_all (diagnosis);
  g_assert_nonnull (
      strstr (text, "192.0.2.53\n\nThis network\n  gw.example A            192.0.2.1"));
  const char *second = strstr (text, "\n\nWay 2: "), *first = strstr (text, "\n\nWay 1: ");
  g_assert_nonnull (second);
  g_assert_nonnull (
      strstr (second, "\n\nThis network\n  gw.example AAAA         2001:db8::1 (from"));
  g_assert_true (first > second); /* as they came */
  g_assert_nonnull (strstr (first, "\n\nVerdict\n  The gateway answers on 1 of 2 ways;"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/diagnosis/verdict", test_verdict);
  g_test_add_func ("/client/diagnosis/report", test_report);
  g_test_add_func ("/client/diagnosis/askable", test_askable);
  g_test_add_func ("/client/diagnosis/impostor", test_impostor);
  g_test_add_func ("/client/diagnosis/parts", test_parts);
  return g_test_run ();
}
