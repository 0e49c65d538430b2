/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which network the machine is in: the device of the default route, its router, and the router's hardware
 * address, as many networks have a 192.168.1.1. Good for remembering what worked here, and for nothing that
 * has to be proved: whoever runs a network can look like another.
 *
 * The tables are the kernel's, as /proc shows them. */
#include "host/network-id.h"

#define FLAG_UP 0x1u
#define FLAG_GATEWAY 0x2u

/* Of a table's line the fields, without the blanks between them. */
static char **
fields_of (const char *line, guint at_least)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = g_strsplit_set (line, " \t", -1);
  guint n = 0;
  for (guint i = 0; words[i] != NULL; i++) {
    if (words[i][0] == '\0')
      continue;
    g_strv_builder_add (builder, words[i]);
    n++;
  }
  return n >= at_least ? g_strv_builder_end (builder) : NULL;
}

static gboolean
read_hex (const char *text, guint32 *ret_number)
{
  guint64 number;
  if (!g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT32, &number, NULL))
    return FALSE;
  *ret_number = (guint32) number;
  return TRUE;
}

static gboolean
read_decimal (const char *text, guint64 *ret_number)
{
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, ret_number, NULL);
}

/* /proc/net/route: Iface Destination Gateway Flags RefCnt Use Metric Mask ...; addresses in hex, with the
 * first octet in the lowest bits. *ret_device is owned by the caller. */
static gboolean
default_route (const char *routes, char **ret_device, char **ret_router)
{
  g_auto (GStrv) lines = g_strsplit (routes, "\n", -1);
  guint64 best = G_MAXUINT64;
  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) fields = fields_of (lines[i], 8);
    guint32 to, router, flags, mask;
    guint64 metric;
    if (fields == NULL || !read_hex (fields[1], &to) || !read_hex (fields[2], &router) ||
        !read_hex (fields[3], &flags) || !read_decimal (fields[6], &metric) ||
        !read_hex (fields[7], &mask))
      continue;
    if (to != 0 || mask != 0 || (flags & FLAG_UP) == 0 || (flags & FLAG_GATEWAY) == 0 ||
        metric >= best)
      continue;
    best = metric;
    g_free (*ret_device);
    g_free (*ret_router);
    *ret_device = g_strdup (fields[0]);
    *ret_router = g_strdup_printf (
        "%u.%u.%u.%u", router & 0xff, router >> 8 & 0xff, router >> 16 & 0xff, router >> 24);
  }
  return best != G_MAXUINT64;
}

/* /proc/net/arp: address, type, flags, hardware address, mask, device. NULL if it is not known. */
static char *
hardware_of (const char *neighbours, const char *router, const char *device)
{
  g_auto (GStrv) lines = g_strsplit (neighbours, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) fields = fields_of (lines[i], 6);
    if (fields != NULL && g_str_equal (fields[0], router) && g_str_equal (fields[5], device))
      return g_strdup (fields[3]);
  }
  return NULL;
}

/* /proc/net/ipv6_route: destination, its length, source, its length, router, metric, references, uses, flags,
 * device; all in hex. The router's address there is link-local, which mostly has its hardware address. */
static char *
default_route6 (const char *routes)
{
  static const char zeros[] = "00000000000000000000000000000000";
  g_auto (GStrv) lines = g_strsplit (routes, "\n", -1);
  guint32 best = G_MAXUINT32, metric;
  char *id = NULL;
  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) fields = fields_of (lines[i], 10);
    if (fields == NULL || !g_str_equal (fields[0], zeros) || !g_str_equal (fields[1], "00") ||
        g_str_equal (fields[4], zeros) || !read_hex (fields[5], &metric) || metric >= best)
      continue;
    best = metric;
    g_free (id);
    id = g_strdup_printf ("%s %s", fields[9], fields[4]);
  }
  return id;
}

/* A text that is the same as long as the network is; NULL where there is no default route. routes and the
 * others: as the kernel's tables have them. Transfer: full. */
char *
network_id (const char *routes, const char *neighbours, const char *routes6)
{
  g_autofree char *device = NULL, *router = NULL;
  if (!default_route (routes, &device, &router))
    return default_route6 (routes6);
  g_autofree char *hardware = hardware_of (neighbours, router, device);
  return g_strdup_printf ("%s %s %s", device, router, hardware != NULL ? hardware : "-");
}

static char *
read_table (const char *path)
{
  char *text = NULL;
  return g_file_get_contents (path, &text, NULL, NULL) ? text : g_strdup ("");
}

/* The same of the machine as it is now. Transfer: full. */
char *
network_id_now (void)
{
  g_autofree char *routes = read_table ("/proc/self/net/route");
  g_autofree char *neighbours = read_table ("/proc/self/net/arp");
  g_autofree char *routes6 = read_table ("/proc/self/net/ipv6_route");
  return network_id (routes, neighbours, routes6);
}
