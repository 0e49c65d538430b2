/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that came from outside, before a person sees it: no terminal is spoken to, and no text around
 * it is turned round. */
#include "base/text.h"

#include <string.h>

#define CATEGORY(name) (1u << G_UNICODE_##name)

/* Control characters, line and paragraph separators, and what turns the direction of writing round
 * (category Cf holds these, next to the harmless joiners). */
bool
text_is_unsafe_char (gunichar c)
{
  const guint unsafe = CATEGORY (CONTROL) | CATEGORY (FORMAT) | CATEGORY (LINE_SEPARATOR) |
      CATEGORY (PARAGRAPH_SEPARATOR) | CATEGORY (PRIVATE_USE) | CATEGORY (SURROGATE) |
      CATEGORY (UNASSIGNED);
  return (unsafe & (1u << g_unichar_type (c))) != 0;
}

/* The octets up to the first NUL as one line for a person: what is no UTF-8 becomes U+FFFD; each run of
 * blanks, line breaks and unsafe characters becomes one blank, and none is left at the ends. Of more
 * than max_len octets the rest is left out, between two characters. NULL if nothing is left. Transfer:
 * full. */
char *
text_one_line (Slice octets, size_t max_len)
{
  const uint8_t *end = octets.len > 0 ? memchr (octets.data, '\0', octets.len) : NULL;
  size_t len = end != NULL ? (size_t) (end - octets.data) : octets.len;
  g_autofree char *valid =
      g_utf8_make_valid (len > 0 ? (const char *) octets.data : "", (gssize) len);
  g_autoptr (GString) line = g_string_new (NULL);
  bool gap = false;
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (text_is_unsafe_char (c) || g_unichar_isspace (c)) {
      gap = line->len > 0;
      continue;
    }
    gsize before = line->len;
    if (gap)
      g_string_append_c (line, ' ');
    g_string_append_unichar (line, c);
    gap = false;
    if (line->len > max_len) {
      g_string_truncate (line, before);
      break;
    }
  }
  return line->len > 0 ? g_string_free (g_steal_pointer (&line), FALSE) : NULL;
}
