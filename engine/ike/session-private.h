/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/answers.h"
#include "ike/child.h"
#include "ike/configuration.h"
#include "ike/eap.h"
#include "ike/identity.h"
#include "ike/int-auth.h"
#include "ike/liveness.h"
#include "ike/sa.h"
#include "ike/session.h"

#define IKE_RESPONSE_DEADLINE_US (30 * G_USEC_PER_SEC)

/* Gateways forget a half-open SA after a while; strongSwan after 30 seconds. */
#define IKE_HALF_OPEN_US (20 * G_USEC_PER_SEC)

/* The longest IKE message that goes into one datagram (RFC 7383): of IPv6's least MTU what IP, UDP and
 * marker leave, and something for whatever else stands around it on the way. */
#define IKE_DATAGRAM_LEN 1200

typedef enum {
  IKE_TASK_DONE,
  IKE_TASK_AGAIN, /* build the next request of the same task */
  IKE_TASK_WAIT, /* the same, but not before ike_session_resume () */
  IKE_TASK_BEGIN_ANEW, /* the sign-in did not succeed and is tried once more, from IKE_SA_INIT on */
  IKE_TASK_IGNORE, /* IKE_SA_INIT alone: as if this response had not come */
} IkeTaskResult;

typedef struct _IkeTask IkeTask;
typedef struct _IkePeersRekey IkePeersRekey;

/* An exchange that we begin: build () writes the payloads of the request, or returns false where
 * there is nothing left to do; process () takes those of the response. */
typedef struct {
  const char *name;
  uint8_t exchange;
  bool (*build) (IkeSession *session, IkeTask *task, IkeChain *chain);
  IkeTaskResult (*process) (IkeSession *session, IkeTask *task, const IkePayloads *response);
  void (*free) (IkeTask *task); /* NULL = g_free () */
} IkeTaskClass;

struct _IkeTask {
  const IkeTaskClass *class;
};

struct _IkeSession {
  /* what we were told */
  IkeEnv env;
  IkeAuthMethod auth;
  IkeIdentity local_identity, remote_identity;
  char *remote_name;
  char *user;
  EapConfig eap; /* its strings are owned */
  bool eap_only;
  const CryptoTrust *trust; /* borrowed */
  const CryptoSigner *signer; /* borrowed; NULL without a certificate */
  AlgorithmPolicy ike_policy, esp_policy;
  bool initial_contact, childless;
  char *ppk_identity; /* or NULL */
  bool ppk_required;
  size_t fragment_len;
  int64_t ike_lifetime_us, child_lifetime_us, sign_in_lifetime_us;
  GArray *wanted_addresses; /* InetPrefix */
  InetAddr redirected_from;
  IkePath path;

  /* where we are */
  IkeState state;
  int64_t now;
  bool stream_up;
  IkeLiveness liveness; /* of the stream */
  int64_t request_deadline, closing_deadline;
  int64_t retransmit_at; /* over datagrams; G_MAXINT64 = nothing is to be sent again */
  int64_t silent_at; /* over datagrams: when the path is given up; G_MAXINT64 = never */
  unsigned int retransmissions;
  bool tries_path; /* of another way beside the one that works */
  int64_t request_left; /* of the wait for an answer, when the stream went */
  bool request_repeated; /* what is out went out again on a new stream */
  GError *end_error; /* what ike_session_end () will report */
  GQueue events; /* IkeEvent */

  /* the SAs */
  IkeSa *sa;
  IkeSa *peers_sa; /* made by the peer's rekey while our own of the same SA is out, or NULL */
  IkeNonce peers_nonce; /* the lower one of that exchange (RFC 7296 section 2.8.1) */
  IkePeersRekey *peers_rekey; /* that has begun and goes on in IKE_FOLLOWUP_KE, or NULL */
  GPtrArray *old_sas; /* IkeSa that a rekey left behind, until their DELETE */
  int64_t ike_rekey_at; /* G_MAXINT64 while a rekey is under way */
  int64_t ike_ends_at; /* the IKE SA's hard limit */
  int64_t reauthenticate_at, sign_in_ends_at; /* G_MAXINT64 = never */
  bool is_authenticated; /* both sides proved themselves: the IKE SA is up */
  bool has_childless, has_fragmentation, has_intermediate, has_mobike,
      has_ppk; /* what the gateway can */
  bool has_id_sync, has_counter_sync;
  IkeTicket *ticket; /* that the gateway gave, or while `resumes` the one that is used; or NULL */
  bool resumes;
  GArray *addresses; /* InetAddr: of the gateway, beside the one that we know */
  GPtrArray *children; /* IkeChild */

