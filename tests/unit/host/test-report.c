/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a worker asks or says about a certificate, as the host takes it. */
#include "host/report.h"

#define PART "'part': <'tls'>, "
#define NAME "'name': <'gw.example.test'>, "
#define CERTIFICATE "'certificate': <[byte 0x30, 0x00]>, "
#define WORDS "'reason': <'unknown'>, 'subject': <'CN=a'>, 'issuer': <'CN=b'>, "
#define DATES "'not-before': <int64 -1>, 'not-after': <int64 2>"

static gboolean
parse (GVariant *body, HostReport *ret_report, GError **error)
{
  const Message message = { .type = MESSAGE_WANT_TRUST, .body = body, .fd = -1 };
  return host_report_parse (&message, ret_report, error);
}

static void
want_trust_rows (void)
{
  static const struct {
    const char *what;
    const char *body;
    gboolean ok;
  } rows[] = {
    { "all", "{" PART NAME CERTIFICATE WORDS DATES "}", TRUE },
    { "no part", "{" NAME CERTIFICATE WORDS DATES "}", FALSE },
    { "another part", "{'part': <'proxy'>, " NAME CERTIFICATE WORDS DATES "}", FALSE },
    { "a part that is a number", "{'part': <1>, " NAME CERTIFICATE WORDS DATES "}", FALSE },
    { "no name", "{" PART CERTIFICATE WORDS DATES "}", FALSE },
    { "a name of two lines", "{" PART "'name': <'a\\nb'>, " CERTIFICATE WORDS DATES "}", FALSE },
    { "no certificate", "{" PART NAME WORDS DATES "}", FALSE },
    { "an empty one", "{" PART NAME "'certificate': <@ay []>, " WORDS DATES "}", FALSE },
    { "text for one", "{" PART NAME "'certificate': <'PEM'>, " WORDS DATES "}", FALSE },
    { "no words", "{" PART NAME CERTIFICATE DATES "}", FALSE },
    { "no dates", "{" PART NAME CERTIFICATE "'reason': <'a'>, 'subject': <'a'>, 'issuer': <'a'>}",
        FALSE },
    { "nothing", "@a{sv} {}", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (HostReport) report = { 0 };
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_parsed (rows[i].body));
    g_test_message ("%s", rows[i].what);
    g_assert_true (parse (body, &report, &error) == rows[i].ok);
    if (!rows[i].ok)
      g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
  }
}

/* Names are the gateway's, and shown escaped; what nobody asked for is not handed on. */
static void
want_trust_is_cleaned (void)
{
  g_auto (HostReport) report = { 0 };
  g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_parsed (
      "{" PART NAME CERTIFICATE
      "'reason': <'unknown'>, 'subject': <'CN=a\\u001b[2Jb'>, 'issuer': <'CN=Büro\\u202e'>, "
      "'trusted': <true>, " DATES "}"));
  g_assert_true (parse (body, &report, NULL));
  g_assert_cmpuint (g_variant_n_children (report.question), ==, 8);
  const char *subject, *issuer;
  gint64 from;
  g_assert_true (g_variant_lookup (report.question, "subject", "&s", &subject));
  g_assert_cmpstr (subject, ==, "CN=a\\u{1b}[2Jb");
  g_assert_true (g_variant_lookup (report.question, "issuer", "&s", &issuer));
  g_assert_cmpstr (issuer, ==, "CN=Büro\\u{202e}");
  g_assert_true (g_variant_lookup (report.question, "not-before", "x", &from));
  g_assert_cmpint (from, ==, -1);
}

/* A certificate has an end, and so has a name. */
static void
want_trust_has_limits (void)
{
  for (guint len = 32768; len <= 32769; len++) {
    g_auto (HostReport) report = { 0 };
    g_autofree guint8 *octets = g_malloc0 (len);
    g_autoptr (GVariant) body = g_variant_ref_sink (
        g_variant_new_parsed ("{" PART NAME WORDS "'certificate': <%@ay>, " DATES "}",
            g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, octets, len, 1)));
    g_assert_true (parse (body, &report, NULL) == (len == 32768));
  }
  g_auto (HostReport) report = { 0 };
  g_autofree char *name = g_strnfill (256, 'a');
  g_autoptr (GVariant) body = g_variant_ref_sink (
      g_variant_new_parsed ("{" PART CERTIFICATE WORDS "'name': <%s>, " DATES "}", name));
  g_assert_false (parse (body, &report, NULL));
}

