/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorLogHistory: the log of a site's last connection, also when the engine has forgotten that.
 *
 * Lines come one by one, and those before are asked of the engine, whose answer overlaps with what
 * came meanwhile. The signal "added" tells of one more line at the end, "reset" of anything else. */
#include "client/log-history.h"

struct _VisitorLogHistory {
  GObject parent_instance;

  /* owned */
  GPtrArray *lines; /* char *, the oldest first */
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
      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[RESET] = g_signal_new (
      "reset", VISITOR_TYPE_LOG_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
visitor_log_history_init (VisitorLogHistory *self)
{
  self->lines = g_ptr_array_new_with_free_func (g_free);
}

/* Without a line. Transfer: full. */
VisitorLogHistory *
visitor_log_history_new (void)
{
  return g_object_new (VISITOR_TYPE_LOG_HISTORY, NULL);
}

/* One line more; the oldest goes where there are too many. */
void
visitor_log_history_add (VisitorLogHistory *self, const char *line)
{
  if (self->lines->len == VISITOR_LOG_HISTORY_LINES)
    g_ptr_array_remove_index (self->lines, 0);
  g_ptr_array_add (self->lines, g_strdup (line));
  g_signal_emit (self, signals[ADDED], 0, line);
}

/* How many lines at the end of before are those at the beginning of ours. */
static guint
overlap (VisitorLogHistory *self, const char *const *before, guint n)
{
  for (guint k = MIN (n, self->lines->len); k > 0; k--) {
    guint i = 0;
    while (i < k && g_str_equal (before[n - k + i], g_ptr_array_index (self->lines, i)))
      i++;
    if (i == k)
      return k;
  }
  return 0;
}

/* Puts what the engine remembers in front of what came since it was asked, each line once. */
void
visitor_log_history_complete (VisitorLogHistory *self, const char *const *before)
{
  guint n = g_strv_length ((char **) before);
  guint missing = n - overlap (self, before, n);
  for (guint i = 0; i < missing; i++)
    g_ptr_array_insert (self->lines, (gint) i, g_strdup (before[i]));
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

/* The oldest first. Transfer: full. */
char **
visitor_log_history_dup_lines (VisitorLogHistory *self)
{
  char **lines = g_new0 (char *, self->lines->len + 1);
  for (guint i = 0; i < self->lines->len; i++)
    lines[i] = g_strdup (g_ptr_array_index (self->lines, i));
  return lines;
}
