/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TextLines: text in two columns, labels and values, with heads between. */
#include "client/text-lines.h"

#define GAP 2 /* blanks between the columns */
#define INDENT 2

/* A head where it has no value. */
typedef struct {
  guint depth;
  char *label;
  char *value; /* or NULL */
} Line;

static void
line_clear (gpointer data)
{
  Line *line = data;
  g_free (line->label);
  g_free (line->value);
}

/* No lines yet. Transfer: full. */
GArray *
text_lines_new (void)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_array_set_clear_func (lines, line_clear);
  return lines;
}

/* A line so many steps in; takes value, which is NULL where the line is its label alone. */
void
text_lines_put (GArray *lines, guint depth, const char *label, char *value)
{
  Line line = { .depth = depth, .label = g_strdup (label), .value = value };
  g_array_append_val (lines, line);
}

/* The columns of a terminal that text takes. */
guint
text_lines_width (const char *text)
{
  guint width = 0;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (!g_unichar_iszerowidth (c))
      width += g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

/* The lines as text, their values below each other in this column, or farther right where a label is longer.
 * Transfer: full. */
char *
text_lines_join (const GArray *lines, guint column)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < lines->len; i++) {
    const Line *line = &g_array_index (lines, Line, i);
    if (line->value != NULL)
      column = MAX (column, line->depth * INDENT + text_lines_width (line->label) + GAP);
  }
  for (guint i = 0; i < lines->len; i++) {
    const Line *line = &g_array_index (lines, Line, i);
    g_string_append_printf (text, "%*s%s", (int) (line->depth * INDENT), "", line->label);
    if (line->value != NULL)
      g_string_append_printf (text, "%*s%s",
          (int) (column - line->depth * INDENT - text_lines_width (line->label)), "", line->value);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}