/* Of a key that has changed the same is told, and whether it could be accepted, in so many words. */
static void
key_changed_rows (void)
{
  static const struct {
    const char *what;
    const char *body;
    gboolean ok;
  } rows[] = {
    { "all", "{" PART NAME CERTIFICATE WORDS "'acceptable': <false>, 'secret': <'x'>, " DATES "}",
        TRUE },
    { "no word on it", "{" PART NAME CERTIFICATE WORDS DATES "}", FALSE },
    { "a number", "{" PART NAME CERTIFICATE WORDS "'acceptable': <1>, " DATES "}", FALSE },
    { "no certificate", "{" PART NAME WORDS "'acceptable': <true>, " DATES "}", FALSE },
    { "nothing", "@a{sv} {}", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (HostReport) report = { 0 };
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_parsed (rows[i].body));
    const Message message = { .type = MESSAGE_KEY_CHANGED, .body = body, .fd = -1 };
    gboolean acceptable = TRUE;
    g_test_message ("%s", rows[i].what);
    g_assert_true (host_report_parse (&message, &report, &error) == rows[i].ok);
    if (!rows[i].ok) {
      g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
      continue;
    }
    g_assert_cmpuint (g_variant_n_children (report.question), ==, 9);
    g_assert_true (g_variant_lookup (report.question, "acceptable", "b", &acceptable));
    g_assert_false (acceptable);
  }
}

/* What a worker may ask in a proxy's name; the realm is a stranger's text, and made one plain line. */
static void
want_proxy_secret_rows (void)
{
  static const struct {
    const char *body;
    const char *realm; /* NULL: refused */
  } rows[] = {
    { "(1, 'proxy-password', 'http://proxy:3128', 'alice', 1, 'Hotel')", "Hotel" },
    { "(1, 'proxy-password-clear', 'socks5://proxy:1080', '', 2, '')", "" },
    { "(1, 'proxy-token', 'http://proxy:3128', '', 1, 'a\\nb\\u202e')", "a b" },
    { "(1, 'password', 'http://proxy:3128', 'alice', 1, '')", NULL },
    { "(1, 'proxy-password', 'direct://', 'alice', 1, '')", NULL },
    { "(1, 'proxy-password', 'file:///etc/passwd', 'alice', 1, '')", NULL },
    { "(1, 'proxy-password', 'http://a:b@proxy:1', 'alice', 1, '')", NULL },
    { "(1, 'proxy-password', 'http://proxy:3128', 'a\\nb', 1, '')", NULL },
    { "(1, 'proxy-password', 'http://proxy:3128', 'alice', 0, '')", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (HostReport) report = { 0 };
    g_autoptr (GVariant) body =
        g_variant_parse (G_VARIANT_TYPE ("(usssus)"), rows[i].body, NULL, NULL, NULL);
    const Message message = { .type = MESSAGE_WANT_PROXY_SECRET, .body = body, .fd = -1 };
    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_nonnull (body);
    g_assert_true (host_report_parse (&message, &report, NULL) == (rows[i].realm != NULL));
    if (rows[i].realm != NULL)
      g_assert_cmpstr (report.text, ==, rows[i].realm);
  }
}

static void
portal_rows (void)
{
  static const struct {
    const char *url;
    gboolean ok;
  } rows[] = {
    { "http://portal.hotel.example/?from=vpn", TRUE },
    { "https://192.0.2.1:8443/", TRUE },
    { "", FALSE },
    { "portal.hotel.example", FALSE },
    { "file:///etc/passwd", FALSE },
    { "http://localhost:631/", FALSE },
    { "http://a.example/\nb", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (HostReport) report = { 0 };
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new ("(s)", rows[i].url));
    const Message message = { .type = MESSAGE_PORTAL, .body = body, .fd = -1 };
    g_test_message ("%s", rows[i].url);
    g_assert_true (host_report_parse (&message, &report, &error) == rows[i].ok);
    if (rows[i].ok)
      g_assert_cmpstr (report.detail, ==, rows[i].url);
    else
      g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
  }
}

/* Both ends of a stream are addresses, of one family. */
static void
path_rows (void)
{
  static const struct {
    const char *body;
    gboolean ok;
  } rows[] = {
    { "('192.0.2.2', '203.0.113.10')", TRUE },
    { "('2001:db8::2', '2001:db8::10')", TRUE },
    { "('127.0.0.1', '127.0.0.1')", TRUE },
    { "('192.0.2.2', '2001:db8::10')", FALSE },
    { "('', '')", FALSE },
    { "('192.0.2.2', 'vpn.example.com')", FALSE },
    { "('192.0.2.2/24', '203.0.113.10')", FALSE },
    { "('fe80::1%eth0', 'fe80::2')", FALSE },
    { "('192.0.2.2', '203.0.113.10\n')", FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (HostReport) report = { 0 };
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_parsed (rows[i].body));
    const Message message = { .type = MESSAGE_PATH, .body = body, .fd = -1 };
    g_test_message ("%s", rows[i].body);
    g_assert_cmpint (host_report_parse (&message, &report, &error), ==, rows[i].ok);
    if (!rows[i].ok)
      g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/report/want-trust-rows", want_trust_rows);
  g_test_add_func ("/host/report/want-proxy-secret-rows", want_proxy_secret_rows);
  g_test_add_func ("/host/report/want-trust-is-cleaned", want_trust_is_cleaned);
  g_test_add_func ("/host/report/want-trust-has-limits", want_trust_has_limits);
  g_test_add_func ("/host/report/key-changed-rows", key_changed_rows);
  g_test_add_func ("/host/report/portal-rows", portal_rows);
  g_test_add_func ("/host/report/path-rows", path_rows);
  return g_test_run ();
}
