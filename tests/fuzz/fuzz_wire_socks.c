/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each SOCKS reply's parser, chosen by the first octet, on the rest. */
#include <glib.h>

#include "fuzz.h"
#include "wire/socks.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static SocksVerdict (*const parsers[]) (Slice, SocksReply *) = { socks4a_reply_parse,
    socks5_method_parse, socks5_password_reply_parse, socks5_reply_parse };
  if (size == 0)
    return 0;
  Slice octets = SLICE (data + 1, size - 1);
  SocksReply reply = { 0 };
  SocksVerdict verdict = parsers[data[0] % G_N_ELEMENTS (parsers)](octets, &reply);
  if (verdict == SOCKS_GRANTED || verdict == SOCKS_REFUSED) {
    g_assert (reply.len > 0 && reply.len <= octets.len);
    g_assert (socks5_code_to_string (reply.code) != NULL);
  }
  return 0;
}
