/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/report.h"

#include <string.h>

#include "client/redaction.h"

static void
assert_holds (const char *text, const char *part, gboolean holds)
{
  if ((strstr (text, part) != NULL) != holds)
    g_error ("“%s” is %sin:\n%s", part, holds ? "not " : "", text);
}

static void
test_forms (void)
{
  static const struct {
    const char *text, *redacted;
  } cases[] = {
    { "nothing to hide at 12:34:56, 3.14, version 1.2.3", NULL },
    { "aes256gcm16-prfsha384-ecp384, MTU 1400, 0 s", NULL },
    { "203.0.113.77", "203.0.113.x" },
    { "from 203.0.113.77:443 to 10.0.0.2/32.", "from 203.0.113.x:443 to 10.0.0.x/32." },
    { "[2001:db8:1:2::77]:443", "[2001:db8::x]:443" },
    { "fd03::5/128", "fd03::x/128" },
    { "fe80::1 and ::ffff:203.0.113.7", "fe80::x and ::x" },
    { "999.999.999.999", NULL },
    { "vpn.example.com answers", "*.com answers" },
    { "VPN.Example.COM:443", "*.COM:443" },
    { "xn--mnchen-3ya.example", "*.example" },
    { "münchen.example", "*.example" },
    { "alice@corp.example.com signs in", "<user>@*.com signs in" },
    { "CN=Alice Liddell, O=Wonderland", "CN=*, O=*" },
    { "password: Wonderland1", "password: <secret>" },
    { "the PIN=1234, a code = 99", "the PIN=<secret>, a code = <secret>" },
    { "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD", "<key>" },
    { "sha256/n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", "<key>" },
  };
  g_autoptr (VisitorRedaction) redaction = visitor_redaction_new ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *redacted = visitor_redaction_apply (redaction, cases[i].text);
    const char *expected = cases[i].redacted != NULL ? cases[i].redacted : cases[i].text;
    g_assert_cmpstr (redacted, ==, expected);
  }
}

static void
test_words (void)
{
  static const struct {
    const char *text, *redacted;
  } cases[] = {
    { "alice signs in", "<user> signs in" },
    { "Signing in as ALICE.", "Signing in as <user>." },
    { "malice and alicea stay", "malice and alicea stay" },
    { "the identity is \"alice\"", "the identity is \"<user>\"" },
    { "alice liddell's", "<name>'s" },
    { "a.b+c (regex)", "<odd> (regex)" },
    { "axb+c", "axb+c" },
    { "bad \xff octet of alice", "bad \xef\xbf\xbd octet of <user>" },
  };
  g_autoptr (VisitorRedaction) redaction = visitor_redaction_new ();
  visitor_redaction_add (redaction, "alice", "<user>");
  visitor_redaction_add (redaction, "Alice Liddell", "<name>");
  visitor_redaction_add (redaction, "a.b+c", "<odd>");
  visitor_redaction_add (redaction, "", "<nothing>");
  visitor_redaction_add (redaction, NULL, "<nothing>");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *redacted = visitor_redaction_apply (redaction, cases[i].text);
    g_assert_cmpstr (redacted, ==, cases[i].redacted);
  }
}

#define SITE \
  "[site]\nname=Secret Garden\naddress=vpn.wonderland.example:8443\n" \
  "entry-points=second.wonderland.example,198.51.100.66\n" \
  "[tls]\nname=tls.wonderland.example\n[gateway]\nidentity=gw.wonderland.example\n" \
  "[sign-in]\nmethod=eap-ttls\nuser=EXAMPLE\\\\alice\nlocal-identity=rabbit@hole.example\n" \
  "anonymous-identity=hatter\naaa-identity=aaa.wonderland.example\nppk-identity=cheshire\n" \
  "[proxy]\nmode=manual\nuri=http://proxy.wonderland.example:3128\n" \
  "[network]\nroutes=10.99.0.0/16\ndns=10.99.0.53\ndomains=inner.wonderland.example\n" \
  "[unknown]\nnote=Wonderland1\n"

/* Everything that must not come out; what is planted, is planted in the status and in the log. */
static const char *const planted[] = { "alice", "rabbit", "hatter", "cheshire", "Secret Garden",
  "wonderland", "Wonderland1", "198.51.100.66", "203.0.113.77", "10.99.0.5", "2001:db8:5:6::7",
  "hole.example", "Liddell" };

