/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DiagnosisWay: one way to the gateway that is gone to its end, to see where it ends: TCP, the proxy, TLS and
 * an IKE_SA_INIT exchange, behind which nothing is sent any more. So nobody signs in, and the gateway forgets
 * the half-open SA by itself.
 *
 * A TLS key that nobody known vouches for is noted, and where connecting would ask a person about it the way
 * is gone on with: IKE_SA_INIT holds no secret. */
#include "tunnel/diagnosis-way.h"

#include <time.h>

#include "crypto/random.h"
#include "ike/init-facts.h"
#include "reach/alarm.h"
#include "tunnel/configuration.h"
#include "tunnel/site-trust.h"
#include "tunnel/uplink.h"

#define IKE_LIMIT_US (10 * G_USEC_PER_SEC)
/* Never sent: IDi is a part of IKE_AUTH. */
#define NOBODY "nobody.invalid"

struct _DiagnosisWay {
  DiagnosisWayConfig config;
  DiagnosisWayEndedFunc ended;
  void *user_data;

  /* owned */
  char *host;
  EntryPoint entry; /* host or address */
  SiteTrust trust;
  Datapath *datapath;
  Attempts *attempts;
  Uplink *uplink;
  IkeSession *ike; /* NULL until a stream stands */
  Alarm *ike_alarm;
  Alarm *limit_alarm;
  Alarm *end_alarm;
  GVariant *tls; /* what the server showed, or NULL */
  GVariant *ike_answer; /* or NULL */

  Attempt attempt; /* the last that has ended */
  IkePath path;
  IkeInitFacts facts;
  bool over;
};

static void
end (DiagnosisWay *self)
{
  if (self->over)
    return;
  self->over = true;
  alarm_set (self->ike_alarm, ALARM_OFF);
  alarm_set (self->limit_alarm, ALARM_OFF);
  uplink_close (self->uplink);
  alarm_set (self->end_alarm, 0);
}

static void
tell_end (void *user_data)
{
  DiagnosisWay *self = user_data;
  Attempt *attempt = &self->attempt;
  attempt->number = self->config.number;
  if (self->config.address.family != INET_NONE) {
    g_strlcpy (attempt->host, self->host, sizeof attempt->host);
    attempt->address = self->config.address;
  }
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", "way");
  g_variant_dict_insert_value (&dict, "attempt", attempt_to_variant (attempt));
  if (self->tls != NULL)
    g_variant_dict_insert_value (&dict, "tls", self->tls);
  if (self->ike_answer != NULL)
    g_variant_dict_insert_value (&dict, "ike", self->ike_answer);
  self->ended (g_variant_dict_end (&dict), self->user_data);
}

static void
attempt_ended (const Attempt *attempt, void *user_data)
{
  ((DiagnosisWay *) user_data)->attempt = *attempt;
}

static char *
pin_text (const uint8_t pin[static CERTIFICATE_PIN_LEN])
{
  g_autofree char *base64 = g_base64_encode (pin, CERTIFICATE_PIN_LEN);
  return g_strconcat ("sha256/", base64, NULL);
}

/* The first that was shown counts: after a key was taken for now the same is shown once more. */
static void
tls_seen (const TlsSeen *seen, void *user_data)
{
  DiagnosisWay *self = user_data;
  g_auto (CertificateInfo) info = { 0 };
  if (self->tls != NULL || !crypto_certificate_info (slice_of_bytes (seen->certificate), &info))
    return;
  g_autofree char *pin = pin_text (info.pin);
  const char *verdict = trust_verdict_to_string (seen->verdict);
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "algorithms", "s", seen->algorithms);
  g_variant_dict_insert (&dict, "name", "s", site_tls_name (self->config.site));
  g_variant_dict_insert (&dict, "subject", "s", info.subject);
  g_variant_dict_insert (&dict, "issuer", "s", info.issuer);
  g_variant_dict_insert (&dict, "not-before", "x", info.not_before);
  g_variant_dict_insert (&dict, "not-after", "x", info.not_after);
  g_variant_dict_insert (&dict, "pin", "s", pin);
  g_variant_dict_insert (&dict, "trusted", "b", seen->verdict == TRUST_OK);
  g_variant_dict_insert (
      &dict, "askable", "b", seen->verdict == TRUST_UNKNOWN_ISSUER && self->trust.may_ask);
  if (seen->verdict != TRUST_OK)
    g_variant_dict_insert (&dict, "reason", "s", verdict);
  self->tls = g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* True if the way is begun anew with a key that a person would be asked about. */
