/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkeSa: SPIs, keys and message IDs of one IKE SA. */
#include "ike/sa.h"

#include "ike/sk.h"

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
  g_free (sa);
}

/* True if a message with that header claims to come from the peer of this SA. */
bool
ike_sa_owns (const IkeSa *sa, const IkeHeader *header)
{
  return header->spi_i == sa->spi_i && header->spi_r == sa->spi_r &&
      header->is_initiator != sa->is_initiator;
}

static IkeHeader
make_header (const IkeSa *sa, uint8_t exchange, uint32_t message_id, bool is_response)
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
  IkeHeader header = make_header (sa, exchange, message_id, false);
  return ike_clear_write (&header, chain);
}

/* A sealed message. Transfer: full; NULL if the chain did not fit. */
GBytes *
ike_sa_seal (
    IkeSa *sa, uint8_t exchange, uint32_t message_id, bool is_response, const IkeChain *chain)
{
  IkeHeader header = make_header (sa, exchange, message_id, is_response);
  CryptoCipher *cipher = sa->is_initiator ? sa->keys.initiator : sa->keys.responder;
  return ike_sk_seal (cipher, ++sa->sealed, &header, chain);
}

/* Opens a message of the peer in place; see ike_sk_open (). */
bool
ike_sa_open (const IkeSa *sa, const IkeHeader *header, uint8_t *message, size_t len,
    uint8_t *ret_first, Slice *ret_chain)
{
  CryptoCipher *cipher = sa->is_initiator ? sa->keys.responder : sa->keys.initiator;
  return ike_sk_open (cipher, header, message, len, ret_first, ret_chain);
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
