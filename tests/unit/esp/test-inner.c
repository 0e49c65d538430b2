/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "esp/inner.h"

#include <glib.h>
#include <string.h>

static size_t
from_hex (const char *hex, uint8_t *buf, size_t size)
{
  size_t n = 0;
  for (const char *p = hex; *p != '\0'; p++) {
    if (*p == ' ')
      continue;
    g_assert_cmpuint (n, <, size);
    buf[n++] = (uint8_t) (g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]));
    p++;
  }
  return n;
}

#define V6_ADDRS "fd030000000000000000000000000001 fd010000000000000000000000000010"

/* len 0 = must be refused; port -1 = unknown. */
static const struct {
  const char *what;
  const char *hex;
  size_t len;
  uint8_t protocol;
  int source_port, destination_port;
} rows[] = {
  { "empty", "", 0 },
  { "version 5", "55000014 00000000 40060000 0a030001 0a01000a", 0 },
  { "v4 cut in its header", "45000014 00000000 40060000 0a030001 0a0100", 0 },
  { "v4 header length 4", "44000014 00000000 40060000 0a030001 0a01000a", 0 },
  { "v4 total length below header", "45000013 00000000 40060000 0a030001 0a01000a", 0 },
  { "v4 total length past end", "45000015 00000000 40060000 0a030001 0a01000a", 0 },
  { "v4 without payload", "45000014 00000000 40060000 0a030001 0a01000a", 20, 6, -1, -1 },
  { "v4 tcp", "45000018 00000000 40060000 0a030001 0a01000a 12340050", 24, 6, 0x1234, 80 },
  { "v4 tcp with padding behind", "45000018 00000000 40060000 0a030001 0a01000a 12340050 ffffff",
      24, 6, 0x1234, 80 },
  { "v4 udp, later fragment", "45000018 00000001 40110000 0a030001 0a01000a 12340050", 24, 17, -1,
      -1 },
  { "v4 udp, first fragment", "45000018 00002000 40110000 0a030001 0a01000a 12340050", 24, 17,
      0x1234, 80 },
  { "v4 icmp", "45000018 00000000 40010000 0a030001 0a01000a 08000000", 24, 1, 0x0800, 0x0800 },
  { "v4 with options", "4600001c 00000000 40060000 0a030001 0a01000a 01010101 12340050", 28, 6,
      0x1234, 80 },
  { "v4 options past total length", "46000014 00000000 40060000 0a030001 0a01000a 01010101", 0 },
  { "v4 gre", "45000018 00000000 402f0000 0a030001 0a01000a 00000800", 24, 47, -1, -1 },
  { "v6 cut", "60000000 00000640 fd03", 0 },
  { "v6 without payload", "60000000 00003b40" V6_ADDRS, 40, 59, -1, -1 },
  { "v6 payload past end", "60000000 00053b40" V6_ADDRS "01020304", 0 },
  { "v6 udp", "60000000 00081140" V6_ADDRS "0035d431 00080000", 48, 17, 53, 0xd431 },
  { "v6 hop-by-hop, tcp", "60000000 000c0040" V6_ADDRS "06000000 00000000 12340050", 52, 6, 0x1234,
      80 },
  { "v6 hop-by-hop past end", "60000000 00080040" V6_ADDRS "06010000 00000000", 0 },
  { "v6 first fragment, tcp", "60000000 000c2c40" V6_ADDRS "06000001 00000001 12340050", 52, 6,
      0x1234, 80 },
  { "v6 later fragment", "60000000 000c2c40" V6_ADDRS "06000011 00000001 12340050", 52, 6, -1, -1 },
  { "v6 fragment header cut", "60000000 00022c40" V6_ADDRS "0600", 0 },
  { "v6 authentication header", "60000000 00103340" V6_ADDRS "11010000 00000000 00000000 00350035",
      56, 17, 53, 53 },
  { "v6 nine extension headers",
      "60000000 00483c40" V6_ADDRS "3c00000000000000 3c00000000000000 3c00000000000000"
      "3c00000000000000 3c00000000000000 3c00000000000000"
      "3c00000000000000 3c00000000000000 0600000000000000",
      112, 60, -1, -1 },
};

static void
test_rows (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].what);
    uint8_t buf[256];
    size_t n = from_hex (rows[i].hex, buf, sizeof buf);
    /* Memory of the exact size, so that a sanitizer sees the first octet too many. */
    g_autofree uint8_t *exact = g_memdup2 (buf, n);
    InnerPacket inner = { .len = 12345 };
    bool ok = inner_packet_parse (SLICE (exact, n), &inner);
    g_assert_cmpint (ok, ==, rows[i].len != 0);
    if (!ok) {
      g_assert_cmpuint (inner.len, ==, 12345);
      continue;
    }
    g_assert_cmpuint (inner.len, ==, rows[i].len);
    g_assert_cmpuint (inner.source.protocol, ==, rows[i].protocol);
    g_assert_cmpint (inner.source.has_ports ? inner.source.port : -1, ==, rows[i].source_port);
    g_assert_cmpint (
        inner.destination.has_ports ? inner.destination.port : -1, ==, rows[i].destination_port);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/esp/inner/rows", test_rows);
  return g_test_run ();
}
