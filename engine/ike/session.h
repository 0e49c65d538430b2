/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <time.h>

#include "base/algorithm-policy.h"
#include "base/error.h"
#include "base/inet.h"
#include "base/secret.h"
#include "base/slice.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "crypto/trust.h"
#include "esp/esp.h"
#include "ike/eap.h"
#include "ike/question.h"

/* One IKE SA with one CHILD_SA, as initiator (RFC 7296), over a stream (RFC 9329) or UDP. Pure: messages
 * and the time go in, events and the next deadline come out. Times are microseconds of any
 * monotonic clock. */
typedef struct _IkeSession IkeSession;

/* What a gateway gave so that another session can begin where this one ended (RFC 5723). */
typedef struct _IkeTicket IkeTicket;

typedef enum {
  IKE_AUTH_METHOD_PSK,
  IKE_AUTH_METHOD_EAP,
  IKE_AUTH_METHOD_CERTIFICATE,
  IKE_AUTH_METHOD_CERTIFICATE_EAP, /* the one after the other (RFC 4739) */
} IkeAuthMethod;

typedef enum {
  IKE_STATE_NEW,
  IKE_STATE_INIT_SENT, /* IKE_SA_INIT is out */
  IKE_STATE_AUTH, /* IKE_AUTH exchanges, EAP included */
  IKE_STATE_ESTABLISHED,
  IKE_STATE_CLOSING, /* our DELETE is out */
  IKE_STATE_DEAD,
} IkeState;

typedef struct {
  InetAddr local, remote;
  uint16_t local_port, remote_port;
  bool has_datagrams; /* UDP: messages get lost, and are sent again until they are answered */
  bool
      hurries; /* a first message that nobody answers is waited for less long: others have their turn */
} IkePath;

typedef struct {
  CryptoRandomFunc random;
  time_t (*wall_clock) (void);
} IkeEnv;

typedef struct {
  IkeEnv env;
  const char
      *remote_identity; /* what IDr must be: a host name, an address literal, an e-mail address
                                  or a distinguished name */
  const char *local_identity; /* IDi: the same forms; NULL = the subject of our certificate */
  const char *user; /* EAP identity; NULL = local_identity */
  IkeAuthMethod auth;
  EapOptions eap; /* no methods = EAP-MSCHAPv2 */
  bool eap_only; /* the gateway may prove itself by EAP alone (RFC 5998) */
  const CryptoTrust *trust; /* for the gateway's certificate; unused with PSK; borrowed */
  const AlgorithmPolicy *ike_policy, *esp_policy; /* NULL or empty = the default */
  const CryptoSigner *signer; /* with a certificate; borrowed */
  const GArray *addresses; /* InetPrefix: inner ones that we would like to keep; NULL = none */
  IkeTicket *ticket; /* of an earlier session, or NULL; taken, whatever comes of the new one */
  InetAddr redirected_from; /* the gateway that sent us here (RFC 5685); INET_NONE = none did */
  bool initial_contact;
  const char *ppk_identity; /* of the post-quantum preshared key to use (RFC 8784); NULL = none */
  bool ppk_required; /* and not without it */
  bool childless; /* ask for the CHILD_SA behind IKE_AUTH where the gateway can (RFC 6023) */
  size_t fragment_len; /* cut messages of ours that are longer (RFC 7383); 0 = never */
  int64_t liveness_us; /* ask after that long without traffic at all; 0 = default */
  int64_t ike_lifetime_us, child_lifetime_us; /* of one set of keys; 0 = default */
  int64_t sign_in_lifetime_us; /* 0 = as long as the gateway likes */
} IkeConfig;

/* What the gateway gave us in CP (RFC 7296 section 3.15). */
typedef struct {
  GArray *addresses; /* InetPrefix */
  GArray *dns; /* InetAddr */
  GPtrArray *domains; /* char *, INTERNAL_DNS_DOMAIN as received: not yet checked */
  GArray *subnets; /* InetPrefix, INTERNAL_IP4_SUBNET and IP6 */
  char *banner; /* what the gateway wants people to read, one harmless line; or NULL */
} IkeConfiguration;

