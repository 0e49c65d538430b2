/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a response to IKE_SA_INIT tells of NAT and of who sent it. */
#include "ike/init-facts.h"

#include <string.h>

#include "ike/sa.h"

#define SPI_I UINT64_C (0x1122334455667788)
#define SPI_R UINT64_C (0x99aabbccddeeff00)

static const uint8_t strongswan[] = { 0x88, 0x2f, 0xe5, 0x6d, 0x6f, 0xd2, 0x0d, 0xbc, 0x22, 0x51,
  0x61, 0x3b, 0x2e, 0xbe, 0x5b, 0xeb };

static IkePath
path_of (const char *local, const char *remote)
{
  IkePath path = { .local_port = 40000, .remote_port = 443 };
  g_assert_true (inet_addr_parse (local, &path.local));
  g_assert_true (inet_addr_parse (remote, &path.remote));
  return path;
}

static void
put_hash (IkeChain *chain, IkeNotifyType type, const InetAddr *addr, uint16_t port)
{
  const IkeSa spis = { .spi_i = SPI_I, .spi_r = SPI_R };
  uint8_t hash[20];
  ike_sa_nat_hash (&spis, addr, port, hash);
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type, SLICE (hash, sizeof hash));
}

/* The chain as a whole message. */
static GBytes *
message_of (const IkeChain *chain, uint8_t exchange, bool is_response)
{
  static uint8_t buf[4096];
  Builder b = builder_init (buf, sizeof buf);
  const IkeHeader header = {
    .spi_i = SPI_I,
    .spi_r = SPI_R,
    .first_payload = chain->first,
    .major = 2,
    .exchange = exchange,
    .is_response = is_response,
  };
  Reserved length;
  ike_header_write (&b, &header, &length);
  builder_bytes (&b, chain->b.data, chain->b.len);
  builder_fill (&b, length);
  g_assert_false (b.failed);
  return g_bytes_new (b.data, b.len);
}

/* The gateway's view of both ends, and what follows from it for who sees them from ours. */
static void
test_nat (void)
{
  static const struct {
    const char *seen_local, *seen_remote; /* by the gateway */
    bool before_us, before_gateway;
  } rows[] = {
    { "192.0.2.2", "203.0.113.10", false, false },
    { "198.51.100.7", "203.0.113.10", true, false },
    { "192.0.2.2", "10.0.0.10", false, true },
    { "127.0.0.1", "127.0.0.1", true, true },
  };
  const IkePath path = path_of ("192.0.2.2", "203.0.113.10");
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    uint8_t buf[1024];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    const IkePath seen = path_of (rows[i].seen_local, rows[i].seen_remote);
    put_hash (&chain, IKE_NOTIFY_NAT_DETECTION_SOURCE_IP, &seen.remote, 443);
    put_hash (&chain, IKE_NOTIFY_NAT_DETECTION_DESTINATION_IP, &seen.local, 40000);
    g_autoptr (GBytes) message = message_of (&chain, IKE_EXCHANGE_SA_INIT, true);
    g_auto (IkeInitFacts) facts = { 0 };
    g_assert_true (ike_init_facts_read (slice_of_bytes (message), &path, &facts));
    g_assert_true (facts.detects_nat);
    g_assert_cmpint (facts.nat_before_us, ==, rows[i].before_us);
    g_assert_cmpint (facts.nat_before_gateway, ==, rows[i].before_gateway);
    g_assert_cmpuint (facts.vendors->len, ==, 0);
  }
}

static void
test_vendors (void)
{
  static const struct {
    const char *octets;
    size_t len;
    const char *name;
  } rows[] = {
    { (const char *) strongswan, sizeof strongswan, "strongSwan" },
    { "OE-Libreswan-5.0", 16, "OE-Libreswan-5.0" },
    { "\033[2J", 4, "1b5b324a" },
    { "\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021", 17,
        "0102030405060708090a0b0c0d0e0f10" },
  };
  const IkePath path = path_of ("192.0.2.2", "203.0.113.10");
  uint8_t buf[1024];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    ike_chain_payload (
        &chain, IKE_PAYLOAD_VENDOR, SLICE ((const uint8_t *) rows[i].octets, rows[i].len));
  ike_chain_payload (&chain, IKE_PAYLOAD_VENDOR, SLICE (NULL, 0));
  g_autoptr (GBytes) message = message_of (&chain, IKE_EXCHANGE_SA_INIT, true);
  g_auto (IkeInitFacts) facts = { 0 };
  g_assert_true (ike_init_facts_read (slice_of_bytes (message), &path, &facts));
  g_assert_false (facts.detects_nat);
  g_assert_cmpuint (facts.vendors->len, ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < facts.vendors->len; i++)
    g_assert_cmpstr (facts.vendors->pdata[i], ==, rows[i].name);
}

/* However many there are, a few are told; and what is no such response tells nothing. */
static void
test_limits (void)
{
  const IkePath path = path_of ("192.0.2.2", "203.0.113.10");
  uint8_t buf[1024];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  for (size_t i = 0; i < 40; i++)
    ike_chain_payload (&chain, IKE_PAYLOAD_VENDOR, SLICE (strongswan, sizeof strongswan));
  g_autoptr (GBytes) message = message_of (&chain, IKE_EXCHANGE_SA_INIT, true);
  g_auto (IkeInitFacts) facts = { 0 };
  g_assert_true (ike_init_facts_read (slice_of_bytes (message), &path, &facts));
  g_assert_cmpuint (facts.vendors->len, ==, 16);

  IkeInitFacts untouched = { .detects_nat = true };
  g_autoptr (GBytes) request = message_of (&chain, IKE_EXCHANGE_SA_INIT, false);
  g_autoptr (GBytes) other = message_of (&chain, IKE_EXCHANGE_INFORMATIONAL, true);
  g_assert_false (ike_init_facts_read (slice_of_bytes (request), &path, &untouched));
  g_assert_false (ike_init_facts_read (slice_of_bytes (other), &path, &untouched));
  Slice whole = slice_of_bytes (message);
  for (size_t len = 0; len < whole.len; len++)
    g_assert_false (ike_init_facts_read (SLICE (whole.data, len), &path, &untouched));
  g_assert_true (untouched.detects_nat && untouched.vendors == NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/init-facts/nat", test_nat);
  g_test_add_func ("/ike/init-facts/vendors", test_vendors);
  g_test_add_func ("/ike/init-facts/limits", test_limits);
  return g_test_run ();
}
