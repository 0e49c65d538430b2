/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of proxies, one a line, as a PAC script may answer: what is read can be written and read. */
#include <glib.h>

#include "base/proxy.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) uris = g_strsplit (text, "\n", -1);
  Proxy list[PROXY_LIST_MAX];
  size_t n = proxy_list_parse ((const char *const *) uris, list);
  g_assert (n <= PROXY_LIST_MAX);
  for (size_t i = 0; i < n; i++) {
    g_autofree char *uri = proxy_format (&list[i]);
    Proxy again;
    g_assert (proxy_parse (uri, &again) == PROXY_URI_OK && proxy_equal (&list[i], &again));
    for (size_t k = 0; k < i; k++)
      g_assert (!proxy_equal (&list[i], &list[k]));
  }
  return 0;
}
