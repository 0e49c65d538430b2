/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/gateway-config.h"

#include "base/error.h"

#define NEEDED "certificate=/c.pem\nkey=/k.pem\n"

/* What is wrong, and what the error says of it. */
static const struct {
  const char *text;
  const char *says;
} bad[] = {
  { "", "\"certificate\" in [gateway] is missing" },
  { "[gateway]\ncertificate=/c.pem\n", "\"key\" in [gateway] is missing" },
  { "[gateway]\n" NEEDED "colour=red\n", "t.conf:4: unknown key \"colour\" in [gateway]" },
  { "# one\n\n[gateway]\n# listen=no\nlisten = 1.2.3.4\n" NEEDED,
      "t.conf:5: listen = \"1.2.3.4\"" },
  { "[gateway]\n" NEEDED "[other]\nlisten=1.2.3.4:5\n", "t.conf:4: unknown group [other]" },
  { "[gateway]\n" NEEDED "max-streams=5\n", "unknown key \"max-streams\" in [gateway]" },
  { "[gateway]\n" NEEDED "listen=\n", "t.conf:4: listen" },
  { "[gateway]\n" NEEDED "listen=;\n", "t.conf:4: listen" },
  { "[gateway]\n" NEEDED "listen=1.2.3.4:443;::1:443\n", "t.conf:4: listen" },
  { "[gateway]\n" NEEDED "listen=[1.2.3.4]:443\n", "t.conf:4: listen" },
  { "[gateway]\n" NEEDED "listen=1.2.3.4:0\n", "t.conf:4: listen" },
  { "[gateway]\n" NEEDED "listen=1.2.3.4:65536\n", "t.conf:4: listen" },
  { "[gateway]\n" NEEDED "listen=gateway.example.test:443\n", "t.conf:4: listen" },
  { "[gateway]\n" NEEDED "target=127.0.0.1\n", "t.conf:4: target" },
  { "[gateway]\n" NEEDED "target=127.0.0.1:4500;127.0.0.2:4500\n", "t.conf:4: target" },
  { "[gateway]\nkey=/k.pem\ncertificate=c.pem\n", "t.conf:3: certificate = \"c.pem\"" },
  { "[gateway]\ncertificate=/c.pem\nkey=\n", "t.conf:3: key" },
  { "[gateway]\n" NEEDED "user=\n", "t.conf:4: user" },
  { "[gateway]\n" NEEDED "plain-streams=maybe\n", "t.conf:4: plain-streams = \"maybe\"" },
  { "[gateway]\n" NEEDED "[limits]\nmax-streams=0\n", "t.conf:5: max-streams = \"0\"" },
  { "[gateway]\n" NEEDED "[limits]\nmax-streams=-1\n", "t.conf:5: max-streams" },
  { "[gateway]\n" NEEDED "[limits]\nmax-streams=1000001\n", "t.conf:5: max-streams" },
  { "[gateway]\n" NEEDED "[limits]\nmax-streams=1e3\n", "t.conf:5: max-streams" },
  { "[gateway]\n" NEEDED "[limits]\nmax-streams-per-address=\n", "max-streams-per-address" },
  { "[gateway]\n" NEEDED "[limits]\nmax-detached-sessions=x\n", "max-detached-sessions" },
  { "[gateway]\n" NEEDED "[limits]\nsession-timeout=10m\n", "t.conf:5: session-timeout" },
  { "[gateway]\n" NEEDED "user=a\x01\xff\n", "t.conf" },
  { "listen=1.2.3.4:443\n", "t.conf: " },
  { "[gateway\n", "t.conf: " },
  { "[gateway]\nwhat\n", "t.conf: " },
};

static void
test_bad (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (gateway_config_parse ("t.conf", bad[i].text, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST);
    g_assert_nonnull (error->message);
    if (strstr (error->message, bad[i].says) == NULL)
      g_error ("row %zu: \"%s\" does not say \"%s\"", i, error->message, bad[i].says);
  }
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GatewayConfig) config = gateway_config_parse ("t.conf", "[gateway]\n" NEEDED, &error);
  g_assert_no_error (error);
  char text[ENDPOINT_STRLEN];
  g_assert_cmpuint (config->listen->len, ==, 1);
  g_assert_true (config->listen_is_default);
  g_assert_cmpstr (
      endpoint_format (&g_array_index (config->listen, Endpoint, 0), text), ==, "[::]:443");
  g_assert_cmpstr (endpoint_format (&config->target, text), ==, "127.0.0.1:4500");
  g_assert_cmpstr (config->certificate_file, ==, "/c.pem");
  g_assert_cmpstr (config->key_file, ==, "/k.pem");
  g_assert_true (config->plain_streams);
  g_assert_cmpuint (config->session_timeout, ==, 600);
}

static void
test_all_keys (void)
{
  static const char text[] = "[gateway]\n" NEEDED "listen = 192.0.2.1:443 ; [2001:db8::1]:8443;\n"
                             "target=[::1]:4500\nuser=nobody\nplain-streams=false\n"
                             "[limits]\nmax-streams=1\nmax-streams-per-address=2\n"
                             "max-detached-sessions=3\nsession-timeout=4\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (GatewayConfig) config = gateway_config_parse ("t.conf", text, &error);
  g_assert_no_error (error);
  char shown[ENDPOINT_STRLEN];
  g_assert_cmpuint (config->listen->len, ==, 2);
  g_assert_false (config->listen_is_default);
  g_assert_cmpstr (endpoint_format (&g_array_index (config->listen, Endpoint, 1), shown), ==,
      "[2001:db8::1]:8443");
  g_assert_cmpstr (endpoint_format (&config->target, shown), ==, "[::1]:4500");
  g_assert_cmpstr (config->user, ==, "nobody");
  g_assert_false (config->plain_streams);
  g_assert_cmpuint (config->max_streams, ==, 1);
  g_assert_cmpuint (config->max_streams_per_address, ==, 2);
  g_assert_cmpuint (config->max_detached_sessions, ==, 3);
  g_assert_cmpuint (config->session_timeout, ==, 4);
}

static void
test_no_file (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (gateway_config_load ("/nonexistent/gateway.conf", &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/bad", test_bad);
  g_test_add_func ("/config/defaults", test_defaults);
  g_test_add_func ("/config/all-keys", test_all_keys);
  g_test_add_func ("/config/no-file", test_no_file);
  return g_test_run ();
}
