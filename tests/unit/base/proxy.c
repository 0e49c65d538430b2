/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is a proxy's URI, and what a list of them comes to. */
#include "base/proxy.h"

#include <glib.h>
#include <string.h>

#define TEN "aaaaaaaaaa"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void
test_parse (void)
{
  static const struct {
    const char *uri;
    ProxyUriVerdict verdict;
    const char *formatted;
  } rows[] = {
    { "http://proxy.example.com:3128", PROXY_URI_OK, "http://proxy.example.com:3128" },
    { "http://proxy.example.com:3128/", PROXY_URI_OK, "http://proxy.example.com:3128" },
    { "HTTP://Proxy.Example.Com:3128", PROXY_URI_OK, "http://proxy.example.com:3128" },
    { "http://proxy", PROXY_URI_OK, "http://proxy:80" },
    { "https://proxy", PROXY_URI_OK, "https://proxy:443" },
    { "socks5://proxy", PROXY_URI_OK, "socks5://proxy:1080" },
    { "socks4://proxy", PROXY_URI_OK, "socks4a://proxy:1080" },
    { "socks4a://proxy:9", PROXY_URI_OK, "socks4a://proxy:9" },
    { "socks://proxy", PROXY_URI_OK, "socks5://proxy:1080" },
    { "http://192.0.2.1:8080", PROXY_URI_OK, "http://192.0.2.1:8080" },
    { "http://[2001:db8::1]:8080", PROXY_URI_OK, "http://[2001:db8::1]:8080" },
    { "http://web_proxy:1", PROXY_URI_OK, "http://web_proxy:1" },
    { "direct://", PROXY_URI_OK, "direct://" },
    { "direct://host", PROXY_URI_NOT_ONE },
    { "", PROXY_URI_NOT_ONE },
    { "proxy", PROXY_URI_NOT_ONE },
    { "proxy:3128", PROXY_URI_NOT_ONE },
    { "http:proxy:3128", PROXY_URI_NOT_ONE },
    { "http://", PROXY_URI_NOT_ONE },
    { "http://:3128", PROXY_URI_NOT_ONE },
    { "http://proxy:", PROXY_URI_NOT_ONE },
    { "http://proxy:0", PROXY_URI_NOT_ONE },
    { "http://proxy:65536", PROXY_URI_NOT_ONE },
    { "http://proxy:+1", PROXY_URI_NOT_ONE },
    { "http://proxy:3128/path", PROXY_URI_NOT_ONE },
    { "http://proxy:3128?q", PROXY_URI_NOT_ONE },
    { "http://pro xy:3128", PROXY_URI_NOT_ONE },
    { "http://proxy\r\nX: y:3128", PROXY_URI_NOT_ONE },
    { "http://pro..xy:1", PROXY_URI_NOT_ONE },
    { "http://.proxy:1", PROXY_URI_NOT_ONE },
    { "http://-proxy:1", PROXY_URI_NOT_ONE },
    { "http://2001:db8::1:8080", PROXY_URI_NOT_ONE },
    { "http://[2001:db8::1", PROXY_URI_NOT_ONE },
    { "http://[2001:db8::1]8080", PROXY_URI_NOT_ONE },
    { "http://[192.0.2.1]:1", PROXY_URI_NOT_ONE },
    { "http://" HUNDRED HUNDRED TEN TEN TEN TEN TEN "aaaa:1", PROXY_URI_NOT_ONE },
    { "http://user@proxy:1", PROXY_URI_USER },
    { "http://user:password@proxy:1", PROXY_URI_USER },
    { "ftp://proxy:1", PROXY_URI_SCHEME },
    { "file://etc", PROXY_URI_SCHEME },
    { "://proxy:1", PROXY_URI_SCHEME },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    Proxy proxy = { 0 };
    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, rows[i].uri);
    g_assert_cmpint (proxy_parse (rows[i].uri, &proxy), ==, rows[i].verdict);
    if (rows[i].verdict != PROXY_URI_OK)
      continue;
    g_autofree char *formatted = proxy_format (&proxy);
    g_assert_cmpstr (formatted, ==, rows[i].formatted);
    Proxy again;
    g_assert_cmpint (proxy_parse (formatted, &again), ==, PROXY_URI_OK);
    g_assert_true (proxy_equal (&proxy, &again));
  }
}

static void
test_list (void)
{
  static const struct {
    const char *uris[5];
    const char *want;
  } rows[] = {
    { { NULL }, "" },
    { { "direct://" }, "direct://" },
    { { "http://a:1", "socks5://b:2", "direct://" }, "http://a:1 socks5://b:2 direct://" },
    { { "socks://a:1", "direct://" }, "socks5://a:1 socks4a://a:1 direct://" },
    { { "http://a:1", "http://a:1" }, "http://a:1" },
    { { "nonsense", "ftp://a:1", "http://u:p@a:1", "http://a:1" }, "http://a:1" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    Proxy list[PROXY_LIST_MAX];
    size_t n = proxy_list_parse (rows[i].uris, list);
    g_autoptr (GString) got = g_string_new (NULL);
    for (size_t k = 0; k < n; k++) {
      g_autofree char *uri = proxy_format (&list[k]);
      g_string_append_printf (got, "%s%s", k > 0 ? " " : "", uri);
    }
    g_assert_cmpstr (got->str, ==, rows[i].want);
  }
}

/* A script that answers with more than anybody tries is cut off. */
static void
test_long_list (void)
{
  char *uris[2 * PROXY_LIST_MAX + 1] = { NULL };
  Proxy list[PROXY_LIST_MAX];
  for (guint i = 0; i < 2 * PROXY_LIST_MAX; i++)
    uris[i] = g_strdup_printf ("socks://proxy:%u", i + 1);
  g_assert_cmpuint (proxy_list_parse ((const char *const *) uris, list), ==, PROXY_LIST_MAX);
  for (guint i = 0; i < 2 * PROXY_LIST_MAX; i++)
    g_free (uris[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/proxy/parse", test_parse);
  g_test_add_func ("/base/proxy/list", test_list);
  g_test_add_func ("/base/proxy/long-list", test_long_list);
  return g_test_run ();
}
