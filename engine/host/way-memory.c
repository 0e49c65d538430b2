/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WayMemory: which transport was the way out of a network to a gateway the last time, so that the next
 * connection there does not begin with what does not get through. It is advice for who begins first: what is
 * false in it costs a moment.
 *
 * Kept for each user by himself, and over restarts as a text of one line for each: a digest of user, host
 * and network, so that the file tells nobody where somebody was; the transport; and when, in seconds since
 * 1970. What is no such line is passed over. Pure: the time is a parameter. */
#include "host/way-memory.h"

#include <string.h>

typedef struct {
  char *key;
  char *transport;
  gint64 when;
} Entry;

struct _WayMemory {
  GPtrArray *entries; /* Entry, the newest last */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;
  g_free (entry->key);
  g_free (entry->transport);
  g_free (entry);
}

/* Of what is worth remembering, and nothing else, whatever a worker says. */
static gboolean
is_transport (const char *text)
{
  static const char *const transports[] = { "UDP", "TLS", NULL };
  return g_strv_contains (transports, text);
}

static char *
key_of (uid_t uid, const char *host, const char *network)
{
  g_autofree char *text = g_strdup_printf ("%u %s %s", uid, host, network);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static void
add (WayMemory *memory, char *key, const char *transport, gint64 when)
{
  Entry *entry = g_new0 (Entry, 1);
  entry->key = key;
  entry->transport = g_strdup (transport);
  entry->when = when;
  g_ptr_array_add (memory->entries, entry);
  if (memory->entries->len > WAY_MEMORY_MAX)
    g_ptr_array_remove_index (memory->entries, 0);
}

static void
read_line (WayMemory *memory, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);
  gint64 when;
  if (g_strv_length (words) == 3 && strlen (words[0]) == 64 && is_transport (words[1]) &&
      g_ascii_string_to_signed (words[2], 10, 0, G_MAXINT64, &when, NULL))
    add (memory, g_strdup (words[0]), words[1], when);
}

/* text: of way_memory_to_text (), or NULL. Transfer: full. */
WayMemory *
way_memory_new (const char *text)
{
  WayMemory *memory = g_new0 (WayMemory, 1);
  memory->entries = g_ptr_array_new_with_free_func (entry_free);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    read_line (memory, lines[i]);
  return memory;
}

void
way_memory_free (WayMemory *memory)
{
  g_ptr_array_unref (memory->entries);
  g_free (memory);
}

/* To be kept until the next start. Transfer: full. */
char *
way_memory_to_text (const WayMemory *memory)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < memory->entries->len; i++) {
    const Entry *entry = memory->entries->pdata[i];
    g_string_append_printf (
        text, "%s %s %" G_GINT64_FORMAT "\n", entry->key, entry->transport, entry->when);
  }
  return g_string_free (text, FALSE);
}

static guint
find (const WayMemory *memory, const char *key)
{
  for (guint i = 0; i < memory->entries->len; i++) {
    if (g_str_equal (((const Entry *) memory->entries->pdata[i])->key, key))
      return i;
  }
  return G_MAXUINT;
}

/* transport, as MESSAGE_STATUS has it, led from that network to host. True if that was not known. */
gboolean
way_memory_note (WayMemory *memory, uid_t uid, const char *host, const char *network,
    const char *transport, gint64 now)
{
  if (!is_transport (transport))
    return FALSE;
  g_autofree char *key = key_of (uid, host, network);
  guint at = find (memory, key);
  gboolean is_new = TRUE;
  if (at != G_MAXUINT) {
    const Entry *entry = memory->entries->pdata[at];
    gboolean is_old = now - entry->when > WAY_MEMORY_AGE / 2;
    is_new = is_old || !g_str_equal (entry->transport, transport);
    g_ptr_array_remove_index (memory->entries, at);
  }
  add (memory, g_steal_pointer (&key), transport, now);
  return is_new;
}

/* NULL where nothing is known, or only what is long ago. Borrowed until the next note. */
const char *
way_memory_get (
    const WayMemory *memory, uid_t uid, const char *host, const char *network, gint64 now)
{
  g_autofree char *key = key_of (uid, host, network);
  guint at = find (memory, key);
  if (at == G_MAXUINT)
    return NULL;
  const Entry *entry = memory->entries->pdata[at];
  return now - entry->when <= WAY_MEMORY_AGE && entry->when <= now ? entry->transport : NULL;
}
