/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Table: rows of words on a terminal, each column as wide as its widest cell but the last. */
#include "config.h"

#include "cli/table.h"

#include "cli/output.h"

#define GAP 2 /* blanks between two columns */

/* A row, or a note that stands below one and is no part of the columns. */
typedef struct {
  char **cells; /* NULL: a note */
  char *note;
} Row;

struct _Table {
  guint n_columns;
  GArray *rows; /* Row, owned */
};

static void
row_clear (gpointer data)
{
  Row *row = data;
  g_strfreev (row->cells);
  g_free (row->note);
}

Table *
table_new (guint n_columns)
{
  Table *table = g_new0 (Table, 1);
  table->n_columns = n_columns;
  table->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_set_clear_func (table->rows, row_clear);
  return table;
}

void
table_free (Table *table)
{
  g_array_unref (table->rows);
  g_free (table);
}

/* As many texts as there are columns; each is made harmless. */
void
table_add (Table *table, ...)
{
  va_list args;
  Row row = { .cells = g_new0 (char *, table->n_columns + 1) };
  va_start (args, table);
  for (guint i = 0; i < table->n_columns; i++)
    row.cells[i] = output_escape (va_arg (args, const char *));
  va_end (args);
  g_array_append_val (table->rows, row);
}

/* A line below the row that was added last. */
void
table_add_note (Table *table, const char *text)
{
  Row row = { .note = g_strdup (text) };
  g_array_append_val (table->rows, row);
}

/* Columns of the terminal. */
static guint
width_of (const char *text)
{
  guint width = 0;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (!g_unichar_iszerowidth (c))
      width += g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

static guint
column_width (const Table *table, guint column)
{
  guint width = 0;
  for (guint i = 0; i < table->rows->len; i++) {
    const Row *row = &g_array_index (table->rows, Row, i);
    if (row->cells != NULL)
      width = MAX (width, width_of (row->cells[column]));
  }
  return width;
}

/* Writes it to standard output, each line behind `indent`. */
void
table_say (const Table *table, const char *indent)
{
  for (guint i = 0; i < table->rows->len; i++) {
    const Row *row = &g_array_index (table->rows, Row, i);
    if (row->cells == NULL) {
      output_say ("%s  %s", indent, row->note);
      continue;
    }
    g_autoptr (GString) line = g_string_new (indent);
    for (guint column = 0; column < table->n_columns; column++) {
      const char *cell = row->cells[column];
      g_string_append (line, cell);
      if (column + 1 == table->n_columns)
        break;
      guint blanks = column_width (table, column) + GAP - width_of (cell);
      for (guint n = 0; n < blanks; n++)
        g_string_append_c (line, ' ');
    }
    output_say ("%s", line->str);
  }
}
