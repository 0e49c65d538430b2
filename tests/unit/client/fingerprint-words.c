/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/fingerprint-words.h"

#include <string.h>

/* The examples of RFC 1751 itself: a key of 64 bits in section 2, two of 128 bits in section 3. */
static void
test_rfc (void)
{
  static const struct {
    guint8 key[SITE_PIN_LEN];
    const char *words;
  } cases[] = {
    { { 0xeb, 0x33, 0xf7, 0x7e, 0xe7, 0x3d, 0x40, 0x53 }, "TIDE ITCH SLOW REIN RULE MOT" },
    { { 0xcc, 0xac, 0x2a, 0xed, 0x59, 0x10, 0x56, 0xbe, 0x4f, 0x90, 0xfd, 0x44, 0x1c, 0x53, 0x47,
          0x66 },
        "RASH BUSH MILK LOOK BAD BRIM AVID GAFF BAIT ROT POD LOVE" },
    { { 0xef, 0xf8, 0x1f, 0x9b, 0xfb, 0xc6, 0x53, 0x50, 0x92, 0x0c, 0xdd, 0x74, 0x16, 0xde, 0x80,
          0x09 },
        "TROD MUTE TAIL WARM CHAR KONG HAAG CITY BORE O TEAL AWL" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) words = visitor_fingerprint_words (cases[i].key);
    g_autofree char *text = g_strjoinv (" ", words);
    g_assert_cmpuint (g_strv_length (words), ==, VISITOR_FINGERPRINT_WORDS);
    g_assert_cmpint (strncmp (text, cases[i].words, strlen (cases[i].words)), ==, 0);
  }
}

/* One wrong bit of the first 128 changes a word; the rest is not looked at. */
static void
test_bits (void)
{
  guint8 key[SITE_PIN_LEN] = { 0 };
  g_auto (GStrv) before = visitor_fingerprint_words (key);
  for (guint bit = 0; bit < 8 * SITE_PIN_LEN; bit++) {
    key[bit / 8] ^= (guint8) (1 << bit % 8);
    g_auto (GStrv) words = visitor_fingerprint_words (key);
    key[bit / 8] ^= (guint8) (1 << bit % 8);
    g_assert_cmpint (
        g_strv_equal ((const char *const *) words, (const char *const *) before), ==, bit >= 128);
  }
}

/* Words are of one to four capital letters, up to 570 the short ones, in order and each once. */
static void
test_dictionary (void)
{
  const char *const *words = visitor_fingerprint_dictionary;
  for (guint i = 0; i < VISITOR_FINGERPRINT_DICTIONARY_LEN; i++) {
    gsize len = strlen (words[i]);
    g_assert_cmpuint (len, >, 0);
    g_assert_cmpuint (len, <=, 4);
    g_assert_cmpint (len == 4, ==, i > 570);
    g_assert_cmpuint (strspn (words[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), ==, len);
    if (i != 0 && i != 571)
      g_assert_cmpstr (words[i - 1], <, words[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/fingerprint-words/rfc", test_rfc);
  g_test_add_func ("/client/fingerprint-words/bits", test_bits);
  g_test_add_func ("/client/fingerprint-words/dictionary", test_dictionary);
  return g_test_run ();
}
