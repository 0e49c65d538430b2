/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read from resolv.conf and hosts, and what is passed over. */
#include "host/resolv.h"

#include <glib/gstdio.h>

static char *
file_of (const char *dir, const char *name, const char *text)
{
  char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) error = NULL;
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

static void
nameservers (void)
{
  static const struct {
    const char *own, *uplink, *expected;
  } rows[] = {
    { "nameserver 192.0.2.1\nnameserver 2001:db8::1\n", "", "192.0.2.1 2001:db8::1" },
    { "# nameserver 192.0.2.9\n;nameserver 192.0.2.8\nnameserver \t  192.0.2.1   # ours\r\n", "",
        "192.0.2.1" },
    { "nameserver\nnameserver dns.example\nsearch a\noptions edns0\nnameserver 192.0.2.2", "",
        "192.0.2.2" },
    { "nameserver 127.0.0.53\n", "nameserver 192.0.2.3\n", "192.0.2.3 127.0.0.53" },
    { "nameserver 127.0.0.53\nnameserver 192.0.2.1\n", "nameserver 192.0.2.3\n",
        "127.0.0.53 192.0.2.1" },
    { "", "nameserver 192.0.2.3\n", "" },
    { "\n\n \n\t", "", "" },
  };
  g_autofree char *dir = g_dir_make_tmp ("visitor-XXXXXX", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *own = file_of (dir, "own", rows[i].own);
    g_autofree char *uplink = file_of (dir, "uplink", rows[i].uplink);
    g_auto (GStrv) servers = host_resolv_nameservers (own, uplink);
    g_autofree char *text = g_strjoinv (" ", servers);
    g_assert_cmpstr (text, ==, rows[i].expected);
    g_unlink (own);
    g_unlink (uplink);
  }
  g_rmdir (dir);
}

static void
hosts (void)
{
  static const char text[] = "127.0.0.1 localhost\n"
                             "192.0.2.1   gw.example gw # the gateway\n"
                             "2001:db8::1\tother GW.example.\tgw.EXAMPLE\n"
                             "nonsense gw.example\n"
                             "#192.0.2.9 gw.example\n"
                             "192.0.2.2\n";
  g_autofree char *dir = g_dir_make_tmp ("visitor-XXXXXX", NULL);
  g_autofree char *path = file_of (dir, "hosts", text);
  static const struct {
    const char *name, *expected;
  } rows[] = {
    { "gw.example", "192.0.2.1 2001:db8::1" },
    { "gw", "192.0.2.1" },
    { "the", "" },
    { "192.0.2.2", "" },
    { "", "" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (GStrv) found = host_resolv_hosts (path, rows[i].name);
    g_autofree char *joined = g_strjoinv (" ", found);
    g_assert_cmpstr (joined, ==, rows[i].expected);
  }
  g_unlink (path);
  g_rmdir (dir);
}

/* A missing file, a directory and an endless one are all as good as empty. */
static void
bounds (void)
{
  static const char *const paths[] = { "/nonexistent", "/", "/dev/zero", "/dev/tty" };
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_auto (GStrv) servers = host_resolv_nameservers (paths[i], paths[i]);
    g_assert_cmpuint (g_strv_length (servers), ==, 0);
  }
  g_autoptr (GString) many = g_string_new (NULL);
  for (guint i = 0; i < 100000; i++)
    g_string_append (many, "nameserver 192.0.2.1\n");
  g_autofree char *dir = g_dir_make_tmp ("visitor-XXXXXX", NULL);
  g_autofree char *path = file_of (dir, "many", many->str);
  g_auto (GStrv) servers = host_resolv_nameservers (path, NULL);
  g_assert_cmpuint (g_strv_length (servers), ==, 8);
  g_unlink (path);
  g_rmdir (dir);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/resolv/nameservers", nameservers);
  g_test_add_func ("/host/resolv/hosts", hosts);
  g_test_add_func ("/host/resolv/bounds", bounds);
  return g_test_run ();
}
