/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gateway's first answer, read for a diagnosis. */
#include "fuzz.h"
#include "ike/init-facts.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IkePath path = { .local_port = 1, .remote_port = 443 };
  g_auto (IkeInitFacts) facts = { 0 };
  (void) inet_addr_parse ("192.0.2.2", &path.local);
  (void) inet_addr_parse ("2001:db8::1", &path.remote);
  if (!ike_init_facts_read (SLICE (data, size), &path, &facts))
    return 0;
  g_assert_cmpuint (facts.vendors->len, <=, 16);
  for (guint i = 0; i < facts.vendors->len; i++)
    g_assert_true (g_str_is_ascii (facts.vendors->pdata[i]));
  return 0;
}
