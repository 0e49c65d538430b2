/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a status, and what of it is not; the network is the one of this machine, if there is any. */
#include <glib/gstdio.h>

#include "host/gateway-memory.h"
#include "host/network-id.h"

#define USER 1000

static char *folder;

/* Keys as alternating names and values. Floating. */
static GVariant *
status_of (const char *const *words)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  for (guint i = 0; words[i] != NULL; i += 2)
    g_variant_dict_insert (&dict, words[i], "s", words[i + 1]);
  return g_variant_dict_end (&dict);
}

static GPtrArray *
names_of (const char *const *names)
{
  GPtrArray *array = g_ptr_array_new ();
  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (array, (gpointer) names[i]);
  return array;
}

static const char *const own[] = { "vpn.example.com", "other.example.com", NULL };

#define GATEWAY(text) "gateway", text, "entry", "vpn.example.com:443"

static const struct {
  const char *name;
  const char *status[8];
  const char *address; /* then known for vpn.example.com; NULL: none */
} rows[] = {
  { "IPv4", { GATEWAY ("203.0.113.1:443") }, "203.0.113.1" },
  { "IPv6", { GATEWAY ("[2001:db8::1]:443") }, "2001:db8::1" },
  { "a name, told to a proxy", { GATEWAY ("vpn.example.com:443") }, NULL },
  { "no port", { GATEWAY ("203.0.113.1") }, NULL },
  { "nothing before the port", { GATEWAY (":443") }, NULL },
  { "empty brackets", { GATEWAY ("[]:443") }, NULL },
  { "an open bracket", { GATEWAY ("[2001:db8::1:443") }, NULL },
  { "nothing", { GATEWAY ("") }, NULL },
  { "somebody else's name", { "gateway", "203.0.113.1:443", "entry", "www.example.com:443" },
      NULL },
  { "an entry without a port", { "gateway", "203.0.113.1:443", "entry", "vpn.example.com" }, NULL },
  { "no entry", { "gateway", "203.0.113.1:443" }, NULL },
  { "sent elsewhere", { GATEWAY ("203.0.113.1:443"), "sent-to", "203.0.113.1" }, NULL },
};

static void
addresses (void)
{
  g_autoptr (GPtrArray) names = names_of (own);
  const GatewayMemoryKey key = { USER, own[0], names };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].name);
    g_autoptr (GatewayMemory) memory = gateway_memory_new (NULL);
    g_autoptr (GVariant) status = g_variant_ref_sink (status_of (rows[i].status));
    gateway_memory_note_address (memory, &key, status);
    g_autoptr (GVariant) known = gateway_memory_addresses (memory, &key);
    g_autofree const char **found = NULL;
    if (g_variant_lookup (known, own[0], "^a&s", &found))
      g_assert_cmpstr (found[0], ==, rows[i].address);
    else
      g_assert_null (rows[i].address);
    const GatewayMemoryKey stranger = { USER + 1, own[0], names };
    g_autoptr (GVariant) others = gateway_memory_addresses (memory, &stranger);
    g_assert_cmpuint (g_variant_n_children (others), ==, 0);
  }
}

/* What this one is told for the first of its own names, or "" for nothing. Transfer: full. */
static char *
told (const char *file, const GatewayMemoryKey *key)
{
  g_autoptr (GatewayMemory) memory = gateway_memory_new (file);
  g_autoptr (GVariant) known = gateway_memory_addresses (memory, key);
  g_autofree const char **found = NULL;
  return g_variant_lookup (known, own[0], "^a&s", &found) ? g_strjoinv (" ", (char **) found)
                                                          : g_strdup ("");
}

/* Of two processes with the same file neither loses what the other wrote, and one that comes later has both; what
 * is forgotten is gone from the file, for whoever wants that and for nobody else. */