static bool
goes_on_with_key (DiagnosisWay *self)
{
  GBytes *shown = uplink_unvouched_certificate (self->uplink);
  g_auto (CertificateInfo) info = { 0 };
  if (shown == NULL || !self->trust.may_ask ||
      !crypto_certificate_info (slice_of_bytes (shown), &info) ||
      crypto_trust_judge_alone (slice_of_bytes (shown), TRUST_PURPOSE_TLS_SERVER,
          site_tls_name (self->config.site), time (NULL)) != TRUST_OK)
    return false;
  site_trust_pin (&self->trust, info.pin);
  uplink_connect (self->uplink, g_get_monotonic_time (), false);
  return true;
}

static void
note_answer (DiagnosisWay *self, const GError *refusal, const char *sent_to)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_autofree char *algorithms =
      refusal == NULL && sent_to == NULL ? ike_session_describe_ike (self->ike) : NULL;
  if (algorithms != NULL)
    g_variant_dict_insert (&dict, "algorithms", "s", algorithms);
  if (sent_to != NULL)
    g_variant_dict_insert (&dict, "sent-to", "s", sent_to);
  if (refusal != NULL) {
    const char *name = visitor_error_name ((VisitorError) refusal->code);
    g_variant_dict_insert (&dict, "error", "s", name);
    g_variant_dict_insert (&dict, "detail", "s", refusal->message);
  }
  if (self->facts.detects_nat) {
    g_variant_dict_insert (&dict, "nat-before-us", "b", self->facts.nat_before_us);
    g_variant_dict_insert (&dict, "nat-before-gateway", "b", self->facts.nat_before_gateway);
  }
  if (self->facts.vendors != NULL && self->facts.vendors->len > 0)
    g_variant_dict_insert_value (&dict, "vendors",
        g_variant_new_strv (
            (const char *const *) self->facts.vendors->pdata, self->facts.vendors->len));
  g_clear_pointer (&self->ike_answer, g_variant_unref);
  self->ike_answer = g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* True where nothing follows any more. */
static bool
take_event (DiagnosisWay *self, const IkeEvent *event)
{
  if (event->type == IKE_EVENT_FAILED) {
    uplink_blame (self->uplink, event->error);
    if (self->attempt.worked) /* it was the gateway that said no */
      note_answer (self, event->error, NULL);
    return true;
  }
  if (event->type ==
      IKE_EVENT_REFUSED) /* a word all the same, and what there is to tell if none follows */
    uplink_believe (self->uplink);
  if (event->type == IKE_EVENT_REDIRECTED) {
    uplink_believe (self->uplink);
    note_answer (self, NULL, event->host);
    return true;
  }
  if (event->type == IKE_EVENT_SEND)
    uplink_send_ike (self->uplink, slice_of_bytes (event->message));
  return false;
}

/* With the keys there the exchange is over: what the session would send next is dropped with it. */
static void
pump (DiagnosisWay *self)
{
  while (!self->over && self->ike != NULL) {
    g_auto (IkeEvent) event = { 0 };
    if (ike_session_state (self->ike) == IKE_STATE_AUTH) {
      uplink_believe (self->uplink);
      note_answer (self, NULL, NULL);
      end (self);
      return;
    }
    if (!ike_session_next_event (self->ike, &event))
      break;
    if (take_event (self, &event))
      end (self);
  }
  if (self->over || self->ike == NULL)
    return;
  gint64 at = ike_session_next_timeout (self->ike);
  alarm_set (self->ike_alarm, at == G_MAXINT64 ? ALARM_OFF : MAX (at, 0));
}

static void
ike_timeout (void *user_data)
{
  DiagnosisWay *self = user_data;
  if (self->ike != NULL)
    ike_session_timeout (self->ike, g_get_monotonic_time ());
  pump (self);
}

static void
too_long (void *user_data)
{
  DiagnosisWay *self = user_data;
  g_autoptr (GError) error = g_error_new (VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT,
      "the way stands, but nobody answered IKE_SA_INIT within %d s",
      (int) (IKE_LIMIT_US / G_USEC_PER_SEC));
  uplink_blame (self->uplink, error);
  end (self);
}

static time_t
wall_clock (void)
{
  return time (NULL);
}

static IkeSession *
new_ike (const DiagnosisWay *self, GError **error)
{
  const Site *site = self->config.site;
  const IkeConfig config = {
    .env = { .random = crypto_random, .wall_clock = wall_clock },
    .remote_identity = site_gateway_identity (site),
    .local_identity = NOBODY,
    .auth = IKE_AUTH_METHOD_EAP, /* which needs to know nothing before IKE_AUTH */
    .trust = self->trust.trust,
    .ike_policy = &site->ike_algorithms,
    .esp_policy = &site->esp_algorithms,
  };
  return ike_session_new (&config, error);
}

