/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "cli/exit-code.h"

/* A verb gets its own arguments, argv[0] being its name, and returns the exit code. */
typedef struct {
  const char *name;
  const char *arguments;
  const char *summary; /* marked for translation, as arguments is */
  int (*run) (int argc, char **argv);
} Verb;

int verb_connect (int argc, char **argv);
int verb_diagnose (int argc, char **argv);
int verb_disconnect (int argc, char **argv);
int verb_export (int argc, char **argv);
int verb_import (int argc, char **argv);
int verb_list (int argc, char **argv);
int verb_monitor (int argc, char **argv);
int verb_portal (int argc, char **argv);
int verb_rekey (int argc, char **argv);
int verb_remove (int argc, char **argv);
int verb_show (int argc, char **argv);
int verb_status (int argc, char **argv);

const Verb *verb_table (gsize *ret_n);
const Verb *verb_find (const char *name);

gboolean verb_parse (int *argc, char ***argv, const GOptionEntry *entries, int least, int most);
ExitCode verb_explain (const char *verb);
