/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/builder.h"
#include "base/slice.h"

#define IKE_HEADER_LEN 28
#define IKE_MAX_PAYLOADS 64

typedef enum {
  IKE_EXCHANGE_SA_INIT = 34,
  IKE_EXCHANGE_AUTH = 35,
  IKE_EXCHANGE_CREATE_CHILD_SA = 36,
  IKE_EXCHANGE_INFORMATIONAL = 37,
  IKE_EXCHANGE_SESSION_RESUME = 38,
  IKE_EXCHANGE_INTERMEDIATE = 43,
  IKE_EXCHANGE_FOLLOWUP_KE = 44,
} IkeExchange;

typedef enum {
  IKE_PAYLOAD_NONE = 0,
  IKE_PAYLOAD_SA = 33,
  IKE_PAYLOAD_KE = 34,
  IKE_PAYLOAD_IDI = 35,
  IKE_PAYLOAD_IDR = 36,
  IKE_PAYLOAD_CERT = 37,
  IKE_PAYLOAD_CERTREQ = 38,
  IKE_PAYLOAD_AUTH = 39,
  IKE_PAYLOAD_NONCE = 40,
  IKE_PAYLOAD_NOTIFY = 41,
  IKE_PAYLOAD_DELETE = 42,
  IKE_PAYLOAD_VENDOR = 43,
  IKE_PAYLOAD_TSI = 44,
  IKE_PAYLOAD_TSR = 45,
  IKE_PAYLOAD_SK = 46,
  IKE_PAYLOAD_CP = 47,
  IKE_PAYLOAD_EAP = 48,
  IKE_PAYLOAD_SKF = 53,
} IkePayloadType;

typedef enum {
  IKE_PROTOCOL_NONE = 0,
  IKE_PROTOCOL_IKE = 1,
  IKE_PROTOCOL_ESP = 3,
} IkeProtocol;

typedef enum {
  IKE_NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD = 1,
  IKE_NOTIFY_INVALID_IKE_SPI = 4,
  IKE_NOTIFY_INVALID_SYNTAX = 7,
  IKE_NOTIFY_NO_PROPOSAL_CHOSEN = 14,
  IKE_NOTIFY_INVALID_KE_PAYLOAD = 17,
  IKE_NOTIFY_AUTHENTICATION_FAILED = 24,
  IKE_NOTIFY_NO_ADDITIONAL_SAS = 35,
  IKE_NOTIFY_INTERNAL_ADDRESS_FAILURE = 36,
  IKE_NOTIFY_FAILED_CP_REQUIRED = 37,
  IKE_NOTIFY_TS_UNACCEPTABLE = 38,
  IKE_NOTIFY_UNACCEPTABLE_ADDRESSES = 40,
  IKE_NOTIFY_UNEXPECTED_NAT_DETECTED = 41,
  IKE_NOTIFY_TEMPORARY_FAILURE = 43,
  IKE_NOTIFY_CHILD_SA_NOT_FOUND = 44,
  IKE_NOTIFY_STATE_NOT_FOUND = 47,
  IKE_NOTIFY_FIRST_STATUS = 16384,
  IKE_NOTIFY_INITIAL_CONTACT = 16384,
  IKE_NOTIFY_AUTH_LIFETIME = 16403, /* RFC 4478 */
  IKE_NOTIFY_NAT_DETECTION_SOURCE_IP = 16388,
  IKE_NOTIFY_NAT_DETECTION_DESTINATION_IP = 16389,
  IKE_NOTIFY_COOKIE = 16390,
  IKE_NOTIFY_REKEY_SA = 16393,
  IKE_NOTIFY_MOBIKE_SUPPORTED = 16396,
  IKE_NOTIFY_ADDITIONAL_IP4_ADDRESS = 16397,
  IKE_NOTIFY_ADDITIONAL_IP6_ADDRESS = 16398,
  IKE_NOTIFY_NO_ADDITIONAL_ADDRESSES = 16399,
  IKE_NOTIFY_UPDATE_SA_ADDRESSES = 16400,
  IKE_NOTIFY_COOKIE2 = 16401,
  IKE_NOTIFY_MULTIPLE_AUTH_SUPPORTED = 16404,
  IKE_NOTIFY_ANOTHER_AUTH_FOLLOWS = 16405,
  IKE_NOTIFY_REDIRECT_SUPPORTED = 16406,
  IKE_NOTIFY_REDIRECT = 16407,
  IKE_NOTIFY_REDIRECTED_FROM = 16408,
  IKE_NOTIFY_TICKET_LT_OPAQUE = 16409,
  IKE_NOTIFY_TICKET_REQUEST = 16410,
  IKE_NOTIFY_TICKET_NACK = 16412,
  IKE_NOTIFY_TICKET_OPAQUE = 16413,
  IKE_NOTIFY_EAP_ONLY_AUTHENTICATION = 16417,
  IKE_NOTIFY_CHILDLESS_IKEV2_SUPPORTED = 16418,
  IKE_NOTIFY_QUICK_CRASH_DETECTION = 16419,
  IKE_NOTIFY_MESSAGE_ID_SYNC_SUPPORTED = 16420,
  IKE_NOTIFY_REPLAY_COUNTER_SYNC_SUPPORTED = 16421,
  IKE_NOTIFY_MESSAGE_ID_SYNC = 16422,
  IKE_NOTIFY_REPLAY_COUNTER_SYNC = 16423,
  IKE_NOTIFY_FRAGMENTATION_SUPPORTED = 16430,
  IKE_NOTIFY_SIGNATURE_HASH_ALGORITHMS = 16431,
  IKE_NOTIFY_USE_PPK = 16435,
  IKE_NOTIFY_PPK_IDENTITY = 16436,
  IKE_NOTIFY_NO_PPK_AUTH = 16437,
  IKE_NOTIFY_INTERMEDIATE_EXCHANGE_SUPPORTED = 16438,
  IKE_NOTIFY_ADDITIONAL_KEY_EXCHANGE = 16441,
} IkeNotifyType;

