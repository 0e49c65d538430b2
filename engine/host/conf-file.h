/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "base/error.h"

typedef enum {
  CONF_FILE_ABSENT,
  CONF_FILE_REGULAR,
  CONF_FILE_SYMLINK,
} ConfFileKind;

/* What stands at a path: enough to put it back exactly. */
typedef struct {
  ConfFileKind kind;
  char *target; /* of a symlink */
  GBytes *content; /* of the file, or of what the symlink leads to; never NULL */
  mode_t mode;
  uid_t uid;
  gid_t gid;
} ConfFile;

gboolean conf_file_read (const char *path, ConfFile *ret_file, GError **error);
gboolean conf_file_write (const char *path, const ConfFile *file, GError **error);
gboolean conf_file_equal (const ConfFile *a, const ConfFile *b);
gboolean conf_file_is_half_written (const ConfFile *file, GBytes *before, GBytes *after);
void conf_file_sweep (const char *path);
void conf_file_clear (ConfFile *file);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConfFile, conf_file_clear)
