/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gateway-key.h"
#include "crypto/dh.h"
#include "ike/followup.h"
#include "ike/int-auth.h"
#include "ike/nonce.h"
#include "ike/sa.h"
#include "ike/session.h"

#define RESPONDER_NAME "gw.example.test"
#define RESPONDER_USER "alice"
#define RESPONDER_PASSWORD "Wonderland1"
#define RESPONDER_TICKET "a ticket that only this gateway can read"
#define RESPONDER_PSK "a pre-shared key for tests"

typedef struct _Responder Responder;

/* Where what the gateway says goes when no session is in the same process. */
typedef struct {
  void (*ike) (Responder *r, Slice message);
  void (*esp) (Responder *r, Slice packet);
  void (*heard) (Responder *r, Slice chain); /* what the client sent, decrypted */
} ResponderWire;

/* Writes the answer to a request instead of the gateway; false leaves it to the gateway. */
typedef bool (*ResponderScript) (
    Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer);

/* A gateway for tests, and the session that talks to it, under one virtual clock. The first part is
 * set between responder_new () and responder_start (); what a test leaves alone makes an ordinary
 * gateway. */
struct _Responder {
  IkeAuthMethod auth;
  const char *identity; /* IDr; NULL = RESPONDER_NAME */
  const char *expected; /* what the session is told IDr must be; NULL = RESPONDER_NAME */
  const GatewayKey *key; /* with EAP */
  const GatewayKey *trusted; /* whose CA the session believes; NULL = that of key */
  const GatewayKey *client; /* the user's certificate, whose subject is "gateway" too */
  const GatewayKey *client_signs; /* with this key; NULL = with that of client */
  bool client_waits; /* the user's key does not sign by itself */
  bool client_refuses; /* it never signs */
  bool no_multiple_auth; /* the gateway takes one proof alone */
  uint16_t hash; /* the one that it takes signatures with; 0 = SHA2-256 */
  bool trusts_nobody; /* the session believes no CA */
  const char *secret; /* what the gateway believes; NULL = the right one */
  const char *given[4]; /* what the user gives, attempt by attempt; NULL = nothing */
  bool user_waits; /* the user does not answer by himself */
  unsigned int cookies; /* how many times to ask for a cookie */
  AlgorithmPolicy session_ike_policy, session_esp_policy; /* the session's; the default */
  AlgorithmPolicy ike_policy, esp_policy; /* the gateway's; the default with one key exchange */
  uint16_t wanted_group; /* by INVALID_KE_PAYLOAD until it comes; 0 = take any */
  uint16_t init_error, auth_error, child_error; /* notifications instead of an answer */
  bool breaks_auth; /* the gateway's AUTH is wrong */
  bool no_address, no_mobike, no_fragmentation, no_intermediate, retries_password;
  const char *ppk; /* the gateway's, octet by octet; NULL = none */
  bool knows_ppk; /* says USE_PPK */
  bool claims_ppk; /* answers PPK_IDENTITY though it has none */
  const char *session_ppk_identity, *session_ppk; /* what the user gives; NULL = none */
  bool session_ppk_required;
  bool childless; /* the gateway makes no CHILD_SA in IKE_AUTH (RFC 6023) */
  bool session_childless; /* nor asks the session for one */
  uint32_t ticket_lifetime; /* of the ticket behind AUTH, in seconds; 0 = none is given */
  IkeTicket *session_ticket; /* that the session begins with, which takes it */
  uint16_t resume_error; /* a notification instead of an answer to IKE_SESSION_RESUME */
  InetAddr redirected_from; /* what the session is told of it */
  uint16_t
      child_group; /* that the gateway wants for a first CHILD_SA of its own exchange; 0 = any */
  size_t fragment_len; /* the gateway cuts longer messages; 0 = never */
  size_t session_fragment_len; /* so does the session */
  bool offers_any; /* all addresses at its end, when it rekeys a CHILD_SA */
  EapOptions session_eap; /* what the session is told of EAP */
  bool session_eap_only;
  bool makes_no_key; /* the scripted EAP method does not */
  bool hides_certificate; /* the gateway leaves its proof to EAP */
  const char *const *eap_script; /* hex: what the gateway sends as EAP, in order */
  bool is_deaf; /* nothing reaches the gateway */
  uint8_t is_deaf_to; /* requests of this exchange do not; 0 = none */
  bool hurries; /* the session is told that others wait for their turn */
  bool over_datagrams; /* the session is told that its messages may get lost */
  unsigned int loses; /* so many in a row of the session's messages, and then one comes through */
  unsigned int n_lost; /* since that one */
  bool ignores_strangers; /* messages with SPIs that the gateway does not know */
  void (*init_script) (Responder *r, IkeChain *answer); /* changes the answer to IKE_SA_INIT */
  ResponderScript script;
  void (*child_script) (Responder *r, IkeChain *answer); /* writes what follows the last AUTH */
  void *script_data;
  const struct _Fault *fault; /* that is played, see fault.h */
  const GatewayKey *misnamed, *stranger, *outdated; /* whom a fault may pose as */
  const ResponderWire *wire; /* NULL = to the session */
  void *wire_data;
  bool holds; /* what the gateway sends waits for responder_release () */
  bool stops; /* goes on with IKE_FOLLOWUP_KE when responder_go_on () says so */
  bool is_greedy; /* never deletes what a rekey of its own has replaced */

