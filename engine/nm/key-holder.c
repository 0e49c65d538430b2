/* SPDX-License-Identifier: GPL-2.0-or-later */
/* KeyHolder: the owner's key, in a process that has the owner's rights and no others.
 *
 * A path in a profile was written by a user, and this service is root's: if it opened the file, a user
 * could sign in with another's key, or learn of what is there. So `visitor-key` is started as the owner
 * and reads it, or speaks to the owner's token. It answers as any agent does (org.visitorvpn.Agent1), on
 * a socketpair instead of the bus; what it is told (path, site, passphrase) is in a memory file on its
 * standard input. It is not trusted: agent.c holds its answers to bounds. */
#include "nm/key-holder.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/names.h"
#include "host/agent.h"
#include "host/spawn.h"

static const GDBusConnectionFlags FLAGS = G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER |
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_ALLOW_ANONYMOUS;

struct _KeyHolder {
  GPid pid; /* 0 once it is gone */
  guint exit; /* watched */
  int socket; /* owned; -1 once it is the bus's */
  char *site;
  GDBusConnection *bus; /* owned; NULL before it is open */
  Agent *agent; /* owned */
  GCancellable *cancellable; /* owned */
};

static gboolean
put (int fd, const void *data, gsize len)
{
  return write (fd, data, len) == (gssize) len;
}

/* A memory file with the path, the site's text and what opens the key; each but the last ends with a
 * zero octet. */
static int
write_order (const Profile *profile, const Secret *opens_it_or_null, GError **error)
{
  const char *path = profile->key_file != NULL ? profile->key_file : "";
  g_autofree char *text = site_to_text (profile->site);
  Slice secret = opens_it_or_null != NULL ? secret_slice (opens_it_or_null) : SLICE (NULL, 0);
  int fd = memfd_create ("visitor-key", MFD_CLOEXEC);
  if (fd >= 0 && put (fd, path, strlen (path) + 1) && put (fd, text, strlen (text) + 1) &&
      (secret.len == 0 || put (fd, secret.data, secret.len)) && lseek (fd, 0, SEEK_SET) == 0)
    return fd;
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_FAILED, "Writing for the holder of the key: %s",
      g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

static void
on_exit_of_holder (GPid pid, int status, gpointer user_data)
{
  KeyHolder *holder = user_data;
  holder->pid = 0;
  holder->exit = 0;
  g_debug ("the holder of the key %d ended with status %d", pid, status);
}

static void
on_reaped (GPid pid, int status, gpointer user_data)
{
  g_debug ("the holder of the key %d was ended", pid);
}

/* Starts program as the profile's owner. opens_it_or_null: a passphrase or PIN. CERTIFICATE_UNUSABLE
 * where the profile has no owner. Transfer: full. */
KeyHolder *
key_holder_start (
    const char *program, const Profile *profile, const Secret *opens_it_or_null, GError **error)
{
  if (profile->owner == NULL) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_CERTIFICATE_UNUSABLE,
        "The connection belongs to everybody on this computer or to several, and a key is opened "
        "with "
        "the rights of one: set connection.permissions to user:NAME");
    return NULL;
  }
  int order = write_order (profile, opens_it_or_null, error);
  if (order < 0)
    return NULL;
  const HostSpawn spawn = {
    .program = program,
    .user = profile->owner,
    .as_person = TRUE,
    .socket_type = SOCK_STREAM,
    .input = order,
  };
  g_autoptr (KeyHolder) holder = g_new0 (KeyHolder, 1);
  holder->socket = -1;
  holder->cancellable = g_cancellable_new ();
  holder->site = g_strdup (profile->site->name);
  gboolean started = host_spawn (&spawn, &holder->socket, &holder->pid, error);
  close (order);
  if (!started)
    return NULL;
  holder->exit = g_child_watch_add (holder->pid, on_exit_of_holder, holder);
  return g_steal_pointer (&holder);
}

/* Ends the process; open questions end as cancelled. */
void
key_holder_free (KeyHolder *holder)
{
  g_cancellable_cancel (holder->cancellable);
  g_clear_pointer (&holder->agent, agent_free);
  g_clear_handle_id (&holder->exit, g_source_remove);
  if (holder->pid != 0) {
    kill (holder->pid, SIGKILL);
    g_child_watch_add (holder->pid, on_reaped, NULL);
  }
  if (holder->bus != NULL)
    g_dbus_connection_close (holder->bus, NULL, NULL, NULL);
  g_clear_object (&holder->bus);
  if (holder->socket >= 0)
    close (holder->socket);
  g_object_unref (holder->cancellable);
  g_free (holder->site);
  g_free (holder);
}

static void
on_certificate (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GVariant *certificate = agent_get_certificate_finish (result, &error);
  if (certificate != NULL) {
    g_task_return_pointer (task, certificate, (GDestroyNotify) g_variant_unref);
    return;
  }
  /* Cancelled is what we have cancelled, and nothing that the holder says. */
  if (error->code == VISITOR_ERROR_CANCELLED)
    error->code = VISITOR_ERROR_CERTIFICATE_UNUSABLE;
  g_task_return_error (task, error);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_dbus_connection_new_finish (result, &error);
  if (g_task_return_error_if_cancelled (task))
    return; /* the holder is gone */
  if (bus == NULL) {
    g_task_return_new_error (task, VISITOR_ERROR, VISITOR_ERROR_CERTIFICATE_UNUSABLE,
        "The holder of the key does not answer: %s", error->message);
    return;
  }
  KeyHolder *holder = g_task_get_task_data (task);
  holder->bus = g_steal_pointer (&bus);
  g_dbus_connection_set_exit_on_close (holder->bus, FALSE);
  holder->agent = agent_new (holder->bus, NULL, VISITOR_AGENT_PATH, "/", holder->site);
  agent_get_certificate_async (holder->agent, on_certificate, g_steal_pointer (&task));
}

/* Asks for the certificate, once. The result is cancelled by key_holder_free (). Errors: what the agent
 * says about its key; NO_SECRET: a passphrase or PIN is needed. */
void
key_holder_open_async (KeyHolder *holder, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, holder->cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *guid = g_dbus_generate_guid ();
  g_task_set_task_data (task, holder, NULL);
  g_autoptr (GSocket) socket = g_socket_new_from_fd (holder->socket, &error);
  if (socket == NULL) {
    g_task_return_new_error (
        task, VISITOR_ERROR, VISITOR_ERROR_CERTIFICATE_UNUSABLE, "%s", error->message);
    return;
  }
  holder->socket = -1;
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  g_dbus_connection_new (G_IO_STREAM (stream), guid, FLAGS, NULL, holder->cancellable, on_bus,
      g_steal_pointer (&task));
}

/* (aayas), as agent_get_certificate_finish (). Transfer: full. */
GVariant *
key_holder_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Asks for a signature of a holder that is open. */
void
key_holder_sign_async (KeyHolder *holder, SignatureScheme scheme, GBytes *octets,
    GAsyncReadyCallback callback, gpointer user_data)
{
  agent_sign_async (holder->agent, scheme, octets, callback, user_data);
}

/* ay. Transfer: full. */
GVariant *
key_holder_sign_finish (GAsyncResult *result, GError **error)
{
  return agent_sign_finish (result, error);
}
