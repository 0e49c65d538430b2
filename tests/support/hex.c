/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets written as hexadecimal digits, as test vectors are. White space between digits is free. */
#include "support/hex.h"

/* Transfer: full. Anything but pairs of digits and white space ends the test. */
GBytes *
hex_to_bytes (const char *hex)
{
  GByteArray *octets = g_byte_array_new ();
  for (const char *p = hex; *p != '\0';) {
    if (g_ascii_isspace (*p)) {
      p++;
      continue;
    }
    int high = g_ascii_xdigit_value (p[0]), low = high < 0 ? -1 : g_ascii_xdigit_value (p[1]);
    if (low < 0)
      g_error ("Not hexadecimal: \"%.20s\"", p);
    uint8_t octet = (uint8_t) (high << 4 | low);
    g_byte_array_append (octets, &octet, 1);
    p += 2;
  }
  return g_byte_array_free_to_bytes (octets);
}

/* The octets of a string constant, parsed once and kept until the test's end. */
Slice
hex_slice (const char *hex)
{
  static GHashTable *parsed;
  if (parsed == NULL)
    parsed = g_hash_table_new (g_str_hash, g_str_equal);
  GBytes *bytes = g_hash_table_lookup (parsed, hex);
  if (bytes == NULL) {
    bytes = hex_to_bytes (hex);
    g_hash_table_insert (parsed, g_strdup (hex), bytes);
  }
  return slice_of_bytes (bytes);
}

/* Lower case, nothing between. Transfer: full. */
char *
hex_from (Slice bytes)
{
  GString *hex = g_string_new (NULL);
  for (size_t i = 0; i < bytes.len; i++)
    g_string_append_printf (hex, "%02x", bytes.data[i]);
  return g_string_free (hex, FALSE);
}
