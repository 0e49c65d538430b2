/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ProxySecrets: what proxies want to know, asked of the host, and kept in locked memory for the worker's
 * life, so that a second stream and a reconnect ask nobody again. Kept by question and by proxy: what was
 * given for one proxy, or to be sent unreadably, answers nothing else. A token is good for once. */
#include "tunnel/proxy-secrets.h"

#include <string.h>

#include "base/builder.h"
#include "reach/alarm.h"

typedef struct {
  ProxyQuestionKind kind;
  Proxy proxy;
  Secret *answer; /* owned; "USER:PASSWORD" */
} Kept;

typedef struct {
  unsigned int number;
  unsigned int
      asked; /* the host's, which may be that of another who asked the same before; 0 = none */
  ProxyQuestionKind kind;
  Proxy proxy;
  unsigned int attempt;
  bool is_known; /* and only to be told */
  Secret *answer; /* owned; NULL where it is not known, or nobody gives one */
  ProxyAnsweredFunc answered;
  void *answered_data;
} Request;

struct _ProxySecrets {
  const Site *site; /* borrowed */
  Control *control; /* borrowed */
  Alarm *alarm; /* what is known is not told from inside ask () */
  GPtrArray *kept;
  GPtrArray *requests;
  unsigned int last_number;
};

static const char *const kinds[PROXY_N_QUESTIONS] = {
  [PROXY_QUESTION_PASSWORD] = "proxy-password",
  [PROXY_QUESTION_PASSWORD_CLEAR] = "proxy-password-clear",
  [PROXY_QUESTION_TOKEN] = "proxy-token",
};

static void
kept_free (gpointer data)
{
  Kept *kept = data;
  secret_unref (kept->answer);
  g_free (kept);
}

static void
request_free (gpointer data)
{
  Request *request = data;
  g_clear_pointer (&request->answer, secret_unref);
  g_free (request);
}

static Kept *
find_kept (ProxySecrets *self, ProxyQuestionKind kind, const Proxy *proxy)
{
  for (guint i = 0; i < self->kept->len; i++) {
    Kept *kept = self->kept->pdata[i];
    if (kept->kind == kind && proxy_equal (&kept->proxy, proxy))
      return kept;
  }
  return NULL;
}

static void
keep (ProxySecrets *self, const Request *request, Secret *answer)
{
  if (request->kind == PROXY_QUESTION_TOKEN)
    return;
  Kept *kept = find_kept (self, request->kind, &request->proxy);
  if (kept != NULL)
    g_ptr_array_remove_fast (self->kept, kept);
  if (answer == NULL)
    return;
  kept = g_new0 (Kept, 1);
  kept->kind = request->kind;
  kept->proxy = request->proxy;
  kept->answer = secret_ref (answer);
  g_ptr_array_add (self->kept, kept);
}

static void
tell_known (void *user_data)
{
  ProxySecrets *self = user_data;
  for (guint i = 0; i < self->requests->len;) {
    Request *request = self->requests->pdata[i];
    if (!request->is_known) {
      i++;
      continue;
    }
    g_ptr_array_steal_index (self->requests, i);
    request->answered (request->answer, request->answered_data);
    request_free (request);
    i = 0; /* the list may be another now */
  }
}

static void
ask_host (ProxySecrets *self, const Request *request, const ProxyQuestion *question)
{
  g_autofree char *proxy = proxy_format (&question->proxy);
  const char *user = self->site->proxy_user != NULL ? self->site->proxy_user : "";
  g_message ("asking for what %s wants to know (%s)", proxy, kinds[question->kind]);
  control_send (self->control, MESSAGE_WANT_PROXY_SECRET,
      g_variant_new ("(usssus)", request->number, kinds[question->kind], proxy, user,
          question->attempt, question->realm));
}

/* The question is out: two streams through one proxy ask a person once. A token is good for one of them. */
static unsigned int
asked_before (ProxySecrets *self, const ProxyQuestion *question)
{
  for (guint i = 0; i < self->requests->len && question->kind != PROXY_QUESTION_TOKEN; i++) {
    const Request *request = self->requests->pdata[i];
    if (request->asked != 0 && request->kind == question->kind &&
        request->attempt == question->attempt && proxy_equal (&request->proxy, &question->proxy))
      return request->asked;
  }
  return 0;
}

/* A token costs nobody a moment. */
static bool
may_ask_host (const ProxyQuestion *question, bool quietly)
{
  return !quietly || question->kind == PROXY_QUESTION_TOKEN;
}

