/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GatewayMemory: what a worker of before has taught us for the next one: at which addresses a gateway has answered
 * (LastGood), and which transport led out of which network (WayMemory, kept in a file).
 *
 * It is advice from workers to workers. What is noted comes from a worker's status and is held to the names of its own
 * site; what is false costs a moment. Whoever else keeps a file by the same name, another process of ours, loses nothing
 * by what is written here: it is read again before. */
#include "host/gateway-memory.h"

#include <string.h>
#include <time.h>

#include "host/last-good.h"
#include "host/network-id.h"
#include "host/way-file.h"

struct _GatewayMemory {
  LastGood *addresses; /* owned */
  WayMemory *ways; /* owned */
  char *file; /* owned; NULL: for as long as this process lives */
};

/* For what is forgotten after some time: microseconds of a clock that runs on while the machine sleeps. */
static gint64
boot_clock (void)
{
  struct timespec t = { 0 };
  clock_gettime (CLOCK_BOOTTIME, &t);
  return t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

static gint64
seconds_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* file: where the ways are kept over restarts; NULL: nowhere. Transfer: full. */
GatewayMemory *
gateway_memory_new (const char *file)
{
  GatewayMemory *memory = g_new0 (GatewayMemory, 1);
  memory->addresses = last_good_new ();
  memory->file = g_strdup (file);
  memory->ways = file != NULL ? way_file_load (file) : way_memory_new (NULL);
  return memory;
}

void
gateway_memory_free (GatewayMemory *memory)
{
  last_good_free (memory->addresses);
  way_memory_free (memory->ways);
  g_free (memory->file);
  g_free (memory);
}

/* a{sas}, for MESSAGE_START: where each name of the key has answered; may be empty. Transfer: full. */
GVariant *
gateway_memory_addresses (const GatewayMemory *memory, const GatewayMemoryKey *key)
{
  return last_good_get_all (memory->addresses, key->uid, key->names, boot_clock ());
}

/* For MESSAGE_START: what led out of the network that the machine is in now; NULL where that is not known. Transfer:
 * full. */
char *
gateway_memory_transport (const GatewayMemory *memory, const GatewayMemoryKey *key)
{
  g_autofree char *network = network_id_now ();
  return network == NULL
      ? NULL
      : g_strdup (way_memory_get (memory->ways, key->uid, key->host, network, seconds_now ()));
}

/* The host of "host:port" or "[literal]:port"; NULL where it is neither. Transfer: full. */
static char *
host_of (const char *text)
{
  const char *colon = strrchr (text, ':');
  if (colon == NULL || colon == text)
    return NULL;
  return text[0] == '[' && colon[-1] == ']' && colon - text > 2
      ? g_strndup (text + 1, (gsize) (colon - text - 2))
      : g_strndup (text, (gsize) (colon - text));
}

/* Where the gateway of that status (MESSAGE_STATUS) answers, for the name that it was found by, which has to be one of
 * the key's. Where another gateway has sent us is for one connection alone: the next asks that one again. */
void
gateway_memory_note_address (GatewayMemory *memory, const GatewayMemoryKey *key, GVariant *status)
{
  const char *gateway, *entry, *sent_to;
  if (g_variant_lookup (status, "sent-to", "&s", &sent_to) ||
      !g_variant_lookup (status, "gateway", "&s", &gateway) ||
      !g_variant_lookup (status, "entry", "&s", &entry))
    return;
  g_autofree char *address = host_of (gateway), *name = host_of (entry);
  if (address != NULL && name != NULL &&
      g_ptr_array_find_with_equal_func ((GPtrArray *) key->names, name, g_str_equal, NULL))
    last_good_note (memory->addresses, key->uid, name, address, boot_clock ());
}

/* What leads out of the network that the machine is in, as that status says: of a tunnel that is up, and that had the
 * choice. */
void
gateway_memory_note_transport (GatewayMemory *memory, const GatewayMemoryKey *key, GVariant *status)
{
  const char *transport;
  if (!g_variant_lookup (status, "transport", "&s", &transport))
    return;
  g_autofree char *network = network_id_now ();
  if (network == NULL ||
      !way_memory_note (memory->ways, key->uid, key->host, network, transport, seconds_now ()) ||
      memory->file == NULL)
    return;
  g_autoptr (WayMemory) kept = way_file_load (memory->file);
  (void) way_memory_note (kept, key->uid, key->host, network, transport, seconds_now ());
  way_file_save (memory->file, kept);
}