  /* what we have begun */
  IkeTask *task; /* its request is out, or it waits */
  bool task_waits;
  GQueue tasks; /* IkeTask, to be begun */

  /* the exchanges before the IKE SA is up */
  Slice incoming; /* the message that is being processed, while it is */
  GBytes *init_request, *init_response;
  GError *
      refusal; /* the answer to IKE_SA_INIT, over datagrams, unless there is a better one; or NULL */
  GBytes *unvouched_certificate; /* the gateway's, where it failed by its issuer alone */
  IkeNonce nonce_i, nonce_r;
  IkeIntAuth int_auth;
  Secret *ppk; /* decoded; NULL = not given */
  Secret *ppk_sk_pi; /* SK_pi with the PPK, while it is not known whether the gateway has that */
  IkeSecretKind asked; /* while wants_secret */
  Secret *psk;
  int64_t begun_at; /* when IKE_SA_INIT went out */
  bool wants_secret;
  IkeAnswers answers; /* to the questions of EAP */
  unsigned int signature_hashes; /* bit N: the gateway takes hash N of RFC 7427 */
  bool has_multiple_auth; /* the gateway takes one proof after the other */
  bool wants_signature;
  unsigned int late_signatures;
  SignatureScheme signature_scheme;
  GBytes *signature; /* for the first AUTH */
  IkeConfiguration configuration;
};

void ike_event_free (gpointer event);
IkeEvent *ike_session_push_event (IkeSession *session, IkeEventType type);
void ike_session_set_state (IkeSession *session, IkeState state, const char *reason);
void ike_session_begin_anew (IkeSession *session);

void ike_session_fail (IkeSession *session, GError *error);
void
ike_session_fail_with (IkeSession *session, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);
void ike_session_end (IkeSession *session, GError *error);
void ike_session_ended (IkeSession *session);
void ike_session_drop_keys (IkeSession *session);

/* session-tasks.c */
GPtrArray *ike_session_seal (IkeSession *session, IkeSa *sa, uint8_t exchange, uint32_t message_id,
    bool is_response, const IkeChain *chain);
void ike_session_send (IkeSession *session, const GPtrArray *messages);
void ike_session_queue (IkeSession *session, IkeTask *task);
void ike_session_queue_urgent (IkeSession *session, IkeTask *task);
bool ike_session_has_queued (const IkeSession *session, const IkeTaskClass *class);
bool ike_followup_is_out (const IkeSession *session);
void ike_session_resume (IkeSession *session);
void ike_session_finish_task (IkeSession *session, IkeTaskResult result);
void ike_session_drop_task (IkeSession *session);
void ike_session_drop_queued (IkeSession *session);
void ike_session_drop_tasks (IkeSession *session);
void ike_session_settle (IkeSession *session);

/* session-secrets.c */
void ike_session_ask_secret (IkeSession *session, const IkeQuestion *question);
void ike_session_ask_first (IkeSession *session);

/* session-timers.c */
int64_t ike_session_soon (const IkeSession *session, int64_t least_us, int64_t spread_us);
int64_t ike_session_soft_end (const IkeSession *session, int64_t lifetime_us);
void ike_session_schedule_ike_rekey (IkeSession *session);

/* retransmit.c */
void ike_retransmit_begin (IkeSession *session);
void ike_retransmit_end (IkeSession *session);
int64_t ike_retransmit_next_timeout (const IkeSession *session);
void ike_retransmit_timeout (IkeSession *session);

/* session-receive.c */
void ike_session_handle_message (IkeSession *session, Slice message);
