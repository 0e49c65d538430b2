/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GatewayMemory: what a worker of before has taught us for the next one: at which addresses a gateway has answered
 * and which transport led out of which network (both GatewayFacts, kept in a file).
 *
 * It is advice from workers to workers. What is noted comes from a worker's status and is held to the names of its own
 * site; what is false costs a moment. Whoever else keeps a file by the same name, another process of ours,
 * loses nothing by what is written here: it is read again before. */
#include "host/gateway-memory.h"

#include <string.h>

#include "host/gateway-facts-file.h"
#include "host/network-id.h"

struct _GatewayMemory {
  GatewayFacts *facts; /* owned */
  char *file; /* owned; NULL: for as long as this process lives */
};

/* file: where it is kept over restarts; NULL: nowhere. Transfer: full. */
GatewayMemory *
gateway_memory_new (const char *file)
{
  GatewayMemory *memory = g_new0 (GatewayMemory, 1);
  memory->file = g_strdup (file);
  memory->facts = file != NULL ? gateway_facts_file_load (file) : gateway_facts_new (NULL, 0);
  return memory;
}

void
gateway_memory_free (GatewayMemory *memory)
{
  gateway_facts_free (memory->facts);
  g_free (memory->file);
  g_free (memory);
}

/* a{sas}, for MESSAGE_START: where each name of the key has answered; may be empty. Transfer: full. */
GVariant *
gateway_memory_addresses (const GatewayMemory *memory, const GatewayMemoryKey *key)
{
  return gateway_facts_all_addresses (
      memory->facts, key->uid, key->names, gateway_facts_file_clock ());
}

/* For MESSAGE_START: what led out of the network that the machine is in now; NULL where that is not known. Transfer:
 * full. */
char *
gateway_memory_transport (const GatewayMemory *memory, const GatewayMemoryKey *key)
{
  g_autofree char *network = network_id_now ();
  return network == NULL ? NULL
                         : g_strdup (gateway_facts_way (memory->facts, key->uid, key->host, network,
                               gateway_facts_file_clock ()));
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
  gint64 now = gateway_facts_file_clock ();
  if (address == NULL || name == NULL ||
      !g_ptr_array_find_with_equal_func ((GPtrArray *) key->names, name, g_str_equal, NULL) ||
      !gateway_facts_note_address (memory->facts, key->uid, name, address, now) ||
      memory->file == NULL)
    return;
  g_autoptr (GatewayFacts) kept = gateway_facts_file_load (memory->file);
  (void) gateway_facts_note_address (kept, key->uid, name, address, now);
  gateway_facts_file_save (memory->file, kept);
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
  gint64 now = gateway_facts_file_clock ();
  if (network == NULL ||
      !gateway_facts_note_way (memory->facts, key->uid, key->host, network, transport, now) ||
      memory->file == NULL)
    return;
  g_autoptr (GatewayFacts) kept = gateway_facts_file_load (memory->file);
  (void) gateway_facts_note_way (kept, key->uid, key->host, network, transport, now);
  gateway_facts_file_save (memory->file, kept);
}

/* All that is known of that host's gateways, of this user's alone: its site is gone. */
void
gateway_memory_forget (GatewayMemory *memory, uid_t uid, const char *host)
{
  (void) gateway_facts_forget (memory->facts, uid, host);
  if (memory->file == NULL)
    return;
  g_autoptr (GatewayFacts) kept = gateway_facts_file_load (memory->file);
  if (gateway_facts_forget (kept, uid, host))
    gateway_facts_file_save (memory->file, kept);
}
