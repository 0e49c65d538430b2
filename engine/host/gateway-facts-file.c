/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of GatewayFacts, which whoever keeps one reads again before it writes. Without it all works as well, so
 * that what goes wrong with it is said and no more. */
#include "host/gateway-facts-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What GatewayFacts counts in: seconds since 1970. */
gint64
gateway_facts_file_clock (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* Ours alone, or somebody else may have written it. */
static gboolean
is_ours (int fd)
{
  struct stat st;
  return fstat (fd, &st) == 0 && S_ISREG (st.st_mode) && st.st_uid == geteuid () &&
      (st.st_mode & 022) == 0 && st.st_size <= GATEWAY_FACTS_FILE_MAX;
}

/* The text, or NULL. A file that holds a zero octet is none of ours. */
static char *
read_text (int fd)
{
  g_autofree char *text = g_malloc (GATEWAY_FACTS_FILE_MAX + 1);
  gsize len = 0;
  for (;;) {
    ssize_t n = read (fd, text + len, GATEWAY_FACTS_FILE_MAX + 1 - len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return NULL;
    len += (gsize) n;
    if (n == 0 || len > GATEWAY_FACTS_FILE_MAX)
      break;
  }
  if (len > GATEWAY_FACTS_FILE_MAX || memchr (text, '\0', len) != NULL)
    return NULL;
  text[len] = '\0';
  return g_steal_pointer (&text);
}

/* Transfer: full; empty where there is none that is ours. */
GatewayFacts *
gateway_facts_file_load (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  g_autofree char *text = NULL;
  if (fd >= 0 && is_ours (fd))
    text = read_text (fd);
  else if (fd >= 0)
    g_message ("%s is not as we write it, and is not read", path);
  if (fd >= 0)
    close (fd);
  return gateway_facts_new (text, gateway_facts_file_clock ());
}

/* Whole or not at all. */
void
gateway_facts_file_save (const char *path, const GatewayFacts *facts)
{
  g_autofree char *text = gateway_facts_to_text (facts);
  g_autoptr (GError) error = NULL;
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_info ("What is known of gateways is not kept: %s", error->message);
}
