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
  return visitor_diagnosis_new (report);
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

static char *
write_report (const char *report)
{
  g_autoptr (VisitorDiagnosis) diagnosis = diagnosis_of (report);
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_parse (
      "[site]\nname=Office\naddress=gw.example\n[sign-in]\nmethod=eap-mschapv2\nuser=secret-user\n",
      -1, NULL, NULL, &error);
  g_assert_no_error (error);
  return visitor_diagnosis_write (diagnosis, site, 0);
}

/* Each finding is there, in columns, and the last line says what it comes to. */
static void
test_report (void)
{
  static const char *const lines[] = {
    "The way to Office\n",
    "  Gateway           gw.example:443\n",
    "  Name servers      192.0.2.53\n",
    "  Captive portal    none\n",
    "Names\n  gw.example A      192.0.2.1 (from 192.0.2.53, 3 ms)\n",
    ("Way 1: gw.example:443 over TLS without a proxy\n  TCP to 192.0.2.1  works, 3 ms\n"
     "  TLS               FAILED after 7 ms\n    Issued by       CN=Inspector\n"
     "    Trusted         NO\n    Note            If “CN=Inspector” is not"),
    "  Details           so it is\n",
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/diagnosis/verdict", test_verdict);
  g_test_add_func ("/client/diagnosis/report", test_report);
  g_test_add_func ("/client/diagnosis/askable", test_askable);
  g_test_add_func ("/client/diagnosis/impostor", test_impostor);
  return g_test_run ();
}
