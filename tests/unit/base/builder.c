/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/builder.h"

#include <glib.h>
#include <string.h>

static void
test_writes (void)
{
  uint8_t room[32];
  Builder b = builder_init (room, sizeof room);
  builder_u8 (&b, 0x01);
  builder_u16 (&b, 0x0203);
  builder_u32 (&b, 0x04050607);
  builder_u64 (&b, 0x08090a0b0c0d0e0f);
  builder_bytes (&b, "\x10\x11", 2);
  builder_slice (&b, SLICE ((const uint8_t *) "\x12", 1));
  builder_bytes (&b, NULL, 0);
  builder_zeros (&b, 2);
  uint8_t *space = builder_space (&b, 1);
  g_assert_nonnull (space);
  *space = 0x15;
  builder_patch_u8 (&b, 18, 0x13);
  builder_patch_u8 (&b, 19, 0x14);
  g_assert_true (builder_ok (&b));
  Slice result = builder_result (&b);
  g_assert_cmpuint (result.len, ==, 21);
  for (size_t i = 0; i < result.len; i++)
    g_assert_cmpuint (result.data[i], ==, i + 1);
}

/* Nothing is written past the end, and nothing after the first failure. */
static void
test_bounds (void)
{
  for (size_t size = 0; size < 8; size++) {
    uint8_t room[16];
    memset (room, 0xee, sizeof room);
    Builder b = builder_init (room, size);
    builder_u64 (&b, 0);
    builder_u8 (&b, 0);
    g_assert_false (builder_ok (&b));
    g_assert_cmpuint (builder_result (&b).len, ==, 0);
    g_assert_null (builder_space (&b, 0));
    for (size_t i = 0; i < sizeof room; i++)
      g_assert_cmpuint (room[i], ==, 0xee);
  }
  uint8_t one[1];
  Builder full = builder_init (one, 1);
  builder_u8 (&full, 7);
  g_assert_true (builder_ok (&full));
  g_assert_null (builder_space (&full, SIZE_MAX));
  g_assert_false (builder_ok (&full));
}

typedef enum {
  RESERVE_U8,
  RESERVE_U16,
  RESERVE_U16_FROM_0,
} Kind;

static Reserved
reserve (Builder *b, Kind kind, LengthRule rule)
{
  switch (kind) {
  case RESERVE_U8: return builder_reserve_u8 (b, rule);
  case RESERVE_U16: return builder_reserve_u16 (b, rule);
  case RESERVE_U16_FROM_0: return builder_reserve_u16_from (b, 0);
  }
  g_assert_not_reached ();
}

/* before octets, the length field, body octets: what does the field say? */
static void
test_length_rules (void)
{
  static const struct {
    Kind kind;
    LengthRule rule;
    size_t before, body;
    size_t value;
    bool ok;
  } rows[] = {
    { RESERVE_U8, LENGTH_COUNTS_BODY, 0, 0, 0, true },
    { RESERVE_U8, LENGTH_COUNTS_BODY, 3, 255, 255, true },
    { RESERVE_U8, LENGTH_COUNTS_BODY, 3, 256, 0, false },
    { RESERVE_U8, LENGTH_COUNTS_ITSELF, 3, 0, 1, true },
    { RESERVE_U8, LENGTH_COUNTS_ITSELF, 3, 254, 255, true },
    { RESERVE_U8, LENGTH_COUNTS_ITSELF, 3, 255, 0, false },
    { RESERVE_U16, LENGTH_COUNTS_BODY, 2, 0, 0, true },
    { RESERVE_U16, LENGTH_COUNTS_BODY, 2, 65535, 65535, true },
    { RESERVE_U16, LENGTH_COUNTS_BODY, 2, 65536, 0, false },
    { RESERVE_U16, LENGTH_COUNTS_ITSELF, 2, 0, 2, true },
    { RESERVE_U16, LENGTH_COUNTS_ITSELF, 2, 65533, 65535, true },
    { RESERVE_U16, LENGTH_COUNTS_ITSELF, 2, 65534, 0, false },
    { RESERVE_U16_FROM_0, LENGTH_COUNTS_ITSELF, 2, 0, 4, true },
    { RESERVE_U16_FROM_0, LENGTH_COUNTS_ITSELF, 2, 65531, 65535, true },
    { RESERVE_U16_FROM_0, LENGTH_COUNTS_ITSELF, 2, 65532, 0, false },
  };
  g_autofree uint8_t *room = g_malloc (70000);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    Builder b = builder_init (room, 70000);
    builder_zeros (&b, rows[i].before);
    Reserved length = reserve (&b, rows[i].kind, rows[i].rule);
    builder_zeros (&b, rows[i].body);
    builder_fill (&b, length);
    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_true (builder_ok (&b) == rows[i].ok);
    const uint8_t *field = room + rows[i].before;
    size_t value = length.octets == 1 ? field[0] : (size_t) (field[0] << 8 | field[1]);
    g_assert_true (!rows[i].ok || value == rows[i].value);
  }
}

static void
test_nested (void)
{
  uint8_t room[16];
  static const uint8_t wanted[] = { 0, 7, 9, 0, 4, 0xaa, 0xbb };
  Builder b = builder_init (room, sizeof room);
  Reserved outer = builder_reserve_u16 (&b, LENGTH_COUNTS_ITSELF);
  builder_u8 (&b, 9);
  Reserved inner = builder_reserve_u16 (&b, LENGTH_COUNTS_ITSELF);
  builder_bytes (&b, "\xaa\xbb", 2);
  builder_fill (&b, inner);
  builder_fill (&b, outer);
  Slice result = builder_result (&b);
  g_assert_cmpmem (result.data, result.len, wanted, sizeof wanted);
}

static void
test_patch (void)
{
  static const struct {
    size_t at;
    bool ok32, ok8;
  } rows[] = {
    { 0, true, true },
    { 2, true, true },
    { 3, false, true },
    { 5, false, true },
    { 6, false, false },
    { SIZE_MAX, false, false },
    { SIZE_MAX - 2, false, false },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    uint8_t room[16] = { 0 };
    Builder b = builder_init (room, sizeof room);
    builder_zeros (&b, 6);
    builder_patch_u32 (&b, rows[i].at, 0x01020304);
    g_assert_true (builder_ok (&b) == rows[i].ok32);
    g_assert_true (!rows[i].ok32 || memcmp (room + rows[i].at, "\1\2\3\4", 4) == 0);
    b = builder_init (room, sizeof room);
    builder_zeros (&b, 6);
    builder_patch_u8 (&b, rows[i].at, 9);
    g_assert_true (builder_ok (&b) == rows[i].ok8);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/builder/writes", test_writes);
  g_test_add_func ("/base/builder/bounds", test_bounds);
  g_test_add_func ("/base/builder/length-rules", test_length_rules);
  g_test_add_func ("/base/builder/nested", test_nested);
  g_test_add_func ("/base/builder/patch", test_patch);
  return g_test_run ();
}
