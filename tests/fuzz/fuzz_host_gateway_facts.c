/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a disk may give back for what the engine remembers of gateways. What was read is written as it was, and
 * reads the same again. */
#include <string.h>

#include "fuzz.h"
#include "host/gateway-facts.h"

#define NOW 1000

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *given = g_strndup ((const char *) data, size);
  g_autoptr (GatewayFacts) facts = gateway_facts_new (given, NOW);
  g_autofree char *text = gateway_facts_to_text (facts);
  g_autoptr (GatewayFacts) again = gateway_facts_new (text, NOW);
  g_autofree char *same = gateway_facts_to_text (again);
  g_assert_cmpstr (same, ==, text);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_nonnull (strstr (given, lines[i]));
  g_assert_cmpuint (g_strv_length (lines), <=, GATEWAY_FACTS_WAYS + GATEWAY_FACTS_ADDRESSES + 1);
  (void) gateway_facts_note_address (facts, 1000, "vpn", "192.0.2.1", NOW);
  g_auto (GStrv) known = gateway_facts_addresses (facts, 1000, "vpn", NOW);
  g_assert_cmpstr (known[0], ==, "192.0.2.1");
  return 0;
}