static void
up (void *user_data)
{
  DiagnosisWay *self = user_data;
  g_autoptr (GError) error = NULL;
  if (!uplink_path (self->uplink, &self->path))
    return; /* it broke already, and its end will be told */
  self->ike = new_ike (self, &error);
  if (self->ike == NULL) {
    uplink_blame (self->uplink, error);
    end (self);
    return;
  }
  alarm_set (self->limit_alarm, g_get_monotonic_time () + IKE_LIMIT_US);
  ike_session_start (self->ike, &self->path, g_get_monotonic_time ());
  pump (self);
}

static void
down (const GError *error, bool was_up, void *user_data)
{
  DiagnosisWay *self = user_data;
  if (!was_up && goes_on_with_key (self))
    return;
  end (self);
}

static void
receive (Slice message, void *user_data)
{
  DiagnosisWay *self = user_data;
  if (self->ike == NULL || self->over)
    return;
  ike_init_facts_clear (&self->facts);
  self->facts = (IkeInitFacts){ 0 };
  (void) ike_init_facts_read (message, &self->path, &self->facts);
  ike_session_receive (self->ike, message, g_get_monotonic_time ());
  pump (self);
}

static void
no_esp (void *user_data)
{
}

static const UplinkHandlers handlers = {
  .up = up,
  .down = down,
  .ike = receive,
  .esp = no_esp,
  .tun_lost = no_esp,
};

static Uplink *
new_uplink (DiagnosisWay *self)
{
  const DiagnosisWayConfig *config = &self->config;
  const ConnectorConfig connector = {
    .entries = &self->entry,
    .n_entries = 1,
    .nameservers = config->nameservers,
    .udp = config->transport == ATTEMPT_OVER_UDP,
    .tls = config->transport == ATTEMPT_OVER_TLS,
    .tls_name = site_tls_name (config->site),
    .trust = self->trust.trust,
    .tls_seen = tls_seen,
    .tls_seen_data = self,
    .proxy_trust = config->proxy_trust,
    .asker = config->asker,
    .sockets = config->sockets,
    .attempts = self->attempts,
  };
  Uplink *uplink = uplink_new (&connector, self->datapath, &handlers, self);
  uplink_set_proxies (uplink, &config->proxy, 1);
  return uplink;
}

/* Begins; `ended` is called once, from the main loop. Fails where the site's CA cannot be read. */
DiagnosisWay *
diagnosis_way_new (
    const DiagnosisWayConfig *config, DiagnosisWayEndedFunc ended, void *user_data, GError **error)
{
  g_auto (SiteTrust) trust = { 0 };
  char literal[INET_ADDR_STRLEN];
  if (!site_trust_for_tls (config->site, config->system, &trust, error))
    return NULL;
  DiagnosisWay *self = g_new0 (DiagnosisWay, 1);
  self->config = *config;
  self->ended = ended;
  self->user_data = user_data;
  self->host = g_strdup (config->host);
  bool has_address = config->address.family != INET_NONE;
  self->entry = (EntryPoint){
    .host = g_strdup (has_address ? inet_addr_format (&config->address, literal) : config->host),
    .port = config->port,
  };
  attempt_init (&self->attempt, &config->proxy, config->host, config->port);
  self->attempt.transport = config->transport;
  self->trust = trust;
  trust.trust = NULL;
  self->datapath = datapath_new (configuration_mtu (config->site));
  self->attempts = attempts_new (attempt_ended, self);
  self->ike_alarm = alarm_new (ike_timeout, self);
  self->limit_alarm = alarm_new (too_long, self);
  self->end_alarm = alarm_new (tell_end, self);
  self->uplink = new_uplink (self);
  uplink_connect (self->uplink, g_get_monotonic_time (), false);
  return self;
}

void
diagnosis_way_free (DiagnosisWay *way)
{
  if (way == NULL)
    return;
  uplink_free (way->uplink);
  ike_session_free (way->ike);
  attempts_free (way->attempts);
  alarm_free (way->ike_alarm);
  alarm_free (way->limit_alarm);
  alarm_free (way->end_alarm);
  datapath_free (way->datapath);
  site_trust_clear (&way->trust);
  ike_init_facts_clear (&way->facts);
  g_clear_pointer (&way->tls, g_variant_unref);
  g_clear_pointer (&way->ike_answer, g_variant_unref);
  g_free (way->entry.host);
  g_free (way->host);
  g_free (way);
}
