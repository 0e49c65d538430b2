/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Journal: what one connection changed on this machine, on the disk before it is changed.
 *
 * One file a slot, only ever appended to and synchronised before append returns, removed when all in
 * it was undone. Whatever kills us, the next start reads what may have been done, and undoes it. */
#include "host/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE_LEN (256 * 1024)

struct _Journal {
  int dir; /* borrowed */
  int fd; /* -1 if it was loaded: then it is only undone */
  guint slot;
  guint lines;
  GArray *changes;
};

static char *
file_name (guint slot, const char *suffix)
{
  return g_strdup_printf ("slot-%u.%s", slot, suffix);
}

static gboolean
storage_error (GError **error, const char *doing)
{
  int code = errno;
  g_set_error (
      error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "%s the journal: %s", doing, g_strerror (code));
  return FALSE;
}

static Journal *
journal_new (int dir, int fd, guint slot)
{
  Journal *journal = g_new0 (Journal, 1);
  journal->dir = dir;
  journal->fd = fd;
  journal->slot = slot;
  journal->changes = g_array_new (FALSE, FALSE, sizeof (JournalChange));
  return journal;
}

/* Frees the value; the file stays. */
void
journal_free (Journal *journal)
{
  if (journal->fd >= 0)
    close (journal->fd);
  g_array_unref (journal->changes);
  g_free (journal);
}

guint
journal_slot (const Journal *journal)
{
  return journal->slot;
}

/* What was written so far, oldest first. */
const GArray *
journal_changes (const Journal *journal)
{
  return journal->changes;
}

/* TRUE if the slot has a journal, whatever is in it. */
gboolean
journal_exists (int dir, guint slot)
{
  g_autofree char *name = file_name (slot, "journal");
  return faccessat (dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static gboolean
write_out (Journal *journal, const char *text, gsize len, GError **error)
{
  while (len > 0) {
    ssize_t n = write (journal->fd, text, len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return storage_error (error, "Writing");
    text += n;
    len -= (gsize) n;
  }
  return fsync (journal->fd) == 0 || storage_error (error, "Synchronising");
}

/* Starts the slot's journal, which must not exist. dir is a descriptor of the state directory and
 * must outlive the journal. */
Journal *
journal_create (int dir, guint slot, GError **error)
{
  g_autofree char *name = file_name (slot, "journal");
  int fd =
      openat (dir, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    storage_error (error, "Creating");
    return NULL;
  }
  g_autoptr (Journal) journal = journal_new (dir, fd, slot);
  const JournalChange heading = { .step = NETCFG_STEP_JOURNAL };
  g_autofree char *text = journal_format (slot, journal->lines++, &heading);
  gboolean ok = write_out (journal, text, strlen (text), error) &&
      (fsync (dir) == 0 || storage_error (error, "Synchronising"));
  if (!ok) {
    unlinkat (dir, name, 0);
    return NULL;
  }
  return g_steal_pointer (&journal);
}

/* Writes down changes (of JournalChange) that are about to be made. After an error none may be made,
 * and what is in the journal must be undone. */
gboolean
journal_append (Journal *journal, const GArray *changes, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < changes->len; i++) {
    const JournalChange *change = &g_array_index (changes, JournalChange, i);
    g_autofree char *line = journal_format (journal->slot, journal->lines++, change);
    g_string_append (text, line);
  }
  g_array_append_vals (journal->changes, changes->data, changes->len);
  return write_out (journal, text->str, text->len, error);
}

/* Removes the file, after everything in it was undone. */
gboolean
journal_forget (Journal *journal, GError **error)
{
  g_autofree char *name = file_name (journal->slot, "journal");
  if (unlinkat (journal->dir, name, 0) != 0 && errno != ENOENT)
    return storage_error (error, "Removing");
  return fsync (journal->dir) == 0 || storage_error (error, "Synchronising");
}

static gboolean
read_all (int fd, GString *text, GError **error)
{
  struct stat st;
  if (fstat (fd, &st) != 0)
    return storage_error (error, "Reading");
  if (!S_ISREG (st.st_mode) || st.st_uid != geteuid () || st.st_size > MAX_FILE_LEN) {
    g_set_error_literal (
        error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "The journal is not a file of ours");
    return FALSE;
  }
  char buffer[4096];
  ssize_t n;
  while ((n = read (fd, buffer, sizeof buffer)) > 0 && text->len <= MAX_FILE_LEN)
    g_string_append_len (text, buffer, n);
  return n == 0 || storage_error (error, "Reading");
}

static void
set_aside (int dir, guint slot, const GError *why)
{
  g_autofree char *name = file_name (slot, "journal");
  g_autofree char *aside = file_name (slot, "corrupt");
  g_warning ("%s; nothing in it is followed, it is kept as %s", why->message, aside);
  (void) renameat (dir, name, dir, aside);
  (void) fsync (dir);
}

/* Loads what a predecessor left. JOURNAL_LOADED: *ret_journal holds its changes (transfer: full).
 * JOURNAL_CORRUPT: it was set aside and error says why; JOURNAL_UNREADABLE: error says why. */
JournalVerdict
journal_load (int dir, guint slot, Journal **ret_journal, GError **error)
{
  g_autofree char *name = file_name (slot, "journal");
  g_autoptr (GString) text = g_string_new (NULL);
  int fd = openat (dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    return JOURNAL_ABSENT;
  if (fd < 0) {
    storage_error (error, "Opening");
    return JOURNAL_UNREADABLE;
  }
  g_autoptr (GError) why = NULL;
  gboolean ok = read_all (fd, text, &why);
  close (fd);
  GArray *changes = ok ? journal_parse (slot, text->str, text->len, &why) : NULL;
  if (changes == NULL) {
    set_aside (dir, slot, why);
    g_propagate_error (error, g_steal_pointer (&why));
    return JOURNAL_CORRUPT;
  }
  Journal *journal = journal_new (dir, -1, slot);
  g_array_unref (journal->changes);
  journal->changes = changes;
  *ret_journal = journal;
  return JOURNAL_LOADED;
}
