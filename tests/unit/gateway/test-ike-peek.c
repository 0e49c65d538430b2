/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/ike-peek.h"

#include "support/golden.h"
#include "support/hex.h"

#define SPIS "1111222233334444 5555666677778888"

static const struct {
  const char *what;
  const char *hex;
  bool ok;
  bool is_response, is_encrypted;
} rows[] = {
  { "request", SPIS "21 20 22 08 00000000 0000001c", true, false, false },
  { "encrypted request", SPIS "2e 20 25 08 00000002 0000001d aa", true, false, true },
  { "encrypted fragment", SPIS "35 20 23 08 00000001 0000001c", true, false, true },
  { "response", SPIS "2e 20 25 20 00000002 0000001c", true, true, true },
  { "another version is the IPsec gateway's business", SPIS "00 30 25 28 00000002 0000001c", true,
      true, false },
  { "empty", "", false },
  { "cut", SPIS "21 20 22 08 00000000 000000", false },
  { "longer than it says", SPIS "21 20 22 08 00000000 0000001c aa", false },
  { "shorter than it says", SPIS "21 20 22 08 00000000 0000001d", false },
  { "no initiator's SPI", "0000000000000000 5555666677778888 21 20 22 08 00000000 0000001c",
      false },
};

static void
test_rows (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].what);
    g_autoptr (GBytes) message = hex_to_bytes (rows[i].hex);
    IkePeek peek = { 0 };
    g_assert_cmpint (ike_peek (slice_of_bytes (message), &peek), ==, rows[i].ok);
    if (!rows[i].ok) {
      g_assert_cmpuint (peek.spi_i, ==, 0);
      continue;
    }
    g_assert_cmphex (peek.spi_i, ==, 0x1111222233334444);
    g_assert_cmphex (peek.spi_r, ==, 0x5555666677778888);
    g_assert_cmpint (peek.is_response, ==, rows[i].is_response);
    g_assert_cmpint (peek.is_encrypted, ==, rows[i].is_encrypted);
  }
}

/* All but the key exchange of a real session is encrypted. */
static void
test_recorded (void)
{
  g_autoptr (Golden) golden = golden_open ("psk");
  guint n_clear = 0, n_encrypted = 0;
  for (size_t i = 0; i < golden_n_messages (golden); i++) {
    GoldenMessage message = golden_message (golden, i);
    IkePeek peek;
    if (!message.is_ike)
      continue;
    g_assert_true (ike_peek (message.body, &peek));
    g_assert_cmpint (peek.is_encrypted, ==, peek.exchange != IKE_EXCHANGE_SA_INIT);
    n_encrypted += peek.is_encrypted;
    n_clear += !peek.is_encrypted;
    g_assert_cmpint (peek.spi_r == 0, ==, !peek.is_encrypted && !peek.is_response);
  }
  g_assert_cmpuint (n_clear, ==, 2);
  g_assert_cmpuint (n_encrypted, >, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike-peek/rows", test_rows);
  g_test_add_func ("/ike-peek/recorded", test_recorded);
  return g_test_run ();
}
