/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/secret.h"

#include <string.h>

static void
test_holds (void)
{
  g_autoptr (Secret) secret = secret_new ("hunter2", 7);
  g_assert_cmpuint (secret_len (secret), ==, 7);
  g_assert_cmpmem (secret_slice (secret).data, secret_slice (secret).len, "hunter2", 7);
  g_autoptr (Secret) empty = secret_new (NULL, 0);
  g_assert_cmpuint (secret_len (empty), ==, 0);
  uint8_t *room;
  g_autoptr (Secret) large = secret_new_empty (10000, &room);
  g_assert_true (room == secret_slice (large).data);
  for (size_t i = 0; i < 10000; i++)
    g_assert_cmpuint (room[i], ==, 0);
  memset (room, 0x5a, 10000);
}

static void
test_equal (void)
{
  static const struct {
    const char *a, *b;
    bool equal;
  } rows[] = {
    { "", "", true },
    { "a", "a", true },
    { "a", "b", false },
    { "a", "", false },
    { "", "a", false },
    { "abc", "abd", false },
    { "abc", "ab", false },
    { "xbc", "abc", false },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (Secret) a = secret_new (rows[i].a, strlen (rows[i].a));
    g_autoptr (Secret) b = secret_new (rows[i].b, strlen (rows[i].b));
    g_assert_true (secret_equal (a, b) == rows[i].equal);
  }
  uint8_t x[2] = { 0x80, 0 }, y[2] = { 0, 0x80 };
  g_assert_false (bytes_equal_secret (x, y, 2));
  g_assert_true (bytes_equal_secret (x, y, 0));
}

static void
test_wipe (void)
{
  uint8_t octets[5] = "abcd";
  bytes_wipe (octets + 1, 2);
  g_assert_cmpmem (octets, 5, "a\0\0d", 5);
}

static void
test_references (void)
{
  Secret *secret = secret_new ("x", 1);
  Secret *again = secret_ref (secret);
  secret_unref (secret);
  g_assert_cmpmem (secret_slice (again).data, 1, "x", 1);
  secret_unref (again);
  secret_unref (NULL);
}

/* The pages of a secret stay out of core dumps: "dd" among the flags of its mapping. */
static void
test_not_dumped (void)
{
  g_autoptr (Secret) secret = secret_new ("x", 1);
  g_autofree char *smaps = NULL;
  if (!g_file_get_contents ("/proc/self/smaps", &smaps, NULL, NULL)) {
    g_test_skip ("There is no /proc here");
    return;
  }
  const char *octets = (const char *) secret_slice (secret).data;
  g_auto (GStrv) lines = g_strsplit (smaps, "\n", -1);
  gboolean inside = FALSE, found = FALSE;
  for (guint i = 0; lines[i] != NULL; i++) {
    char *end;
    guint64 from = g_ascii_strtoull (lines[i], &end, 16);
    if (*end == '-')
      inside = from <= (gsize) octets && (gsize) octets < g_ascii_strtoull (end + 1, NULL, 16);
    if (inside && g_str_has_prefix (lines[i], "VmFlags:"))
      found = strstr (lines[i], " dd") != NULL;
  }
  g_assert_true (found);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/secret/holds", test_holds);
  g_test_add_func ("/base/secret/equal", test_equal);
  g_test_add_func ("/base/secret/wipe", test_wipe);
  g_test_add_func ("/base/secret/references", test_references);
  g_test_add_func ("/base/secret/not-dumped", test_not_dumped);
  return g_test_run ();
}
