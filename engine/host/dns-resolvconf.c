/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS by a plain resolv.conf, where nothing better runs.
 *
 * The original and the connections above it are kept in the state directory (ResolvState), on the disk
 * before resolv.conf is touched. The file is only written as long as it still is what we left there:
 * whoever changed it meanwhile knows better, and keeps what they wrote. */
#include "host/dns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/resolv-state.h"

#define STATE_FILE "resolv.conf.state"
#define STATE_FILE_NEW "resolv.conf.state.new"
#define MAX_STATE_LEN (512 * 1024)

static gboolean
storage_error (GError **error, const char *doing)
{
  int code = errno;
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "%s what is kept about resolv.conf: %s",
      doing, g_strerror (code));
  return FALSE;
}

static gboolean
write_and_sync (int fd, GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  while (len > 0) {
    ssize_t n = write (fd, data, len);
    if (n < 0 && errno != EINTR)
      return FALSE;
    data += n > 0 ? n : 0;
    len -= n > 0 ? (gsize) n : 0;
  }
  return fsync (fd) == 0;
}

static gboolean
save (int dir, const ResolvState *state, GError **error)
{
  g_autoptr (GBytes) bytes = resolv_state_serialise (state);
  (void) unlinkat (dir, STATE_FILE_NEW, 0);
  int fd = openat (dir, STATE_FILE_NEW, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return storage_error (error, "Writing");
  gboolean ok = write_and_sync (fd, bytes);
  if (!ok)
    storage_error (error, "Writing");
  close (fd);
  if (!ok) {
    (void) unlinkat (dir, STATE_FILE_NEW, 0);
    return FALSE;
  }
  return (renameat (dir, STATE_FILE_NEW, dir, STATE_FILE) == 0 && fsync (dir) == 0) ||
      storage_error (error, "Writing");
}

static gboolean
forget (int dir, GError **error)
{
  (void) unlinkat (dir, STATE_FILE_NEW, 0);
  if (unlinkat (dir, STATE_FILE, 0) != 0 && errno != ENOENT)
    return storage_error (error, "Removing");
  return fsync (dir) == 0 || storage_error (error, "Removing");
}

static GBytes *
read_state (int dir)
{
  int fd = openat (dir, STATE_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat st;
  if (fd < 0)
    return NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode) && st.st_uid == geteuid ()) {
    guint8 buffer[4096];
    ssize_t n;
    while (bytes->len <= MAX_STATE_LEN && (n = read (fd, buffer, sizeof buffer)) > 0)
      g_byte_array_append (bytes, buffer, (guint) n);
  }
  close (fd);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* What was kept; NULL if nothing was. Damaged, it is set aside and told, and resolv.conf left as it
 * is: better the wrong servers than a file made of noise. */
static ResolvState *
load (int dir)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_state (dir);
  if (bytes == NULL)
    return NULL;
  ResolvState *state = resolv_state_parse (bytes, &error);
  if (state == NULL) {
    g_warning ("%s; it is kept as " STATE_FILE ".corrupt", error->message);
    (void) renameat (dir, STATE_FILE, dir, STATE_FILE ".corrupt");
  }
  return state;
}

/* TRUE if what stands at the path is what we left there, or were about to leave when we were killed. */
static gboolean
is_as_we_left_it (const ConfFile *current, const ResolvState *state)
{
  g_autoptr (GBytes) rendered = resolv_state_render (state);
  if (conf_file_equal (current, &state->original))
    return TRUE;
  if (current->kind != CONF_FILE_REGULAR)
    return FALSE;
  GBytes *target = state->layers->len > 0 ? rendered : state->original.content;
  return g_bytes_equal (current->content, target) ||
      g_bytes_equal (current->content, state->before) ||
      conf_file_is_half_written (current, state->before, target);
}

static void
tell_hook (NetcfgMoment moment)
{
  if (netcfg_step_hook != NULL)
    netcfg_step_hook (NETCFG_STEP_RESOLV_CONF, moment);
}

/* The original comes back even where the disk has no room to say so first: it is known as what it is, whatever the
 * state says, unless we are killed while it is being written in place. */
static gboolean
bring_back (
    int dir, const char *path, const ResolvState *state, const ConfFile *current, GError **error)
{
  g_autoptr (GError) why = NULL;
  if (!save (dir, state, &why))
    g_message ("%s", why->message);
  tell_hook (NETCFG_WRITTEN);
  return conf_file_equal (current, &state->original) ||
      conf_file_write (path, &state->original, error);
}

/* Brings the path from current to what state says, the state being saved first. */
static gboolean
carry_out (int dir, const char *path, ResolvState *state, const ConfFile *current, GError **error)
{
  g_bytes_unref (state->before);
  state->before = g_bytes_ref (current->content);
  if (state->layers->len == 0)
    return bring_back (dir, path, state, current, error);
  if (!save (dir, state, error))
    return FALSE;
  tell_hook (NETCFG_WRITTEN);

  g_autoptr (GBytes) rendered = resolv_state_render (state);
  ConfFile ours = { .kind = CONF_FILE_REGULAR,
    .content = rendered,
    .mode = 0644,
    .uid = geteuid (),
    .gid = getegid () };
  return conf_file_write (path, &ours, error);
}

static void
take_as_original (ResolvState *state, const ConfFile *current)
{
  conf_file_clear (&state->original);
  state->original = *current;
  state->original.target = g_strdup (current->target);
  g_bytes_ref (current->content);
}

/* Puts the connection's servers and search domains into the resolv.conf at path, above those of other
 * connections. If somebody else wrote the file since our last change, theirs is the new original.
 * state_dir is a descriptor. */
gboolean
resolv_conf_add (int state_dir, const char *path, guint slot,
    const HostConfiguration *configuration, GError **error)
{
  g_auto (ConfFile) current = { 0 };
  g_autoptr (ResolvState) state = load (state_dir);
  if (!conf_file_read (path, &current, error))
    return FALSE;
  if (state == NULL || !is_as_we_left_it (&current, state)) {
    if (state == NULL)
      state = resolv_state_new ();
    take_as_original (state, &current);
  }
  resolv_state_put_layer (state, slot, configuration);
  return carry_out (state_dir, path, state, &current, error);
}

static gboolean
remove_from (int dir, const char *path, ResolvState *state, const ConfFile *current, gboolean ours,
    GError **error)
{
  if (!ours)
    g_message ("%s was changed by somebody else and is left as it is", path);
  if (ours && !carry_out (dir, path, state, current, error))
    return FALSE;
  if (state->layers->len == 0)
    return forget (dir, error);
  return ours || save (dir, state, error);
}

/* Takes the connection out again; with the last one the original comes back. TRUE if it was not in. */
gboolean
resolv_conf_remove (int state_dir, const char *path, guint slot, GError **error)
{
  g_auto (ConfFile) current = { 0 };
  g_autoptr (ResolvState) state = load (state_dir);
  conf_file_sweep (path);
  if (state == NULL)
    return TRUE;
  if (!conf_file_read (path, &current, error))
    return FALSE;
  gboolean ours = is_as_we_left_it (&current, state);
  resolv_state_drop_layer (state, slot);
  return remove_from (state_dir, path, state, &current, ours, error);
}

/* Brings the original back, for a start at which there can be no connection. */
gboolean
resolv_conf_remove_all (int state_dir, const char *path, GError **error)
{
  for (guint slot = 0; slot < NETCFG_SLOTS; slot++) {
    if (!resolv_conf_remove (state_dir, path, slot, error))
      return FALSE;
  }
  return TRUE;
}
