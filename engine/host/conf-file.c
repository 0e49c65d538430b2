/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ConfFile: a configuration file as it stands on the disk, read and put back exactly: a symlink as a
 * symlink, a missing file as missing. Written by rename where that can be, so that no reader sees half
 * of it, and in place where the file is a mount point of its own, as in containers. A symlink is
 * replaced, never written through. */
#include "host/conf-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LEN (64 * 1024)
#define TEMPORARY ".visitor-new"

static gboolean
fail (GError **error, const char *path, const char *doing)
{
  int code = errno;
  g_set_error (
      error, VISITOR_ERROR, VISITOR_ERROR_DNS_SETUP, "%s %s: %s", doing, path, g_strerror (code));
  return FALSE;
}

void
conf_file_clear (ConfFile *file)
{
  g_clear_pointer (&file->target, g_free);
  g_clear_pointer (&file->content, g_bytes_unref);
}

/* The first MAX_LEN octets of a regular file; NULL and errno if there is none. */
static GBytes *
read_content (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat st;
  if (fd < 0)
    return NULL;
  g_autoptr (GByteArray) content = g_byte_array_new ();
  ssize_t n = -1;
  if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode)) {
    guint8 buffer[4096];
    while ((n = read (fd, buffer, sizeof buffer)) > 0 && content->len <= MAX_LEN)
      g_byte_array_append (content, buffer, (guint) n);
  }
  close (fd);
  if (n != 0) {
    errno = n > 0 ? EFBIG : EIO;
    return NULL;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&content));
}

/* Reads what stands at path. A symlink that leads nowhere has no content. VISITOR_ERROR_DNS_SETUP for
 * what is neither file nor symlink, is larger than 64 KiB or cannot be read. */
gboolean
conf_file_read (const char *path, ConfFile *ret_file, GError **error)
{
  struct stat st;
  g_auto (ConfFile) file = { .kind = CONF_FILE_ABSENT };
  if (lstat (path, &st) != 0) {
    if (errno != ENOENT)
      return fail (error, path, "Reading");
  } else {
    file.kind = S_ISLNK (st.st_mode) ? CONF_FILE_SYMLINK : CONF_FILE_REGULAR;
    file.mode = st.st_mode & 07777;
    file.uid = st.st_uid;
    file.gid = st.st_gid;
    file.content = read_content (path);
  }
  if (file.kind == CONF_FILE_REGULAR && file.content == NULL)
    return fail (error, path, "Reading");
  if (file.kind == CONF_FILE_SYMLINK && (file.target = g_file_read_link (path, NULL)) == NULL)
    return fail (error, path, "Reading the symlink");
  if (file.content == NULL)
    file.content = g_bytes_new (NULL, 0);
  *ret_file = file;
  file = (ConfFile){ .kind = CONF_FILE_ABSENT };
  return TRUE;
}

/* TRUE if both are the same to a reader: kind and content, or target. */
gboolean
conf_file_equal (const ConfFile *a, const ConfFile *b)
{
  if (a->kind != b->kind)
    return FALSE;
  switch (a->kind) {
  case CONF_FILE_ABSENT: return TRUE;
  case CONF_FILE_SYMLINK: return strcmp (a->target, b->target) == 0;
  case CONF_FILE_REGULAR: break;
  }
  return g_bytes_equal (a->content, b->content);
}

/* TRUE if the file looks as if we were killed while writing after over before in place: it begins as
 * the one and goes on as the other, at the same offset. */
gboolean
conf_file_is_half_written (const ConfFile *file, GBytes *before, GBytes *after)
{
  gsize len, before_len, after_len, same = 0;
  const guint8 *now = g_bytes_get_data (file->content, &len);
  const guint8 *old = g_bytes_get_data (before, &before_len);
  const guint8 *new = g_bytes_get_data (after, &after_len);
  if (file->kind != CONF_FILE_REGULAR)
    return FALSE;
  while (same < MIN (len, after_len) && now[same] == new[same])
    same++;
  return len == MAX (before_len, same) &&
      (len == same || memcmp (now + same, old + same, len - same) == 0);
}

static gboolean
write_all (int fd, GBytes *content)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (content, &len);
  for (gsize done = 0; done < len;) {
    ssize_t n = pwrite (fd, data + done, len - done, (off_t) done);
    if (n < 0 && errno != EINTR)
      return FALSE;
    done += n > 0 ? (gsize) n : 0;
  }
  return ftruncate (fd, (off_t) len) == 0 && fsync (fd) == 0;
}

static gboolean
create_file (int dir, const char *name, const ConfFile *file)
{
  int fd = openat (dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return FALSE;
  /* Giving it to another owner than ourselves may be refused; who may read it is what counts. */
  if (fchown (fd, file->uid, file->gid) != 0)
    g_debug ("The owner of %s stays us: %s", name, g_strerror (errno));
  gboolean ok = write_all (fd, file->content) && fchmod (fd, file->mode) == 0;
  int code = errno;
  close (fd);
  errno = code;
  return ok;
}

static gboolean
replace (int dir, const char *name, const char *temporary, const ConfFile *file)
{
  (void) unlinkat (dir, temporary, 0);
  switch (file->kind) {
  case CONF_FILE_ABSENT: return unlinkat (dir, name, 0) == 0 || errno == ENOENT;
  case CONF_FILE_REGULAR:
    if (!create_file (dir, temporary, file))
      return FALSE;
    break;
  case CONF_FILE_SYMLINK:
    if (symlinkat (file->target, dir, temporary) != 0)
      return FALSE;
    if (fchownat (dir, temporary, file->uid, file->gid, AT_SYMLINK_NOFOLLOW) != 0)
      g_debug ("The owner of %s stays us: %s", name, g_strerror (errno));
    break;
  }
  if (renameat (dir, temporary, dir, name) == 0)
    return TRUE;
  int code = errno;
  (void) unlinkat (dir, temporary, 0);
  errno = code;
  return FALSE;
}

static gboolean
write_in_place (int dir, const char *name, const ConfFile *file)
{
  if (file->kind != CONF_FILE_REGULAR)
    return FALSE;
  int fd = openat (dir, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat st;
  if (fd < 0)
    return FALSE;
  gboolean ok = fstat (fd, &st) == 0 && S_ISREG (st.st_mode) && write_all (fd, file->content) &&
      ((st.st_mode & 07777) == file->mode || fchmod (fd, file->mode) == 0);
  int code = errno;
  close (fd);
  errno = code;
  return ok;
}

/* A mount point cannot be renamed over, and a sandbox may allow the file but not its folder. */
static gboolean
needs_writing_in_place (int code)
{
  return code == EBUSY || code == EXDEV || code == EROFS || code == EACCES || code == EPERM;
}

static int
open_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  return open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Makes path what file says. */
gboolean
conf_file_write (const char *path, const ConfFile *file, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *temporary = g_strconcat (".", name, TEMPORARY, NULL);
  int dir = open_folder (path);
  if (dir < 0)
    return fail (error, path, "Opening the folder of");
  gboolean ok = replace (dir, name, temporary, file);
  if (!ok && needs_writing_in_place (errno))
    ok = write_in_place (dir, name, file);
  int code = errno;
  (void) fsync (dir);
  close (dir);
  errno = code;
  return ok || fail (error, path, "Writing");
}

/* Removes what a conf_file_write () that was killed may have left beside the file. */
void
conf_file_sweep (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *temporary = g_strconcat (".", name, TEMPORARY, NULL);
  int dir = open_folder (path);
  if (dir < 0)
    return;
  (void) unlinkat (dir, temporary, 0);
  close (dir);
}