  /* what happened */
  CryptoTrust *trust;
  CryptoSigner *signer;
  IkeSession *session;
  int64_t now;
  GPtrArray *sent; /* GBytes: every message of the session */
  GBytes *to_sign; /* what the session asked to be signed last */
  unsigned int n_signatures; /* asked for */
  IkeSecretKind asked_kind; /* by the last question */
  char *asked_text;
  unsigned int asked_attempt;
  unsigned int n_added, n_removed, n_paths, n_silent, n_secrets, n_configured;
  unsigned int n_refused; /* told, and better waited for */
  uint32_t added_spi, removed_spi;
  uint32_t outbound_spi; /* of the CHILD_SA that the session sends with */
  unsigned int n_ike_rekeys, n_reauthenticate;
  int64_t sign_in_lifetime_us; /* the session's own; before responder_start () */
  uint32_t auth_lifetime; /* seconds, told behind AUTH; 0 = not */
  unsigned int n_redirects, n_resumes;
  bool is_resumed;
  Secret *ticket_sk_d; /* what the gateway's ticket stands for */
  IkeSuite ticket_suite;
  unsigned int n_address_lists, n_addresses; /* how often, and how many the last time */
  char *redirected_to; /* the last one */
  uint64_t esp_skip;
  int error; /* the VisitorError of FAILED, or -1 */
  bool closed;
  char *error_text;
  GHashTable *session_esps; /* SPI -> EspSa that the session handed out */
  unsigned int esp_verdicts[ESP_N_VERDICTS]; /* of the packets that were sent to the session */

