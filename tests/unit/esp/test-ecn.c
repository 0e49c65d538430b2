/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Congestion that a router has marked on the outer header, RFC 6040 section 4.2: the column for CE. */
#include "esp/ecn.h"

#include <glib.h>
#include <string.h>

#include "support/hex.h"

#define V4(tos, checksum) "45" tos "0014 0000 0000 4006" checksum "0a030001 0a01000a"
#define V6(version_and_class) \
  version_and_class "00000 0000 3b40 fd030000000000000000000000000001" \
                    "fd010000000000000000000000000010"

/* after NULL: dropped. */
static const struct {
  const char *what;
  const char *before, *after;
} rows[] = {
  { "IPv4, not capable", V4 ("00", "66d6"), NULL },
  { "IPv4, not capable, with a DSCP", V4 ("b8", "661e"), NULL },
  { "IPv4, ECT(0)", V4 ("02", "66d4"), V4 ("03", "66d3") },
  { "IPv4, ECT(1)", V4 ("01", "66d5"), V4 ("03", "66d3") },
  { "IPv4, ECT(0), with a DSCP", V4 ("ba", "661c"), V4 ("bb", "661b") },
  { "IPv4, marked already", V4 ("03", "66d3"), V4 ("03", "66d3") },
  { "IPv6, not capable", V6 ("600"), NULL },
  { "IPv6, ECT(0)", V6 ("602"), V6 ("603") },
  { "IPv6, ECT(1), with a DSCP", V6 ("6b9"), V6 ("6bb") },
  { "IPv6, marked already", V6 ("603"), V6 ("603") },
  { "neither", "15020014 00000000 40060000 0a030001 0a01000a", NULL },
  { "cut", "4502", NULL },
};

/* What the header's words add up to: 0xffff where the checksum is right. */
static uint16_t
sum_of (const uint8_t *header)
{
  uint32_t sum = 0;
  for (size_t i = 0; i < 20; i += 2)
    sum += (uint32_t) (header[i] << 8 | header[i + 1]);
  while (sum > 0xffff)
    sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t) sum;
}

static void
test_rows (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].what);
    Slice before = hex_slice (rows[i].before);
    g_autofree uint8_t *packet = g_memdup2 (before.data, before.len);
    g_assert_true (ecn_carry_over (packet, before.len) == (rows[i].after != NULL));
    Slice after = hex_slice (rows[i].after != NULL ? rows[i].after : rows[i].before);
    g_assert_cmpmem (packet, before.len, after.data, after.len);
    if (rows[i].after != NULL && packet[0] >> 4 == 4)
      g_assert_cmphex (sum_of (packet), ==, 0xffff);
  }
}

/* The checksum is right after any, right before. */
static void
test_checksum (void)
{
  for (uint32_t id = 0; id <= UINT16_MAX; id += 7) {
    uint8_t packet[20] = { 0x45, 2, 0, 20, (uint8_t) (id >> 8), (uint8_t) id, 0, 0, 64, 6, 0, 0, 10,
      3, 0, 1, 10, 1, 0, 10 };
    uint16_t checksum = (uint16_t) ~sum_of (packet);
    packet[10] = (uint8_t) (checksum >> 8);
    packet[11] = (uint8_t) checksum;
    g_assert_true (ecn_carry_over (packet, sizeof packet));
    g_assert_cmphex (sum_of (packet), ==, 0xffff);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ecn/rows", test_rows);
  g_test_add_func ("/ecn/checksum", test_checksum);
  return g_test_run ();
}