typedef struct {
  uint64_t spi_i, spi_r;
  uint8_t first_payload;
  uint8_t major;
  uint8_t exchange;
  bool is_initiator; /* the sender is the original initiator */
  bool is_response;
  uint32_t message_id;
} IkeHeader;

typedef struct {
  uint8_t type;
  Slice body; /* behind the generic header */
} IkePayload;

typedef struct {
  size_t n;
  IkePayload at[IKE_MAX_PAYLOADS];
} IkePayloads;

typedef struct {
  uint8_t protocol;
  uint16_t type;
  Slice spi, data;
} IkeNotify;

typedef enum {
  IKE_PARSE_OK,
  IKE_PARSE_SYNTAX,
  IKE_PARSE_CRITICAL, /* an unknown payload that must be understood */
} IkeParse;

bool ike_header_parse (Slice message, IkeHeader *ret_header);
void ike_header_write (Builder *b, const IkeHeader *header, Reserved *ret_length);

IkeParse
ike_payloads_parse (uint8_t first, Slice chain, IkePayloads *ret_payloads, uint8_t *ret_critical);
bool ike_payloads_find (const IkePayloads *payloads, IkePayloadType type, Slice *ret_body);
size_t ike_payloads_count (const IkePayloads *payloads, IkePayloadType type);
bool ike_notify_parse (Slice body, IkeNotify *ret_notify);
bool ike_payloads_notify (const IkePayloads *payloads, uint16_t type, IkeNotify *ret_notify);
bool ike_payloads_error (const IkePayloads *payloads, IkeNotify *ret_notify);

/* A chain of payloads while it is written: each is given its successor's type. */
typedef struct {
  Builder b;
  uint8_t first;
  size_t next_at; /* where the type of the next payload goes */
} IkeChain;

IkeChain ike_chain_init (void *buf, size_t size);
Reserved ike_chain_begin (IkeChain *chain, IkePayloadType type);
void ike_chain_end (IkeChain *chain, Reserved length);
void ike_chain_payload (IkeChain *chain, IkePayloadType type, Slice body);
void
ike_chain_notify (IkeChain *chain, IkeProtocol protocol, Slice spi, IkeNotifyType type, Slice data);