static void
over_a_restart (void)
{
  g_autofree char *file = g_build_filename (folder, "memory", NULL);
  g_autoptr (GPtrArray) names = names_of (own);
  const GatewayMemoryKey key = { USER, own[0], names }, other = { USER + 1, own[0], names };
  g_autoptr (GVariant) one =
      g_variant_ref_sink (status_of ((const char *[]){ GATEWAY ("203.0.113.1:443"), NULL }));
  g_autoptr (GVariant) two =
      g_variant_ref_sink (status_of ((const char *[]){ GATEWAY ("203.0.113.2:443"), NULL }));
  g_autoptr (GatewayMemory) first = gateway_memory_new (file);
  g_autoptr (GatewayMemory) second = gateway_memory_new (file);
  gateway_memory_note_address (first, &key, one);
  gateway_memory_note_address (second, &key, two);
  gateway_memory_note_address (second, &other, one);
  g_autofree char *both = told (file, &key);
  g_assert_cmpstr (both, ==, "203.0.113.2 203.0.113.1");
  gateway_memory_forget (first, USER, own[0]);
  g_autofree char *nothing = told (file, &key);
  g_autofree char *others = told (file, &other);
  g_assert_cmpstr (nothing, ==, "");
  g_assert_cmpstr (others, ==, "203.0.113.1");
  g_unlink (file);
}

/* Where the machine is in no network there is nothing to be remembered of it. */
static void
transports (void)
{
  g_autofree char *file = g_build_filename (folder, "ways", NULL);
  g_autofree char *network = network_id_now ();
  g_autoptr (GPtrArray) names = names_of (own);
  const GatewayMemoryKey key = { USER, own[0], names }, other = { USER, own[1], names };
  g_autoptr (GVariant) udp =
      g_variant_ref_sink (status_of ((const char *[]){ "transport", "UDP", NULL }));
  g_autoptr (GVariant) tls =
      g_variant_ref_sink (status_of ((const char *[]){ "transport", "TLS", NULL }));
  g_autoptr (GVariant) none = g_variant_ref_sink (status_of ((const char *[]){ NULL }));
  if (network == NULL) {
    g_test_skip ("this machine is in no network");
    return;
  }
  g_autoptr (GatewayMemory) first = gateway_memory_new (file);
  g_autoptr (GatewayMemory) second = gateway_memory_new (file);
  gateway_memory_note_transport (first, &key, none);
  g_assert_null (gateway_memory_transport (first, &key));
  gateway_memory_note_transport (first, &key, udp);
  gateway_memory_note_transport (second, &other, tls);
  g_autofree char *said = gateway_memory_transport (first, &key);
  g_assert_cmpstr (said, ==, "UDP");
  /* Two processes with the same file: neither has lost what the other wrote. */
  g_autoptr (GatewayMemory) later = gateway_memory_new (file);
  g_autofree char *one = gateway_memory_transport (later, &key);
  g_autofree char *two = gateway_memory_transport (later, &other);
  g_assert_cmpstr (one, ==, "UDP");
  g_assert_cmpstr (two, ==, "TLS");
  g_unlink (file);
}

/* A file that cannot be written takes nothing from what this process knows. */
static void
no_file (void)
{
  g_autofree char *file = g_build_filename (folder, "missing", "ways", NULL);
  g_autofree char *network = network_id_now ();
  g_autoptr (GPtrArray) names = names_of (own);
  const GatewayMemoryKey key = { USER, own[0], names }, other = { USER, own[1], names };
  g_autoptr (GVariant) udp =
      g_variant_ref_sink (status_of ((const char *[]){ "transport", "UDP", NULL }));
  g_autoptr (GatewayMemory) memory = gateway_memory_new (file);
  gateway_memory_note_transport (memory, &key, udp);
  gateway_memory_note_transport (memory, &other, udp);
  g_autofree char *one = gateway_memory_transport (memory, &key);
  g_autofree char *two = gateway_memory_transport (memory, &other);
  g_assert_cmpstr (one, ==, network != NULL ? "UDP" : NULL);
  g_assert_cmpstr (two, ==, network != NULL ? "UDP" : NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("visitor-memory-XXXXXX", NULL);
  g_test_add_func ("/gateway-memory/addresses", addresses);
  g_test_add_func ("/gateway-memory/over-a-restart", over_a_restart);
  g_test_add_func ("/gateway-memory/transports", transports);
  g_test_add_func ("/gateway-memory/no-file", no_file);
  int result = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return result;
}
