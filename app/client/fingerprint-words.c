/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FingerprintWords: a fingerprint as words that two people can read to each other (RFC 1751).
 *
 * Six words of 11 bits are 64 bits of the fingerprint and two of parity behind them. */
#include "client/fingerprint-words.h"

#define BITS 64
#define WORD_BITS 11
#define WORDS_OF_64 6

/* The sum of all pairs of bits, the two lowest bits of it (RFC 1751 section 2). */
static guint
parity (guint64 octets)
{
  guint sum = 0;
  for (guint i = 0; i < BITS; i += 2)
    sum += (guint) (octets >> i & 3);
  return sum & 3;
}

/* 66 bits, the highest first: the last word has nine of the 64 and both of parity. */
static void
append_six (GStrvBuilder *words, guint64 octets)
{
  for (guint i = 0; i < WORDS_OF_64; i++) {
    guint end = (i + 1) * WORD_BITS;
    guint index = end <= BITS ? (guint) (octets >> (BITS - end)) & 0x7ff
                              : ((guint) (octets << 2) & 0x7fc) | parity (octets);
    g_strv_builder_add (words, visitor_fingerprint_dictionary[index]);
  }
}

static guint64
read_64 (const guint8 *octets)
{
  guint64 value = 0;
  for (guint i = 0; i < 8; i++)
    value = value << 8 | octets[i];
  return value;
}

/* Twelve words for the first 128 bits of a SHA-256: octets 0 to 7 are the first six, octets 8 to 15 the
 * others. The rest of the 256 bits is not in them: nobody reads 24 words, and whoever wants another key
 * with the same twelve has to try 2^128. Transfer: full. */
char **
visitor_fingerprint_words (const guint8 sha256[static SITE_PIN_LEN])
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  append_six (words, read_64 (sha256));
  append_six (words, read_64 (sha256 + 8));
  return g_strv_builder_end (words);
}
