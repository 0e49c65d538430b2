/* SPDX-License-Identifier: GPL-2.0-or-later */
/* URLs that a stranger wants a person's browser to be sent to, and whose hosts may be of one owner. */
#include <glib.h>
#include <string.h>

#include "base/web-url.h"

static void
test_urls (void)
{
  static const struct {
    const char *text;
    const char *host; /* NULL: refused */
    uint16_t port;
    bool is_https;
  } cases[] = {
    { "http://portal.hotel.example/", "portal.hotel.example", 80, false },
    { "https://portal.hotel.example", "portal.hotel.example", 443, true },
    { "HTTP://Portal.Hotel.Example/Login?mac=aa:bb&url=http://x/#top", "portal.hotel.example", 80,
        false },
    { "http://192.168.1.1:8000/login", "192.168.1.1", 8000, false },
    { "http://[fd00::1]:8080?x", "fd00::1", 8080, false },
    { "http://1.1.1.1/", "1.1.1.1", 80, false },
    { "http://router/login@home", "router", 80, false },
    { "http://a.example/%0d%0a", "a.example", 80, false },

    { "" },
    { "/login" },
    { "//portal.example/" },
    { "portal.example/login" },
    { "http:/portal.example/" },
    { "http:///login" },
    { "http://" },
    { "http://:80/" },
    { "ftp://portal.example/" },
    { "file:///etc/passwd" },
    { "javascript://portal.example/%0aalert(1)" },
    { "data:text/html,http://portal.example/" },
    { "socks5://portal.example:1080/" },
    { "http://vpn.example.com@evil.example/" },
    { "http://user:password@portal.example/" },
    { "http://portal.example:0/" },
    { "http://portal.example:65536/" },
    { "http://portal.example:80:80/" },
    { "http://portal.example:/" },
    { "http://portal.exam ple/" },
    { "http://portal.example/\r\nX: y" },
    { "http://portal.example/\t" },
    { "http://portal.example/\x1b[2J" },
    { "http://portal.example/\x7f" },
    { "http://p\xc3\xb6rtal.example/" },
    { "http://portal.example/\xe2\x80\xae" },
    { "http://portal.example/\"onclick=" },
    { "http://portal.example/<script>" },
    { "http://portal.example\\@evil.example/" },
    { "http://fe80::1/" },
    { "http://[fe80::1%25eth0]/" },
    { "http://[192.168.1.1]/" },
    { "http://-portal.example/" },
    { "http://..example/" },
    { "http://localhost/" },
    { "http://LOCALHOST:631/" },
    { "http://x.localhost/" },
    { "http://127.0.0.1:631/admin" },
    { "http://127.1/" },
    { "http://2130706433/" },
    { "http://0x7f000001/" },
    { "http://0177.0.0.1/" },
    { "http://0.0.0.0/" },
    { "http://[::1]/" },
    { "http://[::ffff:127.0.0.1]/" },
    { "http://224.0.0.1/" },
    { "http://portal.127/" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    WebUrl url = { .host = "untouched" };
    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (web_url_parse (cases[i].text, &url), ==, cases[i].host != NULL);
    g_assert_cmpstr (url.host, ==, cases[i].host != NULL ? cases[i].host : "untouched");
    g_assert_cmpuint (url.port, ==, cases[i].port);
    g_assert_cmpint (url.is_https, ==, cases[i].is_https);
  }
}

static void
test_target (void)
{
  static const struct {
    const char *url, *target;
  } cases[] = {
    { "http://a.example", "/" },
    { "http://a.example/", "/" },
    { "http://a.example:81/b/c?d=/e", "/b/c?d=/e" },
    { "http://a.example?b", "/?b" },
    { "http://a.example/b#c", "/b" },
    { "http://a.example#c/d?e", "/" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *target = web_url_target (cases[i].url);
    g_assert_cmpstr (target, ==, cases[i].target);
  }
}

static void
test_length (void)
{
  WebUrl url;
  for (size_t extra = 0; extra <= 1; extra++) {
    g_autofree char *text = g_strnfill (WEB_URL_MAX + extra, 'a');
    memcpy (text, "http://a/", strlen ("http://a/"));
    g_assert_cmpint (web_url_parse (text, &url), ==, extra == 0);
  }
}

static void
test_related (void)
{
  static const struct {
    const char *a, *b;
    bool related;
  } cases[] = {
    { "vpn.example.com", "vpn.example.com", true },
    { "vpn.example.com", "VPN.example.com.", true },
    { "vpn.example.com", "www.example.com", true },
    { "vpn.example.com", "example.com", true },
    { "vpn.eu.example.com", "login.example.com", true },
    { "vpn.example.co.uk", "www.example.co.uk", true },
    { "vpn.example.com", "portal.hotel.example", false },
    { "vpn.example.com", "vpn.example.org", false },
    { "vpn.example.com", "example.com.evil.test", false },
    { "vpn.example.com", "evilexample.com", false },
    { "vpn.example.co.uk", "hotel.co.uk", false },
    { "gateway", "gateway", true },
    { "gateway", "router", false },
    { "com", "example.com", false },
    { "203.0.113.7", "203.0.113.7", true },
    { "203.0.113.7", "198.51.113.7", false },
    { "203.0.113.7", "vpn.example.com", false },
    { "2001:db8::1", "2001:db8:0::1", true },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s and %s", cases[i].a, cases[i].b);
    g_assert_cmpint (web_hosts_are_related (cases[i].a, cases[i].b), ==, cases[i].related);
    g_assert_cmpint (web_hosts_are_related (cases[i].b, cases[i].a), ==, cases[i].related);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/web-url/urls", test_urls);
  g_test_add_func ("/base/web-url/target", test_target);
  g_test_add_func ("/base/web-url/length", test_length);
  g_test_add_func ("/base/web-url/related", test_related);
  return g_test_run ();
}
