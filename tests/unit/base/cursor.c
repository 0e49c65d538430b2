/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/cursor.h"

#include <glib.h>
#include <string.h>

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };

static uint64_t
read_value (Cursor *c, size_t octets)
{
  switch (octets) {
  case 1: return cursor_u8 (c);
  case 2: return cursor_u16 (c);
  case 4: return cursor_u32 (c);
  default: return cursor_u64 (c);
  }
}

static void
test_integers (void)
{
  static const struct {
    size_t len, skip, octets;
    uint64_t value;
    bool failed;
  } rows[] = {
    { 16, 0, 1, 0x01, false },
    { 16, 1, 2, 0x0203, false },
    { 16, 3, 4, 0x04050607, false },
    { 16, 7, 8, 0x08090a0b0c0d0e0f, false },
    { 1, 0, 1, 0x01, false },
    { 0, 0, 1, 0, true },
    { 1, 0, 2, 0, true },
    { 3, 0, 4, 0, true },
    { 7, 0, 8, 0, true },
    { 8, 1, 8, 0, true },
    { 16, 16, 1, 0, true },
    { 16, 17, 1, 0, true },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    Cursor c = cursor_init (bytes, rows[i].len);
    cursor_skip (&c, rows[i].skip);
    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpuint (read_value (&c, rows[i].octets), ==, rows[i].value);
    g_assert_true (c.failed == rows[i].failed);
    g_assert_true (!rows[i].failed || cursor_left (&c) == 0);
  }
}

/* The first failure sticks: nothing is read, moved or written after it. */
static void
test_failure_sticks (void)
{
  Cursor c = cursor_init (bytes, 4);
  g_assert_cmpuint (cursor_u64 (&c), ==, 0);
  uint8_t out[2] = { 0xaa, 0xaa };
  g_assert_cmpuint (cursor_u8 (&c), ==, 0);
  g_assert_null (cursor_slice (&c, 0).data);
  g_assert_false (cursor_copy (&c, out, 1));
  g_assert_cmpuint (out[0], ==, 0xaa);
  g_assert_cmpuint (cursor_rest (&c).len, ==, 0);
  g_assert_cmpuint (cursor_left (&c), ==, 0);
  g_assert_cmpuint (c.pos, ==, 0);
  g_assert_false (cursor_done (&c));
  Cursor sub = cursor_sub (&c, 0);
  g_assert_true (sub.failed);
}

static void
test_slices (void)
{
  Cursor c = cursor_of (SLICE (bytes, 16));
  Slice s = cursor_slice (&c, 4);
  g_assert_true (s.data == bytes && s.len == 4);
  uint8_t copy[3];
  g_assert_true (cursor_copy (&c, copy, 3));
  g_assert_cmpmem (copy, 3, bytes + 4, 3);
  g_assert_cmpuint (cursor_slice (&c, 0).len, ==, 0);
  g_assert_false (c.failed);
  g_assert_cmpuint (cursor_left (&c), ==, 9);
  Slice rest = cursor_rest (&c);
  g_assert_true (rest.data == bytes + 7 && rest.len == 9);
  g_assert_true (cursor_done (&c));
  g_assert_cmpuint (cursor_rest (&c).len, ==, 0);
  g_assert_true (cursor_done (&c));
  g_assert_null (cursor_slice (&c, SIZE_MAX).data);
  g_assert_true (c.failed);
}

/* An inner cursor cannot see past its end, and its failure is its own. */
static void
test_sub (void)
{
  Cursor c = cursor_init (bytes, 16);
  Cursor sub = cursor_sub (&c, 2);
  g_assert_cmpuint (cursor_u16 (&sub), ==, 0x0102);
  g_assert_true (cursor_done (&sub));
  g_assert_cmpuint (cursor_u8 (&sub), ==, 0);
  g_assert_true (sub.failed);
  g_assert_cmpuint (cursor_u8 (&c), ==, 3);
  g_assert_false (c.failed);
  sub = cursor_sub (&c, 14);
  g_assert_true (sub.failed && c.failed);
}

static void
test_done (void)
{
  Cursor empty = cursor_init (NULL, 0);
  g_assert_true (cursor_done (&empty));
  Cursor c = cursor_init (bytes, 1);
  g_assert_false (cursor_done (&c));
  cursor_u8 (&c);
  g_assert_true (cursor_done (&c));
  cursor_fail (&c);
  g_assert_false (cursor_done (&c));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/cursor/integers", test_integers);
  g_test_add_func ("/base/cursor/failure-sticks", test_failure_sticks);
  g_test_add_func ("/base/cursor/slices", test_slices);
  g_test_add_func ("/base/cursor/sub", test_sub);
  g_test_add_func ("/base/cursor/done", test_done);
  return g_test_run ();
}
