/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dns_answer_parse () on any message; its id is always the one asked for, so that the rest is read. */
#include <glib.h>

#include "base/cursor.h"
#include "fuzz.h"
#include "reach/dns-message.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Cursor c = cursor_init (data, size);
  DnsQuestion question = { .id = cursor_u16 (&c), .name = "gw.example" };
  for (unsigned int i = 0; i < 2; i++) {
    question.family = i == 0 ? INET_V4 : INET_V6;
    InetAddr addrs[DNS_MAX_ADDRESSES];
    size_t n = 0;
    DnsVerdict verdict = dns_answer_parse (&question, SLICE (data, size), addrs, &n);
    g_assert ((verdict == DNS_ANSWER) == (n > 0));
    g_assert (n <= DNS_MAX_ADDRESSES);
    for (size_t k = 0; k < n; k++)
      g_assert (addrs[k].family == question.family);
  }
  return 0;
}