static unsigned int
ask_somehow (ProxySecrets *self, const ProxyQuestion *question, bool quietly,
    ProxyAnsweredFunc answered, void *answered_data)
{
  Request *request = g_new0 (Request, 1);
  request->number = ++self->last_number == 0 ? ++self->last_number : self->last_number;
  request->kind = question->kind;
  request->proxy = question->proxy;
  request->attempt = question->attempt;
  request->answered = answered;
  request->answered_data = answered_data;
  const Kept *kept = find_kept (self, question->kind, &question->proxy);
  if (question->attempt == 1 && kept != NULL)
    request->answer = secret_ref (kept->answer);
  request->is_known = request->answer != NULL || !may_ask_host (question, quietly);
  unsigned int before = request->is_known ? 0 : asked_before (self, question);
  if (request->is_known) {
    alarm_set (self->alarm, 0);
  } else if (before != 0) {
    request->asked = before;
  } else {
    request->asked = request->number;
    ask_host (self, request, question);
  }
  g_ptr_array_add (self->requests, request);
  return request->number;
}

static unsigned int
ask (void *user, const ProxyQuestion *question, ProxyAnsweredFunc answered, void *answered_data)
{
  return ask_somehow (user, question, false, answered, answered_data);
}

static unsigned int
ask_quietly (
    void *user, const ProxyQuestion *question, ProxyAnsweredFunc answered, void *answered_data)
{
  return ask_somehow (user, question, true, answered, answered_data);
}

static void
cancel (void *user, unsigned int number)
{
  ProxySecrets *self = user;
  for (guint i = 0; i < self->requests->len; i++) {
    if (((const Request *) self->requests->pdata[i])->number == number) {
      g_ptr_array_remove_index (self->requests, i);
      return;
    }
  }
}

ProxySecrets *
proxy_secrets_new (const Site *site, Control *control)
{
  ProxySecrets *self = g_new0 (ProxySecrets, 1);
  self->site = site;
  self->control = control;
  self->alarm = alarm_new (tell_known, self);
  self->kept = g_ptr_array_new_with_free_func (kept_free);
  self->requests = g_ptr_array_new_with_free_func (request_free);
  return self;
}

void
proxy_secrets_free (ProxySecrets *secrets)
{
  if (secrets == NULL)
    return;
  alarm_free (secrets->alarm);
  g_ptr_array_unref (secrets->kept);
  g_ptr_array_unref (secrets->requests);
  g_free (secrets);
}

/* For connectors; lives as long as `secrets`. */
ProxyAsker
proxy_secrets_asker (ProxySecrets *secrets)
{
  return (ProxyAsker){ .ask = ask, .cancel = cancel, .user = secrets };
}

/* The same for what nobody waits for: no person is asked, and what was not given before nobody gives. */
ProxyAsker
proxy_secrets_quiet_asker (ProxySecrets *secrets)
{
  return (ProxyAsker){ .ask = ask_quietly, .cancel = cancel, .user = secrets };
}

/* Where the site names the user, a person gives the password alone. */
static Secret *
with_user (const ProxySecrets *self, const Request *request, Slice octets)
{
  const char *user = self->site->proxy_user;
  if (request->kind == PROXY_QUESTION_TOKEN || user == NULL)
    return secret_new (octets.data, octets.len);
  size_t len = strlen (user) + 1 + octets.len;
  uint8_t *room;
  Secret *both = secret_new_empty (len, &room);
  Builder b = builder_init (room, len);
  builder_bytes (&b, user, strlen (user));
  builder_u8 (&b, ':');
  builder_slice (&b, octets);
  return both;
}

/* The first who waits for the host's answer of that number, or NULL. */
static Request *
find_asked (ProxySecrets *self, unsigned int number, guint *ret_index)
{
  for (guint i = 0; i < self->requests->len; i++) {
    Request *request = self->requests->pdata[i];
    if (request->asked != 0 && request->asked == number) {
      *ret_index = i;
      return request;
    }
  }
  return NULL;
}

/* A MESSAGE_PROXY_SECRET of the host's; an answer goes to whoever has asked the same meanwhile. */
void
proxy_secrets_answered (ProxySecrets *secrets, GVariant *body)
{
  guint32 number;
  gboolean given;
  guint i;
  g_autoptr (GVariant) octets = NULL;
  g_variant_get (body, "(ub@ay)", &number, &given, &octets);
  Request *request = find_asked (secrets, number, &i);
  if (request == NULL)
    return;
  g_autoptr (Secret) answer = given
      ? with_user (
            secrets, request, SLICE (g_variant_get_data (octets), g_variant_get_size (octets)))
      : NULL;
  keep (secrets, request, answer);
  for (; request != NULL; request = find_asked (secrets, number, &i)) {
    g_ptr_array_steal_index (secrets->requests, i);
    request->answered (answer, request->answered_data);
    request_free (request);
  }
}
