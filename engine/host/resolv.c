/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this machine's own files know about names: the servers in resolv.conf (5) and the addresses in
 * hosts (5), for a worker that may not open files.
 *
 * Both files belong to the administrator but are written by many hands: they are read to a bound,
 * and what does not parse is passed over, as the C library does. */
#include "host/resolv.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/inet.h"

#define MAX_FILE_LEN (256 * 1024)
#define MAX_NAMESERVERS 8
#define MAX_ADDRESSES 16

/* The first MAX_FILE_LEN octets of a regular file as a string; "" if it cannot be read. */
static char *
read_text (const char *path)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat st;
  if (fd >= 0 && fstat (fd, &st) == 0 && S_ISREG (st.st_mode)) {
    char buffer[4096];
    ssize_t n;
    while (text->len < MAX_FILE_LEN && (n = read (fd, buffer, sizeof buffer)) > 0)
      g_string_append_len (text, buffer, n);
  }
  if (fd >= 0)
    close (fd);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Splits one line into its words and leaves the comment out. */
static char **
words_of (char *line)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  char *rest = NULL;
  line[strcspn (line, "#;")] = '\0';
  for (char *word = strtok_r (line, " \t\r\v\f", &rest); word != NULL;
       word = strtok_r (NULL, " \t\r\v\f", &rest))
    g_strv_builder_add (words, word);
  return g_strv_builder_end (words);
}

/* The address of systemd-resolved itself, which asks through whatever tunnel is up (127.0.0.53 and .54). */
static gboolean
is_resolved (const char *server)
{
  return strcmp (server, "127.0.0.53") == 0 || strcmp (server, "127.0.0.54") == 0;
}

static GPtrArray *
read_nameservers (const char *path)
{
  g_autofree char *text = read_text (path);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  GPtrArray *servers = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; lines[i] != NULL && servers->len < MAX_NAMESERVERS; i++) {
    g_auto (GStrv) words = words_of (lines[i]);
    InetAddr addr;
    if (words[0] == NULL || words[1] == NULL || strcmp (words[0], "nameserver") != 0)
      continue;
    if (inet_addr_parse (words[1], &addr))
      g_ptr_array_add (servers, g_strdup (words[1]));
  }
  return servers;
}

/* The name servers in resolv_conf, as address literals, in its order. Where that file only points at
 * systemd-resolved itself, those of uplink_resolv_conf are put before it (usually
 * /run/systemd/resolve/resolv.conf; NULL = there is none): a query to it may end up in the
 * tunnel that is just being rebuilt. Never NULL. Transfer: full. */
char **
host_resolv_nameservers (const char *resolv_conf, const char *uplink_resolv_conf)
{
  g_autoptr (GPtrArray) servers = read_nameservers (resolv_conf);
  gboolean only_resolved = servers->len > 0;
  for (guint i = 0; i < servers->len; i++)
    only_resolved = only_resolved && is_resolved (servers->pdata[i]);

  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  if (only_resolved && uplink_resolv_conf != NULL) {
    g_autoptr (GPtrArray) uplink = read_nameservers (uplink_resolv_conf);
    for (guint i = 0; i < uplink->len; i++)
      g_strv_builder_add (list, uplink->pdata[i]);
  }
  for (guint i = 0; i < servers->len; i++)
    g_strv_builder_add (list, servers->pdata[i]);
  return g_strv_builder_end (list);
}

static gboolean
names_include (char **words, const char *name)
{
  for (gsize i = 1; words[0] != NULL && words[i] != NULL; i++) {
    if (g_ascii_strcasecmp (words[i], name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The addresses that a file in the form of /etc/hosts has for name, as literals, in its order. Never
 * NULL. Transfer: full. */
char **
host_resolv_hosts (const char *hosts, const char *name)
{
  g_autofree char *text = read_text (hosts);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  guint n = 0;
  for (gsize i = 0; lines[i] != NULL && n < MAX_ADDRESSES; i++) {
    g_auto (GStrv) words = words_of (lines[i]);
    InetAddr addr;
    if (names_include (words, name) && inet_addr_parse (words[0], &addr)) {
      g_strv_builder_add (list, words[0]);
      n++;
    }
  }
  return g_strv_builder_end (list);
}
