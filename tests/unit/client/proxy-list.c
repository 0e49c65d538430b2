/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a session answers about proxies, and what a network announces. */
#include "client/proxy-list.h"

#include <string.h>

#include "client/wpad.h"

static void
test_list (void)
{
  static const struct {
    const char *uris[4];
    const char *want;
    const char *user; /* of the first */
  } rows[] = {
    { { NULL }, "direct://" },
    { { "direct://" }, "direct://" },
    { { "nonsense" }, "direct://" },
    { { "http://a:1", "direct://" }, "http://a:1 direct://" },
    { { "socks://a:1" }, "socks5://a:1 socks4a://a:1" },
    { { "http://u:p@a:1" }, "http://a:1", "u:p" },
    { { "http://u:p%40%3a@a:1" }, "http://a:1", "u:p@:" },
    { { "http://u@a:1" }, "http://a:1" },
    { { "http://u:p@:1" }, "direct://" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (VisitorProxyList) list = visitor_proxy_list_new (rows[i].uris);
    const char *const *uris = visitor_proxy_list_get_uris (list);
    g_autofree char *got = g_strjoinv (" ", (char **) uris);
    g_assert_cmpstr (got, ==, rows[i].want);
    const Secret *user = visitor_proxy_list_find_user (list, uris[0]);
    g_assert_true ((user != NULL) == (rows[i].user != NULL));
    if (user != NULL)
      g_assert_cmpmem (
          secret_slice (user).data, secret_len (user), rows[i].user, strlen (rows[i].user));
  }
}

static void
test_hosts (void)
{
  static const char *const uris[] = { "http://a.example:1", "direct://", NULL };
  g_autoptr (VisitorProxyList) list = visitor_proxy_list_new (uris);
  g_assert_true (visitor_proxy_list_has_host (list, "a.example"));
  g_assert_false (visitor_proxy_list_has_host (list, "b.example"));
  g_assert_false (visitor_proxy_list_has_host (list, ""));
  visitor_proxy_list_set_announced (list);
  g_assert_cmpstr (visitor_proxy_list_get_uris (list)[1], ==, "direct://");
  g_assert_null (visitor_proxy_list_get_uris (list)[2]);
  g_autoptr (VisitorProxyList) one =
      visitor_proxy_list_new ((const char *[]){ "http://a:1", NULL });
  g_assert_false (visitor_proxy_list_is_direct (one));
  visitor_proxy_list_set_announced (one);
  g_assert_true (visitor_proxy_list_is_announced (one));
  g_assert_cmpstr (visitor_proxy_list_get_uris (one)[1], ==, "direct://");
}

static void
test_script_urls (void)
{
  static const struct {
    const char *url;
    gboolean good;
  } rows[] = {
    { "http://wpad.example/wpad.dat", TRUE },
    { "https://wpad.example/proxy.pac?x", TRUE },
    { "http://192.0.2.1/wpad.dat", TRUE },
    { "file:///etc/passwd", FALSE },
    { "ftp://wpad.example/wpad.dat", FALSE },
    { "data:text/plain,x", FALSE },
    { "javascript:x", FALSE },
    { "http:///wpad.dat", FALSE },
    { "http://user:password@wpad.example/", FALSE },
    { "http://wpad.example/a b", FALSE },
    { "http://wpad.example/\n", FALSE },
    { "", FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_true (visitor_wpad_is_script_url (rows[i].url) == rows[i].good);
  g_autofree char *path = g_strnfill (1024, 'x');
  g_autofree char *url = g_strconcat ("http://wpad.example/", path, NULL);
  g_assert_false (visitor_wpad_is_script_url (url));
}

static void
test_names (void)
{
  static const struct {
    const char *resolv_conf;
    const char *name;
  } rows[] = {
    { "nameserver 192.0.2.1\nsearch hotel.example other.example\n", "wpad.hotel.example" },
    { "domain Hotel.Example.\n", "wpad.hotel.example" },
    { "search  \t hotel.example\nsearch last.example\n", "wpad.last.example" },
    { "search com\n", NULL },
    { "search .\n", NULL },
    { "search 192.0.2.1\n", NULL },
    { "search a..b\n", NULL },
    { "search a/b.example\n", NULL },
    { "search user@a.example\n", NULL },
    { "searching hotel.example\n", NULL },
    { "# search hotel.example\n", NULL },
    { "search\n", NULL },
    { "", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *domain = visitor_wpad_domain (rows[i].resolv_conf);
    g_autofree char *name = domain != NULL ? visitor_wpad_name (domain) : NULL;
    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpstr (name, ==, rows[i].name);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/proxy-list/list", test_list);
  g_test_add_func ("/client/proxy-list/hosts", test_hosts);
  g_test_add_func ("/client/wpad/script-urls", test_script_urls);
  g_test_add_func ("/client/wpad/names", test_names);
  return g_test_run ();
}
