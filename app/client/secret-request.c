/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSecretRequest: one call of Agent1.GetSecret on its way to an answer, or a question of this
 * program's own, whose answer stays in it.
 *
 * The engine's secret crosses the bus as a sealed memfd, so that the bus daemon, a monitor of the bus and its
 * logs see a file descriptor and nothing else. A request that is dropped unanswered is refused. */
#include "client/secret-request.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/builder.h"

struct _VisitorSecretRequest {
  GDBusMethodInvocation *invocation; /* owned; NULL once answered, and where func is */
  VisitorSecretFunc func; /* NULL once answered, and where invocation is */
  gpointer user_data;
  char *site;
  char *kind;
  char *user;
  char *message; /* NULL = none */
  char *proxy; /* URI; NULL = it is not a proxy that asks */
  guint attempt;
  gboolean may_be_kept;
  gboolean last_try;
};

/* Reads the engine's dictionary. INVALID_REQUEST if it makes no sense; then the invocation is still
 * the caller's, otherwise the request answers it. Transfer: full. */
VisitorSecretRequest *
visitor_secret_request_new (
    GDBusMethodInvocation *invocation, const char *site, GVariant *details, GError **error)
{
  g_autofree char *kind = NULL;
  g_autofree char *user = NULL;
  static const char *const kinds[] = { "psk", "password", "ppk", "code", VISITOR_SECRET_PROXY,
    VISITOR_SECRET_PROXY_CLEAR, NULL };
  g_autofree char *proxy = NULL;
  guint attempt = 1;
  g_variant_lookup (details, "kind", "s", &kind);
  g_variant_lookup (details, "user", "s", &user);
  g_variant_lookup (details, "attempt", "u", &attempt);
  g_variant_lookup (details, "proxy", "s", &proxy);
  if (user == NULL || kind == NULL || !g_strv_contains (kinds, kind) ||
      g_str_has_prefix (kind, VISITOR_SECRET_PROXY) != (proxy != NULL)) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "A question for a secret has a kind that is known, a user, and a proxy if that asks");
    return NULL;
  }
  VisitorSecretRequest *request = g_new0 (VisitorSecretRequest, 1);
  request->invocation = g_object_ref (invocation);
  request->site = g_strdup (site);
  request->kind = g_steal_pointer (&kind);
  request->user = g_steal_pointer (&user);
  request->proxy = g_steal_pointer (&proxy);
  request->attempt = attempt;
  request->may_be_kept = !g_str_equal (request->kind, "code");
  g_variant_lookup (details, "may-be-kept", "b", &request->may_be_kept);
  g_variant_lookup (details, "message", "s", &request->message);
  return request;
}

/* A question of this program's own: func gets the answer, once. Transfer: full. */
VisitorSecretRequest *
visitor_secret_request_new_local (const char *site, const char *kind, const char *user,
    guint attempt, VisitorSecretFunc func, gpointer user_data)
{
  VisitorSecretRequest *request = g_new0 (VisitorSecretRequest, 1);
  request->site = g_strdup (site);
  request->kind = g_strdup (kind);
  request->user = g_strdup (user);
  request->attempt = attempt;
  request->may_be_kept = !g_str_equal (kind, VISITOR_SECRET_PIN);
  request->func = func;
  request->user_data = user_data;
  return request;
}

/* The site's id, as the keyring knows it. */
const char *
visitor_secret_request_get_site (const VisitorSecretRequest *request)
{
  return request->site;
}

/* "psk", "password", "ppk", "code", VISITOR_SECRET_PROXY, VISITOR_SECRET_PROXY_CLEAR,
 * VISITOR_SECRET_KEY_PASSPHRASE or VISITOR_SECRET_PIN. */
const char *
visitor_secret_request_get_kind (const VisitorSecretRequest *request)
{
  return request->kind;
}

const char *
visitor_secret_request_get_user (const VisitorSecretRequest *request)
{
  return request->user;
}

/* From 1; more means that the answer before was refused. */
guint
visitor_secret_request_get_attempt (const VisitorSecretRequest *request)
{
  return request->attempt;
}

