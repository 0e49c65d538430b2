/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PortalProbe: one question in HTTP, and what its answer comes to (Portal). It takes five seconds at most:
 * a portal is near, and answers at once. */
#include "reach/portal-probe.h"

#include <string.h>

#include "reach/alarm.h"
#include "reach/fd-watch.h"
#include "reach/race.h"

/* Until TCP stands, and until the header is there. */
#define CONNECT_LIMIT_US (3 * G_USEC_PER_SEC)
#define LIMIT_US (5 * G_USEC_PER_SEC)

struct _PortalProbe {
  char *host, *tls_name, *url;
  bool strange_tls, answers_204;
  PortalProbeDoneFunc done;
  void *user_data;

  Alarm *alarm;
  gint64 started;
  Race *race;
  Link *link;
  FdWatch *watch;
  char *request;
  size_t sent, len;
  uint8_t in[HTTP_REPLY_MAX];
  size_t in_len;
};

static void
finish (PortalProbe *self, PortalVerdict verdict, const char *url, const char *why)
{
  const char *own = verdict == PORTAL_FOUND ? self->url : NULL;
  g_info ("%s was asked for a captive portal: %s (%s)", self->host,
      portal_verdict_to_string (verdict), why);
  g_clear_pointer (&self->watch, fd_watch_free);
  alarm_set (self->alarm, ALARM_OFF);
  self->done (verdict, url != NULL ? url : own, self->user_data);
}

static void
timed_out (void *user_data)
{
  finish (user_data, PORTAL_UNKNOWN, NULL, "no answer in time");
}

static void
judge (PortalProbe *self, const HttpReply *reply)
{
  const PortalQuestion question = {
    .host = self->host,
    .tls_name = self->tls_name,
    .strange_tls = self->strange_tls,
    .answers_204 = self->answers_204,
  };
  g_autofree char *url = NULL;
  g_autofree char *why = g_strdup_printf ("HTTP status %u", reply->status);
  PortalVerdict verdict = portal_judge (&question, reply, &url);
  finish (self, verdict, url, why);
}

/* What was read so far; the body is nobody's business. */
static LinkStatus
parse (PortalProbe *self)
{
  HttpReply reply;
  const char *why = NULL;
  switch (http_reply_parse (SLICE (self->in, self->in_len), &reply, &why)) {
  case HTTP_REPLY_MORE: return LINK_DONE;
  case HTTP_REPLY_DONE: judge (self, &reply); return LINK_CLOSED;
  case HTTP_REPLY_BAD: break;
  }
  finish (self, PORTAL_UNKNOWN, NULL, why);
  return LINK_CLOSED;
}

static LinkStatus
send_request (PortalProbe *self, GError **error)
{
  LinkStatus status = LINK_DONE;
  while (self->sent < self->len && status == LINK_DONE) {
    size_t n = 0;
    status = link_write (self->link, self->request + self->sent, self->len - self->sent, &n, error);
    self->sent += n;
  }
  return status;
}

/* LINK_CLOSED: it is over, and told. */
static LinkStatus
read_reply (PortalProbe *self, GError **error)
{
  size_t n = 0;
  LinkStatus status =
      link_read (self->link, self->in + self->in_len, sizeof self->in - self->in_len, &n, error);
  if (status == LINK_CLOSED)
    finish (self, PORTAL_UNKNOWN, NULL, "no whole answer");
  if (status != LINK_DONE)
    return status;
  self->in_len += n;
  return parse (self);
}

static void
link_ready (GIOCondition condition, void *user_data)
{
  PortalProbe *self = user_data;
  g_autoptr (GError) error = NULL;
  LinkStatus status = send_request (self, &error);
  bool is_sent = self->sent == self->len;
  while (status == LINK_DONE && is_sent)
    status = read_reply (self, &error);
  switch (status) {
  case LINK_DONE:
  case LINK_AGAIN: fd_watch_set (self->watch, is_sent ? G_IO_IN : G_IO_OUT); break;
  case LINK_CLOSED: break;
  case LINK_FAILED: finish (self, PORTAL_UNKNOWN, NULL, error->message); break;
  }
}

static void
raced (Link *link, const GError *error, void *user_data)
{
  PortalProbe *self = user_data;
  g_clear_pointer (&self->race, race_free);
  if (link == NULL) {
    finish (self, PORTAL_UNKNOWN, NULL, error->message);
    return;
  }
  self->link = link;
  alarm_set (self->alarm, self->started + LIMIT_US);
  self->watch = fd_watch_new (link_fd (link), G_IO_OUT, link_ready, self);
}

/* Asks; `done` is called once, from the main loop, unless the probe is freed before. */
PortalProbe *
portal_probe_new (const PortalProbeConfig *config, PortalProbeDoneFunc done, void *user_data)
{
  PortalProbe *self = g_new0 (PortalProbe, 1);
  self->host = g_strdup (config->question.host);
  self->tls_name = g_strdup (config->question.tls_name);
  self->url = g_strdup (config->url);
  self->strange_tls = config->question.strange_tls;
  self->answers_204 = config->question.answers_204;
  self->done = done;
  self->user_data = user_data;
  self->request = portal_request (self->host, config->target);
  self->len = strlen (self->request);
  self->started = g_get_monotonic_time ();
  self->alarm = alarm_new (timed_out, self);
  alarm_set (self->alarm, self->started + CONNECT_LIMIT_US);
  const RaceConfig race = {
    .host = self->host,
    .port = config->port,
    .known = (const InetAddr *) (const void *) config->hosts->data,
    .n_known = config->hosts->len,
    .nameservers = config->nameservers,
    .sockets = config->sockets,
  };
  g_info ("asking %s in clear HTTP whether this network wants a sign-in first", self->host);
  self->race = race_new (&race, raced, self);
  return self;
}

void
portal_probe_free (PortalProbe *probe)
{
  if (probe == NULL)
    return;
  g_clear_pointer (&probe->watch, fd_watch_free);
  alarm_free (probe->alarm);
  race_free (probe->race);
  link_free (probe->link);
  g_free (probe->request);
  g_free (probe->host);
  g_free (probe->tls_name);
  g_free (probe->url);
  g_free (probe);
}
