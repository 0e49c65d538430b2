/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorLogHistory: the log of a site's last connection, also when the engine has forgotten that.
 *
 * Lines come one by one, and those before are asked of the engine, whose answer overlaps with what
 * came meanwhile. The signal "added" tells of one more VisitorLogLine at the end,
 * "reset" of anything else. */
#include "client/log-history.h"

struct _VisitorLogHistory {
  GObject parent_instance;

  /* owned */
  GPtrArray *lines; /* VisitorLogLine, the oldest first */
};

enum {
  ADDED,
  RESET,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorLogHistory, visitor_log_history, G_TYPE_OBJECT)

static void
visitor_log_history_finalize (GObject *object)
{
  VisitorLogHistory *self = VISITOR_LOG_HISTORY (object);
  g_ptr_array_unref (self->lines);
  G_OBJECT_CLASS (visitor_log_history_parent_class)->finalize (object);
}

static void
visitor_log_history_class_init (VisitorLogHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = visitor_log_history_finalize;
  signals[ADDED] = g_signal_new ("added", VISITOR_TYPE_LOG_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[RESET] = g_signal_new (
      "reset", VISITOR_TYPE_LOG_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
visitor_log_history_init (VisitorLogHistory *self)
{
  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) visitor_log_line_free);
}

/* Without a line. Transfer: full. */
VisitorLogHistory *
visitor_log_history_new (void)
{
  return g_object_new (VISITOR_TYPE_LOG_HISTORY, NULL);
}

/* One line more, which is taken; the oldest goes where there are too many. */
void
visitor_log_history_add (VisitorLogHistory *self, VisitorLogLine *line)
{
  if (self->lines->len == VISITOR_LOG_HISTORY_LINES)
    g_ptr_array_remove_index (self->lines, 0);
  g_ptr_array_add (self->lines, line);
  g_signal_emit (self, signals[ADDED], 0, line);
}

/* The engine's time of a line and ours, when it came, are not the same. */
static gboolean
is_same (const VisitorLogLine *a, const VisitorLogLine *b)
{
  return a->level == b->level && g_str_equal (a->text, b->text);
}

/* How many lines at the end of before are those at the beginning of ours. */
static guint
overlap (VisitorLogHistory *self, const GPtrArray *before)
{
  for (guint k = MIN (before->len, self->lines->len); k > 0; k--) {
    guint i = 0;
    while (i < k &&
        is_same (
            g_ptr_array_index (before, before->len - k + i), g_ptr_array_index (self->lines, i)))
      i++;
    if (i == k)
      return k;
  }
  return 0;
}

/* Puts what the engine remembers, VisitorLogLines, in front of what came since it was asked, each line
 * once. */
void
visitor_log_history_complete (VisitorLogHistory *self, const GPtrArray *before)
{
  guint missing = before->len - overlap (self, before);
  for (guint i = 0; i < missing; i++) {
    const VisitorLogLine *line = g_ptr_array_index (before, i);
    g_ptr_array_insert (
        self->lines, (gint) i, visitor_log_line_new (line->time, line->level, line->text));
  }
  if (self->lines->len > VISITOR_LOG_HISTORY_LINES)
    g_ptr_array_remove_range (self->lines, 0, self->lines->len - VISITOR_LOG_HISTORY_LINES);
  g_signal_emit (self, signals[RESET], 0);
}

void
visitor_log_history_clear (VisitorLogHistory *self)
{
  g_ptr_array_set_size (self->lines, 0);
  g_signal_emit (self, signals[RESET], 0);
}

/* VisitorLogLine, the oldest first; borrowed until the next signal. */
const GPtrArray *
visitor_log_history_get_lines (VisitorLogHistory *self)
{
  return self->lines;
}

/* Their texts alone. Transfer: full. */
char **
visitor_log_history_dup_lines (VisitorLogHistory *self)
{
  char **lines = g_new0 (char *, self->lines->len + 1);
  for (guint i = 0; i < self->lines->len; i++) {
    const VisitorLogLine *line = g_ptr_array_index (self->lines, i);
    lines[i] = g_strdup (line->text);
  }
  return lines;
}
