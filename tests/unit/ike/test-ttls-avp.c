/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes of EAP-TTLS whose lengths lie: each is taken whole or not at all, and reading ends
 * (CVE-2026-25075). */
#include "ike/ttls-avp.h"

#include <glib.h>

#include "support/hex.h"

static const struct {
  const char *what;
  const char *octets; /* hex */
  unsigned int taken; /* attributes before the end or the first that is none */
} rows[] = {
  { "nothing", "", 0 },
  { "empty", "0000004f 40000008", 1 },
  { "two", "0000004f 4000000c 01020304 00000012 0000000c 41424344", 2 },
  { "padded", "00000012 00000009 41000000 00000012 00000008", 2 },
  { "of a vendor", "0000001a c0000010 00000137 01020304", 1 },
  { "length 0", "0000004f 40000000", 0 },
  { "length 1", "0000004f 40000001", 0 },
  { "length 7", "0000004f 40000007", 0 },
  { "length 8 of a vendor", "0000001a c0000008 00000137", 0 },
  { "length 11 of a vendor", "0000001a c000000b 00000137", 0 },
  { "a vendor that is cut", "0000001a c000000c 0000", 0 },
  { "longer than there is", "0000004f 40000009", 0 },
  { "as long as can be", "0000004f 40ffffff 01020304", 0 },
  { "padding past the end", "00000012 00000009 41", 0 },
  { "header that is cut", "0000004f 400000", 0 },
  { "good, then length 0", "00000012 00000008 00000012 00000000 00000012 00000008", 1 },
};

static void
test_lengths (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    /* a copy of the exact size, so that a sanitizer sees a read past the end */
    g_autoptr (GBytes) bytes = hex_to_bytes (rows[i].octets);
    size_t len = g_bytes_get_size (bytes);
    g_autofree uint8_t *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), len);
    Cursor c = cursor_init (copy, len);
    unsigned int taken = 0;
    TtlsAvp avp;
    g_test_message ("%s", rows[i].what);
    while (cursor_left (&c) > 0 && ttls_avp_read (&c, &avp))
      taken++;
    g_assert_cmpuint (taken, ==, rows[i].taken);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/ttls-avp/lengths", test_lengths);
  return g_test_run ();
}