typedef enum {
  IKE_EVENT_SEND, /* message: an IKE message, no marker */
  IKE_EVENT_STATE, /* state changed */
  IKE_EVENT_NEED_SECRET, /* secret_*, user, attempt; answer with ike_session_provide_secret () */
  IKE_EVENT_NEED_SIGNATURE, /* scheme, message: what to sign; ike_session_provide_signature () */
  IKE_EVENT_CONFIGURED, /* configuration; once, before the first CHILD_ADDED */
  IKE_EVENT_CHILD_ADDED, /* child: install it; inbound_only: do not send with it yet */
  IKE_EVENT_CHILD_OUTBOUND, /* spi_in: send with it from now on */
  IKE_EVENT_CHILD_REMOVED, /* spi_in */
  IKE_EVENT_REAUTHENTICATE, /* sign in anew on another session, and then close this one */
  IKE_EVENT_IKE_REKEYED, /* the IKE SA has new keys, by whichever side */
  IKE_EVENT_ADDRESSES, /* addresses: all others that the gateway has (RFC 4555) */
  IKE_EVENT_REDIRECTED, /* host: where to sign in anew (RFC 5685); then close this session */
  IKE_EVENT_ESP_SKIP, /* esp_skip: send with sequence numbers that much higher (RFC 6311) */
  IKE_EVENT_PATH_SILENT, /* nobody answers: try another way, or this one anew */
  IKE_EVENT_PATH_CONFIRMED, /* the gateway answered on the new stream: ESP may flow */
  IKE_EVENT_REFUSED, /* error: over datagrams, where anybody may have said so; a better answer is waited for */
  IKE_EVENT_FAILED, /* error; the session is dead */
  IKE_EVENT_CLOSED, /* an orderly end that we asked for */
} IkeEventType;

typedef struct {
  IkeEventType type;
  IkeState state;
  GBytes *message;
  IkeSecretKind secret_kind;
  char *secret_text; /* of the gateway: one harmless line, or NULL */
  const char *user;
  unsigned int attempt; /* from 1; more: what was given before was refused */
  SignatureScheme scheme;
  const IkeConfiguration *configuration; /* borrowed from the session */
  EspSa *child; /* to be taken with g_steal_pointer () */
  bool inbound_only;
  uint32_t spi_in;
  GArray *addresses; /* InetAddr */
  char *host; /* an address literal or a name that nobody has looked at closely */
  uint64_t esp_skip;
  GError *error;
} IkeEvent;

IkeSession *ike_session_new (const IkeConfig *config, GError **error);
void ike_session_free (IkeSession *session);

void ike_session_start (IkeSession *session, const IkePath *path, int64_t now);
void ike_session_receive (IkeSession *session, Slice message, int64_t now);
void ike_session_provide_secret (IkeSession *session, Secret *secret_or_null, int64_t now);
void ike_session_provide_signature (IkeSession *session, GBytes *signature_or_null, int64_t now);
void ike_session_inbound_esp (IkeSession *session, int64_t now);
void ike_session_outbound_esp (IkeSession *session);
void ike_session_slept (IkeSession *session, int64_t slept_us, int64_t now);
void ike_session_stream_lost (IkeSession *session, int64_t now);
void ike_session_stream_restored (IkeSession *session, const IkePath *path, int64_t now);
bool ike_session_can_move (const IkeSession *session);
bool ike_session_try_path (IkeSession *session, const IkePath *path, int64_t now);
void ike_session_rekey_child (IkeSession *session, int64_t now);
void ike_session_rekey_ike (IkeSession *session, int64_t now);
void ike_session_close (IkeSession *session, int64_t now);

int64_t ike_session_next_timeout (const IkeSession *session);
void ike_session_timeout (IkeSession *session, int64_t now);

bool ike_session_next_event (IkeSession *session, IkeEvent *ret_event);
void ike_event_clear (IkeEvent *event);

IkeTicket *ike_session_take_ticket (IkeSession *session);
void ike_ticket_free (IkeTicket *ticket);
const GArray *ike_session_addresses (const IkeSession *session);
IkeState ike_session_state (const IkeSession *session);
GBytes *ike_session_unvouched_certificate (const IkeSession *session);
const char *ike_state_to_string (IkeState state);
char *ike_session_describe_ike (const IkeSession *session);
char *ike_session_describe_child (const IkeSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IkeSession, ike_session_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IkeTicket, ike_ticket_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IkeEvent, ike_event_clear)
