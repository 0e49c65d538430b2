/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libFuzzer calls before the first input: what a target logs is formatted, as ever, and dropped.
 * Millions of inputs would write millions of lines, which cost more than the inputs. */
#include "fuzz.h"

#include <glib.h>

static GLogWriterOutput
drop (G_GNUC_UNUSED GLogLevelFlags level, G_GNUC_UNUSED const GLogField *fields,
    G_GNUC_UNUSED gsize n_fields, G_GNUC_UNUSED gpointer data)
{
  return G_LOG_WRITER_HANDLED;
}

int
LLVMFuzzerInitialize (G_GNUC_UNUSED int *argc, G_GNUC_UNUSED char ***argv)
{
  g_log_set_writer_func (drop, NULL, NULL);
  return 0;
}
