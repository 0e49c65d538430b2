/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkeSa: SPIs, keys and message IDs of one IKE SA. */
#include "ike/sa.h"

#include "base/cursor.h"

static uint64_t
random_spi (const IkeEnv *env)
{
  uint64_t spi = 0;
  while (spi == 0)
    env->random (&spi, sizeof spi);
  return spi;
}

/* An SA without keys and with a fresh SPI on our side. Transfer: full. */
IkeSa *
ike_sa_new (const IkeEnv *env, bool is_initiator)
{
  IkeSa *sa = g_new0 (IkeSa, 1);
  sa->is_initiator = is_initiator;
  if (is_initiator)
    sa->spi_i = random_spi (env);
  else
    sa->spi_r = random_spi (env);
  return sa;
}

void
ike_sa_free (IkeSa *sa)
{
  if (sa == NULL)
    return;
  ike_keys_clear (&sa->keys);
  ike_window_clear (&sa->window);
  g_clear_pointer (&sa->crash_token, secret_unref);
  g_clear_pointer (&sa->sync_request, g_bytes_unref);
  g_clear_pointer (&sa->sync_response, g_ptr_array_unref);
  ike_fragments_clear (&sa->requests);
  ike_fragments_clear (&sa->responses);
  g_free (sa);
}

/* True if a message with that header claims to come from the peer of this SA. */
bool
ike_sa_owns (const IkeSa *sa, const IkeHeader *header)
{
  return header->spi_i == sa->spi_i && header->spi_r == sa->spi_r &&
      header->is_initiator != sa->is_initiator;
}

/* What stands before a message of ours. */
IkeHeader
ike_sa_header (const IkeSa *sa, uint8_t exchange, uint32_t message_id, bool is_response)
{
  return (IkeHeader){
    .spi_i = sa->spi_i,
    .spi_r = sa->spi_r,
    .exchange = exchange,
    .is_initiator = sa->is_initiator,
    .is_response = is_response,
    .message_id = message_id,
  };
}

/* A request in the clear. Transfer: full; NULL if the chain did not fit. */
GBytes *
ike_sa_write_clear (IkeSa *sa, uint8_t exchange, uint32_t message_id, const IkeChain *chain)
{
  IkeHeader header = ike_sa_header (sa, exchange, message_id, false);
  return ike_clear_write (&header, chain);
}

static CryptoCipher *
our_cipher (const IkeSa *sa)
{
  return sa->is_initiator ? sa->keys.initiator : sa->keys.responder;
}

/* A sealed message. Transfer: full; NULL if the chain did not fit. */
GBytes *
ike_sa_seal (
    IkeSa *sa, uint8_t exchange, uint32_t message_id, bool is_response, const IkeChain *chain)
{
  IkeHeader header = ike_sa_header (sa, exchange, message_id, is_response);
  return ike_sk_seal (our_cipher (sa), ++sa->sealed, &header, chain);
}

/* A sealed message, or where it is longer than max_len octets its fragments, each of that length at
 * most (RFC 7383 section 2.5). max_len: 0 for never, else at least 256. Transfer: full; NULL if the
 * chain did not fit. */
GPtrArray *
ike_sa_seal_parts (IkeSa *sa, uint8_t exchange, uint32_t message_id, bool is_response,
    size_t max_len, const IkeChain *chain)
{
  CryptoCipher *cipher = our_cipher (sa);
  size_t room = ike_skf_room (cipher, max_len);
  if (max_len == 0 || chain->b.len <= room)
    return ike_messages_of (ike_sa_seal (sa, exchange, message_id, is_response, chain));
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  Cursor c = cursor_of (builder_result (&chain->b));
  IkeSealed part = { .is_fragment = true, .total = (uint16_t) ((chain->b.len + room - 1) / room) };
  while (cursor_left (&c) > 0) {
    IkeHeader header = ike_sa_header (sa, exchange, message_id, is_response);
    part.first = ++part.number == 1 ? chain->first : IKE_PAYLOAD_NONE;
    GBytes *message = ike_skf_seal (
        cipher, ++sa->sealed, &header, &part, cursor_slice (&c, MIN (room, cursor_left (&c))));
    if (message == NULL)
      return NULL;
    g_ptr_array_add (parts, message);
  }
  return builder_ok (&chain->b) ? g_steal_pointer (&parts) : NULL;
}

/* Opens a message of the peer, or a fragment of one, in place; see ike_sealed_open (). */
bool
ike_sa_open (
    const IkeSa *sa, const IkeSealed *sealed, uint8_t *message, size_t len, Slice *ret_content)
{
  CryptoCipher *cipher = sa->is_initiator ? sa->keys.responder : sa->keys.initiator;
  return ike_sealed_open (cipher, sealed, message, len, ret_content);
}

/* SHA-1 (SPIi | SPIr | address | port), which NAT detection compares (RFC 7296 section 2.23). No
 * security hangs on it. */
void
ike_sa_nat_hash (const IkeSa *sa, const InetAddr *addr, uint16_t port, uint8_t ret_hash[static 20])
{
  uint8_t buf[34];
  Builder b = builder_init (buf, sizeof buf);
  builder_u64 (&b, sa->spi_i);
  builder_u64 (&b, sa->spi_r);
  builder_bytes (&b, addr->bytes, inet_family_len (addr->family));
  builder_u16 (&b, port);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  gsize len = 20;
  g_checksum_update (sum, buf, (gssize) b.len);
  g_checksum_get_digest (sum, ret_hash, &len);
}