static char *
write_report (void)
{
  static const char *const log[] = { "looking-for-gateway: vpn.wonderland.example",
    "198.51.100.66 and 203.0.113.77:8443 answer, [2001:db8:5:6::7]:8443 does not",
    "signing-in as alice, rabbit@hole.example, hatter", "password=Wonderland1",
    "the certificate is CN=Alice Liddell,O=wonderland, for gw.wonderland.example",
    "ppk cheshire is used in Secret Garden", "a harmless line about ESP", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_parse (SITE, -1, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GError) failure = g_error_new (VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT,
      "alice at 203.0.113.77 (vpn.wonderland.example) is silent");
  g_autoptr (GVariant) status = g_variant_ref_sink (g_variant_new_parsed (
      "{'site': <'garden'>, 'name': <'Secret Garden'>, 'state': <'connected'>,"
      " 'detail': <'alice is in'>, 'since': <int64 990>, 'connected': <int64 400>,"
      " 'transport': <'TLS'>, 'stream': <'TLS1.3 with vpn.wonderland.example'>,"
      " 'gateway': <'203.0.113.77:8443'>, 'ike': <'aes256gcm16-prfsha384-ecp384'>,"
      " 'child': <'aes256gcm16-esn'>, 'addresses': <['10.99.0.5/32', '2001:db8:5:6::7/128']>,"
      " 'routes': <['10.99.0.0/16']>, 'dns': <['10.99.0.53']>, 'mtu': <uint32 1400>,"
      " 'domains': <['inner.wonderland.example']>, 'novelty': <'alice'>,"
      " 'attempts': <[{'number': <uint32 3>, 'host': <'vpn.wonderland.example'>,"
      " 'proxy': <'http://proxy.wonderland.example:3128'>, 'port': <uint16 8443>,"
      " 'address': <'198.51.100.66'>, 'transport': <'TLS'>, 'stage': <'tls'>,"
      " 'stages': <{'tls': uint32 120}>, 'ms': <uint32 120>, 'error': <'TimedOut'>,"
      " 'detail': <'alice waits'>}]>,"
      " 'counters': <{'bytes-in': uint64 4711, 'drop-replayed': uint64 2}>}"));
  VisitorReportFacts facts = {
    .state = VISITOR_STATE_CONNECTED,
    .site = site,
    .failure = failure,
    .status = status,
    .engine_version = "9.8.7",
    .log = log,
  };
  for (guint i = 0; i < G_N_ELEMENTS (planted); i++) { /* the test would see it */
    g_autofree char *all = g_strjoinv (" ", (char **) log);
    g_autofree char *printed = g_variant_print (status, FALSE);
    g_autofree char *everything = g_strjoin (" ", all, printed, SITE, failure->message, NULL);
    assert_holds (everything, planted[i], TRUE);
  }
  return visitor_report_write (&facts, 1000);
}

static void
test_planted (void)
{
  g_autofree char *report = write_report ();
  g_autofree char *folded = g_utf8_casefold (report, -1);
  g_test_message ("%s", report);
  for (guint i = 0; i < G_N_ELEMENTS (planted); i++) {
    g_autofree char *word = g_utf8_casefold (planted[i], -1);
    assert_holds (folded, word, FALSE);
  }
}

/* And what helps is in it. */
static void
test_useful (void)
{
  static const char *const parts[] = { "program: visitor ", "engine: 9.8.7\n",
    "system: ", "state: connected\n", "failure: TimedOut\n", "method eap-ttls",
    "in this state for: 10 s\n", "first connected before: 600 s\n", "transport: TLS\n",
    "stream: TLS1.3 with ", "ike: aes256gcm16-prfsha384-ecp384\n", "child: aes256gcm16-esn\n",
    "mtu: 1400\n", "gateway: 203.0.113.x:8443\n", "bytes-in 4711",
    "way 3: TLS, port 8443, a proxy, 120 ms, TimedOut at tls\n", "drop-replayed 2",
    "  a harmless line about ESP\n", "proxy manual" };
  g_autofree char *report = write_report ();
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    assert_holds (report, parts[i], TRUE);
}

/* Of a site that cannot be read there is a report, too. */
static void
test_little (void)
{
  VisitorReportFacts facts = { .state = VISITOR_STATE_DISCONNECTED };
  g_autofree char *report = visitor_report_write (&facts, 0);
  assert_holds (report, "state: disconnected\n", TRUE);
  assert_holds (report, "engine: not running\n", TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/redaction/forms", test_forms);
  g_test_add_func ("/client/redaction/words", test_words);
  g_test_add_func ("/client/report/planted", test_planted);
  g_test_add_func ("/client/report/useful", test_useful);
  g_test_add_func ("/client/report/little", test_little);
  return g_test_run ();
}
