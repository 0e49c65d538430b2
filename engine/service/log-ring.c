/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LogRing: the last lines that one connection wrote, for its owner alone.
 *
 * A line may hold words that came from a gateway, a certificate or a proxy. It is made harmless when
 * it enters: one record stays one record, and nothing in it can steer a terminal. */
#include "service/log-ring.h"

typedef struct {
  gint64 time; /* microseconds since 1970 */
  GLogLevelFlags level;
  char *text;
} Line;

struct _LogRing {
  GQueue lines; /* owned Line */
};

static void
line_free (gpointer data)
{
  Line *line = data;
  g_free (line->text);
  g_free (line);
}

/* Letters that reorder the text around them (Unicode TR36, "bidirectional text spoofing"). */
static gboolean
is_bidi_control (gunichar c)
{
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
      (c >= 0x2066 && c <= 0x2069);
}

/* A copy of text with every control character, bidirectional control, line separator and octet that
 * is not UTF-8 written as \xNN or \uNNNN, and cut after LOG_LINE_MAX octets. What was escaped before
 * stays as it is. Transfer: full. */
char *
log_line_escape (const char *text)
{
  GString *line = g_string_new (NULL);
  for (const char *at = text; *at != '\0' && line->len < LOG_LINE_MAX;) {
    gunichar c = g_utf8_get_char_validated (at, -1);
    if (c == (gunichar) -1 || c == (gunichar) -2) {
      g_string_append_printf (line, "\\x%02x", (unsigned char) *at++);
      continue;
    }
    if (g_unichar_iscntrl (c))
      g_string_append_printf (line, "\\x%02x", c);
    else if (is_bidi_control (c) || c == 0x2028 || c == 0x2029)
      g_string_append_printf (line, "\\u%04x", c);
    else
      g_string_append_unichar (line, c);
    at = g_utf8_next_char (at);
  }
  return g_string_free (line, FALSE);
}

LogRing *
log_ring_new (void)
{
  LogRing *ring = g_new0 (LogRing, 1);
  g_queue_init (&ring->lines);
  return ring;
}

void
log_ring_free (LogRing *ring)
{
  g_queue_clear_full (&ring->lines, line_free);
  g_free (ring);
}

/* Adds text, escaped, of a time in microseconds since 1970; the oldest line goes when LOG_RING_LINES are
 * there. Returns the text as it stands, borrowed until the next call. */
const char *
log_ring_add (LogRing *ring, gint64 time, GLogLevelFlags level, const char *text)
{
  Line *line = g_new (Line, 1);
  *line = (Line){ .time = time, .level = level, .text = log_line_escape (text) };
  g_queue_push_tail (&ring->lines, line);
  if (g_queue_get_length (&ring->lines) > LOG_RING_LINES)
    line_free (g_queue_pop_head (&ring->lines));
  return line->text;
}

/* All lines, oldest first, as Connection1.GetLog has them: a(xus). Floating. */
GVariant *
log_ring_to_variant (const LogRing *ring)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(xus)"));
  for (const GList *l = ring->lines.head; l != NULL; l = l->next) {
    const Line *line = l->data;
    g_variant_builder_add (&builder, "(xus)", line->time, (guint32) line->level, line->text);
  }
  return g_variant_builder_end (&builder);
}
