/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SiteFile: files that are there completely or not at all.
 *
 * A new text is written beside the old one, forced to the disk and renamed over it, so that a full
 * disk, an I/O error or a power cut at any step leaves the old file whole. Names are relative to a
 * directory that is open; nothing is ever opened through a symbolic link there. */
#include "site/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "site/pem.h"

#define CERTIFICATES_MAX (1024 * 1024)
#define KEY_FILE_MAX (32 * 1024)
#define SET_ASIDE_MAX 1000

static gboolean
fail (GError **error, const char *what, const char *name)
{
  int saved = errno;
  VisitorError code = saved == ENOENT ? VISITOR_ERROR_SITE_NOT_FOUND : VISITOR_ERROR_STORAGE;
  g_set_error (error, VISITOR_ERROR, code, "%s %s: %s", what, name, g_strerror (saved));
  return FALSE;
}

/* Reads at most max octets; room is one more. */
static gboolean
read_all (int fd, char *room, gsize max, gsize *ret_len, const char *name, GError **error)
{
  gsize len = 0;
  for (;;) {
    ssize_t n = read (fd, room + len, max + 1 - len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail (error, "Cannot read", name);
    len += (gsize) n;
    if (n == 0 || len > max)
      break;
  }
  if (len > max) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "%s is too long: at most %" G_GSIZE_FORMAT " octets are read", name, max);
    return FALSE;
  }
  *ret_len = len;
  return TRUE;
}

/* The contents of a regular file of at most max octets, with a NUL behind them; never waits for a
 * FIFO or a device. open_flags may have O_NOFOLLOW. SITE_NOT_FOUND, SITE_INVALID (no regular file, too
 * long) or STORAGE. Transfer: full. */
char *
site_file_read (
    int dir, const char *name, int open_flags, gsize max, gsize *ret_len, GError **error)
{
  int fd = openat (dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | open_flags);
  if (fd < 0) {
    fail (error, "Cannot open", name);
    return NULL;
  }
  struct stat st;
  g_autofree char *room = g_malloc (max + 2);
  gsize len = 0;
  gboolean ok = FALSE;
  if (fstat (fd, &st) != 0)
    fail (error, "Cannot read", name);
  else if (!S_ISREG (st.st_mode))
    g_set_error (
        error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, "%s is not a regular file", name);
  else
    ok = read_all (fd, room, max, &len, name, error);
  close (fd);
  if (!ok)
    return NULL;
  room[len] = '\0';
  *ret_len = len;
  return g_steal_pointer (&room);
}

/* The certificates of a file, in PEM or DER, as PEM in its one form. Errors as above, and SITE_INVALID where
 * there are none. Transfer: full. */
char *
site_file_read_certificates (int dir, const char *name, GError **error)
{
  gsize len;
  g_autofree char *data = site_file_read (dir, name, 0, CERTIFICATES_MAX, &len, error);
  if (data == NULL)
    return NULL;
  gboolean is_der = len > 0 && data[0] == 0x30;
  return is_der ? site_pem_from_der (SLICE ((const uint8_t *) data, len), error)
                : site_pem_normalize (data, error);
}

/* What stands in a file with a key, in any form; nothing of it stays in memory elsewhere. Errors as of
 * site_file_read (). Transfer: full. */
Secret *
site_file_read_key (int dir, const char *name, int open_flags, GError **error)
{
  gsize len;
  char *data = site_file_read (dir, name, open_flags, KEY_FILE_MAX, &len, error);
  if (data == NULL)
    return NULL;
  Secret *key = secret_new (data, len);
  bytes_wipe (data, len);
  g_free (data);
  return key;
}

static gboolean
write_all (int fd, const char *data, gsize len)
{
  while (len > 0) {
    ssize_t n = write (fd, data, len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    data += n;
    len -= (gsize) n;
  }
  return TRUE;
}

/* Makes a file that only the user can read and that is on the disk when this returns. */
static gboolean
write_new (int dir, const char *name, const char *data, gsize len, GError **error)
{
  int fd = openat (dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return fail (error, "Cannot create", name);
  gboolean ok = write_all (fd, data, len) && fsync (fd) == 0;
  if (!ok)
    fail (error, "Cannot write", name);
  if (close (fd) != 0 && ok)
    ok = fail (error, "Cannot write", name);
  if (!ok)
    unlinkat (dir, name, 0);
  return ok;
}

/* Puts a new text in the place of name, which need not exist: afterwards it holds the old text or the
 * new one, never a part. After STORAGE the old text is there, unless the last step failed, which
 * forces the new name to the disk. */
gboolean
site_file_replace (int dir, const char *name, const char *data, gsize len, GError **error)
{
  g_autofree char *fresh = g_strdup_printf (".%s.%08x", name, g_random_int ());
  if (!write_new (dir, fresh, data, len, error))
    return FALSE;
  if (renameat (dir, fresh, dir, name) != 0) {
    fail (error, "Cannot replace", name);
    unlinkat (dir, fresh, 0);
    return FALSE;
  }
  if (fsync (dir) != 0)
    return fail (error, "Cannot force to the disk", name);
  return TRUE;
}

/* Renames a file to NAME.corrupt-N, the first N that is free, so that nothing is lost. Returns the new
 * name, transfer: full. */
char *
site_file_set_aside (int dir, const char *name, GError **error)
{
  for (unsigned int n = 1; n <= SET_ASIDE_MAX; n++) {
    g_autofree char *aside = g_strdup_printf ("%s.corrupt-%u", name, n);
    if (renameat2 (dir, name, dir, aside, RENAME_NOREPLACE) == 0) {
      (void) fsync (dir);
      return g_steal_pointer (&aside);
    }
    if (errno != EEXIST)
      break;
  }
  fail (error, "Cannot set aside", name);
  return NULL;
}
