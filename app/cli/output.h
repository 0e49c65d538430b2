/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib-unix.h>

#include "cli/exit-code.h"

char *output_escape (const char *text);
char *output_encode (const char *text);
void output_text (const char *text);
void output_say (const char *format, ...) G_GNUC_PRINTF (1, 2);
void output_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);
ExitCode output_end (ExitCode code);
guint output_on_closed (GUnixFDSourceFunc func, gpointer user_data);
ExitCode output_error (const GError *error);
