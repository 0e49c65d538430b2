/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IKE messages in words, for a log that an administrator lays beside the gateway's own: names as IANA
 * and the RFCs have them, algorithms by the words of strongSwan's proposals. Nothing that is secret is
 * looked at: kinds of payloads and numbers of transforms alone. */
#include "wire/describe.h"

static const struct {
  uint16_t type;
  const char *name;
} notifies[] = {
  { 1, "UNSUPPORTED_CRITICAL_PAYLOAD" },
  { 4, "INVALID_IKE_SPI" },
  { 5, "INVALID_MAJOR_VERSION" },
  { 7, "INVALID_SYNTAX" },
  { 9, "INVALID_MESSAGE_ID" },
  { 11, "INVALID_SPI" },
  { 14, "NO_PROPOSAL_CHOSEN" },
  { 17, "INVALID_KE_PAYLOAD" },
  { 24, "AUTHENTICATION_FAILED" },
  { 34, "SINGLE_PAIR_REQUIRED" },
  { 35, "NO_ADDITIONAL_SAS" },
  { 36, "INTERNAL_ADDRESS_FAILURE" },
  { 37, "FAILED_CP_REQUIRED" },
  { 38, "TS_UNACCEPTABLE" },
  { 39, "INVALID_SELECTORS" },
  { 40, "UNACCEPTABLE_ADDRESSES" },
  { 41, "UNEXPECTED_NAT_DETECTED" },
  { 43, "TEMPORARY_FAILURE" },
  { 44, "CHILD_SA_NOT_FOUND" },
  { 47, "STATE_NOT_FOUND" },
  { 16384, "INITIAL_CONTACT" },
  { 16385, "SET_WINDOW_SIZE" },
  { 16386, "ADDITIONAL_TS_POSSIBLE" },
  { 16387, "IPCOMP_SUPPORTED" },
  { 16388, "NAT_DETECTION_SOURCE_IP" },
  { 16389, "NAT_DETECTION_DESTINATION_IP" },
  { 16390, "COOKIE" },
  { 16391, "USE_TRANSPORT_MODE" },
  { 16392, "HTTP_CERT_LOOKUP_SUPPORTED" },
  { 16393, "REKEY_SA" },
  { 16394, "ESP_TFC_PADDING_NOT_SUPPORTED" },
  { 16395, "NON_FIRST_FRAGMENTS_ALSO" },
  { 16396, "MOBIKE_SUPPORTED" },
  { 16397, "ADDITIONAL_IP4_ADDRESS" },
  { 16398, "ADDITIONAL_IP6_ADDRESS" },
  { 16399, "NO_ADDITIONAL_ADDRESSES" },
  { 16400, "UPDATE_SA_ADDRESSES" },
  { 16401, "COOKIE2" },
  { 16402, "NO_NATS_ALLOWED" },
  { 16403, "AUTH_LIFETIME" },
  { 16404, "MULTIPLE_AUTH_SUPPORTED" },
  { 16405, "ANOTHER_AUTH_FOLLOWS" },
  { 16406, "REDIRECT_SUPPORTED" },
  { 16407, "REDIRECT" },
  { 16408, "REDIRECTED_FROM" },
  { 16409, "TICKET_LT_OPAQUE" },
  { 16410, "TICKET_REQUEST" },
  { 16411, "TICKET_ACK" },
  { 16412, "TICKET_NACK" },
  { 16413, "TICKET_OPAQUE" },
  { 16417, "EAP_ONLY_AUTHENTICATION" },
  { 16418, "CHILDLESS_IKEV2_SUPPORTED" },
  { 16419, "QUICK_CRASH_DETECTION" },
  { 16420, "IKEV2_MESSAGE_ID_SYNC_SUPPORTED" },
  { 16421, "IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED" },
  { 16422, "IKEV2_MESSAGE_ID_SYNC" },
  { 16423, "IPSEC_REPLAY_COUNTER_SYNC" },
  { 16430, "IKEV2_FRAGMENTATION_SUPPORTED" },
  { 16431, "SIGNATURE_HASH_ALGORITHMS" },
  { 16435, "USE_PPK" },
  { 16436, "PPK_IDENTITY" },
  { 16437, "NO_PPK_AUTH" },
  { 16438, "INTERMEDIATE_EXCHANGE_SUPPORTED" },
  { 16441, "ADDITIONAL_KEY_EXCHANGE" },
};

static const char *
notify_name (uint16_t type)
{
  for (size_t i = 0; i < G_N_ELEMENTS (notifies); i++) {
    if (notifies[i].type == type)
      return notifies[i].name;
  }
  return NULL;
}

/* The name of a notification, for a sentence. Never NULL. */
const char *
ike_notify_to_string (uint16_t type)
{
  const char *name = notify_name (type);
  return name != NULL ? name : "an error we have no name for";
}

/* The name of an exchange. */
const char *
ike_exchange_to_string (uint8_t exchange)
{
  switch (exchange) {
  case 34: return "IKE_SA_INIT";
  case 35: return "IKE_AUTH";
  case 36: return "CREATE_CHILD_SA";
  case 37: return "INFORMATIONAL";
  case 38: return "IKE_SESSION_RESUME";
  case 43: return "IKE_INTERMEDIATE";
  case 44: return "IKE_FOLLOWUP_KE";
  default: return "unknown exchange";
  }
}

static const char *
payload_name (uint8_t type)
{
  static const char *const names[] = { "SA", "KE", "IDi", "IDr", "CERT", "CERTREQ", "AUTH", "No",
    "N", "D", "V", "TSi", "TSr", "SK", "CP", "EAP" };
  size_t nth = (size_t) type - IKE_PAYLOAD_SA;
  return type >= IKE_PAYLOAD_SA && nth < G_N_ELEMENTS (names) ? names[nth] : NULL;
}

/* The payloads of a message in their order: "IDr CERT AUTH N(MOBIKE_SUPPORTED)". Transfer: full. */
char *
ike_payloads_describe (const IkePayloads *payloads)
{
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < payloads->n; i++) {
    const IkePayload *payload = &payloads->at[i];
    const char *name = payload_name (payload->type);
    IkeNotify notify;
    if (i > 0)
      g_string_append_c (text, ' ');
    if (name == NULL)
      g_string_append_printf (text, "payload %u", payload->type);
    else
      g_string_append (text, name);
    if (payload->type == IKE_PAYLOAD_NOTIFY && ike_notify_parse (payload->body, &notify)) {
      const char *what = notify_name (notify.type);
      if (what == NULL)
        g_string_append_printf (text, "(%u)", notify.type);
      else
        g_string_append_printf (text, "(%s)", what);
    }
  }
  return g_string_free (text, FALSE);
}

/* A proposal as strongSwan's users write it: "aes256gcm16-prfsha384-ecp384". A transform that we do not
 * know is TYPE:ID. Transfer: full. */
char *
ike_proposal_describe (const IkeProposal *proposal)
{
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < proposal->n; i++) {
    const IkeTransform *transform = &proposal->transforms[i];
    const Algorithm algorithm = { transform->type, transform->id, transform->key_bits };
    const char *keyword = algorithm_keyword (&algorithm);
    if (i > 0)
      g_string_append_c (text, '-');
    if (keyword != NULL)
      g_string_append (text, keyword);
    else
      g_string_append_printf (text, "%u:%u", transform->type, transform->id);
  }
  return g_string_free (text, FALSE);
}