  /* the gateway's side */
  IkeSa *sa; /* in use */
  GPtrArray *other_sas; /* IkeSa: replaced, redundant, or made by the session's rekey */
  IkeSa *
      sessions_sa; /* borrowed: what the session's rekey made while the gateway's was out, or NULL */
  IkeSa *deleted_sa; /* borrowed: by the session, in the request that is being answered */
  IkeSa *deleting_sa; /* borrowed: the gateway's DELETE is out on it */
  GPtrArray *held; /* GBytes: what the gateway sent while it holds */
  GBytes *init_request, *init_response;
  IkeNonce ni, nr;
  GBytes *idi, *idr;
  unsigned int eap_round;
  unsigned int n_proofs; /* what the client sent that its secret could be guessed from */
  uint8_t challenge[16];
  Secret *msk;
  IkeIntAuth int_auth;
  bool uses_ppk;
  Secret *additional; /* of the additional key exchange that is being answered */
  uint32_t offered_spi; /* the session's, of its first CHILD_SA */
  GPtrArray *children; /* ResponderChild */
  struct {
    uint32_t old_spi_in, spi_in;
    IkeNonce ni;
    CryptoDh *dh;
    IkeSa *sa;
    uint32_t spi_out;
    IkeNonce nr;
    IkeSuite suite;
    IkeShared shared;
    IkeFollowup followup;
    bool goes_on; /* with IKE_FOLLOWUP_KE */
    bool waits; /* before the next of these, for responder_go_on () */
  } rekey; /* that the gateway began */
  struct {
    IkeSa *sa; /* NULL where it is a CHILD_SA's */
    IkeSuite suite;
    uint32_t spi_in, spi_out;
    IkeNonce ni, nr;
    IkeShared shared;
    size_t n; /* key exchanges that were done behind the first */
    bool goes_on;
  } owed; /* the session's: what is to be made */
  IkeNonce sessions_lower; /* of the session's last rekey of a CHILD_SA: the lower nonce */
  IkeNonce sessions_ike_lower; /* of its last rekey of the IKE SA */
  GBytes *response; /* the chain of the session's last response, decrypted */
  uint8_t response_first;
};

typedef struct {
  uint32_t spi_in, spi_out; /* as the gateway sees them */
  EspSa *esp;
  CryptoCipher *seal; /* the same keys, for packets that no EspSa would make */
  bool has_esn;
  uint32_t sent; /* the sequence number of the last of these */
  bool is_rekeyed; /* by the session */
} ResponderChild;

/* Parts of the gateway's answer for a CHILD_SA. */
enum {
  RESPONDER_CP = 1,
  RESPONDER_SA = 2,
  RESPONDER_TS = 4,
};

Responder *responder_new (IkeAuthMethod auth);
void responder_free (Responder *r);
void responder_start (Responder *r);
void responder_pump (Responder *r);
void responder_run_until (Responder *r, int64_t until);
void responder_reconnect (Responder *r);
void responder_write_ticket (Responder *r, IkeChain *chain);
void responder_share_tickets (Responder *r, const Responder *from);
void responder_sign (Responder *r);

void responder_receive (Responder *r, Slice message);
void responder_deliver (Responder *r, Slice message);
void responder_take_first (Responder *r, const IkePayloads *request);
void responder_prove (Responder *r, IkeChain *answer);
void responder_write_child (Responder *r, unsigned int without, IkeChain *answer);
void responder_send (Responder *r, uint8_t exchange, const IkeChain *chain);
void responder_send_clear (Responder *r, const IkeHeader *header, const IkeChain *chain);

GBytes *responder_seal_request (Responder *r, uint8_t exchange, const IkeChain *chain);
void responder_send_request (Responder *r, uint8_t exchange, const IkeChain *chain);
bool responder_response (const Responder *r, IkePayloads *ret_payloads);
void responder_rekey_child (Responder *r, uint16_t group);
void responder_create_child (Responder *r);
void responder_rekey_ike (Responder *r, uint16_t group);
void responder_go_on (Responder *r);
void responder_delete_ike (Responder *r, IkeSa *sa);
void responder_release (Responder *r, guint n);
void responder_hear (Responder *r, guint n);
void responder_delete_child (Responder *r, uint32_t spi_in);
bool responder_passes_esp (Responder *r);
void responder_send_esp (Responder *r, uint32_t seq, Slice plain);
void responder_deliver_esp (Responder *r, Slice packet);
Slice
responder_forge_esp (ResponderChild *child, uint32_t seq, Slice plain, uint8_t *buf, size_t size);

extern const IkePath responder_path;
void responder_random (void *buf, size_t len);
extern int responder_first_octet;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Responder, responder_free)
