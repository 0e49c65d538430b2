/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "datapath/datapath.h"
#include "ike/session.h"
#include "reach/alarm.h"
#include "reach/portal-probe.h"
#include "reach/entry-prober.h"
#include "tunnel/backoff.h"
#include "tunnel/contest.h"
#include "tunnel/farewell.h"
#include "tunnel/network-wait.h"
#include "tunnel/portal-wait.h"
#include "tunnel/proxy-secrets.h"
#include "tunnel/redirects.h"
#include "tunnel/session.h"
#include "tunnel/site-trust.h"
#include "tunnel/state.h"
#include "tunnel/successor.h"
#include "tunnel/uplink.h"

/* What stands beside the uplink: another way that is tried, or the stream that was left for it. */
typedef enum {
  SIDE_NONE,
  SIDE_OPENS, /* it is looked for */
  SIDE_ASKS, /* the gateway is asked over it */
  SIDE_LEAVES, /* the stream: what is on its way is taken */
  SIDE_OVER, /* to be freed */
} SideState;

/* What another way is tried for. */
typedef enum {
  SIDE_TO_UDP, /* instead of a stream */
  SIDE_TO_ENTRY, /* a stream to an entry point that is to be gone back to */
} SideAim;

/* What the files called session share. */
struct _Session {
  /* owned */
  Start *start;
  SiteTrust tls_trust, gateway_trust;
  CryptoTrust *proxy_trust;
  ProxySecrets *proxy_secrets;
  GArray *entries; /* EntryPoint, strings borrowed from the site */
  EntryPolicy policy; /* which of them; all uplinks share it */
  EntryProber *prober; /* NULL where none is ever gone back to */
  Datapath *datapath;
  Attempts *attempts;
  Uplink *uplink;
  Uplink *side; /* see SideState; or NULL */
  Alarm *side_alarm;
  IkeSession *ike; /* NULL until a stream stands, and after the gateway forgot it */
  CryptoSigner *signer; /* NULL until the host has shown our certificate */
  Alarm *ike_alarm;
  Alarm *goodbye_alarm;
  Contest *contest; /* of UDP and TLS, while there is no IKE SA; or NULL */
  Alarm *path_alarm; /* for an answer of the gateway at another entry point */
  Successor *successor; /* a second sign-in, while it is made; or NULL */
  Farewell *farewell; /* of the sign-in before this one, while it ends; or NULL */
  Secret *kept_secrets[IKE_SECRET_CODE]; /* by kind: what was given last and may be used again */
  IkeConfiguration given; /* the last one; without lists before the first */
  IkeTicket *ticket; /* of the IKE SA before, to begin with; or NULL */
  GArray *gateway_addresses; /* InetAddr: others that the gateway has, or NULL */
  char *redirected_to; /* the gateway that another has sent us to, or NULL */
  PortalProbe *portal_probe; /* while the network is asked, or NULL */
  Alarm *portal_alarm;
  char *portal_url; /* that was told last, or NULL */
  GError *held_failure; /* of a stream, until the network has answered; or NULL */
  GVariant *applied; /* what the host has put in force, or was asked to */

  /* borrowed */
  Control *control;
  SessionOverFunc over;
  void *user_data;

  /* state */
  TunnelState state;
  Proxy proxies[PROXY_LIST_MAX];
  size_t n_proxies;
  Backoff backoff;
  PortalWait portal;
  bool held_was_up; /* the stream of held_failure */
  InetAddr gateway_addr; /* to the gateway itself; INET_NONE: none yet */
  Redirects redirects;
  InetAddr redirected_from; /* who sent us on, until we are connected */
  unsigned int lost_while_signing_in;
  unsigned int lost_in_a_row; /* streams, since one was of use */
  size_t ike_entry; /* the entry point whose gateway knows the IKE SA, or was to */
  SiteTrust *asked_trust; /* tls_trust or gateway_trust while a person is asked, or NULL */
  uint8_t asked_pin[CERTIFICATE_PIN_LEN];
  bool awaits_secret, successor_awaits_secret, contest_awaits_secret;
  bool
      has_answer[IKE_SECRET_CODE]; /* by kind: it was asked for, kept_secrets has what came of it */
  LadderWay way,
      last_way; /* with transport=auto: of this IKE SA; what has worked in this network */
  SideState side_state;
  SideAim side_aim;
  Uplink *replies_to; /* borrowed: where the message came from that is being taken, or NULL */
  LadderReturn udp_return;
  bool udp_is_silent; /* it let us begin, and no further */
  IkeSecretKind asked_kind; /* what was asked for last */
  bool sign_in_refused; /* the last successor was: the user is not asked again by itself */
  bool awaits_certificate, awaits_signature, successor_awaits_signature;
  unsigned int signature_number; /* of the last request for one */
  bool awaits_path; /* a new stream stands, the gateway has not confirmed it */
  bool has_child; /* of this IKE SA */
  bool applying; /* MESSAGE_CONFIGURE is out */
  bool moves; /* what the successor was given is being applied: then the traffic moves over */
  bool apply_again; /* `applied` changed meanwhile */
  bool has_tun;
  bool was_connected; /* ever */
  bool rekey_asked;
  bool awaits_network; /* there is none, and no stream is tried */
  NetworkWait network; /* for the first connect */
  gint64 signed_in_at, lost_at;
  int64_t slept; /* of the time since boot, microseconds */
  uint64_t heard_packets_out; /* of the counters, when packets came last */
  uint64_t reconnects, rekeys, ike_rekeys, sign_ins;
};

