/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that came from outside, before it is shown or logged: one record stays one record, and no
 * terminal is spoken to. Input is valid UTF-8, as GVariant guarantees. */
#include "host/text.h"

#include <string.h>

#include "base/text.h"

#define MAX_SHOWN_LEN 1024

/* The text with each unsafe character written as \u{HEX}, cut after about 1024 octets. Transfer:
 * full. */
char *
host_text_escape (const char *text)
{
  GString *out = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (text_is_unsafe_char (c))
      g_string_append_printf (out, "\\u{%x}", c);
    else
      g_string_append_unichar (out, c);
    if (out->len >= MAX_SHOWN_LEN) {
      g_string_append (out, "...");
      break;
    }
  }
  return g_string_free (out, FALSE);
}

/* True if the text is of at most max_len octets, and escaping would leave it as it is. */
gboolean
host_text_is_plain (const char *text, gsize max_len)
{
  if (strlen (text) > max_len)
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    if (text_is_unsafe_char (g_utf8_get_char (p)))
      return FALSE;
  }
  return TRUE;
}