/* The gateway's own text, or NULL. */
const char *
visitor_secret_request_get_message (const VisitorSecretRequest *request)
{
  return request->message;
}

void
visitor_secret_request_set_last_try (VisitorSecretRequest *request, gboolean last)
{
  request->last_try = last;
}

/* TRUE if one more wrong answer locks the token. */
gboolean
visitor_secret_request_is_last_try (const VisitorSecretRequest *request)
{
  return request->last_try;
}

/* The URI of the proxy that asks; NULL if it is not one. */
const char *
visitor_secret_request_get_proxy (const VisitorSecretRequest *request)
{
  return request->proxy;
}

/* True if the user is asked for too: the answer is then what visitor_secret_request_join_user () makes. */
gboolean
visitor_secret_request_wants_user (const VisitorSecretRequest *request)
{
  return request->proxy != NULL && request->user[0] == '\0';
}

/* "USER:PASSWORD"; NULL where the user has a colon, which no proxy could tell from the other. Transfer:
 * full. */
Secret *
visitor_secret_request_join_user (const char *user, const Secret *password)
{
  if (user[0] == '\0' || strchr (user, ':') != NULL)
    return NULL;
  size_t len = strlen (user) + 1 + secret_len (password);
  uint8_t *room;
  Secret *both = secret_new_empty (len, &room);
  Builder b = builder_init (room, len);
  builder_bytes (&b, user, strlen (user));
  builder_u8 (&b, ':');
  builder_slice (&b, secret_slice (password));
  return both;
}

/* FALSE for what is good for once: it neither comes from the keyring nor goes there. */
gboolean
visitor_secret_request_may_be_kept (const VisitorSecretRequest *request)
{
  return request->may_be_kept;
}

static gboolean
write_octets (int fd, Slice octets)
{
  while (octets.len > 0) {
    ssize_t n = write (fd, octets.data, octets.len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return FALSE;
    octets = SLICE (octets.data + n, octets.len - (size_t) n);
  }
  return TRUE;
}

static int
seal (const Secret *secret)
{
  int fd = memfd_create ("visitor-secret", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    return -1;
  int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
  if (write_octets (fd, secret_slice (secret)) && lseek (fd, 0, SEEK_SET) == 0 &&
      fcntl (fd, F_ADD_SEALS, seals) == 0)
    return fd;
  close (fd);
  return -1;
}

static void
answer_locally (VisitorSecretRequest *request, const Secret *secret_or_null, VisitorError code)
{
  VisitorSecretFunc func = request->func;
  request->func = NULL;
  func (secret_or_null, code, request->user_data);
}

/* Gives the secret to who asked. */
void
visitor_secret_request_answer (VisitorSecretRequest *request, const Secret *secret)
{
  if (request->func != NULL) {
    answer_locally (request, secret, VISITOR_ERROR_FAILED);
    return;
  }
  int fd = seal (secret);
  if (fd < 0) {
    visitor_secret_request_refuse (request, VISITOR_ERROR_NO_SECRET);
    return;
  }
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new_from_array (&fd, 1);
  g_dbus_method_invocation_return_value_with_unix_fd_list (
      g_steal_pointer (&request->invocation), g_variant_new ("(h)", 0), fds);
}

/* Tells who asked that there will be no secret: NO_SECRET, or CANCELLED by the user. */
void
visitor_secret_request_refuse (VisitorSecretRequest *request, VisitorError code)
{
  if (request->func != NULL) {
    answer_locally (request, NULL, code);
    return;
  }
  g_dbus_method_invocation_return_error_literal (g_steal_pointer (&request->invocation),
      VISITOR_ERROR, (int) code, "The user's program gave no secret");
}

/* NULL is allowed. */
void
visitor_secret_request_free (VisitorSecretRequest *request)
{
  if (request == NULL)
    return;
  if (request->invocation != NULL || request->func != NULL)
    visitor_secret_request_refuse (request, VISITOR_ERROR_NO_SECRET);
  g_free (request->site);
  g_free (request->kind);
  g_free (request->user);
  g_free (request->message);
  g_free (request->proxy);
  g_free (request);
}