/* session-proxies.c */
void session_init_proxies (Session *session);
void session_want_proxies (Session *session);
void session_take_proxies (Session *session, GVariant *body);

/* session-entries.c */
void session_init_entries (Session *session);
void session_free_entries (Session *session);
void session_watch_entries (Session *session);
void session_watch_path (Session *session);
void session_leave_other_entry (Session *session);
void session_note_entry (Session *session);
bool session_try_next_entry (Session *session, const GError *error);

/* session.c */
void session_set_state (Session *session, TunnelState state, const char *reason);
void session_end (Session *session, const GError *error);
void session_settle (Session *session, const char *reason);
void session_connect_again (Session *session);
void session_connector_config (const Session *session, ConnectorConfig *ret_config);
Uplink *session_new_uplink (Session *session);

/* session-contest.c */
void session_configure_udp (const Session *session, ConnectorConfig *config);
void session_connect_at (Session *session, gint64 at);
void session_contest_again (Session *session);
bool session_contest_take_secret (Session *session);
void session_choose_way (Session *session, bool was_up);
void session_note_way (Session *session);
void session_forget_way (Session *session);

/* session-return.c */
void session_init_return (Session *session);
void session_clear_return (Session *session);
void session_stop_return (Session *session);
void session_plan_return (Session *session);
void session_return_to_entry (Session *session, size_t entry);
bool session_take_path_confirmed (Session *session);
bool session_take_path_silent (Session *session);
Uplink *session_uplink_to_send (const Session *session);

/* session-ike.c */
IkeSession *session_new_ike (Session *session, bool is_first, GError **error);
void session_ask_secret (Session *session, const IkeEvent *event);
gboolean
session_apply (Session *session, const IkeConfiguration *given, const EspSa *child, GError **error);
void session_sign_in_again (Session *session, const GError *error);
void session_take_first_child (Session *session, const IkeConfiguration *given, EspSa *child);
void session_forget_ike (Session *session);
void session_say_goodbye (Session *session);
void session_pump (Session *session);
void session_rekey_if_due (Session *session);
void session_ike_timeout (void *session);

/* session-signer.c */
bool session_needs_certificate (const Session *session);
void session_want_certificate (Session *session);
void session_take_certificate (Session *session, GVariant *body);
void session_ask_signature (Session *session, const IkeEvent *event);
void session_take_signature (Session *session, GVariant *body);

/* session-successor.c */
void session_sign_in_anew (Session *session);
void session_move (Session *session);
void session_drop_successor (Session *session);

/* session-trust.c */
bool session_ask_trust (Session *session, SiteTrust *trust, GBytes *certificate);
void session_take_trust (Session *session, GVariant *body);
void session_end_untrusted (
    Session *session, const SiteTrust *trust, GBytes *certificate, const GError *error);

/* session-moves.c */
void session_set_further (const Session *session, Uplink *uplink, ConnectorOrder order);
void session_take_addresses (Session *session, const GArray *addresses);
void session_stay (Session *session);
bool session_follow (Session *session, const char *host);

/* session-portal.c */
void session_init_portal (Session *session);
void session_stop_portal (Session *session);
void session_clear_portal (Session *session);
bool session_ask_for_portal (Session *session, const GError *error, bool was_up);
bool session_bears_with_portal (const Session *session, const GError *error, bool was_up);
void session_leave_portal (Session *session, const char *reason);
void session_take_connectivity (Session *session, GVariant *body);

/* session-uplink.c */
void session_take_failure (Session *session, const GError *error, bool was_up);
/* session-network.c */
void session_init_network (Session *session);
void session_take_network (Session *session, GVariant *body);
bool session_waits_for_network (Session *session, const GError *error, bool was_up);
bool session_bears_with_network (const Session *session, const GError *error, bool was_up);

/* session-uplink.c */
void session_tell_path (const Session *session);
void session_look_again (Session *session, const char *reason);
void session_end_stream (Session *session, const char *reason);
extern const UplinkHandlers session_uplink_handlers;
